extension Int64 {
  /// Adds as far as 64 bits go: what many accounts come to together is no account's amount, and nobody guards it.
  mutating func add(_ other: Int64) {
    let (sum, overflow) = addingReportingOverflow(other)
    self = overflow ? (other < 0 ? Int64.min : Int64.max) : sum
  }
}

extension Sequence<Int64> {
  /// The sum, as far as 64 bits go.
  var total: Int64 { reduce(into: 0) { $0.add($1) } }
}

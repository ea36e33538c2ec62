import Ledger

extension Journal {
  /// Lends the journal to work that may also be done without one.
  mutating func lend<Result, Fault: Error>(
    to work: (inout Journal?) throws(Fault) -> Result
  ) throws(Fault) -> Result {
    var recorder: Journal? = self
    // While it is lent there is only one of it, so that recording copies nothing.
    self = Journal()
    defer { self = recorder ?? Journal() }
    return try work(&recorder)
  }
}

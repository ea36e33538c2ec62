import Values

extension Query {
  /// Ratios tried for one fact, and combinations of them tried in one case.
  private static let combinationLimit = 256

  /// The facts found, with ratios tried out: they are not part of the linear system, so values around every ratio the
  /// claims name stand for all others.
  func withRatios(_ facts: [Fact: Int64]) -> [[Fact: Int64]] {
    let read = FactsRead(claims.map(\.condition), in: program)
    let ratios = read.facts.filter { program.domain(of: $0).type.base == .ratio }
    guard !ratios.isEmpty else { return [facts] }
    var named: [Ratio] = []
    var exprs = claims.map(\.condition) + read.lets.map { program.lets[$0].value }
    while let expr = exprs.popLast() {
      if expr.type.base == .ratio, case .constant(let packed) = expr.kind, Int32(truncatingIfNeeded: packed) > 0 {
        named.append(Ratio(packed: packed))
      }
      exprs += expr.operands
    }
    named = Array(Set(named)).sorted()
    var tried = [Ratio.one, .zero] + named
    for (lower, upper) in zip(named, named.dropFirst()) { tried += middle(lower, upper) }
    if let last = named.last { tried += middle(last, Ratio(numerator: Int32(ValueType.largestRatio), denominator: 1)) }
    if let first = named.first { tried += middle(.zero, first) }
    tried.append(Ratio(numerator: Int32(ValueType.largestRatio), denominator: 1))

    var results = [facts]
    for fact in ratios {
      let domain = program.domain(of: fact)
      let values = ([domain.usual] + tried.map(\.packed)).filter {
        $0 != ValueType.none && ValueType.ratio.admits($0, in: domain.range)
      }
      var next: [[Fact: Int64]] = []
      for result in results {
        // A ratio read only as present keeps its other state too.
        next.append(result)
        for value in values where result[fact] != ValueType.none && next.count < Query.combinationLimit {
          var changed = result
          changed[fact] = value
          next.append(changed)
        }
      }
      results = next
    }
    return results
  }

  /// A ratio strictly between two, if there is one in 32 bits.
  private func middle(_ lower: Ratio, _ upper: Ratio) -> [Ratio] {
    guard lower < upper else { return [] }
    let mediant = Ratio(
      Int64(lower.numerator) + Int64(upper.numerator), over: Int64(lower.denominator) + Int64(upper.denominator))
    return mediant.map { [$0] } ?? []
  }
}

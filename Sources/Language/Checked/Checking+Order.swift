import Diagnostics
import Values

/// Something whose expression may read others of its kind.
enum Dependent: Hashable {
  case constant(String)
  case derived(String)
  case meter(Int)
  case ofPayment(String)
}

extension Checking {
  /// Every `let`, derived field and summing meter, each after the ones its text mentions. A circle is cut somewhere:
  /// checking finds it again and reports it.
  ///
  /// Without it a chain of thousands of `let`s would be checked from its end, one inside the other.
  func dependencyOrder() -> [Dependent] {
    let all =
      lets.keys.sorted().map(Dependent.constant) + derivations.keys.sorted().map(Dependent.derived)
      + sums.keys.sorted().map(Dependent.meter) + paymentDerivations.keys.sorted().map(Dependent.ofPayment)
    var order: [Dependent] = []
    var seen: Set<Dependent> = []
    for start in all where seen.insert(start).inserted {
      var path: [(node: Dependent, rest: ArraySlice<Dependent>)] = [(start, mentioned(by: start)[...])]
      while let last = path.indices.last {
        guard let next = path[last].rest.popFirst() else {
          order.append(path.removeLast().node)
          continue
        }
        if seen.insert(next).inserted { path.append((next, mentioned(by: next)[...])) }
      }
    }
    return order
  }

  private func mentioned(by node: Dependent) -> [Dependent] {
    var found: [Dependent] = []
    switch node {
    case .constant(let name):
      if case .waiting(let syntax)? = lets[name] { mentions(in: syntax.value, syntax.family, &found) }
    case .derived(let name):
      if let derivation = derivations[name] { mentions(in: derivation.value, derivation.family, &found) }
    case .meter(let index):
      if let sum = sums[index] { mentions(in: sum.value, sum.family, &found) }
    case .ofPayment(let name):
      if let derivation = paymentDerivations[name] { mentions(in: derivation.value, derivation.family, &found) }
    }
    return found
  }

  private func mentions(in syntax: ExprSyntax, _ family: String, _ found: inout [Dependent]) {
    func visit(_ syntax: ExprSyntax) { mentions(in: syntax, family, &found) }
    switch syntax.kind {
    case .name(let path):
      let words = path.map(\.text)
      var symbol: Names.Symbol?
      if words.count == 1, case .one(let own) = names.bare(words[0], from: family) { symbol = own }
      if words.count == 2 {
        let full = "\(words[0]).\(words[1])"
        if derivations[full] != nil { found.append(.derived(full)) }
        if words[0] == "payment" || words[0] == "payments", paymentDerivations[words[1]] != nil {
          found.append(.ofPayment(words[1]))
        }
        symbol = names.member(words[1], of: words[0])
      }
      if words.count == 3, let number = derivedNumber(words) { found.append(number) }
      switch symbol {
      case .constant(let full): found.append(.constant(full))
      case .meter(let index): if sums[index] != nil { found.append(.meter(index)) }
      default: break
      }
    case .unary(_, let inner), .presence(let inner, _), .member(let inner, _), .previous(let inner): visit(inner)
    case .binary(_, let left, let right, _):
      visit(left)
      visit(right)
    case .within(let inner, let low, let high):
      visit(inner)
      visit(low)
      visit(high)
    case .choose(let condition, let then, let otherwise):
      visit(condition)
      visit(then)
      visit(otherwise)
    case .call(_, let arguments): for argument in arguments { visit(argument) }
    case .round(_, let quantum, let inner):
      if let quantum { visit(quantum) }
      visit(inner)
    case .literal, .last, .missing: break
    }
  }
}

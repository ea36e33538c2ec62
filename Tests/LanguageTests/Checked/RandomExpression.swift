import Language
import Values

/// Makes expression texts that check, most of the time: of each type, from the facts of ``RangeFixture``.
struct RandomExpression {
  var generator: SeededGenerator

  private mutating func pick(_ options: [String]) -> String { options.randomElement(using: &generator) ?? "$0" }
  private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

  mutating func money(_ depth: Int) -> String {
    guard depth > 0 else {
      return pick([
        "e.small", "e.signed", "wide", "spent", "balance", "$5", "$0.000000001", "-$3", "quota.available", "150 units",
      ])
    }
    let next = depth - 1
    switch below(14) {
    case 0: return "(\(money(next)) + \(money(next)))"
    case 1: return "(\(money(next)) - \(money(next)))"
    case 2: return "min(\(money(next)), \(money(next)), \(money(0)))"
    case 3: return "max(\(money(next)), \(money(next)))"
    case 4: return "\(pick(["2", "3", "-1", "-4", "0"])) * \(money(next))"
    case 5: return "(if \(bool(next)) then \(money(next)) else \(money(next)))"
    case 6:
      return "round \(direction()) to \(pick(["1 unit", "1 cent", "$0.000000001", "$3"])) (\(money(next)) * \(ratio()))"
    case 7: return "round \(direction()) (\(money(next)) / \(pick(["1", "2", "3", "7", "1000"])))"
    case 8:
      return
        "round \(direction()) to \(pick(["1 unit", "1 cent", "$7"])) (\(tokens(next)) * \(rate()) - \(tokens(0)) * \(rate()) + \(money(0)))"
    case 9: return "(if e.maybe is set then e.maybe else \(money(next)))"
    case 10: return "(if e.maybe is none then \(money(next)) else e.maybe - \(money(0)))"
    case 11: return "abs(\(money(next)))"
    case 12: return "round \(direction()) to \(pick(["$2", "1 unit"])) (\(money(next)))"
    default: return "-\(money(0))"
    }
  }

  mutating func tokens(_ depth: Int) -> String {
    guard depth > 0 else { return pick(["e.used", "100 tokens", "e.few"]) }
    switch below(4) {
    case 0: return "(\(tokens(depth - 1)) + \(tokens(depth - 1)))"
    case 1: return "max(0 tokens, \(tokens(depth - 1)) - \(tokens(depth - 1)))"
    case 2: return "min(\(tokens(depth - 1)), \(tokens(depth - 1)))"
    default: return "(if \(bool(depth - 1)) then \(tokens(depth - 1)) else \(tokens(0)))"
    }
  }

  mutating func bool(_ depth: Int) -> String {
    guard depth > 0 else { return pick(["e.flag", "on", "e.maybe is set", "e.plan is pro", "not e.flag"]) }
    let next = depth - 1
    switch below(7) {
    case 0: return "\(money(next)) \(pick(["<", "<=", ">", ">=", "=", "!="])) \(money(next))"
    case 1: return "(\(bool(next)) and \(bool(next)))"
    case 2: return "(\(bool(next)) or \(bool(next)))"
    case 3: return "not (\(bool(next)))"
    case 4: return "(e.maybe is set and e.maybe > \(money(next)))"
    case 5: return "\(money(next)) in $1..$50"
    default: return "\(ratio()) < \(ratio())"
    }
  }

  private mutating func ratio() -> String {
    pick(["4/5", "20%", "8/1", "0/1", "share", "1/3", "(if e.flag then share else 7/2)"])
  }
  private mutating func rate() -> String { pick(["listed", "$2.50 per 1M tokens", "e.price", "$0 per 1M tokens"]) }
  private mutating func direction() -> String { pick(["up", "down", "half even", "half up"]) }
}

/// The facts that random expressions read.
enum RangeFixture {
  static let text = """
    policy wallet "Money."
    setting wide : money = $5
    setting share : ratio = 4/5
    setting listed : rate = $2.50 per 1M tokens
    denial broke 402 rank 90 "No money"
    bucket quota draw 5 resets each month to $5 else broke
    bucket balance draw 10 else broke
    meter spent = sum of payments ever
    event e "e"
      small: money in $0..$10
      signed: money in -$100..$1000
      maybe: money or none in -$5..$20
      used: tokens in 0 tokens..1G tokens
      few: tokens in 3 tokens..9 tokens
      price: rate in $0 per 1M tokens..$100 per 1M tokens
      flag: bool
      plan: free | pro

    """
}

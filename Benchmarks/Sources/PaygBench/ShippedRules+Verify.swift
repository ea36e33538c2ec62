import Engine
import Ledger
import Values

extension ShippedRules {
  /// Every answer, every draw, every notice and every account must come out the same before anything is timed.
  static func verify(_ stream: EventStream, _ byHand: ShippedStream) throws {
    let engine = stream.engine
    let program = engine.program
    guard let quota = engine.compiled.bucket(named: "quota"), let balance = engine.compiled.bucket(named: "balance")
    else { throw Mismatch("the rules have no quota or no balance") }
    var (accounts, submitted) = (stream.opening, stream.opening)
    var (plain, keys) = (byHand.opening, byHand.openingKeys)
    var seen: [ShippedAnswer.Code: Int] = [:]
    for (place, input) in stream.inputs.enumerated() {
      let (target, request) = (stream.targets[place], byHand.requests[place])
      let answer = byHand.prices.withUnsafeBufferPointer { prices in
        keys.withUnsafeBufferPointer { keys in
          keys.baseAddress.map { plain[target].decide(request, keys: $0, prices: prices, byHand.knobs) }
        }
      }
      guard let answer else { throw Mismatch("there are no keys") }
      let outcome = stream.evaluator.decide(accounts[target], input)
      let code = outcome.denial < 0 ? "allowed" : program.denials[Int(outcome.denial)].code
      guard code == answer.code.rawValue, outcome.amount == answer.cost, outcome.shortfall == answer.shortfall else {
        throw Mismatch("event \(place), \(request): the engine says \(code), \(outcome), by hand it is \(answer)")
      }
      seen[answer.code, default: 0] += 1

      let before = plain[target].balance
      let decision = try engine.submit(input, to: &submitted[target])
      var notices: [String] = []
      if answer.code == .allowed {
        try stream.evaluator.apply(to: &accounts[target])
        try stream.evaluator.react(on: &accounts[target])
        keys.withUnsafeMutableBufferPointer { keys in
          if let base = keys.baseAddress { plain[target].apply(answer, request, keys: base) }
        }
        if let level = plain[target].react(from: before) { notices = ["\(level)"] }
      }
      guard decision.drawn[quota] == answer.fromQuota, decision.drawn[balance] == answer.fromBalance,
        decision.notices.map(\.level) == notices
      else { throw Mismatch("event \(place), \(request): the engine drew \(decision.drawn), by hand it is \(answer)") }
    }
    for code in ShippedAnswer.Code.allCases where seen[code] == nil { throw Mismatch("no event is answered \(code)") }
    for index in accounts.indices {
      try compare(accounts[index], plain[index], keys, engine)
      try compare(submitted[index], plain[index], keys, engine)
    }
  }

  private static func compare(
    _ account: AccountState, _ own: ShippedAccount, _ keys: [ShippedKey], _ engine: RuleEngine
  ) throws {
    func expect(_ name: String, _ wanted: Int64, key: Int? = nil) throws {
      let found = engine.value(of: name, in: account, key: key, at: account.clock)?.value
      guard found == wanted else {
        throw Mismatch("`\(name)` is \(found.map { "\($0)" } ?? "nothing") and by hand \(wanted): \(own)")
      }
    }
    try expect("balance", own.balance)
    if account.clock < own.cycle.end { try expect("limits.payg_spent", own.paygSpent) }
    guard account.contra(.usage) == own.usage, account.sumOfBooks == 0 else { throw Mismatch("usage differs: \(own)") }
    for number in 0..<own.keyCount {
      let key = keys[own.firstKey + number]
      try expect("teams.key_spent_ever", key.ever, key: number)
      try expect("teams.key_spent_month", key.month.sum(at: own.clock, .month), key: number)
      try expect("teams.key_spent_week", key.week.sum(at: own.clock, .week), key: number)
      try expect("teams.key_spent_day", key.day.sum(at: own.clock, .day), key: number)
      try expect("teams.key_balance_spent", key.balanceSpent, key: number)
    }
  }
}

import Diagnostics
import Engine
import Lab
import Language
import Ledger
import Standard
import Values

/// The smallest policy worth the name, against a function that can do nothing else.
struct SplitRuleBenchmark: Benchmark {
  let name = "split"
  let summary = "quota first, what is left from the balance inside a limit; 1,024 accounts, 16,384 events"

  static let policy = """
    policy split "The quota first, then the balance, inside a limit."

    setting spending_limit : money or none = none
    bucket quota draw 10
    bucket balance draw 20 else insufficient_balance
    meter spent = sum of balance payments ever

    event request "one call"
      cost: money in $0..$1_000
      otherwise invalid_usage
    on request rule charge_usage
      pay request.cost

    cap balance rule limit
      at spending_limit - spent
      else spending_limit_exceeded

    denial invalid_usage           400 rank 10 "The cost makes no sense"
    denial spending_limit_exceeded 402 rank 80 "Spending limit reached"
    denial insufficient_balance    402 rank 90 "Insufficient account balance"

    """

  static let accountCount = 1_024
  static let eventCount = 16_384

  func readings(_ options: Options) throws -> [Reading] {
    let (stream, byHand) = try SplitRuleBenchmark.streams()
    try SplitRuleBenchmark.verify(stream, byHand)
    var readings: [Reading] = []
    for (name, depth, apply) in [("decide", EventStream.Depth.decide, false), ("decide and apply", .apply, true)] {
      let rounds = Stopwatch.measure(
        [
          Work(operations: stream.inputs.count, prepare: stream.reopen) { stream.run(depth) },
          Work(operations: stream.inputs.count, prepare: byHand.reopen) { byHand.run(applying: apply) },
        ], seconds: options.seconds)
      readings.append(
        Reading(name: name, unit: .nanoseconds, rounds: rounds[0], baseline: rounds[1], aim: .ratio(3)))
    }
    return readings
  }

  /// The same accounts and events for both.
  static func streams() throws -> (EventStream, SplitStream) {
    let rules = LoadedRules.read([("split.rules", policy)], vocabulary: StandardPlugin.vocabulary)
    guard rules.diagnostics.isEmpty else { throw Mismatch(Renderer(sources: rules.sources).render(rules.diagnostics)) }
    var engine = try RuleEngine(rules.program)
    let compiled = engine.compiled
    guard let limit = compiled.setting(named: "split.spending_limit"), let quota = compiled.bucket(named: "quota"),
      let balance = compiled.bucket(named: "balance")
    else { throw Mismatch("the policy lost its names") }

    var random = SeededGenerator(seed: 1)
    let start = try Instant(parsing: "2026-01-01").microseconds
    var accounts: [AccountState] = []
    var plain: [SplitAccount] = []
    for _ in 0..<accountCount {
      let dollars = Money.nanoPerDollar
      let own = SplitAccount(
        quota: Int64.random(in: 0...4, using: &random) * dollars,
        balance: Int64.random(in: 0...20, using: &random) * dollars,
        limit: Bool.random(using: &random) ? nil : Int64.random(in: 0...10, using: &random) * dollars, clock: start)
      var account = engine.newAccount()
      try engine.adjust(bucket: quota, to: own.quota, in: &account, at: start)
      try engine.adjust(bucket: balance, to: own.balance, in: &account, at: start)
      if let money = own.limit { try engine.change(limit, to: money, in: &account, at: start) }
      accounts.append(account)
      plain.append(own)
    }
    var targets: [Int] = []
    var inputs: [EventInput] = []
    var requests: [SplitRequest] = []
    for place in 0..<eventCount {
      // Mostly cents, now and then dollars, rarely nonsense: some of every answer.
      let cost: Int64 =
        switch Int.random(in: 0..<100, using: &random) {
        case 0: 2_000 * Money.nanoPerDollar
        case 1..<20: Int64.random(in: 0...5_000, using: &random) * Money.nanoPerCent / 10
        default: Int64.random(in: 0...500, using: &random) * Money.nanoPerCent / 10
        }
      let request = SplitRequest(cost: cost, at: start + Int64(place) * 1_000_000)
      targets.append(Int.random(in: 0..<accountCount, using: &random))
      inputs.append(try engine.input("request", at: request.at, ["cost": cost]))
      requests.append(request)
    }
    return (
      EventStream(engine, accounts: accounts, targets: targets, inputs: inputs),
      SplitStream(opening: plain, targets: targets, requests: requests)
    )
  }

  /// Every answer and every account must come out the same before anything is timed.
  static func verify(_ stream: EventStream, _ byHand: SplitStream) throws {
    let program = stream.engine.program
    var (accounts, plain) = (stream.opening, byHand.opening)
    var seen: Set<SplitAnswer.Code> = []
    for (place, input) in stream.inputs.enumerated() {
      let target = stream.targets[place]
      let answer = plain[target].decide(byHand.requests[place])
      let outcome = stream.evaluator.decide(accounts[target], input)
      let code: SplitAnswer.Code =
        switch outcome.denial < 0 ? nil : program.denials[Int(outcome.denial)].code {
        case nil: .allowed
        case "spending_limit_exceeded": .spendingLimitExceeded
        case "insufficient_balance": .insufficientBalance
        default: .invalidUsage
        }
      guard code == answer.code, outcome.shortfall == answer.shortfall,
        outcome.covered == answer.fromQuota + answer.fromBalance
      else { throw Mismatch("event \(place): the engine says \(outcome), by hand it is \(answer)") }
      seen.insert(code)
      if code == .allowed {
        try stream.evaluator.apply(to: &accounts[target])
        plain[target].apply(answer, at: byHand.requests[place].at)
      }
    }
    guard seen.count == 4 else { throw Mismatch("the events do not meet every answer") }
    for (account, own) in zip(accounts, plain) {
      func value(_ name: String) -> Int64? { stream.engine.value(of: name, in: account, at: account.clock)?.value }
      guard value("quota") == own.quota, value("balance") == own.balance, value("spent") == own.spent,
        account.contra(.usage) == own.usage
      else { throw Mismatch("an account came out as \(own) by hand, and otherwise by the engine") }
    }
  }
}

/// Plain accounts and the requests they meet.
final class SplitStream {
  let opening: [SplitAccount]
  private var accounts: [SplitAccount]
  private let targets: [Int]
  let requests: [SplitRequest]

  init(opening: [SplitAccount], targets: [Int], requests: [SplitRequest]) {
    self.opening = opening
    accounts = opening
    self.targets = targets
    self.requests = requests
  }

  func reopen() {
    for index in accounts.indices { accounts[index] = opening[index] }
  }

  func run(applying: Bool) -> Int {
    var sum = 0
    accounts.withUnsafeMutableBufferPointer { accounts in
      targets.withUnsafeBufferPointer { targets in
        requests.withUnsafeBufferPointer { requests in
          for place in 0..<requests.count {
            let target = targets[place]
            let answer = accounts[target].decide(requests[place])
            sum &+= Int(answer.fromQuota) &+ Int(answer.fromBalance) &+ Int(answer.code.rawValue)
            if applying, answer.code == .allowed { accounts[target].apply(answer, at: requests[place].at) }
          }
        }
      }
    }
    return sum
  }
}

/// Random events for one account, aimed at the edges of what the account may do.
///
/// The same seed gives the same events. A workload looks at the auditor before each event, so the auditor must have
/// taken those before it.
public struct Workload: Sendable {
  public let opening: AuditOpening
  public let policy: AuditPolicy

  var random: SplitMix
  /// Counts ids.
  private var count = 0
  /// Events that could come again.
  private var recent: [AuditEvent] = []
  /// Declines still to be scripted in a row.
  private var declinesToCome = 0
  /// Stories about great sums are told apart: nothing is scarce in them.
  let isRich: Bool
  /// Events that begin every story: what it is about.
  private var preface: [AuditEvent.Act] = []

  public init(seed: UInt64) {
    var random = SplitMix(seed: seed)
    isRich = random.chance(40)
    policy = Workload.policy(&random)
    opening = Workload.opening(&random)
    self.random = random
    preface = makePreface()
  }

  /// A whole story of this many events.
  public static func story(seed: UInt64, length: Int) -> AuditCase {
    var workload = Workload(seed: seed)
    var auditor = Auditor(workload.opening, policy: workload.policy)
    var story = AuditCase(opening: workload.opening, policy: workload.policy)
    for _ in 0..<length {
      let event = workload.next(for: auditor)
      _ = auditor.take(event)
      story.events.append(event)
    }
    return story
  }

  private static func policy(_ random: inout SplitMix) -> AuditPolicy {
    var policy = AuditPolicy()
    if random.chance(500) { return policy }
    policy.trigger = random.one(of: AuditPolicy.Trigger.allCases)
    policy.rescue = random.chance(750)
    policy.overrun = random.one(of: AuditPolicy.Overrun.allCases)
    policy.burn = random.one(of: AuditPolicy.Burn.allCases)
    policy.keyScope = random.one(of: AuditPolicy.KeyScope.allCases)
    policy.rounding = random.one(of: AuditPolicy.Rounding.allCases)
    return policy
  }

  private static func opening(_ random: inout SplitMix) -> AuditOpening {
    let days: [AuditCalendar.Day] = [.init(2026, 1, 31), .init(2028, 2, 29), .init(2026, 12, 31), .init(2026, 3, 1)]
    var time = AuditCalendar.days(random.one(of: days)) * AuditCalendar.day
    if random.chance(700) { time += random.within(0...700 * 86_400) * AuditCalendar.second }
    var opening = AuditOpening(at: time, card: random.chance(900) ? "card_1" : nil)
    opening.keys = [.init("a"), .init("b"), .init("c", limit: random.chance(500) ? 5 * Auditor.dollar : nil)]
    if opening.card != nil {
      let counts: [Int64] = [0, 1, 1, 2]
      for number in 0..<random.one(of: counts) {
        let amount = random.within(5...60) * Auditor.dollar
        opening.lots.append(.init(id: "p\(number + 1)", amount: amount))
      }
    }
    opening.prices = [
      "free": AuditPrice(input: 0, output: 0), "mini": AuditPrice(input: 150_000, output: 600_000),
      "pro": AuditPrice(input: 2_500_000, cached: 1_250_000, output: 10_000_000),
      "odd": AuditPrice(input: 333_333, cached: 77_777, output: 999_999),
    ]
    return opening
  }

  private mutating func makePreface() -> [AuditEvent.Act] {
    var acts: [AuditEvent.Act] = []
    if random.chance(600) {
      acts.append(subscription(at: opening.time))
      if random.chance(700) { acts.append(.setFallback(true)) }
      if random.chance(400) { acts.append(.setSpendingLimit(random.within(0...40) * Auditor.dollar / 2)) }
    }
    if random.chance(700) { acts.append(.configure(topUpChoice(isEnabled: true, balance: 0))) }
    return acts.reversed()
  }

  // MARK: - The next event

  public mutating func next(for auditor: Auditor) -> AuditEvent {
    let time = time(after: auditor)
    if let act = preface.popLast() { return made(act, at: time) }
    if let again = repetition(auditor) {
      var again = again
      again.time = time
      return again
    }
    return made(act(auditor), at: time)
  }

  private mutating func made(_ act: AuditEvent.Act, at time: Int64) -> AuditEvent {
    var event = AuditEvent(act, at: time)
    guard event.kind.isRemembered else { return event }
    event.id = id(for: act)
    recent.append(event)
    if recent.count > 80 { recent.removeFirst(40) }
    return event
  }

  private mutating func id(for act: AuditEvent.Act) -> String {
    // Who speaks again of a payment or of a refund says so by its key.
    switch act {
    case .paymentAnswer(let key, _): return key
    case .refundAnswer(let refund, let part, _): return Auditor.answerId(refund: refund, part: part)
    // As callers do who have nothing else: a stream ends once.
    case .settle(let hold, _) where !hold.isEmpty && random.chance(300): return hold
    default: break
    }
    count += 1
    let letter =
      switch act {
      case .request: "r"
      case .hold: "h"
      case .settle: "s"
      case .topUp: "t"
      case .refund: "f"
      case .grant: "g"
      case .dispute, .disputeWon: "d"
      default: "e"
      }
    return "\(letter)\(count)"
  }

  /// An earlier event once more: as it was, or with the same id and another content.
  private mutating func repetition(_ auditor: Auditor) -> AuditEvent? {
    guard random.chance(70), !recent.isEmpty else { return nil }
    var event = random.one(of: recent)
    // Whoever waits for a payment asks again as before.
    let waiting = recent.last { auditor.waiting[Auditor.MemoryKey(kind: $0.kind, id: $0.id)] != nil }
    if let waiting, random.chance(500) { event = waiting }
    let isWaiting = auditor.waiting[Auditor.MemoryKey(kind: event.kind, id: event.id)] != nil
    if isWaiting || random.chance(700) { return event }
    event.act = changed(event.act)
    return event
  }

  private func changed(_ act: AuditEvent.Act) -> AuditEvent.Act {
    func more(_ usage: AuditUsage) -> AuditUsage {
      var usage = usage
      if let cost = usage.costing {
        usage.costing = cost + Auditor.unit
      } else {
        usage.output += 1
      }
      return usage
    }
    switch act {
    case .request(let usage): return .request(more(usage))
    case .hold(let usage, let ttl): return .hold(more(usage), ttl: ttl)
    case .settle(let hold, let usage): return .settle(hold: hold, more(usage))
    case .topUp(let amount, let card, let outcome):
      return .topUp(amount: amount + Auditor.cent, card: card, outcome: outcome)
    case .grant(let amount): return .grant(amount: amount + Auditor.unit)
    case .refund(var choice, let outcome):
      choice.amount += Auditor.cent
      return .refund(choice, outcome: outcome)
    default: return act
    }
  }

  // MARK: - What it may be

  private mutating func act(_ auditor: Auditor) -> AuditEvent.Act {
    if declinesToCome > 0 {
      declinesToCome -= 1
      return .script(.declined)
    }
    if auditor.waitsForProvider, random.chance(150), let answer = paymentAnswer(auditor, pending: true) {
      return answer
    }
    if auditor.card == nil || auditor.autoTopUp.isSuspended, random.chance(40) { return .newCard("card_\(count)") }
    switch random.within(0...999) {
    case ..<440: return .request(usage(auditor))
    case ..<540:
      guard auditor.openHolds.count < 6 else { return settlement(auditor) }
      var usage = usage(auditor)
      usage.cached = 0
      return .hold(usage, ttl: ttl())
    case ..<640: return settlement(auditor)
    case ..<665: return .void(hold: hold(auditor))
    case ..<730: return topUp()
    case ..<750: return .grant(amount: gift())
    case ..<795: return refund(auditor)
    case ..<808: return refundAnswer(auditor) ?? refund(auditor)
    case ..<820: return .dispute(payment: payment(auditor) { !$0.isDisputed })
    case ..<831: return .disputeWon(payment: payment(auditor) { $0.isDisputed })
    case ..<845: return paymentAnswer(auditor, pending: false) ?? .wait
    case ..<880:
      if random.chance(250) { declinesToCome = 2 }
      let outcomes: [AuditOutcome] = [.paid, .paid, .declined, .declined, .pending, .failed]
      return .script(declinesToCome > 0 ? .declined : random.one(of: outcomes))
    case ..<900: return .configure(topUpChoice(isEnabled: random.chance(800), balance: auditor.balance))
    case ..<905: return .newCard("card_\(count)")
    case ..<908: return .changeOwner
    case ..<918: return subscription(at: auditor.now)
    case ..<922: return .cancel
    case ..<926: return .renewalFailed
    case ..<934: return .renewed
    case ..<948: return .setFallback(random.chance(700))
    case ..<963: return .setSpendingLimit(limit(auditor.cycle.spent + auditor.cycle.held))
    case ..<975:
      let name = keyName(auditor)
      let key = auditor.keys[name]
      return .setKeyLimit(name, limit((key?.spent ?? 0) + (key?.held ?? 0)))
    case ..<980: return .setMonthCap(limit(auditor.chargedThisMonth + auditor.autoTopUp.amount))
    case ..<985: return .addKey(random.one(of: ["d", "e"]), limit: random.chance(500) ? 3 * Auditor.dollar : nil)
    case ..<988: return .deleteKey(random.one(of: ["c", "d", "e", "nobody"]))
    case ..<993: return .setPrice(model: random.one(of: ["pro", "odd"]), price())
    default: return .wait
    }
  }
}

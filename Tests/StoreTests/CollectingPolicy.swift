import Diagnostics
import Engine
import Foundation
import Language
import Ledger
import Standard
import Store
import Synchronization
import Values

/// A small policy in which every kind of request leads to others, and stores of it.
enum CollectingPolicy {
  static let dollar = Money.nanoPerDollar
  static let start: Int64 = 1_767_225_600_000_000  // 2026-01-01

  /// A quota that is filled anew each month, then a balance; holds; charges by hand, in need and when little is left; another
  /// card where the first says no; a gift where a refund comes back.
  static let text = """
    policy money "Holds, cards, refunds and disputes."

    setting started: time or none = none
    setting quota_size: money = $2
    setting card: card or none = none
    setting spare: card or none = none
    setting rescue: bool = on
    setting threshold: money or none = none
    setting topup: money = $20
    setting most: money or none = none per key
    setting declines: integer in 0..100 = 0
    setting suspended: bool = off
    setting plan: basic | pro = basic
    setting bonus: money in $0..$100 = $0 global

    cycle from started
    bucket quota draw 1 resets each month to quota_size
    bucket balance draw 2 keeps lots else insufficient

    meter spent = sum of balance payments each cycle
    meter key_spent = sum of payments each day per key
    meter begun = count of begin ever

    denial invalid 400 rank 1 "No"
    denial unknown_hold 404 rank 2 "No such hold"
    denial resolved 409 rank 3 "Settled or voided"
    denial key_full 402 rank 20 "Key"
    denial exceeds 409 rank 30 "More than can go back"
    denial once 409 rank 31 "Once"
    denial insufficient 402 rank 90 "Too little"
    denial card_declined 402 rank 95 "The card was declined"

    event request key: key or none, model: name or none, cost: money in $0..$1_000_000, otherwise invalid
    event begin key: key or none, cost: money in $0..$1_000_000, ttl: duration in 1 second..30 days = 1 hour, otherwise invalid
    event settle hold: hold else unknown_hold, cost: money in $0..$1_000_000, otherwise invalid
    event void hold: hold else unknown_hold
    event grant amount: money in $0..$1_000_000
    event add amount: money in $0..$1_000_000, card: card or none
    event plan_chosen plan: basic | pro, from: time or none
    event paid payment: payment
    event declined payment: payment
    event failed payment: payment
    event refund amount: money in $0..$1_000_000, payment: payment or none
    event refund_paid refund: refund
    event refund_failed refund: refund
    event dispute payment: payment
    event won payment: payment

    derive payment.refundable = if payment.disputed then $0 else round down to 1 cent (max($0, min(payment.unspent, payment.paid - payment.refunded)))
    derive refund.refundable = round down to 1 cent (min(balance.available, if refund.payment is set then refund.payment.refundable else payments.refundable))

    cap total rule per_key  at most - key_spent  else key_full

    on request rule charge  pay request.cost
    on begin rule reserve  hold begin.cost for begin.ttl
    deny settle rule settles_once  when settle.hold.state is settled or settle.hold.state is voided  with resolved
    deny void rule voids_once  when void.hold.state is settled or void.hold.state is voided  with resolved
    on settle rule charge_it  settle settle.cost of settle.hold
    on void rule give_up  release void.hold
    on grant rule give  credit grant.amount to balance as lot promo
    on plan_chosen rule choose  set plan = plan_chosen.plan  set started = plan_chosen.from

    derive add.charged = if add.card is set then add.card else card
    on add rule add_funds  when add.charged is set
      collect add.amount from add.charged for balance else card_declined
    on paid rule arrived  receive paid.payment  set declines = 0
    on declined rule said_no  close declined.payment as declined  set declines = min(100, declines + 1)
    on failed rule broke  close failed.payment as failed
    after declined rule another_card  when spare is set and not collecting and declines < 3
      collect $7 from spare for balance
    after paid rule as_well  when bonus > $0 and card is set and not collecting and paid.payment.automatic
      collect bonus from card for balance

    before denial insufficient rule help  when rescue and card is set and not collecting and topup >= admission.shortfall
      collect max($0, topup) from card for balance
    after charge rule low  when threshold is set and card is set and balance < threshold and balance.drawn > $0 and not charge.rescued and not collecting
      collect max($0, topup) from card for balance

    deny refund rule more_than_left  when refund.amount > refund.refundable  with exceeds
    on refund rule pay_back  refund refund.amount of refund.payment from balance by payment.refundable
    on refund_paid rule sent  confirm refund_paid.refund
    on refund_failed rule came_back  restore refund_failed.refund

    deny dispute rule disputed_once  when dispute.payment.disputed  with once
    on dispute rule take  clawback max($0, dispute.payment.paid - dispute.payment.refunded) of dispute.payment  set suspended = on
    on won rule give_back  reinstate won.payment
    """

  static let files = [PolicyFile(name: "money/policy.rules", bytes: Array(text.utf8))]

  /// Another one: a smaller quota, a meter more, one event and one setting less.
  static let later: [PolicyFile] = {
    var changed = text
    for (old, new) in [
      ("setting quota_size: money = $2", "setting quota_size: money = $1"),
      ("meter begun = count of begin ever", "meter asked = count of request ever"),
      ("setting plan: basic | pro = basic", "setting plan: free | basic | pro = basic"),
      ("event plan_chosen plan: basic | pro,", "event plan_chosen plan: free | basic | pro,"),
      ("event won payment: payment\n", ""), ("on won rule give_back  reinstate won.payment", ""),
    ] {
      changed = changed.replacing(old, with: new)
    }
    return [PolicyFile(name: "money/policy.rules", bytes: Array(changed.utf8))]
  }()

  static func engine() throws -> RuleEngine { try compile(files) }

  // The same texts make the same program, and tests make many stores.
  private static let programs = Mutex<[[PolicyFile]: CompiledProgram]>([:])

  static let compile: PolicyCompiler = { files throws(PolicyFault) in
    if let program = programs.withLock({ $0[files] }) { return RuleEngine(program) }
    var sources = SourceMap()
    var syntax: [FileSyntax] = []
    for file in files {
      let (parsed, found) = Parser.parse(source: sources.add(Source(name: file.name, bytes: file.bytes)), in: sources)
      if let problem = found.first { throw PolicyFault(problem.message) }
      syntax.append(parsed)
    }
    do {
      let vocabulary = try PluginRegistry([StandardPlugin()]).vocabulary
      var (program, found) = Checker.check(files: syntax, sources: sources, vocabulary: vocabulary)
      if let problem = found.first(where: { $0.severity == .error }) {
        throw PolicyFault("\(problem.message): \(sources.text(problem.span))")
      }
      program.hash = hash(of: files)
      let compiled = try CompiledProgram(program)
      programs.withLock { $0[files] = compiled }
      return RuleEngine(compiled)
    } catch let fault as PolicyFault {
      throw fault
    } catch {
      throw PolicyFault("\(error)")
    }
  }

  /// FNV-1a, enough to tell two texts apart.
  private static func hash(of files: [PolicyFile]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for file in files {
      for byte in Array(file.name.utf8) + [0] + file.bytes + [0] {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
      }
    }
    return String(hash, radix: 16)
  }

  /// A new store in a folder of its own.
  static func store(_ policy: [PolicyFile] = files) throws -> AccountStore {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return try AccountStore.create(
      at: folder.appending(path: "test.payg").path, policy: policy, testClock: start, compile: compile)
  }

  static func remove(_ store: AccountStore) {
    try? FileManager.default.removeItem(at: URL(filePath: store.path).deletingLastPathComponent())
  }
}

/// A deed in one account, by names, so that a store and a memory can do the same.
enum Deed: Sendable {
  case submit(EventCall)
  case set(Int, EventCall.Value, key: String?)
  case setGlobal(Int, EventCall.Value)
  case adjust(Int64)
  case addKey(String)
}

/// Deeds made at random from a seed, with the ids of earlier ones in them.
struct RandomDeeds {
  var random: SeededGenerator
  let engine: RuleEngine
  var clock = CollectingPolicy.start
  var number = 0
  var calls: [EventCall] = []

  init(seed: UInt64, _ engine: RuleEngine) {
    random = SeededGenerator(seed: seed)
    self.engine = engine
  }

  mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(max(1, count))) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  mutating func amount() -> Int64 {
    let dollar = CollectingPolicy.dollar
    return pick([0, 2_000, dollar / 100, dollar / 3, dollar * Int64(1 + below(9)), dollar * Int64(1 + below(40))])
  }

  /// The id of something earlier, or of nothing.
  mutating func earlier() -> String { chance(5) ? "nothing" : "e\(max(1, number - below(12)))" }

  private mutating func money() -> EventCall.Value { .number(amount()) }

  private mutating func key() -> EventCall.Value {
    pick([.number(ValueType.none), .text("k1"), .text("k1"), .text("k2"), .text("unknown")])
  }

  private mutating func card() -> EventCall.Value { pick([.number(ValueType.none), .text("visa"), .text("spare")]) }

  mutating func next() throws -> Deed {
    number += 1
    clock += Int64(below(20)) * pick([1, 60_000_000, 3_600_000_000, 20_000_000_000])
    switch below(100) {
    case 0..<3:
      // The same words are the same event in a store, whoever has got that name in the meantime.
      return .addKey(pick(["k3", "k4"]))
    case 3..<5: return .adjust(amount())
    case 5..<13:
      let setting = pick(["card", "spare", "rescue", "threshold", "topup", "most", "plan", "quota_size"])
      let index = engine.settingIndex("money.\(setting)")
      let none = EventCall.Value.number(ValueType.none)
      switch setting {
      case "card", "spare": return .set(index, pick([.text("visa"), .text("spare"), none]), key: nil)
      case "rescue": return .set(index, .number(Int64(below(2))), key: nil)
      case "most": return .set(index, pick([none, money(), money()]), key: "k1")
      case "plan": return .set(index, .text(pick(["basic", "pro"])), key: nil)
      case "threshold": return .set(index, pick([none, money()]), key: nil)
      default: return .set(index, money(), key: nil)
      }
    case 13..<15: return .setGlobal(engine.settingIndex("money.bonus"), .number(pick([0, CollectingPolicy.dollar])))
    default: return .submit(try call())
    }
  }

  private mutating func call() throws -> EventCall {
    if chance(8), let earlier = calls.randomElement(using: &random) {
      var again = earlier
      again.at = clock
      if chance(20), case .number? = again.fields.last { again.fields[again.fields.count - 1] = .number(amount()) }
      if chance(80) { return again }
    }
    let id = chance(90) ? "e\(number)" : earlier()
    let at = chance(5) ? clock - 86_400_000_000 : clock
    let call: EventCall =
      switch below(100) {
      case 0..<36:
        try engine.calling(
          "request", id: id, at: at, ["key": key(), "model": .text(pick(["a", "b"])), "cost": money()])
      case 36..<50:
        try engine.calling(
          "begin", id: id, at: at,
          ["key": key(), "cost": money(), "ttl": .number(Int64(1 + below(9_000)) * 1_000_000)])
      case 50..<62: try engine.calling("settle", id: id, at: at, ["hold": .text(earlier()), "cost": money()])
      case 62..<66: try engine.calling("void", id: id, at: at, ["hold": .text(earlier())])
      case 66..<70: try engine.calling("grant", id: id, at: at, ["amount": money()])
      case 70..<82: try engine.calling("add", id: id, at: at, ["amount": money(), "card": card()])
      case 82..<84:
        try engine.calling(
          "plan_chosen", id: id, at: at, ["plan": .text(pick(["basic", "pro"])), "from": .number(clock)])
      case 84..<93:
        try engine.calling(
          "refund", id: id, at: at,
          [
            "amount": .number(CollectingPolicy.dollar / 100 * Int64(1 + below(900))),
            "payment": pick([.number(ValueType.none), .text(earlier())]),
          ])
      default: try engine.calling("dispute", id: id, at: at, ["payment": .text(earlier())])
      }
    calls.append(call)
    return call
  }
}

extension RuleEngine {
  /// An event by the names of its fields. A field that is not given has its default, or none.
  func calling(
    _ event: String, id: String = "", at: Int64, _ values: [String: EventCall.Value] = [:]
  ) throws -> EventCall {
    guard let index = compiled.event(named: event) else { throw EngineFault.unknownEvent(event) }
    let declared = program.events[index]
    return EventCall(
      event: index, id: id, at: at,
      fields: declared.fields.prefix(declared.givenCount).map { values[$0.name] ?? .number($0.value ?? ValueType.none) }
    )
  }

  func settingIndex(_ name: String) -> Int { program.settings.firstIndex { $0.name == name } ?? -1 }
}

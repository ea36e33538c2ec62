import Diagnostics
import Engine
import Language
import Ledger
import Standard
import Testing
import Values

/// A policy of holds, cards, refunds and disputes, and an account under it: what the tests of them share.
struct MoneyWorld {
  static let dollar = Money.nanoPerDollar
  static let day = Instant.perDay
  static let start = MoneyWorld.time("2026-01-10T00:00:00Z")

  var engine: RuleEngine
  var account: AccountState
  var journal = Journal()
  var now = MoneyWorld.start

  /// A quota that resets each cycle at a rate, then a balance behind a limit; charges by hand, in need, and when little is left.
  static let text = """
    policy money "Holds, cards, refunds and disputes."

    setting lot_order: grants_first | oldest_first = grants_first global
    setting quota_size: money = $0
    setting plan_rate: ratio = 1/1
    setting started: time or none = none
    setting fallback: bool = on
    setting limit: money or none = none
    setting most: money or none = none
    setting key_limit: money or none = none per key
    setting owes: bool = off global
    setting card: card or none = none
    setting rescue: bool = off
    setting threshold: money or none = none
    setting topup: money = $20
    setting suspended: bool = off
    setting declines: integer = 0
    setting bonus: money = $0

    cycle from started
    bucket quota draw 1 resets each cycle to quota_size rate plan_rate round up to 1 unit
    bucket balance draw 2 keeps lots by lot_order else insufficient

    meter spent = sum of balance payments each cycle
    meter key_spent = sum of payments ever per key
    meter month_spent = sum of payments each month
    meter streams = count of begin ever
    meter costs = sum of settle.cost on settle ever

    denial invalid 400 rank 1 "No"
    denial unknown_hold 404 rank 2 "No such hold"
    denial resolved 409 rank 3 "Settled or voided"
    denial closed 402 rank 10 "Fallback is off"
    denial over_limit 402 rank 20 "Limit"
    denial over_most 402 rank 21 "Most"
    denial key_full 402 rank 22 "Key"
    denial exceeds 409 rank 30 "More than can go back"
    denial once 409 rank 31 "Once"
    denial insufficient 402 rank 90 "Too little"
    denial card_declined 402 rank 95 "The card was declined"

    event request key: key or none, cost: money in $0..$1_000_000, otherwise invalid
    event begin key: key or none, cost: money in $0..$1_000_000, unit_price: money in $0..$1_000 = $1, ttl: duration in 1 second..30 days = 1 hour, otherwise invalid
    event settle hold: hold else unknown_hold, cost: money in $0..$1_000_000, otherwise invalid
    event bill hold: hold, pieces: integer in 0..1000
    event void hold: hold else unknown_hold
    event grant amount: money in $0..$1_000_000
    event add amount: money in $0..$1_000_000, card: card or none
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
    derive bill.cost = bill.hold.unit_price

    gate balance rule fallback_is_on  when fallback  else closed
    cap balance rule limited  at limit - spent  else over_limit
    cap total rule at_most  at most  else over_most
    cap total rule per_key  at key_limit - key_spent  else key_full

    on request rule charge  pay request.cost
    on begin rule reserve  hold begin.cost for begin.ttl
    deny settle rule settles_once  when settle.hold.state is settled or settle.hold.state is voided  with resolved
    deny void rule voids_once  when void.hold.state is settled or void.hold.state is voided  with resolved
    on settle rule charge_it  when not owes  settle settle.cost of settle.hold
    on settle rule owe_it  when owes  settle settle.cost of settle.hold as owed
    on bill rule pinned  settle bill.cost of bill.hold
    on void rule give_up  release void.hold
    on grant rule give  credit grant.amount to balance as lot promo

    derive add.charged = if add.card is set then add.card else card
    on add rule add_funds  when add.charged is set
      collect add.amount from add.charged for balance else card_declined
    on paid rule arrived  receive paid.payment  set declines = 0
    on declined rule said_no  close declined.payment as declined  set declines = min(100, declines + 1)
    on failed rule broke  close failed.payment as failed

    before denial insufficient rule help  when rescue and card is set and not collecting and topup >= admission.shortfall
      collect max($0, topup) from card for balance
    after charge rule low  when threshold is set and card is set and balance < threshold and balance.drawn > $0 and not charge.rescued and not collecting
      collect max($0, topup) from card for balance

    after admission rule gift  when bonus > $0
      credit max($0, bonus) to balance as lot promo
    after settle rule thanks  when bonus > $0
      credit max($0, bonus) to balance as lot promo

    deny refund rule more_than_left  when refund.amount > refund.refundable  with exceeds
    on refund rule pay_back  refund refund.amount of refund.payment from balance by payment.refundable
    on refund_paid rule sent  confirm refund_paid.refund
    on refund_failed rule came_back  restore refund_failed.refund

    deny dispute rule disputed_once  when dispute.payment.disputed  with once
    on dispute rule take  clawback max($0, dispute.payment.paid - dispute.payment.refunded) of dispute.payment  set suspended = on
    on won rule give_back  reinstate won.payment

    always settle.paid + settle.shortfall = settle.cost on settle "accounted for to the last unit"
    """

  init() throws {
    var sources = SourceMap()
    let number = sources.add(Source(name: "money/policy.rules", text: MoneyWorld.text))
    let (file, syntax) = Parser.parse(source: number, in: sources)
    let vocabulary = try PluginRegistry([StandardPlugin()]).vocabulary
    let (program, diagnostics) = Checker.check(files: [file], sources: sources, vocabulary: vocabulary)
    let problems = (syntax + diagnostics).filter { $0.severity == .error }.map {
      "\($0.code): \($0.message) \(sources.text($0.span))"
    }
    try #require(problems.isEmpty, "\(problems)")
    engine = try RuleEngine(program)
    engine.checksPromises = true
    account = engine.newAccount()
    account.addKey("k1")
    account.addCard("visa")
  }

  static func time(_ text: String) -> Int64 { (try? Instant(parsing: text).microseconds) ?? 0 }

  // MARK: - What tests do with it

  var program: Program { engine.program }

  /// Half a micro-dollar is one unit, in which the worked cases count.
  static func units(_ count: Int64) -> Int64 { count * 2_000 }

  mutating func set(_ setting: String, _ value: Int64, key: Int? = nil) throws {
    let index = try #require(engine.compiled.setting(named: "money.\(setting)"), "\(setting)")
    try engine.change(index, to: value, key: key, in: &account, at: now, journal: &journal)
  }

  mutating func fund(_ amount: Int64) throws {
    try engine.adjust(bucket: 1, to: amount, in: &account, at: now, journal: &journal)
  }

  mutating func open(_ id: String, _ amount: Int64, left: Int64? = nil) throws {
    try engine.open(
      payment: id, amount: amount, remaining: left, card: 0, bucket: 1, in: &account, at: now, journal: &journal)
  }

  func input(_ event: String, id: String = "", _ values: [String: Int64] = [:]) throws -> EventInput {
    try engine.input(event, id: id, at: now, values)
  }

  @discardableResult
  mutating func send(_ event: String, id: String = "", _ values: [String: Int64] = [:]) throws -> Decision {
    let decision = try engine.submit(try input(event, id: id, values), to: &account, journal: &journal)
    try check(decision)
    return decision
  }

  mutating func exchange(
    _ event: String, id: String = "", _ values: [String: Int64] = [:], _ provider: inout ScriptedProvider
  ) throws -> Exchange {
    let exchange = try engine.submit(
      try input(event, id: id, values), to: &account, journal: &journal, asking: &provider)
    try check(exchange.decision)
    return exchange
  }

  @discardableResult
  mutating func resume(
    _ event: String, id: String = "", _ values: [String: Int64] = [:], after payment: Int
  ) throws -> Decision {
    let decision = try engine.resume(try input(event, id: id, values), after: payment, to: &account, journal: &journal)
    try check(decision)
    return decision
  }

  /// What the provider says, as an event.
  @discardableResult
  mutating func answer(_ answer: ProviderAnswer, payment: Int) throws -> Decision {
    let input = try #require(engine.answer(answer, toPayment: payment, of: account, at: now))
    let decision = try engine.submit(input, to: &account, journal: &journal)
    try check(decision)
    return decision
  }

  @discardableResult
  mutating func answer(_ answer: ProviderAnswer, refund: Int) throws -> Decision {
    let input = try #require(engine.answer(answer, toRefund: refund, of: account, at: now))
    let decision = try engine.submit(input, to: &account, journal: &journal)
    try check(decision)
    return decision
  }

  /// What is true of every account after every event.
  private func check(_ decision: Decision) throws {
    #expect(account.sumOfBooks == 0)
    #expect(decision.brokenPromises.isEmpty)
    for transaction in journal.transactions {
      #expect(transaction.postings.reduce(0) { $0 + $1.amount } == 0)
    }
    // What the journal says is what the rows say.
    for bucket in program.buckets.indices {
      let posted = journal.transactions.flatMap(\.postings).filter { $0.book == .bucket(bucket) }.reduce(0) {
        $0 + $1.amount
      }
      #expect(posted == account.book(bucket))
    }
    let held = account.openHolds.map { account.holds[$0].drawn }
    #expect(account.row[account.layout.buckets[1].heldSlot] == held.reduce(0) { $0 + $1[1] })
  }

  func value(_ name: String, key: Int? = nil) throws -> Int64 {
    try #require(engine.value(of: name, in: account, key: key, at: now), "\(name)").value
  }

  func code(_ decision: Decision) -> String? { decision.code(in: program) }

  var lots: [Int64] { account.lots(of: 1, order: engine.burnOrder).map(\.remaining) }
}

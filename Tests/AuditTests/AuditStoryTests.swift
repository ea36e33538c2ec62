import Audit
import Testing

/// Short stories worked out by hand, beyond the worked cases: one account with $20 on it, a key `a` and a card.
@Suite("The auditor, story by story")
struct AuditStoryTests {
  static let start = AuditCalendar.days(AuditCalendar.Day(2026, 1, 10)) * AuditCalendar.day

  /// An account that is told one thing after another.
  struct Account {
    var auditor: Auditor

    init(_ dollars: Int64 = 20, change: (inout AuditPolicy) -> Void = { _ in }) {
      var policy = AuditPolicy()
      change(&policy)
      var opening = AuditOpening(at: AuditStoryTests.start, keys: [.init("a"), .init("b")])
      if dollars > 0 { opening.lots = [.init(id: "p1", amount: dollars * Auditor.dollar)] }
      auditor = Auditor(opening, policy: policy)
    }

    mutating func take(_ act: AuditEvent.Act, _ id: String = "", after seconds: Int64 = 0) -> AuditAnswer {
      let answer = auditor.take(
        AuditEvent(act, id: id, at: auditor.now + seconds * AuditCalendar.second))
      #expect(auditor.faults == [])
      return answer
    }

    mutating func request(
      _ dollars: Int64, _ id: String = "", key: String = "a", after seconds: Int64 = 0
    ) -> AuditAnswer {
      take(.request(AuditUsage(key: key, costing: dollars * Auditor.dollar)), id, after: seconds)
    }

    mutating func hold(_ dollars: Int64, _ id: String, seconds: Int64 = 3600) -> AuditAnswer {
      take(.hold(AuditUsage(key: "a", costing: dollars * Auditor.dollar), ttl: seconds * AuditCalendar.second), id)
    }

    mutating func settle(_ hold: String, _ dollars: Int64, after seconds: Int64 = 0) -> AuditAnswer {
      take(.settle(hold: hold, AuditUsage(costing: dollars * Auditor.dollar)), after: seconds)
    }

    mutating func subscribe(_ dollars: Int64) -> AuditAnswer {
      take(.subscribe(quota: dollars * Auditor.dollar, rate: AuditRate(), start: nil))
    }

    /// In whole dollars.
    var balance: Int64 { auditor.balance / Auditor.dollar }
    var lots: [Int64] { auditor.lots.lots.map { $0.remaining / Auditor.dollar } }
  }

  // MARK: - Holds

  @Test("a settled stream takes its own first, then quota, then balance; another's hold is not free")
  func settleInTwoPasses() {
    var account = Account(20)
    _ = account.subscribe(4)
    _ = account.take(.setFallback(true))
    #expect(account.hold(6, "h1").sub == 4 * Auditor.dollar)
    #expect(account.hold(10, "h2").payg == 10 * Auditor.dollar)
    let answer = account.settle("h1", 30)
    // 4 of quota and 2 of balance were reserved; 8 of balance are free.
    #expect(answer.sub == 4 * Auditor.dollar && answer.payg == 10 * Auditor.dollar)
    #expect(answer.absorbed == 16 * Auditor.dollar)
    #expect(account.balance == 10 && account.auditor.available == 0)
  }

  @Test("an overrun that is owed takes the balance below zero")
  func settleOwed() {
    var account = Account(20) { $0.overrun = .debt }
    _ = account.hold(20, "h1")
    #expect(account.settle("h1", 25).payg == 25 * Auditor.dollar)
    #expect(account.balance == -5 && account.auditor.absorbed == 0)
  }

  @Test("a hold ends at the very moment; late, it takes what is there, and only once")
  func lateSettle() {
    var account = Account(20)
    _ = account.hold(15, "h1", seconds: 60)
    #expect(account.request(6, after: 59).code == .insufficientBalance)
    #expect(account.request(6, after: 1).verdict == .allow)
    #expect(account.take(.void(hold: "h1")).code == .holdResolved, "what has expired can only be settled")
    let late = account.settle("h1", 15)
    #expect(late.payg == 14 * Auditor.dollar && late.absorbed == Auditor.dollar)
    #expect(account.settle("h1", 15).code == .holdResolved)
    #expect(account.take(.void(hold: "h1")).code == .holdResolved)
    #expect(account.settle("h9", 15).code == .unknownHold)
  }

  @Test("a stream over the end of a cycle settles from what it reserved")
  func settleOverTheEndOfACycle() {
    var account = Account(20)
    _ = account.take(
      .subscribe(quota: 4 * Auditor.dollar, rate: AuditRate(), start: Self.start - 30 * AuditCalendar.day))
    _ = account.take(.setFallback(true))
    _ = account.take(.setSpendingLimit(10 * Auditor.dollar))
    _ = account.hold(6, "h1", seconds: 2 * 86_400)
    #expect(account.auditor.quotaAvailable == 0 && account.auditor.cycle.held == 2 * Auditor.dollar)
    _ = account.take(.wait, after: 86_400)
    #expect(account.auditor.quotaAvailable == 4 * Auditor.dollar && account.auditor.cycle.held == 0)
    let answer = account.settle("h1", 13)
    #expect(answer.sub == 8 * Auditor.dollar && answer.payg == 5 * Auditor.dollar)
    #expect(account.auditor.quotaLeft == 0 && account.auditor.cycle.spent == 3 * Auditor.dollar)
    #expect(account.auditor.keys["a"]?.spent == 13 * Auditor.dollar)
  }

  @Test("what a key may spend holds for overruns, too")
  func keyLimitOfAnOverrun() {
    var account = Account(20)
    _ = account.take(.setKeyLimit("a", 8 * Auditor.dollar))
    _ = account.hold(5, "h1")
    _ = account.take(.deleteKey("a"))
    #expect(account.request(1).code == .keyDisabled)
    let answer = account.settle("h1", 9)
    #expect(answer.payg == 8 * Auditor.dollar && answer.absorbed == Auditor.dollar)
  }

  // MARK: - Automatic charges

  @Test("a rescue that is not answered yet: the event is denied, asks nothing anew, and goes on with the money")
  func pendingRescue() {
    var account = Account(1)
    _ = account.take(.script(.pending))
    _ = account.take(.configure(AuditTopUpChoice(isEnabled: true, threshold: 0, amount: 10 * Auditor.dollar)))
    let first = account.request(5, "r1")
    #expect(first.code == .insufficientBalance && first.automatic?.outcome == .pending)
    #expect(account.request(5, "r1").automatic == nil)
    #expect(account.request(5, "r2").code == .insufficientBalance)
    let key = account.auditor.payments[1].key
    #expect(key == "auto-2#2")
    #expect(account.take(.paymentAnswer(key: key, .paid), key).credited == 10 * Auditor.dollar)
    #expect(account.take(.paymentAnswer(key: key, .paid), key).isReplay)
    #expect(account.request(5, "r1").payg == 5 * Auditor.dollar)
    #expect(account.request(5, "r1").isReplay)
    #expect(account.balance == 6 && account.auditor.invoices == 1)
  }

  @Test("an hour of rest after a decline; a decline said twice counts once; money that came late is credited")
  func declines() {
    var account = Account(20)
    _ = account.take(.script(.declined))
    _ = account.take(
      .configure(AuditTopUpChoice(isEnabled: true, threshold: 15 * Auditor.dollar, amount: 10 * Auditor.dollar)))
    #expect(account.request(6).automatic?.outcome == .declined)
    let key = account.auditor.payments[1].key
    #expect(account.take(.paymentAnswer(key: key, .declined), key).isReplay)
    #expect(account.auditor.autoTopUp.declines == 1)
    #expect(account.request(1, after: 3599).automatic == nil)
    #expect(account.take(.paymentAnswer(key: key, .paid), key).credited == 10 * Auditor.dollar)
    #expect(account.auditor.autoTopUp.declines == 0 && account.balance == 23)
    #expect(account.request(9).automatic?.outcome == .ok)
  }

  @Test("three declines in a row suspend; a paid top-up by hand ends it, a declined one does not")
  func suspension() {
    var account = Account(20)
    for _ in 0..<3 { _ = account.take(.script(.declined)) }
    _ = account.take(
      .configure(AuditTopUpChoice(isEnabled: true, threshold: 19 * Auditor.dollar, amount: 10 * Auditor.dollar)))
    #expect(account.request(2).automatic?.outcome == .declined)
    #expect(account.request(1, after: 3600).automatic?.outcome == .declined)
    #expect(account.request(1, after: 3600).automatic?.outcome == .suspended)
    #expect(account.request(1, after: 86_400).automatic == nil)
    let declined = account.take(.topUp(amount: 5 * Auditor.dollar, card: nil, outcome: .declined), "t1")
    #expect(declined.code == .cardDeclined && account.auditor.autoTopUp.isSuspended)
    #expect(account.take(.topUp(amount: 5 * Auditor.dollar, card: nil, outcome: .paid), "t1").credited > 0)
    #expect(account.request(3).automatic?.outcome == .ok)
  }

  @Test("a monthly cap on automatic charges, reached exactly, until the month ends")
  func monthCap() {
    var account = Account(20) { $0.monthCap = 20 * Auditor.dollar }
    _ = account.take(
      .configure(AuditTopUpChoice(isEnabled: true, threshold: 20 * Auditor.dollar, amount: 10 * Auditor.dollar)))
    #expect(account.request(10).automatic?.charged == 10 * Auditor.dollar)
    #expect(account.request(10).automatic?.charged == 10 * Auditor.dollar)
    #expect(account.request(10).automatic == nil)
    #expect(account.request(1, after: 22 * 86_400).automatic?.charged == 10 * Auditor.dollar)
  }

  @Test("switched on while low: charges once; at the threshold is not below it")
  func switchedOn() {
    var account = Account(10)
    let choice = AuditTopUpChoice(isEnabled: true, threshold: 10 * Auditor.dollar, amount: 10 * Auditor.dollar)
    #expect(account.take(.configure(choice)).automatic == nil)
    var lower = choice
    lower.threshold = 11 * Auditor.dollar
    #expect(account.take(.configure(lower)).automatic == nil, "it was on already")
    _ = account.take(.configure(AuditTopUpChoice(isEnabled: false)))
    #expect(account.take(.configure(lower)).automatic?.outcome == .ok)
    #expect(account.balance == 20)
  }

  // MARK: - Refunds and disputes

  @Test("a refund takes the newest payments first, each to its own card, and comes back if a card refuses")
  func refundParts() {
    var account = Account(20)
    _ = account.take(.topUp(amount: 10 * Auditor.dollar, card: "card_9", outcome: .paid), "t1")
    let answer = account.take(.refund(AuditRefundChoice(amount: 15 * Auditor.dollar), outcome: .pending), "f1")
    #expect(answer.parts.map(\.payment) == ["t1", "p1"] && answer.parts.map(\.card) == ["card_9", "card_1"])
    #expect(answer.parts.map(\.amount) == [10 * Auditor.dollar, 5 * Auditor.dollar] && account.balance == 15)
    _ = account.take(.refundAnswer(refund: "f1", part: 1, arrived: false), "f1#1")
    #expect(account.balance == 25 && account.lots == [15, 10])
    _ = account.take(.refundAnswer(refund: "f1", part: 2, arrived: true), "f1#2")
    #expect(account.take(.refundAnswer(refund: "f1", part: 1, arrived: false), "f1#1").isReplay)
    #expect(account.take(.refundAnswer(refund: "f1", part: 1, arrived: true), "f1#1").code == .refundAnswered)
    #expect(account.balance == 25)
  }

  @Test("a dispute takes its own lot, other payments, gifts, then makes debt; won, all of it comes back")
  func disputeOrder() {
    var account = Account(20)
    _ = account.take(.grant(amount: 3 * Auditor.dollar))
    _ = account.take(.topUp(amount: 10 * Auditor.dollar, card: nil, outcome: .paid), "t1")
    // The gift goes first, then $8 of the first payment.
    _ = account.request(11)
    #expect(account.lots == [12, 0, 10])
    _ = account.take(.grant(amount: 2 * Auditor.dollar))
    #expect(account.take(.dispute(payment: "p1")).clawback == 20 * Auditor.dollar)
    #expect(account.lots == [0, 0, 2, 2] && account.balance == 4)
    #expect(account.take(.dispute(payment: "t1")).clawback == 10 * Auditor.dollar)
    #expect(account.lots == [0, 0, 0, 0] && account.balance == -6)
    // The new payment repays the debt of $6.
    _ = account.take(.topUp(amount: 10 * Auditor.dollar, card: nil, outcome: .paid), "t2")
    #expect(account.lots == [0, 0, 0, 0, 4])
    #expect(account.take(.disputeWon(payment: "t1")).reinstated == 10 * Auditor.dollar)
    #expect(account.lots == [0, 0, 2, 2, 10] && account.balance == 14)
    #expect(account.take(.disputeWon(payment: "p1")).reinstated == 20 * Auditor.dollar)
    #expect(account.lots == [12, 0, 10, 2, 10] && account.balance == 34)
    #expect(account.take(.disputeWon(payment: "p1")).code == .notDisputed)
  }

  @Test("what was never paid cannot be disputed, what is disputed not refunded, and debt is no cause for refunds")
  func disputesAndRefunds() {
    var account = Account(20)
    _ = account.take(.topUp(amount: 5 * Auditor.dollar, card: nil, outcome: .declined), "t1")
    #expect(account.take(.dispute(payment: "t1")).code == .unknownPayment)
    _ = account.take(.topUp(amount: 5 * Auditor.dollar, card: nil, outcome: .paid), "t2")
    _ = account.request(15)
    _ = account.take(.dispute(payment: "p1"))
    #expect(account.balance == -10 && account.take(.dispute(payment: "p1")).code == .alreadyDisputed)
    #expect(account.auditor.autoTopUp.isSuspended)
    let refund = account.take(.refund(AuditRefundChoice(amount: Auditor.cent), outcome: .paid))
    #expect(refund.code == .exceedsRefundable && refund.refundable == 0)
  }

  @Test("a dispute won while something is still owed repays that first")
  func disputeWonInDebt() {
    var account = Account(20)
    _ = account.request(15)
    _ = account.take(.dispute(payment: "p1"))
    _ = account.take(.topUp(amount: 5 * Auditor.dollar, card: nil, outcome: .paid), "t1")
    #expect(account.balance == -10 && account.lots == [0, 0])
    _ = account.take(.disputeWon(payment: "p1"))
    #expect(account.balance == 10 && account.lots == [5, 5])
  }

  @Test("statements add up, and what quota pays is told with nothing")
  func statements() {
    var account = Account(20)
    _ = account.subscribe(1)
    _ = account.take(.setFallback(true))
    _ = account.take(.request(AuditUsage(key: "a", model: "m", costing: Auditor.dollar)))
    _ = account.take(.request(AuditUsage(key: "a", model: "n", costing: Auditor.dollar)))
    _ = account.request(1, after: 30 * 86_400)
    let month = AuditCalendar.month(Self.start)
    let first = account.auditor.statement(of: month)
    #expect(first.usageByModel == ["m": 0, "n": Auditor.dollar])
    #expect(first.closing == 19 * Auditor.dollar && first.sum == first.closing)
    #expect(account.auditor.statement(of: month + 1).opening == first.closing)
    #expect(account.auditor.statement(of: month + 9).closing == account.auditor.balance)
    #expect(account.auditor.statement(of: month - 1).closing == 20 * Auditor.dollar)
  }

  @Test(
    "rounding, once",
    arguments: [
      (AuditPolicy.Rounding.up, [2_000, 2_000, 4_000]), (.halfEven, [0, 0, 4_000]), (.down, [0, 0, 2_000]),
      (.nano, [334, 1_000, 3_000]),
    ])
  func rounding(_ rounding: AuditPolicy.Rounding, _ expected: [Int64]) {
    var account = Account(20) { $0.rounding = rounding }
    _ = account.take(.setPrice(model: "third", AuditPrice(input: 333_333, output: 0)))
    _ = account.take(.setPrice(model: "half", AuditPrice(input: 1_000_000, output: 0)))
    let costs = [("third", Int64(1)), ("half", 1), ("half", 3)].map { model, tokens in
      account.take(.request(AuditUsage(key: "a", model: model, input: tokens))).cost
    }
    #expect(costs == expected)
  }
}

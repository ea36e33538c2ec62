import Ledger
import Testing
import Values

@Suite struct PaymentTests {
  private func collect(
    _ amount: Int64, bucket: Int = 0, card: Int64 = 0, isAutomatic: Bool = false
  ) -> LedgerChange {
    LedgerChange(.collect, target: bucket, amount: amount, lotKind: isAutomatic ? 1 : 0, allowance: card)
  }

  @Test func askingMovesNoMoney() throws {
    var world = LedgerWorld()
    try world.run([collect(500)], at: 40, id: "t1")
    try world.run([collect(20, bucket: 2, card: LedgerLayout.none, isAutomatic: true)], id: "r7")
    try world.run([collect(30)], id: "")
    try world.run([collect(0), collect(-5)], id: "t9")
    #expect(world.account.payments.map(\.id) == ["t1", "auto-2", "payment-3"])
    #expect(world.account.payments.map(\.key) == ["t1#1", "auto-2#2", "payment-3#3"])
    #expect(world.account.payments.map(\.card) == [0, nil, 0])
    #expect(world.account.payments.map(\.bucket) == [0, 2, 0])
    #expect(world.account.payments.map(\.isAutomatic) == [false, true, false])
    #expect(world.account.payments.map(\.origin) == ["t1", "r7", ""])
    #expect(world.account.payments.map(\.event) == [5, 5, 5])
    #expect(world.account.payments.map(\.fields) == [[7, 8], [7, 8], [7, 8]])
    #expect((world.account.payments[0].at, world.account.payments[0].paid, world.pending) == (40, 0, 3))
    #expect(world.journal.transactions.allSatisfy { $0.postings.isEmpty })
    #expect(throws: LedgerFault.wrongRecord(kind: "card", index: 1)) { try world.run([collect(5, card: 1)]) }
    #expect(throws: LedgerFault.self) { try world.run([collect(5, bucket: 9)]) }
    #expect(throws: LedgerFault.self) { try world.run([collect(Money.largest.nano + 1)]) }
  }

  @Test func theLatestChargeOfAnEventIsKnownUntilItIsAnswered() throws {
    var world = LedgerWorld()
    try world.run([collect(5)], id: "t1")
    try world.run([collect(6)], id: "")
    try world.run([collect(7)], id: "t2")
    try world.run([collect(8)], id: "t1")
    func known(_ id: String, event: Int = 5) -> Int? { world.account.answers.charge(event: event, id: id) }
    #expect((known("t1"), known("t2"), known(""), known("t1", event: 4)) == (3, 2, nil, nil))

    // A fault within the list, and a list that is taken back afterwards, leave the charge of before.
    #expect(throws: LedgerFault.self) { try world.run([collect(9), collect(9, bucket: 9)], id: "t1") }
    #expect(known("t1") == 3)
    let before = (rows: world.account.rows(key: nil), account: world.account)
    let done = try world.run([collect(9)], id: "t1")
    #expect(known("t1") == 4)
    world.account.putBack(before.rows, undoing: done)
    #expect(world.account == before.account)

    let answer = AnswerMemory.Answer(
      fields: [], labels: [], covered: 0, drawn: [], results: [], firedRules: [], at: 0)
    world.account.answers.remember(answer, event: 5, id: "t1")
    #expect((known("t1"), known("t2")) == (nil, 2))
    try world.run([collect(9)], id: "t1")
    #expect(known("t1") == nil)
  }

  @Test func aReceivedPaymentIsALot() throws {
    var world = LedgerWorld()
    try world.credit(20)
    let index = try world.pay(500, id: "t1")
    let payment = world.account.payments[index]
    #expect((payment.state, payment.paid, world.pending) == (.paid, 500, 0))
    #expect(world.account.book(0) == 520)
    #expect(world.account.contra(.cards) == -500)
    let lot = try #require(world.account.lots(of: 0).last)
    #expect((lot.number, lot.kind, lot.isPaid, lot.amount, lot.origin) == (payment.lot, 3, true, 500, "t1"))
    #expect(world.account.unspent(payment: index) == 500)
    let posted = try #require(world.journal.transactions.last)
    #expect(posted.postings == [Posting(.bucket(0), 500), Posting(.contra(.cards), -500)])
    #expect(posted.lots.map(\.kind) == [3])
    // Delivered again, it does nothing.
    let before = world.account.row
    try world.move(.receive, index)
    try world.move(.close, index, Payment.State.failed.rawValue)
    #expect(world.account.row == before)
    #expect(world.account.lots(of: 0).count == 2)
    #expect(world.journal.transactions.last?.postings == [])
    #expect(throws: LedgerFault.wrongRecord(kind: "payment", index: 3)) { try world.move(.receive, 3) }
    #expect(throws: LedgerFault.wrongRecord(kind: "payment", index: -1)) { try world.move(.receive, -1) }
  }

  @Test(arguments: [Payment.State.declined, .failed])
  func aClosedPaymentMayStillArrive(state: Payment.State) throws {
    var world = LedgerWorld()
    try world.run([collect(500)], id: "t1")
    #expect(throws: LedgerFault.self) { try world.move(.close, 0, Payment.State.paid.rawValue) }
    #expect(throws: LedgerFault.self) { try world.move(.close, 0, Payment.State.pending.rawValue) }
    #expect(throws: LedgerFault.self) { try world.move(.close, 0, 77) }
    try world.move(.close, 0, state.rawValue)
    #expect((world.account.payments[0].state, world.pending, world.account.book(0)) == (state, 0, 0))
    try world.move(.close, 0, Payment.State.failed.rawValue)
    #expect(world.account.payments[0].state == state)
    try world.move(.receive, 0)
    #expect((world.account.payments[0].state, world.pending, world.account.book(0)) == (.paid, 0, 500))
  }

  @Test func aPaymentFillsABalanceBelowZeroFirst() throws {
    var world = LedgerWorld()
    try world.draw(30)
    let index = try world.pay(100)
    #expect(world.account.unspent(payment: index) == 70)
  }

  @Test func oneListMayAskAndReceive() throws {
    var world = LedgerWorld()
    try world.run([collect(50), LedgerChange(.receive, target: 0), LedgerChange(.refund, target: 0, amount: 20)])
    #expect((world.account.book(0), world.pending, world.account.refunds.count) == (30, 0, 1))
  }

  // MARK: - Refunds

  @Test func aRefundLeavesItsOwnLot() throws {
    var world = LedgerWorld()
    let first = try world.pay(100, id: "t1")
    let second = try world.pay(50, id: "t2")
    try world.draw(40)
    try world.run([LedgerChange(.refund, target: second, amount: 30)], at: 9, id: "r1")
    let refund = try #require(world.account.refunds.first)
    #expect((refund.payment, refund.amount, refund.state, refund.at) == (second, 30, .pending, 9))
    #expect(world.account.refund(refund.key) == 0)
    #expect(world.remainders == [60, 20])
    #expect(world.account.payments.map(\.refunded) == [0, 30])
    #expect(world.account.contra(.refunds) == 30)
    #expect(
      world.journal.transactions.last?.postings == [Posting(.bucket(0), -30), Posting(.contra(.refunds), 30)])
    #expect(throws: LedgerFault.paymentExceeded(payment: second, amount: 21)) {
      try world.move(.refund, second, 21)
    }
    #expect(throws: LedgerFault.paymentExceeded(payment: first, amount: 61)) { try world.move(.refund, first, 61) }
    try world.move(.refund, first, 60)
    try world.move(.refund, first, 0)
    try world.move(.refund, first, -9)
    #expect(world.account.refunds.count == 2)
    #expect(Set(world.account.refunds.map(\.key) + world.account.payments.map(\.key)).count == 4)
    #expect(world.remainders == [0, 20])
  }

  @Test func onlyPaidPaymentsAreRefunded() throws {
    var world = LedgerWorld()
    try world.credit(100)
    try world.run([collect(50)])
    #expect(throws: LedgerFault.wrongRecord(kind: "payment", index: 0)) { try world.move(.refund, 0, 1) }
    #expect(throws: LedgerFault.wrongRecord(kind: "payment", index: 0)) { try world.move(.clawBack, 0, 1) }
    #expect(throws: LedgerFault.wrongRecord(kind: "payment", index: 5)) { try world.move(.refund, 5, 1) }
  }

  /// Without lots, what is posted limits it, and what was paid.
  @Test func aPurseWithoutLotsIsRefundedToo() throws {
    var world = LedgerWorld()
    let first = try world.pay(100, into: LedgerWorld.purse)
    _ = try world.pay(100, into: LedgerWorld.purse)
    #expect(throws: LedgerFault.paymentExceeded(payment: first, amount: 101)) {
      try world.move(.refund, first, 101)
    }
    try world.draw(150, of: LedgerWorld.purse)
    #expect(throws: LedgerFault.paymentExceeded(payment: first, amount: 51)) { try world.move(.refund, first, 51) }
    try world.move(.refund, first, 50)
    #expect(world.account.book(LedgerWorld.purse) == 0)
    try world.move(.clawBack, 1, 30)
    #expect(world.clawback(1) == [30, 30])
    try world.move(.reinstate, 1)
    #expect(world.account.book(LedgerWorld.purse) == 0)
  }

  @Test(arguments: [false, true])
  func aRefundThatDidNotArriveGoesBack(wasConfirmed: Bool) throws {
    var world = LedgerWorld()
    let index = try world.pay(100)
    try world.draw(10)
    let lots = world.account.lots(of: 0)
    let row = world.account.row
    try world.move(.refund, index, 60)
    if wasConfirmed {
      try world.move(.confirm, 0)
      try world.move(.confirm, 0)
      #expect(world.account.refunds[0].state == .paid)
    }
    try world.move(.restore, 0)
    #expect(world.account.refunds[0].state == .failed)
    #expect(world.account.row == row)
    #expect(world.account.lots(of: 0) == lots)
    #expect(world.account.payments[0].refunded == 0)
    #expect(throws: LedgerFault.wrongRecord(kind: "refund", index: 0)) { try world.move(.restore, 0) }
    #expect(throws: LedgerFault.wrongRecord(kind: "refund", index: 0)) { try world.move(.confirm, 0) }
    #expect(throws: LedgerFault.wrongRecord(kind: "refund", index: 1)) { try world.move(.restore, 1) }
    try world.move(.refund, index, 90)
    #expect(world.remainders == [0])
  }

  @Test func aRestoredRefundPaysDebtFirst() throws {
    var world = LedgerWorld()
    let index = try world.pay(100)
    try world.move(.refund, index, 60)
    try world.draw(55)
    #expect(world.account.book(0) == -15)
    try world.move(.restore, 0)
    #expect(world.remainders == [45])
  }

  // MARK: - Opening

  @Test func anAccountMayOpenWithPayments() throws {
    var world = LedgerWorld()
    try world.credit(5)
    let early = try world.account.openPayment(
      id: "mar", amount: 100, remaining: 60, card: 0, bucket: 0, at: -50, order: .grantsFirst)
    let late = try world.account.openPayment(
      id: "", amount: 40, remaining: 0, card: nil, bucket: 0, at: 70, order: .grantsFirst)
    #expect(early.map(\.amount) == [60] && late.map(\.amount) == [0])
    #expect(world.account.payments.map(\.id) == ["mar", "payment-2"])
    #expect(world.account.payments.map(\.state) == [.paid, .paid])
    #expect(world.account.lots(of: 0).map(\.remaining) == [60, 5, 0], "the oldest first")
    #expect(world.account.lots(of: 0).map(\.amount) == [100, 5, 40])
    #expect((world.account.contra(.adjustments), world.account.book(0), world.account.clock) == (-60, 65, 70))
    #expect(world.account.sumOfBooks == 0)
    #expect(throws: LedgerFault.paymentExceeded(payment: 0, amount: 61)) { try world.move(.refund, 0, 61) }
    try world.move(.refund, 0, 60)
    let before = world.account
    let faulty: [(amount: Int64, remaining: Int64, card: Int?, bucket: Int)] = [
      (10, 11, 0, 0), (0, 0, 0, 0), (10, -1, 0, 0), (10, 5, 7, 0), (10, 5, 0, 9), (Int64.max, 1, nil, 0),
      (Int64.min, Int64.min, nil, 0),
    ]
    for (amount, remaining, card, bucket) in faulty {
      #expect(throws: LedgerFault.self) {
        try world.account.openPayment(
          id: "x", amount: amount, remaining: remaining, card: card, bucket: bucket, at: 99, order: .grantsFirst)
      }
    }
    #expect(world.account == before)
  }
}

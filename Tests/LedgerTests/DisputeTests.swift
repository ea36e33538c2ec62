import Ledger
import Testing
import Values

@Suite struct DisputeTests {
  /// Grant 20, payment 100, payment 50, grant 10, payment 30; the payment of 50 is disputed. What each takes, by lot number.
  static let takes: [(amount: Int64, parts: [(Int, Int64)], debt: Int64, spent: Int64)] = [
    (50, [(3, 50)], 0, 0),
    (20, [(3, 20)], 0, 0),
    // Spent 120: both grants, then 90 of the first payment.
    (50, [(3, 50)], 0, 120),
    // Spent 160: of the payment 30 are left, and 30 of the newest.
    (50, [(3, 20), (5, 30)], 0, 160),
    (50, [(5, 20)], 30, 190),
    (50, [], 50, 215),
  ]

  private func world() throws -> LedgerWorld {
    var world = LedgerWorld()
    try world.credit(20)
    _ = try world.pay(100, id: "a")
    _ = try world.pay(50, id: "b")
    try world.credit(10)
    _ = try world.pay(30, id: "c")
    return world
  }

  @Test(arguments: DisputeTests.takes)
  func aBankTakesTheOwnLotFirst(amount: Int64, parts: [(Int, Int64)], debt: Int64, spent: Int64) throws {
    var world = try world()
    try world.draw(spent)
    let (posted, lots) = (world.account.book(0), world.account.lots(of: 0))
    try world.move(.clawBack, 1, amount)
    #expect(world.clawback(1) == [amount, debt] + parts.flatMap { [Int64($0.0), $0.1] })
    #expect(world.account.book(0) == posted - amount)
    #expect(world.account.contra(.disputes) == amount)
    #expect(world.remainders.reduce(0, +) == max(0, posted - amount))
    #expect(
      world.journal.transactions.last?.postings == [
        Posting(.bucket(0), -amount), Posting(.contra(.disputes), amount),
      ])
    #expect(throws: LedgerFault.wrongRecord(kind: "payment", index: 1)) { try world.move(.clawBack, 1, 1) }
    try world.move(.reinstate, 1)
    #expect(world.account.lots(of: 0) == lots)
    #expect(world.account.payments[1].clawback == nil)
    #expect((world.account.book(0), world.account.contra(.disputes)) == (posted, 0))
    #expect(throws: LedgerFault.wrongRecord(kind: "payment", index: 1)) { try world.move(.reinstate, 1) }
  }

  /// Own lot, the other payments oldest first, and only then what was given.
  @Test func grantsAreTakenLast() throws {
    var world = LedgerWorld()
    try world.credit(20)
    _ = try world.pay(40, id: "a")
    _ = try world.pay(100, id: "b")
    try world.move(.refund, 1, 70)
    try world.move(.clawBack, 1, 100)
    #expect(world.clawback(1) == [100, 10, 3, 30, 2, 40, 1, 20])
    #expect(world.account.book(0) == -10)
    #expect(throws: LedgerFault.paymentExceeded(payment: 0, amount: 41)) { try world.move(.clawBack, 0, 41) }
    try world.move(.clawBack, 0, 0)
    #expect(world.clawback(0) == [0, 0])
    try world.move(.reinstate, 0)
    // Its refund comes back while it is disputed: 10 of it are owed.
    try world.move(.restore, 0)
    #expect(world.remainders == [0, 0, 60])
    try world.move(.reinstate, 1)
    #expect(world.remainders == [20, 40, 100])
  }

  @Test func whatRepaidADebtIsGivenBack() throws {
    var world = LedgerWorld()
    _ = try world.pay(100, id: "a")
    try world.draw(100)
    try world.move(.clawBack, 0, 100)
    #expect((world.account.book(0), world.account.payments[0].clawback?.debt) == (-100, 100))
    _ = try world.pay(70, id: "b")
    _ = try world.pay(60, id: "c")
    #expect(world.remainders == [0, 0, 30])
    try world.move(.reinstate, 0)
    #expect(world.account.book(0) == 130)
    #expect(world.remainders == [0, 70, 60])
  }

  /// What a refund sent back, or another dispute took, leaves no room in a lot.
  @Test func thereIsNoRoomForWhatIsGone() throws {
    var world = LedgerWorld()
    _ = try world.pay(100, id: "old")
    try world.draw(100)
    _ = try world.pay(100, id: "new")
    try world.move(.refund, 1, 25)
    try world.move(.clawBack, 0, 90)
    #expect(world.remainders == [0, 0])
    #expect(world.account.payments[0].clawback?.debt == 15)
    _ = try world.pay(20, id: "repays")
    try world.move(.clawBack, 2, 20)
    #expect(world.account.book(0) == -15)
    _ = try world.pay(40, id: "last")
    #expect(world.remainders == [0, 0, 0, 25])
    try world.move(.reinstate, 0)
    // 75 to `new`; 15 more to the newest with room, which is `last` and not `repays`, of which 5 are still disputed.
    #expect(world.remainders == [0, 75, 0, 40])
    try world.move(.reinstate, 2)
    #expect(world.remainders.reduce(0, +) == world.account.book(0))
    #expect(zip(world.remainders, [100, 75, 20, 40]).allSatisfy { $0 <= $1 })
  }

  /// Two lots repaid the debt. Of the newer one the rest went back to its card, or to its bank.
  @Test(arguments: [LedgerChange.Kind.refund, .clawBack])
  func aLotNeverGetsMoreThanItRepaid(kind: LedgerChange.Kind) throws {
    var world = LedgerWorld()
    _ = try world.pay(100, id: "a")
    try world.draw(100)
    try world.move(.clawBack, 0, 60)
    _ = try world.pay(30, id: "b")
    _ = try world.pay(100, id: "c")
    #expect(world.remainders == [0, 0, 70])
    try world.move(kind, 2, 70)
    try world.move(.reinstate, 0)
    #expect(world.remainders == [0, 30, 30])
    try world.move(kind == .refund ? .restore : .reinstate, kind == .refund ? 0 : 2)
    #expect(world.remainders == [0, 30, 100])
  }

  /// What is owed burns what comes back in the order of that time, not of the time of the question.
  @Test func whatIsOwedBurnsAtOnce() throws {
    var world = LedgerWorld()
    _ = try world.pay(100, id: "a")
    try world.credit(20)
    try world.draw(15)
    try world.run([LedgerChange(.clawBack, target: 0, amount: 100)], order: .oldestFirst)
    #expect(world.clawback(0) == [100, 0, 1, 85, 2, 15])
    try world.draw(25)
    try world.run([LedgerChange(.reinstate, target: 0)], order: .oldestFirst)
    #expect(world.remainders == [65, 15])
  }

  @Test(arguments: 0..<UInt64(300))
  func whatIsReinstatedAtOnceLeavesNoTrace(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var world = LedgerWorld()
    func amount(_ limit: Int64) -> Int64 { 1 + Int64(random.next() % UInt64(limit)) }
    _ = try world.pay(amount(100))
    for _ in 0..<12 {
      let payments = world.account.payments
      let index = Int(random.next() % UInt64(payments.count))
      switch random.next() % 6 {
      case 0: _ = try world.pay(amount(100))
      case 1: try world.credit(amount(60))
      case 2: try? world.move(.refund, index, amount(60))
      case 3: try? world.move(.clawBack, index, amount(payments[index].amount))
      default: try world.draw(amount(50))
      }
    }
    for (index, payment) in world.account.payments.enumerated() where payment.clawback == nil {
      let (row, lots) = (world.account.row, world.account.lots(of: 0))
      try world.move(.clawBack, index, amount(payment.amount))
      try world.move(.reinstate, index)
      #expect(world.account.row == row, "seed \(seed)")
      #expect(world.account.lots(of: 0) == lots, "seed \(seed)")
      #expect(world.account.payments[index] == payment, "seed \(seed)")
    }
  }
}

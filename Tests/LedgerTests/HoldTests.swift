import Ledger
import Testing
import Values

@Suite struct HoldTests {
  @Test func aHoldMovesNothing() throws {
    var world = LedgerWorld()
    try world.credit(500)
    let books = world.account.book(0)
    try world.hold([30, 20, 0], covered: 55, until: 900, key: 1, at: 100, id: "h1")
    #expect(world.account.book(0) == books)
    #expect((world.held(0), world.held(1), world.held(2)) == (30, 20, 0))
    #expect(world.meter(LedgerWorld.monthly) == (55, 55))
    #expect(world.meter(LedgerWorld.daily) == (30, 30))
    #expect(world.meter(LedgerWorld.keyTotal, key: 1) == (55, 55))
    #expect(world.meter(LedgerWorld.keyTotal, key: 0) == (0, 0))
    #expect(world.meter(LedgerWorld.quotaTotal) == (20, 20))
    #expect(world.meter(LedgerWorld.other) == (0, 0))
    let hold = try #require(world.account.holds.all.first)
    #expect((hold.id, hold.event, hold.key, hold.at, hold.expiresAt) == ("h1", 5, 1, 100, 900))
    #expect((hold.covered, hold.drawn, hold.fields, hold.state) == (55, [30, 20, 0], [7, 8], .open))
    #expect(hold.epochs.count == world.layout.accountWindows.count)
    #expect(hold.keyEpochs.count == world.layout.keyWindows.count)
    #expect(world.account.hold("h1") == 0)
    #expect(world.journal.transactions.last?.postings == [])
  }

  @Test func withoutAKeyNoKeyCounts() throws {
    var world = LedgerWorld()
    try world.hold([30, 0, 0])
    #expect(world.account.holds[0].keyEpochs == [])
    #expect(world.meter(LedgerWorld.keyTotal, key: 0) == (0, 0))
    try world.release(0)
    #expect(world.meter(LedgerWorld.monthly) == (0, 0))
  }

  /// Reserved 30 of the balance and 20 of the quota; what each settle leaves behind.
  static let settles: [(drawn: [Int64], overrun: [Int64], absorbed: Int64)] = [
    ([30, 20, 0], [0, 0, 0], 0), ([0, 20, 0], [0, 0, 0], 0), ([0, 0, 0], [0, 0, 0], 0), ([45, 20, 0], [15, 0, 0], 0),
    ([40, 25, 7], [10, 5, 7], 0), ([30, 20, 0], [0, 0, 0], 9), ([0, 0, 0], [0, 0, 0], 9),
  ]

  @Test(arguments: HoldTests.settles)
  func aSettleTakesWhatItCostAndReturnsTheRest(drawn: [Int64], overrun: [Int64], absorbed: Int64) throws {
    var world = LedgerWorld()
    try world.credit(500)
    try world.hold([30, 20, 0], key: 0)
    try world.hold([3, 0, 0], key: 0, id: "another")
    try world.settle(0, drawn, overrun: overrun, absorbed: absorbed)
    let paid = drawn.reduce(0, +)
    #expect((world.held(0), world.held(1), world.held(2)) == (3, 0, 0))
    #expect(world.account.book(0) == 500 - drawn[0])
    #expect(world.used(1) == drawn[1])
    #expect(world.account.book(2) == -drawn[2])
    for meter in [LedgerWorld.monthly, LedgerWorld.keyMonthly, LedgerWorld.keyTotal] {
      #expect(world.meter(meter) == (paid + 3, 3))
    }
    #expect(world.meter(LedgerWorld.daily) == (drawn[0] + 3, 3))
    #expect(world.meter(LedgerWorld.quotaTotal) == (drawn[1], 0))
    #expect(world.account.contra(.usage) == paid + absorbed)
    #expect(world.account.contra(.absorbed) == -absorbed)
    #expect(world.account.holds.all.map(\.state) == [.settled, .open])
    #expect(world.account.sumOfBooks == 0)
  }

  @Test func aReleaseIsTheReverseOfAHold() throws {
    var world = LedgerWorld()
    try world.credit(500)
    try world.hold([5, 0, 0], key: 0)
    let (row, keys) = (world.account.row, world.account.keyRows)
    try world.hold([30, 20, 1], covered: 60, key: 0)
    try world.release(1)
    #expect(world.account.row == row)
    #expect(world.account.keyRows == keys)
    #expect(world.account.holds[1].state == .voided)
    #expect(throws: LedgerFault.wrongRecord(kind: "hold", index: 1)) { try world.release(1) }
    #expect(throws: LedgerFault.wrongRecord(kind: "hold", index: 1)) { try world.settle(1, [1, 0, 0]) }
    #expect(throws: LedgerFault.wrongRecord(kind: "hold", index: 9)) { try world.release(9) }
    #expect(throws: LedgerFault.wrongRecord(kind: "hold", index: -1)) { try world.settle(-1, [1, 0, 0]) }
  }

  // MARK: - Windows

  @Test func aHoldOfAnEndedWindowCountsNowhere() throws {
    let (march, april) = (try instant("2026-03-31T23:00:00Z"), try instant("2026-04-01T01:00:00Z"))
    for settles in [true, false] {
      var world = LedgerWorld()
      try world.credit(500)
      try world.hold([30, 20, 0], key: 0, at: march)
      try world.hold([4, 6, 0], key: 0, at: april, id: "new")
      #expect((world.held(0), world.held(1)) == (34, 6), "the quota of April forgot the hold of March")
      #expect(world.meter(LedgerWorld.monthly) == (10, 10))
      #expect(world.meter(LedgerWorld.keyTotal) == (60, 60))
      if settles {
        // 35 and 22, of which 5 and 2 were not reserved.
        try world.settle(0, [35, 22, 0], overrun: [5, 2, 0], at: april)
        #expect(world.used(1) == 2)
        #expect(world.account.book(1) == -22)
        #expect(world.meter(LedgerWorld.monthly) == (17, 10))
        #expect(world.meter(LedgerWorld.daily) == (9, 4))
        #expect(world.meter(LedgerWorld.keyMonthly) == (17, 10))
        #expect(world.meter(LedgerWorld.keyTotal) == (67, 10))
        #expect(world.meter(LedgerWorld.quotaTotal) == (28, 6))
        #expect(world.account.contra(.usage) == 57)
      } else {
        try world.release(0, at: april)
        #expect(world.used(1) == 0)
        #expect(world.meter(LedgerWorld.monthly) == (10, 10))
        #expect(world.meter(LedgerWorld.keyMonthly) == (10, 10))
        #expect(world.meter(LedgerWorld.keyTotal) == (10, 10))
      }
      #expect((world.held(0), world.held(1)) == (4, 6))
      #expect(world.account.sumOfBooks == 0)
    }
  }

  /// The windows roll in the very list that settles.
  @Test func aWindowMayEndWithTheSettle() throws {
    let (march, april) = (try instant("2026-03-31T23:00:00Z"), try instant("2026-04-01T01:00:00Z"))
    var world = LedgerWorld()
    try world.hold([30, 20, 0], key: 0, at: march)
    try world.settle(0, [30, 22, 0], overrun: [0, 2, 0], at: april)
    #expect((world.held(0), world.held(1), world.used(1)) == (0, 0, 2))
    #expect(world.meter(LedgerWorld.monthly) == (2, 0))
    #expect(world.meter(LedgerWorld.keyMonthly) == (2, 0))
    #expect(world.meter(LedgerWorld.daily) == (0, 0))
    #expect(world.meter(LedgerWorld.quotaTotal) == (22, 0))
  }

  @Test func anEpochCountsOnlyWindowsThatBeginAnew() throws {
    var world = LedgerWorld()
    let slots = try #require(world.layout.accountWindows.first { $0.kind == .month })
    func epoch(_ world: LedgerWorld) -> Int64 { world.account.row[slots.epochSlot] }
    let times = ["2026-03-01", "2026-03-31T23:59:59.999999Z", "2026-04-01", "2026-04-02", "2026-07-01"]
    var epochs: [Int64] = []
    for time in times {
      try world.run([LedgerChange(.touch, target: 0, amount: 1)], at: try instant(time))
      epochs.append(epoch(world))
    }
    #expect(epochs == [1, 1, 2, 2, 3])
  }

  // MARK: - Expiry

  @Test func holdsExpireInTheirOrder() throws {
    var world = LedgerWorld()
    for (id, expiry) in [("a", 300), ("b", 100), ("c", 200), ("d", 100)] as [(String, Int64)] {
      try world.hold([1, 0, 0], until: expiry, id: id)
    }
    #expect(world.account.openHolds == [1, 3, 2, 0])
    #expect(world.account.nextExpiry == 100)
    #expect(world.account.expiredHold(by: 99) == nil)
    #expect(world.account.expiredHold(by: 100) == 1)
    try world.release(1, as: .expired)
    #expect(world.account.expiredHold(by: 100) == 3)
    try world.settle(3, [1, 0, 0])
    #expect(world.account.nextExpiry == 200)
    try world.release(0)
    try world.release(2, as: .expired)
    #expect(world.account.nextExpiry == Int64.max)
    #expect(world.account.expiredHold(by: Int64.max) == nil)
    #expect(world.held(0) == 0)
  }

  /// Late, it has no reserve: all it takes is new, and counts now.
  @Test func anExpiredHoldSettlesOnce() throws {
    var world = LedgerWorld()
    try world.credit(100)
    try world.hold([30, 20, 0], key: 0)
    try world.release(0, as: .expired)
    #expect(throws: LedgerFault.self) { try world.release(0, as: .expired) }
    try world.settle(0, [25, 5, 0], overrun: [25, 5, 0], absorbed: 20)
    #expect((world.held(0), world.used(1), world.account.book(0)) == (0, 5, 75))
    #expect(world.meter(LedgerWorld.monthly) == (30, 0))
    #expect(world.account.holds[0].state == .settled)
    #expect(throws: LedgerFault.self) { try world.settle(0, [1, 0, 0]) }
  }

  // MARK: - Rows

  @Test func aReserveStaysInItsRange() throws {
    var world = LedgerWorld()
    let largest = Money.largest.nano
    try world.run([LedgerChange(.reserve, target: 0, amount: largest)])
    for amount in [1, Int64.max, -largest - 1, Int64.min] {
      #expect(throws: LedgerFault.bucketOutOfRange(bucket: 0, balance: largest, amount: amount)) {
        try world.run([LedgerChange(.reserve, target: 0, amount: amount)])
      }
    }
    try world.run([LedgerChange(.reserve, target: 0, amount: -largest)])
    #expect(world.held(0) == 0)
  }

  @Test func aHeldPartStaysInItsRange() throws {
    var world = LedgerWorld()
    let meter = LedgerWorld.monthly
    try world.run([LedgerChange(.addHeld, target: meter, amount: 10, allowance: 4)])
    #expect(world.meter(meter) == (10, 4))
    let faulty: [(Int64, Int64)] = [
      (0, -5), (-11, 0), (1_000_000, 0), (0, 1_000_000), (Int64.max, 0), (0, Int64.max), (Int64.min, 0),
      (0, Int64.min),
    ]
    for (amount, held) in faulty {
      #expect(throws: LedgerFault.self, "\(amount), \(held)") {
        try world.run([LedgerChange(.addHeld, target: meter, amount: amount, allowance: held)])
      }
    }
    try world.run([LedgerChange(.reset, target: meter)])
    #expect(world.meter(meter) == (4, 4))
    // What concerns a key is left out without one.
    try world.run([LedgerChange(.addHeld, target: LedgerWorld.keyTotal, amount: 10, allowance: 4)])
    #expect(world.meter(LedgerWorld.keyTotal) == (0, 0))
  }

  @Test func oneListMakesOneHold() throws {
    var world = LedgerWorld()
    let list = world.account.changes(holding: [1, 0, 0], covered: 1, until: 5, key: -1)
    #expect(throws: LedgerFault.self) { try world.run(list + list) }
    #expect(throws: LedgerFault.self) { try world.run([LedgerChange(.hold, target: 0, amount: -1)]) }
  }
}

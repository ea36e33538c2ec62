import Ledger
import Testing
import Values

/// A layout with one bucket that keeps lots, one that resets each month, and two meters.
private func layout() -> LedgerLayout {
  var declarations = LedgerLayout.Declarations()
  declarations.settings = [
    (.account, 0, 100, true, false), (.key, 0, 100, false, false), (.account, 0, Int64.max, true, true),
    (.global, 0, 1, false, false),
  ]
  declarations.buckets = [(nil, true), (.month, false)]
  declarations.meters = [(.month, false, -5, 1_000, .other), (.ever, true, 0, 1_000, .other)]
  declarations.eventCount = 2
  return LedgerLayout(declarations)
}

private func apply(
  _ changes: [LedgerChange], to account: inout AccountState, key: Int = -1, now: Int64 = 0,
  order: BurnOrder = .grantsFirst
) throws -> [LedgerChange] {
  var list = changes
  try list.withUnsafeMutableBufferPointer {
    try account.apply($0, key: key, now: now, origin: "t", order: order)
  }
  return list
}

@Suite struct AccountTests {
  @Test func everyMovementHasAnOtherSide() throws {
    var account = AccountState(layout: layout())
    _ = try apply([LedgerChange(.credit, target: 0, amount: 500, contra: .cards)], to: &account)
    _ = try apply(
      [LedgerChange(.draw, target: 0, amount: 120), LedgerChange(.draw, target: 1, amount: 30)], to: &account)
    _ = try apply([LedgerChange(.debit, target: 0, amount: 80, contra: .refunds)], to: &account)
    #expect(account.book(0) == 300)
    #expect(account.book(1) == -30)
    #expect(account.contra(.usage) == 150)
    #expect(account.contra(.cards) == -500)
    #expect(account.contra(.refunds) == 80)
    #expect(account.sumOfBooks == 0)
  }

  @Test func aDebitTakesWhatIsThere() throws {
    var account = AccountState(layout: layout())
    _ = try apply([LedgerChange(.credit, target: 0, amount: 50, contra: .cards)], to: &account)
    let done = try apply([LedgerChange(.debit, target: 0, amount: 80, contra: .disputes)], to: &account)
    #expect(done[0].amount == 50)
    #expect(account.book(0) == 0)
    // A resetting bucket: filled to 40, 30 used, so 10 are there.
    _ = try apply([LedgerChange(.draw, target: 1, amount: 30)], to: &account)
    let second = try apply(
      [LedgerChange(.debit, target: 1, amount: 80, contra: .adjustments, allowance: 40)], to: &account)
    #expect(second[0].amount == 10)
    #expect(account.sumOfBooks == 0)
  }

  static let largest = Money.largest.nano

  /// Each passes a range at its last step at the latest.
  static let faulty: [[LedgerChange]] = [
    [
      LedgerChange(.credit, target: 0, amount: AccountTests.largest, contra: .cards),
      LedgerChange(.credit, target: 0, amount: 1, contra: .cards),
    ],
    [LedgerChange(.draw, target: 0, amount: AccountTests.largest), LedgerChange(.draw, target: 0, amount: 78)],
    [LedgerChange(.draw, target: 1, amount: Int64.max)],
    [LedgerChange(.add, target: 0, amount: 1_000), LedgerChange(.add, target: 0, amount: 1)],
    [LedgerChange(.add, target: 0, amount: -9)],
    [LedgerChange(.add, target: 1, amount: Int64.max), LedgerChange(.touch, target: 1, amount: 9)],
    [LedgerChange(.touch, target: 0, amount: 7), LedgerChange(.set, target: 0, amount: 101)],
    [LedgerChange(.set, target: 0, amount: 5), LedgerChange(.set, target: 1, amount: Int64.min)],
    [LedgerChange(.reset, target: 0), LedgerChange(.add, target: 0, amount: Int64.min)],
  ]

  @Test(arguments: AccountTests.faulty)
  func pastItsRangeNothingChanges(_ changes: [LedgerChange]) throws {
    var account = AccountState(layout: layout())
    account.addKey("k")
    _ = try apply(
      [
        LedgerChange(.credit, target: 0, amount: 77, contra: .grants, lotKind: 1),
        LedgerChange(.add, target: 0, amount: 3),
      ],
      to: &account, key: 0, now: 5)
    let before = account
    #expect(throws: LedgerFault.self) { try apply(changes, to: &account, key: 0, now: 9) }
    #expect(account == before)
  }

  /// Windows that were brought up to now go back to where they were.
  @Test(arguments: AccountTests.faulty)
  func pastItsRangeNoWindowMoves(_ changes: [LedgerChange]) throws {
    let layout = layout()
    var account = AccountState(layout: layout)
    account.addKey("k")
    _ = try apply(
      [
        LedgerChange(.credit, target: 0, amount: 77, contra: .grants, lotKind: 1),
        LedgerChange(.add, target: 1, amount: 3),
      ],
      to: &account, key: 0, now: 5)
    let before = account
    var (row, keyRow) = (account.row, account.keyRows)
    for window in layout.accountWindows { (row[window.startSlot], row[window.endSlot]) = (6, 600) }
    keyRow[layout.meters[1].slot] += 1
    func bringUp(_ changes: [LedgerChange]) throws {
      var list = changes
      try list.withUnsafeMutableBufferPointer { list in
        try row.withUnsafeBufferPointer { row in
          try keyRow.withUnsafeBufferPointer { keyRow in
            try account.apply(
              list, key: 0, now: 9, rolled: row.baseAddress.map { $0 + layout.movingSlots.lowerBound },
              keyRolled: keyRow.baseAddress.map { $0 + layout.keyMovingSlots.lowerBound })
          }
        }
      }
    }
    #expect(throws: LedgerFault.self) { try bringUp(changes) }
    #expect(account == before)
    try bringUp([LedgerChange(.touch, target: 0, amount: 9)])
    #expect(account.row[layout.accountWindows[0].endSlot] == 600)
    #expect(account.keyRows[layout.meters[1].slot] == before.keyRows[layout.meters[1].slot] + 1)
  }

  @Test func whatConcernsAKeyIsLeftOutWithoutOne() throws {
    var account = AccountState(layout: layout())
    account.addKey("k")
    let before = account
    _ = try apply([LedgerChange(.add, target: 1, amount: 4), LedgerChange(.set, target: 1, amount: 4)], to: &account)
    #expect(account.keyRow(0) == before.keyRow(0))
    _ = try apply(
      [LedgerChange(.add, target: 1, amount: 4), LedgerChange(.set, target: 1, amount: 4)], to: &account, key: 0)
    #expect(account.stored(setting: 1, key: 0) == 4)
    #expect(account.keyRow(0) != before.keyRow(0))
    #expect(account.keyRow(-1) == nil)
    #expect(account.keyRow(1) == nil)
    #expect(account.addKey("k") == 0)
  }

  @Test func theClockNeverRunsBackwards() throws {
    var account = AccountState(layout: layout())
    _ = try apply([LedgerChange(.touch, target: 0, amount: 9)], to: &account, now: 9)
    _ = try apply([LedgerChange(.touch, target: 0, amount: 4)], to: &account, now: 4)
    #expect(account.clock == 9)
    #expect(account.effectiveTime(4) == 9)
  }

  @Test func copiesAreIndependent() throws {
    var account = AccountState(layout: layout())
    let copy = account
    _ = try apply([LedgerChange(.credit, target: 0, amount: 5, contra: .cards)], to: &account)
    #expect(copy.book(0) == 0)
    #expect(copy != account)
    #expect(copy == AccountState(layout: layout()))
  }
}

@Suite struct LotTests {
  private func account(_ lots: [(kind: Int, amount: Int64)]) throws -> AccountState {
    var account = AccountState(layout: layout())
    for (kind, amount) in lots {
      _ = try apply(
        [LedgerChange(.credit, target: 0, amount: amount, contra: kind == 0 ? .cards : .grants, lotKind: kind)],
        to: &account)
    }
    return account
  }

  @Test func grantsBurnFirst() throws {
    var account = try account([(0, 50), (1, 20), (0, 30)])
    _ = try apply([LedgerChange(.draw, target: 0, amount: 60)], to: &account)
    #expect(account.lots(of: 0).map(\.remaining) == [10, 0, 30])
    #expect(account.lots(of: 0, order: .oldestFirst).map(\.remaining) == [0, 10, 30])
  }

  @Test func aNewLotDoesNotPayForTheTimeBeforeIt() throws {
    var account = try account([(0, 50)])
    _ = try apply([LedgerChange(.draw, target: 0, amount: 40)], to: &account)
    _ = try apply([LedgerChange(.credit, target: 0, amount: 20, contra: .grants, lotKind: 1)], to: &account)
    #expect(account.lots(of: 0).map(\.remaining) == [10, 20])
  }

  @Test func debtIsPaidByTheNextLot() throws {
    var account = try account([(0, 10)])
    _ = try apply([LedgerChange(.draw, target: 0, amount: 25)], to: &account)
    #expect(account.book(0) == -15)
    #expect(account.lots(of: 0).map(\.remaining) == [0])
    _ = try apply([LedgerChange(.credit, target: 0, amount: 40, contra: .cards)], to: &account)
    #expect(account.lots(of: 0).map(\.remaining) == [0, 25])
  }

  @Test(arguments: 0..<UInt64(200))
  func lotsFollowTheBalance(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var account = AccountState(layout: layout())
    for _ in 0..<30 {
      let amount = Int64(random.next() % 50)
      let kind = Int(random.next() % 2)
      switch random.next() % 3 {
      case 0:
        _ = try apply([LedgerChange(.credit, target: 0, amount: amount, contra: .cards, lotKind: kind)], to: &account)
      case 1: _ = try apply([LedgerChange(.debit, target: 0, amount: amount, contra: .adjustments)], to: &account)
      default: _ = try apply([LedgerChange(.draw, target: 0, amount: amount)], to: &account)
      }
      for order in BurnOrder.allCases {
        let lots = account.lots(of: 0, order: order)
        #expect(lots.reduce(0) { $0 + $1.remaining } == max(0, account.book(0)), "seed \(seed)")
        #expect(lots.allSatisfy { (0...$0.amount).contains($0.remaining) }, "seed \(seed)")
      }
      #expect(account.sumOfBooks == 0, "seed \(seed)")
    }
  }
}

@Suite struct WindowTests {
  private func micro(_ text: String) throws -> Int64 { try Instant(parsing: text).microseconds }

  @Test func aMonthEndsToTheMicrosecond() throws {
    let layout = layout()
    var account = AccountState(layout: layout)
    let meter = layout.meters[0].slot
    func roll(_ now: Int64, anchor: Int64? = nil) -> Bool {
      account.row.withUnsafeBufferPointer { _ in }
      var row = account.row
      let changed = row.withUnsafeMutableBufferPointer { row in
        row.baseAddress.map { layout.roll(.account, in: $0, now: now, anchor: anchor) } ?? false
      }
      var moving = Array(row[layout.movingSlots])
      var nothing: [LedgerChange] = []
      nothing.withUnsafeMutableBufferPointer { nothing in
        moving.withUnsafeMutableBufferPointer { moving in
          try? account.apply(nothing, key: -1, now: now, rolled: UnsafePointer(moving.baseAddress))
        }
      }
      return changed
    }
    let (last, first) = (try micro("2026-01-31T23:59:59.999999Z"), try micro("2026-02-01"))
    #expect(roll(last))
    _ = try apply(
      [LedgerChange(.add, target: 0, amount: 9), LedgerChange(.draw, target: 1, amount: 4)], to: &account, now: last)
    #expect(!roll(last))
    #expect(account.row[meter] == 9)
    #expect(roll(first))
    #expect(account.row[meter] == 0)
    #expect(account.row[layout.buckets[1].slot] == 0)
    #expect(account.book(1) == -4, "the book remembers what the window forgets")
    #expect(account.sumOfBooks == 0)
  }

  @Test func aSettingThatMovesTheCycleMakesItsBoundsStale() throws {
    let layout = layout()
    var account = AccountState(layout: layout)
    let slots = try #require(layout.accountWindows.first { $0.kind == .cycle })
    _ = try apply([LedgerChange(.set, target: 2, amount: 12)], to: &account)
    #expect(account.row[slots.endSlot] == LedgerLayout.stale)
  }
}

import Ledger
import Testing
import Values

/// A list is carried out whole or not at all, whichever of its instructions is the one that cannot be.
@Suite struct TakeBackTests {
  static let march = (try? instant("2026-03-10")) ?? 0
  static let april = (try? instant("2026-04-10")) ?? 0

  /// Payment 0 paid and refunded, 1 disputed into debt and repaid, 2 pending, 3 closed; hold 0 of March and hold 1 expired.
  private func world() throws -> LedgerWorld {
    var world = LedgerWorld()
    try world.credit(40)
    _ = try world.pay(100, id: "a")
    try world.run([LedgerChange(.refund, target: 0, amount: 30)], id: "r")
    _ = try world.pay(50, id: "b")
    try world.draw(100)
    try world.move(.clawBack, 1, 50)
    for id in ["c", "d"] { try world.run([LedgerChange(.collect, target: 0, amount: 25, allowance: 0)], id: id) }
    try world.move(.close, 3, Payment.State.declined.rawValue)
    try world.hold([5, 6, 7], key: 1, at: TakeBackTests.march, id: "h0")
    try world.hold([1, 2, 3], until: TakeBackTests.march + 1, key: 1, at: TakeBackTests.march, id: "h1")
    try world.release(1, as: .expired)
    try world.run([LedgerChange(.set, target: 1, amount: 4)], key: 1)
    return world
  }

  /// Every kind of instruction, each of which can be carried out after those before it.
  private func everything(_ world: LedgerWorld, at time: Int64 = TakeBackTests.april) -> [LedgerChange] {
    let rolled = world.rolled(at: time, key: 1)
    let settled = world.account.changes(
      settling: 0, drawn: [9, 9, 9], overrun: [4, 3, 2], covered: 27, overrunCovered: 9, absorbed: 3,
      rolled: rolled.own, keyRolled: rolled.key)
    return [
      LedgerChange(.draw, target: 1, amount: 3),
      LedgerChange(.credit, target: 0, amount: 60, contra: .cards, lotKind: 3),
      LedgerChange(.debit, target: 0, amount: 5, contra: .adjustments),
      LedgerChange(.debit, target: 1, amount: 500, contra: .adjustments, allowance: 40),
      LedgerChange(.set, target: 0, amount: 9), LedgerChange(.set, target: 1, amount: 8),
      LedgerChange(.add, target: LedgerWorld.keyTotal, amount: 6), LedgerChange(.reset, target: LedgerWorld.monthly),
      LedgerChange(.touch, target: 0, amount: 77), LedgerChange(.drawLate, target: 1, amount: 12, allowance: 5),
    ] + settled + [
      LedgerChange(.resolve, target: 1, amount: Hold.State.voided.rawValue), LedgerChange(.confirm, target: 0),
      LedgerChange(.reinstate, target: 1), LedgerChange(.receive, target: 2), LedgerChange(.receive, target: 3),
      LedgerChange(.receive, target: 2), LedgerChange(.collect, target: 2, amount: 8, allowance: LedgerLayout.none),
      LedgerChange(.close, target: 4, amount: Payment.State.failed.rawValue),
      LedgerChange(.refund, target: 2, amount: 10), LedgerChange(.restore, target: 1),
      LedgerChange(.restore, target: 0),
      LedgerChange(.clawBack, target: 0, amount: 90), LedgerChange(.refund, target: 3, amount: 1),
    ] + world.account.changes(holding: [2, 1, 4], covered: 9, until: TakeBackTests.april + 5, key: 1)
  }

  @Test func everythingCanBeDoneAtOnce() throws {
    var world = try world()
    let list = everything(world)
    #expect(Set(list.map(\.kind)).count == 21, "every kind there is")
    try world.run(list, key: 1, at: TakeBackTests.april)
    #expect(world.account.sumOfBooks == 0)
    #expect(world.remainders.reduce(0, +) == max(0, world.account.book(0)))
    #expect(world.account.holds.all.map(\.state) == [.settled, .voided, .open])
    #expect(world.account.clock == TakeBackTests.april)
  }

  /// In March no window ends with the list, so the rows are put back one instruction at a time.
  @Test(arguments: [TakeBackTests.march, TakeBackTests.april])
  func eachNthInstructionMayBeTheOneThatFails(time: Int64) throws {
    let world = try world()
    let list = everything(world, at: time)
    #expect((world.rolled(at: time, key: 1).own == nil) == (time == TakeBackTests.march))
    for place in 0...list.count {
      for illegal in LedgerSequenceTests.illegal {
        var tried = world
        var changes = list
        changes.insert(illegal, at: place)
        // `run` compares the account with what it was.
        #expect(throws: LedgerFault.self, "\(illegal.kind) at \(place)") {
          try tried.run(changes, key: 1, at: time)
        }
        #expect(tried.account == world.account)
        #expect(tried.account.expiredHold(by: Int64.max) == 0)
      }
    }
  }

  /// What a fault leaves takes the list that had none as if there had been no fault.
  @Test func afterAFaultAllIsAsItWas() throws {
    var world = try world()
    var other = world
    let list = everything(world)
    #expect(throws: LedgerFault.self) {
      try world.run(list + [LedgerSequenceTests.illegal[0]], key: 1, at: TakeBackTests.april)
    }
    try world.run(list, key: 1, at: TakeBackTests.april)
    try other.run(list, key: 1, at: TakeBackTests.april)
    #expect(world.account == other.account)
    #expect(world.journal == other.journal)
  }

  @Test func rowsPutAnAccountBack() throws {
    var world = try world()
    let before = world.account
    let done = try world.run(everything(world), key: 1, at: TakeBackTests.april)
    world.account.putBack(before.rows(key: 1), undoing: done)
    #expect(world.account == before)
  }
}

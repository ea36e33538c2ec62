import Ledger
import Testing
import Values

/// An account whose windows are brought up to date before every list, as an engine does, with the journal of what was done.
struct LedgerWorld {
  /// Buckets: a balance with lots, a monthly quota, a purse without lots.
  static let (balance, quota, purse) = (0, 1, 2)
  /// Meters: payments each month, of the balance each day, of a key each month, of a key, anything, of the quota.
  static let (monthly, daily, keyMonthly, keyTotal, other, quotaTotal) = (0, 1, 2, 3, 4, 5)

  static let layout: LedgerLayout = {
    var declarations = LedgerLayout.Declarations()
    declarations.settings = [(.account, 0, 100, true, false), (.key, 0, 100, false, false)]
    declarations.buckets = [(nil, true), (.month, false), (nil, false)]
    let high: Int64 = 1_000_000
    declarations.meters = [
      (.month, false, 0, high, .payments), (.day, false, 0, high, .bucketPayments(0)),
      (.month, true, 0, high, .payments), (.ever, true, 0, high, .payments), (.ever, false, -high, high, .other),
      (.ever, false, 0, high, .bucketPayments(1)),
    ]
    declarations.eventCount = 1
    declarations.paidLotKind = 3
    return LedgerLayout(declarations)
  }()

  var account = AccountState(layout: LedgerWorld.layout)
  var journal = Journal()
  var layout: LedgerLayout { account.layout }

  init() {
    account.addKey("k0")
    account.addKey("k1")
    account.addCard("visa")
  }

  /// The moving part of the rows at `now`; nil where no window has ended.
  func rolled(at now: Int64, key: Int) -> (own: [Int64]?, key: [Int64]?) {
    func roll(_ scope: LedgerLayout.Scope, _ row: [Int64], _ moving: Range<Int>) -> [Int64]? {
      var row = row
      let changed = row.withUnsafeMutableBufferPointer { row in
        row.baseAddress.map { layout.roll(scope, in: $0, now: now, anchor: nil) } ?? false
      }
      return changed ? Array(row[moving]) : nil
    }
    return (
      roll(.account, account.row, layout.movingSlots),
      account.keyRow(key).flatMap { roll(.key, Array($0), layout.keyMovingSlots) }
    )
  }

  /// Carries out a list, or throws and must have changed nothing.
  @discardableResult
  mutating func run(
    _ changes: [LedgerChange], key: Int = -1, at time: Int64 = 0, id: String = "e", fields: [Int64] = [7, 8],
    order: BurnOrder = .grantsFirst
  ) throws -> [LedgerChange] {
    let now = account.effectiveTime(time)
    let rolled = rolled(at: now, key: key)
    let before = account
    var list = changes
    do {
      try list.withUnsafeMutableBufferPointer { list in
        try (rolled.own ?? []).withUnsafeBufferPointer { own in
          try (rolled.key ?? []).withUnsafeBufferPointer { keys in
            try account.apply(
              list, key: key, now: now, rolled: rolled.own == nil ? nil : own.baseAddress,
              keyRolled: rolled.key == nil ? nil : keys.baseAddress, origin: id, order: order, event: 5,
              fields: fields)
          }
        }
      }
    } catch {
      #expect(account == before, "a fault left something behind")
      throw error
    }
    let transaction = Transaction(
      list, sequence: account.nextSequence(), postedAt: now, occurredAt: time, event: 5, id: id,
      key: key < 0 ? nil : key, labels: [], step: .decision)
    #expect(transaction.postings.reduce(0) { $0 + Int128($1.amount) } == 0)
    journal.record(transaction)
    return list
  }

  @discardableResult
  mutating func hold(
    _ drawn: [Int64], covered: Int64? = nil, until expiry: Int64 = Int64.max, key: Int = -1, at time: Int64 = 0,
    id: String = "h"
  ) throws -> Int {
    let list = account.changes(holding: drawn, covered: covered ?? drawn.reduce(0, +), until: expiry, key: key)
    try run(list, key: key, at: time, id: id)
    return account.holds.count - 1
  }

  @discardableResult
  mutating func settle(
    _ hold: Int, _ drawn: [Int64], overrun: [Int64] = [0, 0, 0], absorbed: Int64 = 0, at time: Int64 = 0
  ) throws -> [LedgerChange] {
    let key = account.holds.has(hold) ? account.holds[hold].key : -1
    let rolled = rolled(at: account.effectiveTime(time), key: key)
    let list = account.changes(
      settling: hold, drawn: drawn, overrun: overrun, covered: drawn.reduce(0, +),
      overrunCovered: overrun.reduce(0, +), absorbed: absorbed, rolled: rolled.own, keyRolled: rolled.key)
    return try run(list, key: key, at: time, id: "s")
  }

  mutating func release(_ hold: Int, as state: Hold.State = .voided, at time: Int64 = 0) throws {
    let key = account.holds.has(hold) ? account.holds[hold].key : -1
    let rolled = rolled(at: account.effectiveTime(time), key: key)
    let list = account.changes(releasing: hold, as: state, rolled: rolled.own, keyRolled: rolled.key)
    try run(list, key: key, at: time, id: "v")
  }

  mutating func credit(_ amount: Int64, isPaid: Bool = false, to bucket: Int = LedgerWorld.balance) throws {
    try run(
      [
        LedgerChange(
          .credit, target: bucket, amount: amount, contra: isPaid ? .cards : .grants, lotKind: isPaid ? 3 : 1)
      ], id: "c")
  }

  /// A payment that was asked for and paid; its index.
  mutating func pay(_ amount: Int64, into bucket: Int = LedgerWorld.balance, id: String = "t") throws -> Int {
    try run([LedgerChange(.collect, target: bucket, amount: amount, allowance: 0)], id: id)
    let index = account.payments.count - 1
    try run([LedgerChange(.receive, target: index)], id: account.payments[index].key)
    return index
  }

  mutating func draw(_ amount: Int64, of bucket: Int = LedgerWorld.balance) throws {
    try run([LedgerChange(.draw, target: bucket, amount: amount)])
  }

  /// One instruction about one record.
  mutating func move(_ kind: LedgerChange.Kind, _ target: Int, _ amount: Int64 = 0) throws {
    try run([LedgerChange(kind, target: target, amount: amount)], id: "m")
  }

  // MARK: - Reading

  func held(_ bucket: Int) -> Int64 { account.row[layout.buckets[bucket].heldSlot] }
  func used(_ bucket: Int) -> Int64 { account.row[layout.buckets[bucket].slot] }

  /// What a meter stands at, and how much of it is held.
  func meter(_ index: Int, key: Int = 0) -> (total: Int64, held: Int64) {
    let place = layout.meters[index]
    let row = place.isPerKey ? Array(account.keyRow(key) ?? []) : account.row
    return (row[place.slot], row[place.heldSlot])
  }

  /// What a bank holds of a payment: the amount, the debt, then lot and amount of each part.
  func clawback(_ payment: Int) -> [Int64]? {
    account.payments[payment].clawback.map { clawback in
      [clawback.amount, clawback.debt] + clawback.parts.flatMap { [Int64($0.lot), $0.amount] }
    }
  }

  var pending: Int64 { account.row[layout.pendingSlot] }
  var remainders: [Int64] { account.lots(of: LedgerWorld.balance).map(\.remaining) }
}

func instant(_ text: String) throws -> Int64 { try Instant(parsing: text).microseconds }

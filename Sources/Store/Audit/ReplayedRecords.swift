import Ledger

/// The records of an account that is worked out again, as their rows were made: a row is written once, under the policy of
/// then, and only what may change of it changes.
struct ReplayedRecords {
  private(set) var payments: [AccountRows.PaymentRow] = []
  private(set) var refunds: [AccountRows.RefundRow] = []
  private var lots: [LotName: AccountRows.LotRow] = [:]
  private var lotCount = 0
  /// The states of all holds by their number. One byte each, since there may be very many.
  private var holdStates: [UInt8] = []
  /// Holds that were made by the latest event.
  private(set) var newHolds: Range<Int> = 0..<0
  /// Holds whose row is not what it should be: the row as it should.
  var mended: [Int: AccountRows.HoldRow] = [:]
  /// The entries that payments and refunds were asked for by; nil for one that nobody has to be asked for.
  private(set) var paymentEvents: [Int64?] = []
  private(set) var refundEvents: [Int64?] = []

  private struct LotName: Hashable {
    var bucket: String
    var number: Int
  }

  func state(ofHold number: Int) -> Hold.State {
    guard holdStates.indices.contains(number) else { return .open }
    return Hold.State(rawValue: Int64(holdStates[number])) ?? .open
  }

  var holdCount: Int { holdStates.count }

  /// Keeps the rows of what an event made.
  mutating func follow(_ state: AccountState, _ map: SlotMap, _ entry: LoggedEntry) {
    for index in payments.count..<max(payments.count, state.payments.count) {
      payments.append(AccountRows.row(ofPayment: index, in: state, map))
      paymentEvents.append(state.payments[index].state == .pending ? entry.seq : nil)
    }
    for index in refunds.count..<max(refunds.count, state.refunds.count) {
      refunds.append(AccountRows.row(ofRefund: index, in: state, map))
      refundEvents.append(state.refunds[index].state == .pending ? entry.seq : nil)
    }
    newHolds = holdStates.count..<max(holdStates.count, state.holds.count)
    for _ in newHolds { holdStates.append(UInt8(Hold.State.open.rawValue)) }
    let atHand = state.holds.numbers
    if atHand.count > state.openHolds.count {
      for number in atHand { holdStates[number] = UInt8(truncatingIfNeeded: state.holds[number].state.rawValue) }
    }
    followLots(state, map)
  }

  private mutating func followLots(_ state: AccountState, _ map: SlotMap) {
    var count = 0
    for place in map.layout.buckets { if let book = place.lotBook { count += state.storedLots(of: book).count } }
    if count == lotCount { return }
    lotCount = count
    for (bucket, place) in map.layout.buckets.enumerated() {
      guard let book = place.lotBook else { continue }
      for lot in state.storedLots(of: book) {
        let name = LotName(bucket: map.program.buckets[bucket].name, number: lot.number)
        if lots[name] == nil { lots[name] = AccountRows.row(of: lot, in: bucket, map) }
      }
    }
  }

  /// Keeps lots as they are when the policy changes: it may have no bucket for them.
  mutating func keep(_ rows: [AccountRows.LotRow]) {
    for row in rows { lots[LotName(bucket: row.bucket, number: row.number)] = row }
    lotCount = -1
  }

  /// All rows of the account but those of holds that are not at hand.
  func rows(of state: AccountState, _ map: SlotMap) -> AccountRows {
    var rows = AccountRows(state, map)
    var left = lots
    for index in rows.lots.indices {
      let remaining = rows.lots[index].remaining
      let name = LotName(bucket: rows.lots[index].bucket, number: rows.lots[index].number)
      if let made = left.removeValue(forKey: name) { rows.lots[index] = made }
      rows.lots[index].remaining = remaining
    }
    // Of a bucket that the policy has no more: nothing is left in them.
    rows.lots += left.values
    for (index, made) in payments.enumerated() where rows.payments.indices.contains(index) {
      let now = rows.payments[index]
      rows.payments[index] = made
      rows.payments[index].state = now.state
      rows.payments[index].lot = now.lot
      rows.payments[index].refunded = now.refunded
      rows.payments[index].clawback = now.clawback
    }
    for (index, made) in refunds.enumerated() where rows.refunds.indices.contains(index) {
      let now = rows.refunds[index].state
      rows.refunds[index] = made
      rows.refunds[index].state = now
    }
    return rows
  }
}

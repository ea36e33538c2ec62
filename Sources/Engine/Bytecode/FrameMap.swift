import Language
import Ledger

/// The first registers of every frame: what the interpreter keeps between instructions and leaves behind at the end. Kept in
/// memory rather than in local variables, so that the loop has few values to carry along.
enum Status {
  // What every decision needs stands close together.

  /// What is still to be paid, at standard rates.
  static let need = 0
  /// What the bucket at hand would have to give.
  static let due = 1
  /// The first decider that a bucket fell short by, -1 for none.
  static let short = 2
  static let amount = 3
  static let covered = 4
  static let shortfall = 5
  /// The rule that pays, -1 for none.
  static let payer = 6
  static let verdict = 7
  /// Who denied it, -1 for nobody.
  static let decider = 8
  static let changeBegin = 9
  static let changeEnd = 10
  static let firedCount = 11
  /// Above zero where something the account keeps a record of is part of what was asked for; `waits` where the event is not
  /// answered before a charge is.
  static let records = 12
  static let waits: Int64 = 2
  /// The event's key by index, none without one.
  static let key = 13
  /// What is drawn at a rate is a multiple of this.
  static let step = 14
  /// A second payer, or a function whose result was out of range.
  static let fault = 15
  static let faultValue = 16
  /// Who denies an event that waits for a charge if the card says no, a decider; and the place of that charge among the
  /// changes.
  static let awaited = 17
  static let awaitedChange = 18
  /// Set from outside: a rescue let the event pass; the event has waited for a charge that its `on` rules asked for.
  static let rescued = 19
  static let resumed = 20
  /// When a hold expires.
  static let until = 21
  /// The hold that is settled, and whether what nobody may be charged is owed.
  static let hold = 22
  static let owed = 23
  /// What a settlement cannot have from what was reserved; then what no cap lets it ask for; and what it asked for.
  static let over = 24
  static let asked = 25
  /// The part of what was covered that was not reserved.
  static let overrun = 26
  static let count = 27
}

/// Where the facts of one event are in its frame of registers.
struct FrameMap: Sendable {
  let layout: LedgerLayout
  let globals: Int
  /// A slot of the account's row is at `account + slot`, of the key's row at `key + slot`.
  let account: Int
  let key: Int
  let now: Int
  let anchor: Int
  let drawn: Int
  let fields: Int
  /// By given field: where the numbers of the record it names begin; nil for a field that names none.
  let records: [Record?]
  /// By bucket, for events that name a hold: what it reserved and is there to be used, what is drawn beyond that.
  let floor: Int
  let overrun: Int
  /// By derivation of payments.
  let totals: Int
  let count: Int

  struct Record: Sendable {
    var kind: RecordKind
    var field: Int
    /// The first of its numbers.
    var first: Int
    var numbers: Int
    /// Behind the numbers of a hold: what it drew of each bucket.
    var drawn: Int { first + numbers }
  }

  init(_ program: Program, _ layout: LedgerLayout, event: Int) {
    self.layout = layout
    globals = Status.count
    account = globals + layout.globalCount
    key = account + layout.movingSlots.upperBound
    now = key + layout.keyStride
    anchor = now + 1
    drawn = now + 2
    fields = drawn + max(2, program.buckets.count)
    var next = fields + program.events[event].fields.count
    var records: [Record?] = []
    var namesHold = false
    for (index, field) in program.events[event].fields.prefix(program.events[event].givenCount).enumerated() {
      guard case .record(let kind) = field.type.base else {
        records.append(nil)
        continue
      }
      var record = Record(kind: kind, field: index, first: next, numbers: kind.numbers.count)
      if kind == .hold {
        namesHold = true
        record.numbers += program.roles.hold.map { program.events[$0].fields.count } ?? 0
      }
      next += record.numbers + (kind == .hold ? program.buckets.count : 0)
      records.append(record)
    }
    self.records = records
    floor = next
    overrun = floor + (namesHold ? program.buckets.count : 0)
    totals = overrun + (namesHold ? program.buckets.count : 0)
    count = totals + program.paymentDerivations.count
  }

  func setting(_ index: Int) -> Int {
    let place = layout.settings[index]
    return switch place.scope {
    case .global: globals + place.slot
    case .account: account + place.slot
    case .key: key + place.slot
    }
  }

  func meter(_ index: Int) -> Int {
    let place = layout.meters[index]
    return (place.isPerKey ? key : account) + place.slot
  }

  /// The record that an expression names: nil unless it is a given field of this event.
  func record(named expr: Expr, event: Int) -> Record? {
    guard case .fact(.field(event, let field)) = expr.kind, records.indices.contains(field) else { return nil }
    return records[field]
  }
}

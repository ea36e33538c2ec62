import Language
import Ledger

/// The first registers of every frame: what the interpreter keeps between instructions and leaves behind at the end. Kept in
/// memory rather than in local variables, so that the loop has few values to carry along.
enum Status {
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
  /// A second payer, or a function whose result was out of range.
  static let fault = 12
  static let faultValue = 13
  /// What is drawn at a rate is a multiple of this.
  static let step = 14
  static let count = 15
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
  let count: Int

  init(_ program: Program, _ layout: LedgerLayout, event: Int) {
    self.layout = layout
    globals = Status.count
    account = globals + layout.globalCount
    key = account + layout.movingSlots.upperBound
    now = key + layout.keyStride
    anchor = now + 1
    drawn = now + 2
    fields = drawn + max(2, program.buckets.count)
    count = fields + program.events[event].fields.count
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
}

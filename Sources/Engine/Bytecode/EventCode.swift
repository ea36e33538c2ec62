import Language
import Ledger
import Values

/// The compiled rules of one event: code, and the tables it refers to.
struct EventCode: Sendable {
  let event: Int
  let map: FrameMap
  let code: [Instruction]
  let constants: [(register: Int, value: Int64)]
  let registerCount: Int
  /// Where each part begins. The decision itself begins at 0.
  let entries: Entries
  /// Who can be to blame for a denial.
  let deciders: [Decider]
  /// What the code can ask of the ledger; the amount is filled in.
  let templates: [LedgerChange]
  /// The settings the code reads.
  let settings: [SettingLoad]
  /// What else it reads of the account's row and of the key's: slots of their moving parts.
  let slots: [Int32]
  let keySlots: [Int32]
  /// Settings whose default changes with time.
  let dated: [DatedDefault]
  let givenFields: [FieldRange]
  let keyField: Int?
  /// The field whose hold brings the key, where the event has no key of its own.
  let keyThrough: Int?
  /// What its `on` rules do with the amount that goes through the waterfall.
  let movement: Movement
  /// The records that given fields name, those of them the code reads.
  let records: [RecordLoad]
  /// The derivations of payments whose totals each part reads.
  let totals: [Part: [Int]]
  /// For each refund the code can ask for: what may go back of a payment at most.
  let limits: [Expr]

  /// What runs by itself.
  enum Part: UInt8, Sendable, Hashable, CaseIterable {
    case decision
    case rescue
    case reaction
    case promises
    case other

    @inline(__always) var bit: UInt8 { 1 &<< rawValue }
  }

  enum Movement: Sendable, Hashable {
    case none
    case pay
    case hold
    case settle
  }

  /// A record that a given field names. Only if the code reads its numbers are they brought into the frame.
  struct RecordLoad: Sendable {
    var place: FrameMap.Record
    var isRead: Bool
  }

  struct Entries: Sendable {
    var anchor: Int?
    var previous: Int?
    var rescues: [(denial: Int, entry: Int)] = []
    var after: Int?
    var promises: Int?
  }

  struct Decider: Sendable, Hashable {
    var denial: Int32
    var rule: Int32
    var bucket: Int32
  }

  /// Takes a setting from `slot` of its row to a register, its default where nobody set it.
  struct SettingLoad: Sendable {
    var isKey: Bool
    var slot: Int32
    var register: Int32
    var fallback: Int64
  }

  struct DatedDefault: Sendable {
    var setting: Int
    var register: Int
  }

  struct FieldRange: Sendable {
    var low: Int64
    var high: Int64
    var isOptional: Bool
    var isRatio: Bool
    /// The denial for a value outside it, -1 for none.
    var denial: Int32
  }

  /// Instructions on the longest path, the rows a search may look at, and registers in use.
  var worstCase: (instructions: Int, registers: Int) {
    var longest = [Int](repeating: 0, count: code.count + 1)
    // A denial ends it, but where the event waited for a charge and goes on.
    let goesOn = code.contains { $0.opcode == .wait }
    for position in code.indices.reversed() {
      let instruction = code[position]
      switch instruction.opcode {
      case .end, .emitAndEnd: longest[position] = 1
      case .deny: longest[position] = goesOn ? 1 + longest[position + 1] : 1
      case .jump: longest[position] = 1 + longest[instruction.c]
      case .jumpIfZero, .jumpIfNotZero, .jumpIfEqual, .jumpIfNotEqual, .jumpIfLess, .jumpIfLessOrEqual, .startDrawing,
        .draw, .drawBook, .drawRated, .endSettling:
        longest[position] = 1 + max(longest[position + 1], longest[instruction.c])
      case .roundedScale, .settle: longest[position] = 1 + longest[min(position + 2, code.count)]
      case .roundedProducts: longest[position] = 1 + longest[min(position + 1 + instruction.c >> 2, code.count)]
      case .roundedProductsPlus: longest[position] = 1 + longest[min(position + 2 + instruction.c >> 2, code.count)]
      default: longest[position] = 1 + longest[position + 1]
      }
    }
    return (longest.first ?? 0, registerCount)
  }
}

import Engine
import Language
import Ledger
import Values

/// Which row of the store each slot of an account lives in, under one policy.
final class SlotMap: Sendable {
  let program: Program
  let layout: LedgerLayout
  /// The texts of `Program.names` by their number.
  let symbols: [Int64: String]
  /// The events that tell what a payment provider said.
  let answerEvents: [Int]
  /// By event: how each field is written, and which fields name holds. A field of a program carries its whole declaration;
  /// copied for every event it costs more than writing it.
  let fieldForms: [[FieldForm]]
  let holdFields: [[Int]]
  let accountPlaces: [Place]
  let keyPlaces: [Place]
  private let accountIndex: [Name: Int]
  private let keyIndex: [Name: Int]

  enum Table: Sendable, Hashable {
    case setting
    case book
    case meter
    case period
    case latest
  }

  struct FieldForm: Sendable {
    var name: String
    /// `"input":`
    var quoted: [UInt8]
    var type: ValueType
    var isOptional: Bool
  }

  struct Name: Sendable, Hashable {
    var table: Table
    var name: String
  }

  /// One row: up to three slots, in the order of its columns.
  struct Place: Sendable {
    var table: Table
    var name: String
    /// Index of the setting; -1 for all else.
    var setting = -1
    var first: Int
    var second = -1
    var third = -1

    /// Whether the row says the same in both.
    @inline(__always)
    func isSame(_ left: UnsafePointer<Int64>, _ right: UnsafePointer<Int64>) -> Bool {
      left[first] == right[first] && (second < 0 || left[second] == right[second])
        && (third < 0 || left[third] == right[third])
    }
  }

  init(_ compiled: CompiledProgram) {
    program = compiled.program
    answerEvents = compiled.program.roles.answers
    fieldForms = compiled.program.events.map { event in
      event.fields.map {
        FieldForm(
          name: $0.name, quoted: JsonLine.quoted($0.name), type: $0.type.base, isOptional: $0.type.isOptional)
      }
    }
    holdFields = compiled.program.events.map { event in
      event.fields.indices.filter { event.fields[$0].type.base == .record(.hold) }
    }
    layout = compiled.layout
    var symbols: [Int64: String] = [:]
    for (name, symbol) in program.names { symbols[symbol] = name }
    self.symbols = symbols
    var account: [Place] = []
    var key: [Place] = []
    for (index, place) in layout.settings.enumerated() {
      let name = program.settings[index].name
      switch place.scope {
      case .global: break
      case .account: account.append(Place(table: .setting, name: name, setting: index, first: place.slot))
      case .key: key.append(Place(table: .setting, name: name, setting: index, first: place.slot))
      }
    }
    for (index, place) in layout.buckets.enumerated() {
      account.append(
        Place(
          table: .book, name: program.buckets[index].name, first: place.bookSlot, second: place.heldSlot,
          third: place.window == nil ? -1 : place.slot))
    }
    for contra in Contra.allCases {
      account.append(Place(table: .book, name: contra.name, first: layout.contraStart + Int(contra.rawValue)))
    }
    for (index, place) in layout.meters.enumerated() {
      let row = Place(table: .meter, name: program.meters[index].name, first: place.slot, second: place.heldSlot)
      if place.isPerKey { key.append(row) } else { account.append(row) }
    }
    func period(_ window: LedgerLayout.WindowSlots) -> Place {
      Place(
        table: .period, name: "\(window.kind)", first: window.startSlot, second: window.endSlot, third: window.epochSlot
      )
    }
    account += layout.accountWindows.map(period)
    key += layout.keyWindows.map(period)
    for (index, slot) in layout.lastSlots.enumerated() {
      account.append(Place(table: .latest, name: program.events[index].name, first: slot))
    }
    accountPlaces = account
    keyPlaces = key
    accountIndex = SlotMap.index(account)
    keyIndex = SlotMap.index(key)
  }

  private static func index(_ places: [Place]) -> [Name: Int] {
    var index: [Name: Int] = [:]
    for (number, place) in places.enumerated() { index[Name(table: place.table, name: place.name)] = number }
    return index
  }

  /// The place of a row; nil where the policy has none of that name.
  func place(_ table: Table, _ name: String, isKey: Bool) -> Place? {
    let name = Name(table: table, name: name)
    return isKey ? keyIndex[name].map { keyPlaces[$0] } : accountIndex[name].map { accountPlaces[$0] }
  }

  func bucket(named name: String) -> Int? { program.buckets.firstIndex { $0.name == name } }

  func event(named name: String) -> Int? { program.events.firstIndex { $0.name == name } }

  /// What an answer event told an account of its payments and refunds: their keys, and the states they are in by now.
  func told(
    _ event: Int, _ fields: [Int64], _ account: AccountState
  ) -> [(kind: RecordKind, key: String, state: String)] {
    guard answerEvents.contains(event) else { return [] }
    return zip(fieldForms[event], fields).compactMap { form, value in
      guard case .record(let kind) = form.type, let index = Int(exactly: value) else { return nil }
      switch kind {
      case .payment where account.payments.indices.contains(index) && account.payments[index].state != .pending:
        return (kind, account.payments[index].key, account.payments[index].state.word)
      case .refund where account.refunds.indices.contains(index) && account.refunds[index].state != .pending:
        return (kind, account.refunds[index].key, account.refunds[index].state.word)
      default: return nil
      }
    }
  }

  /// What stands in a book's name.
  func name(of book: Book) -> String {
    switch book {
    case .bucket(let index): program.buckets[index].name
    case .contra(let contra): contra.name
    }
  }
}

/// A state of a record, kept as its name.
protocol Worded: CaseIterable {}

extension Worded {
  var word: String { "\(self)" }

  init?(word: String) {
    guard let state = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = state
  }
}

extension Hold.State: Worded {}
extension Payment.State: Worded {}
extension Refund.State: Worded {}

extension Transaction.Step {
  var word: String {
    switch self {
    case .rescue: "rescue"
    case .decision: "decision"
    case .reaction: "reaction"
    case .expiry: "expiry"
    case .adjustment: "adjustment"
    }
  }
}

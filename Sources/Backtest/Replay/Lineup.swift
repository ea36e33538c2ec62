import Engine
import Language
import Ledger

/// The candidates side by side, and how their words meet: what every thread reads and none changes.
final class Lineup: Sendable {
  let history: any TrafficHistory
  let options: ComparisonOptions
  let entrants: [Entrant]
  /// Names of events as the history calls them.
  let kinds: [String]
  /// Codes, rules and buckets by their number; a name is one number, whichever policy has it.
  let words: [String]
  /// The number of the code of a conflict.
  let conflict: Int32

  init(
    _ candidates: [Candidate], _ history: any TrafficHistory, _ options: ComparisonOptions
  ) throws(BacktestFault) {
    self.history = history
    self.options = options
    var pool = WordPool()
    conflict = pool.number(of: Decision.conflictCode)
    let program = history.program
    kinds = program.events.map(\.name)
    let base = candidates.first?.engine.program.buckets.map(\.name) ?? []
    var entrants: [Entrant] = []
    for candidate in candidates { entrants.append(try Entrant(candidate, calledBy: program, base: base, &pool)) }
    self.entrants = entrants
    words = pool.words
  }

  func word(_ number: Int32) -> String { number < 0 ? "" : words[Int(number)] }
}

/// One candidate, and what the words of the history are in its program. One for all threads: it is handed around for every
/// event.
final class Entrant: Sendable {
  let candidate: Candidate
  /// By event of the history; nil for one that the candidate does not have.
  let events: [EventWords?]
  /// By denial, rule and bucket of the candidate: numbers of the lineup's words.
  let codes: [Int32]
  let rules: [Int32]
  let buckets: [Int32]
  /// Its buckets are those of the first candidate, in the same order.
  let hasBaseBuckets: Bool
  /// By bucket of the first candidate: which it is here; -1 for none.
  let ofBase: [Int]
  /// Buckets that are filled anew.
  let quotas: [Int]
  let settings: [String: Int]
  /// What is supposed of its events; nil: they are as they were.
  let usage: UsageRewriting?

  init(
    _ candidate: Candidate, calledBy words: Program, base: [String], _ pool: inout WordPool
  ) throws(BacktestFault) {
    self.candidate = candidate
    let supposition = candidate.supposition
    usage =
      supposition.usage.isEmpty && supposition.leftOut.isEmpty ? nil : try UsageRewriting(supposition, in: words)
    let program = candidate.engine.program
    events = words.events.map { EventWords($0, in: program) }
    codes = program.denials.map { pool.number(of: $0.code) }
    rules = program.rules.map { pool.number(of: $0.name) }
    buckets = program.buckets.map { pool.number(of: $0.name) }
    let names = program.buckets.map(\.name)
    hasBaseBuckets = names == base
    ofBase = base.map { names.firstIndex(of: $0) ?? -1 }
    quotas = program.buckets.indices.filter { program.buckets[$0].resets != nil }
    var settings: [String: Int] = [:]
    for (index, setting) in program.settings.enumerated() { settings[setting.name] = index }
    self.settings = settings
  }

  /// Whether two draws, this candidate's and the first one's, are out of the same buckets.
  func drewTheSame(_ own: [Int64], as base: [Int64]) -> Bool {
    own.withUnsafeBufferPointer { own in base.withUnsafeBufferPointer { drewTheSame(own, as: $0) } }
  }

  func drewTheSame(_ own: UnsafeBufferPointer<Int64>, as base: UnsafeBufferPointer<Int64>) -> Bool {
    if hasBaseBuckets { return own.elementsEqual(base) }
    var found: Int64 = 0
    for (bucket, amount) in base.enumerated() where amount != 0 {
      guard bucket < ofBase.count, ofBase[bucket] >= 0, ofBase[bucket] < own.count, own[ofBase[bucket]] == amount else {
        return false
      }
      found &+= amount
    }
    return found == own.reduce(0, &+)
  }
}

/// An event of the history in the words of a candidate.
struct EventWords: Sendable {
  let event: Int
  /// Every field is where the history has it.
  let isSame: Bool
  let fields: [Source]

  enum Source: Sendable {
    case given(Int)
    case fixed(Int64)
    /// It has to be given, and the history does not say it.
    case missing(String)
  }

  init?(_ called: Event, in program: Program) {
    guard let event = program.events.firstIndex(where: { $0.name == called.name }) else { return nil }
    self.event = event
    let given = called.fields.prefix(called.givenCount)
    let own = program.events[event].fields.prefix(program.events[event].givenCount)
    fields = own.map { field in
      if let place = given.firstIndex(where: { $0.name == field.name }) { return .given(place) }
      if let value = field.value { return .fixed(value) }
      return field.type.isOptional ? .fixed(ValueType.none) : .missing(field.name)
    }
    isSame =
      given.count == own.count && zip(given, own).allSatisfy { $0.name == $1.name }
      && zip(given, own).allSatisfy { $1.value == nil || $0.type.isOptional == $1.type.isOptional }
  }

  /// The call as the candidate reads it.
  func call(_ call: borrowing EventCall) throws(Unreadable) -> EventCall {
    if isSame { return EventCall(event: event, id: call.id, at: call.at, fields: call.fields) }
    var values: [EventCall.Value] = []
    values.reserveCapacity(fields.count)
    for source in fields {
      switch source {
      case .given(let place): values.append(place < call.fields.count ? call.fields[place] : .number(ValueType.none))
      case .fixed(let value): values.append(.number(value))
      case .missing(let name): throw Unreadable(field: name)
      }
    }
    return EventCall(event: event, id: call.id, at: call.at, fields: values)
  }

  struct Unreadable: Error {
    var field: String
  }
}

/// Gives texts numbers.
struct WordPool {
  private(set) var words: [String] = []
  private var numbers: [String: Int32] = [:]

  mutating func number(of word: String) -> Int32 {
    if let known = numbers[word] { return known }
    let number = Int32(words.count)
    words.append(word)
    numbers[word] = number
    return number
  }
}

import Engine
import Language
import Ledger
import Values

/// An event, the account as it was just before, and the rules: what all questions are asked about. Asking changes nothing.
///
/// ```swift
/// let question = try Question(call, of: account, by: engine)
/// let need = try Need(question)
/// ```
public struct Question: Sendable {
  public let engine: RuleEngine
  public let account: AccountState
  /// The event as the engine takes it.
  public let input: EventInput
  /// What the caller wrote for given fields, by field: names and ids that the rules may have no number for.
  let words: [Int: String]
  /// What the payment provider says of cards, by their name; it pays from every other one.
  public var cards: [String: ProviderAnswer] = [:]

  public var program: Program { engine.program }

  /// An event in words. A card it is the first to name is known to the account of the question.
  public init(_ call: EventCall, of account: AccountState, by engine: RuleEngine) throws(EngineFault) {
    var account = account
    input = try engine.input(call, in: &account)
    self.account = account
    self.engine = engine
    var words: [Int: String] = [:]
    for (place, value) in call.fields.enumerated() { if case .text(let text) = value { words[place] = text } }
    self.words = words
  }

  /// An event as it was decided: names are found in its labels.
  public init(_ input: EventInput, of account: AccountState, by engine: RuleEngine) throws(EngineFault) {
    guard engine.program.events.indices.contains(input.event) else { throw .unknownEvent("\(input.event)") }
    self.input = input
    self.account = account
    self.engine = engine
    var words: [Int: String] = [:]
    for (place, field) in engine.program.events[input.event].fields.enumerated() {
      words[place] = input.labels.first { $0.name == field.name }?.text
    }
    self.words = words
  }

  /// The key the event comes with: its own, or that of the hold it names; nil for none, and for one the account does not have.
  public var key: Int? {
    let event = program.events[input.event]
    if let field = event.keyField, input.fields.indices.contains(field), let key = Int(exactly: input.fields[field]) {
      return key >= 0 && key < account.keyCount ? key : nil
    }
    if let field = event.keyThrough, input.fields.indices.contains(field), let hold = Int(exactly: input.fields[field]),
      account.holds.has(hold)
    {
      let key = account.holds[hold].key
      return key >= 0 && key < account.keyCount ? key : nil
    }
    return nil
  }

  /// What the caller's own words are, for explanations.
  var labels: [Transaction.Label] {
    words.compactMap { place, text in
      let fields = program.events[input.event].fields
      return fields.indices.contains(place) ? Transaction.Label(fields[place].name, text) : nil
    }
  }

  /// The answer, with everything that follows from it at a provider that says what is known of its cards.
  public func answer() throws(EngineFault) -> (exchange: Exchange, account: AccountState) {
    var account = account
    var journal = Journal()
    var provider = CardProvider(cards: cards)
    let exchange = try engine.submit(input, to: &account, journal: &journal, asking: &provider)
    return (exchange, account)
  }
}

/// Says of a card what is known of it, and pays whatever else is asked. No money moves.
struct CardProvider: SimulatedProvider {
  let cards: [String: ProviderAnswer]

  mutating func answer(_ request: ProviderRequest) -> ProviderAnswer {
    request.kind == .collect ? cards[request.card] ?? .paid : .paid
  }
}

import Engine
import Language
import Ledger
import Values

/// Carries an event out under changes, on copies, and counts how often it did.
final class Prober {
  let question: Question
  let engine: RuleEngine
  /// The account just before the event: what had expired by then is released, and it knows one card more.
  let account: AccountState
  let limit: Int
  private(set) var probes = 0
  private let evaluator: Evaluator
  private var globals: [Int64]
  /// Denials that a rule may still avert.
  private let rescuable: Set<Int>
  /// An event of this kind may wait for a charge.
  private let waits: Bool

  var program: Program { engine.program }
  var isSpent: Bool { probes >= limit }

  init(_ question: Question, limit: Int) {
    self.question = question
    self.limit = limit
    engine = question.engine
    var account = question.account
    account.addCard(Question.newCard)
    var journal = Journal()
    // What the ledger refuses to release is met by every probe alike.
    try? engine.expire(&account, by: question.input.at, journal: &journal)
    self.account = account
    evaluator = Evaluator(engine.compiled)
    evaluator.setGlobals(engine.globals)
    globals = engine.globals
    var (rescuable, waits) = (Set<Int>(), false)
    for rule in engine.program.rules {
      if case .beforeDenial(let denial) = rule.kind { rescuable.insert(denial) }
      if case .on(let events) = rule.kind, events.contains(question.input.event) {
        for case .collect(_, _, _, _?) in rule.effects.flatMap(\.operations) { waits = true }
      }
    }
    (self.rescuable, self.waits) = (rescuable, waits)
  }

  /// What came of the event under changes.
  struct Outcome {
    var decision: Decision
    /// Why a change could not be made; the event was then decided without it.
    var refusal: String?
    var account: AccountState
    var engine: RuleEngine
  }

  /// Whether the event is allowed under changes; false where one of them is refused.
  func isAllowed(_ changes: [Change]) -> Bool? {
    guard !isSpent else { return nil }
    probes += 1
    let input = question.changed(changes).input
    var (engine, account) = (self.engine, self.account)
    guard make(changes, &engine, &account, at: input.at) == nil else { return nil }
    if account.nextExpiry <= account.effectiveTime(input.at) {
      var journal = Journal()
      do { try engine.expire(&account, by: input.at, journal: &journal) } catch { return nil }
    }
    if globals != engine.globals {
      globals = engine.globals
      evaluator.setGlobals(globals)
    }
    let outcome = evaluator.decide(account, input)
    switch outcome.verdict {
    case .allowed where !waits: return true
    case .denied where !rescuable.contains(Int(outcome.denial)): return false
    case .fieldOutOfRange where outcome.denial >= 0: return false
    case .allowed, .denied: return try? isAllowed(input, engine, account)
    case .fieldOutOfRange, .twoPayments, .functionFault: return nil
    }
  }

  /// The whole answer under changes, with all that follows at the provider. Nil where there is none.
  func outcome(_ changes: [Change]) -> Outcome? {
    probes += 1
    var (engine, account) = (self.engine, self.account)
    var made = changes
    var input = question.changed(made).input
    let refusal = make(changes, &engine, &account, at: input.at)
    if refusal != nil {
      (engine, account) = (self.engine, self.account)
      made = []
      input = question.changed([]).input
    }
    do throws(EngineFault) {
      let (exchange, after) = try exchanged(input, engine, account)
      return Outcome(decision: exchange.decision, refusal: refusal, account: after, engine: engine)
    } catch {
      if made.isEmpty { return nil }
      guard let (exchange, after) = try? exchanged(question.changed([]).input, self.engine, self.account) else {
        return nil
      }
      return Outcome(decision: exchange.decision, refusal: error.message, account: after, engine: self.engine)
    }
  }

  private func isAllowed(
    _ input: EventInput, _ engine: RuleEngine, _ account: AccountState
  ) throws(EngineFault) -> Bool {
    var copy = account
    let decision = try engine.submit(input, to: &copy)
    if decision.verdict != .waiting { return decision.isAllowed }
    return try exchanged(input, engine, account).exchange.decision.isAllowed
  }

  private func exchanged(
    _ input: EventInput, _ engine: RuleEngine, _ account: AccountState
  ) throws(EngineFault) -> (exchange: Exchange, account: AccountState) {
    var copy = account
    var journal = Journal()
    var provider = CardProvider(cards: question.cards)
    let exchange = try engine.submit(input, to: &copy, journal: &journal, asking: &provider)
    return (exchange, copy)
  }

  /// Makes the changes that come before the event.
  ///
  /// - Returns: why one could not be made; nil when all were.
  private func make(
    _ changes: [Change], _ engine: inout RuleEngine, _ account: inout AccountState, at time: Int64
  ) -> String? {
    for change in changes {
      switch change {
      case .field, .wait: break
      case .setting(let setting, let key, let value):
        do throws(Refusal) {
          try engine.change(setting, to: value, key: key, in: &account, at: time)
        } catch {
          return error.text
        }
      case .event(let event, let fields, let words):
        let declared = engine.program.events[event]
        let labels = words.sorted { $0.key < $1.key }.compactMap { place, text in
          declared.fields[place].type.base == .name ? Transaction.Label(declared.fields[place].name, text) : nil
        }
        let input = EventInput(event: event, at: time, fields: fields, labels: labels)
        do throws(EngineFault) {
          let (exchange, after) = try exchanged(input, engine, account)
          guard exchange.decision.isAllowed else {
            return engine.text(of: exchange.decision) ?? exchange.decision.verdict.rawValue
          }
          account = after
        } catch {
          return error.message
        }
      }
    }
    return nil
  }
}

import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Shell
import Store
import Values

/// What came of one event in a store, for people and for machines.
struct AnswerReport {
  let exchange: StoredExchange
  let engine: RuleEngine
  /// The account afterwards.
  let account: AccountState
  let view: AccountView
  /// What the caller wrote for fields whose values mean nothing to the rules.
  let words: [Transaction.Label]

  var answer: StoredAnswer { exchange.answer }
  var decision: Decision { exchange.answer.decision }

  init(_ exchange: StoredExchange, to call: EventCall, _ reader: StoreReader) throws {
    self.exchange = exchange
    let engine = try reader.engine
    self.engine = engine
    account = try reader.account(exchange.answer.account)
    view = AccountView(
      exchange.answer.account, account, engine, at: account.effectiveTime(exchange.answer.decision.at),
      policy: try reader.policyHash)
    words = AnswerReport.words(of: call, in: engine.program)
  }

  /// The texts of a call by the names of their fields.
  static func words(of call: EventCall, in program: Program) -> [Transaction.Label] {
    zip(program.events[call.event].fields, call.fields).compactMap { field, value in
      guard case .text(let text) = value else { return nil }
      switch field.type.base {
      case .name, .record: return Transaction.Label(field.name, text)
      default: return nil
      }
    }
  }

  /// What the shell is told.
  var status: ExitStatus { decision.isAllowed ? .answered : .negative }

  // MARK: - For people

  func lines(_ ink: Ink) -> [String] {
    var lines: [String]
    if decision.verdict == .allowed {
      lines = [headline(ink)] + paidLines
    } else {
      lines = explanation.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      lines[0] = painted(lines[0], ink)
    }
    lines += exchange.asked.map { "  " + Self.text($0) }
    let notices = decision.notices.map(\.level)
    if !notices.isEmpty { lines.append("  notifies \(notices.joined(separator: ", "))") }
    lines.append("  \(answer.account) has \(view.summary)")
    return lines
  }

  /// Why it came out as it did.
  var explanation: String { Explanation(decision, by: engine, account: account, words: words).text() }

  private func headline(_ ink: Ink) -> String {
    let name = engine.program.events[decision.event].name
    let replay = decision.isReplay ? " (replayed: nothing happened now)" : ""
    return ink.green("ALLOWED") + "  \(name)  \(answer.id)  \(TimeText.text(decision.at))\(replay)"
  }

  private func painted(_ headline: String, _ ink: Ink) -> String {
    let word = decision.verdict.rawValue.uppercased()
    guard headline.hasPrefix(word) else { return headline }
    let painted = decision.verdict == .waiting ? ink.yellow(word) : ink.red(word)
    return painted + headline.dropFirst(word.count)
  }

  private var paidLines: [String] {
    var lines: [String] = []
    let given = BucketNames(engine.program).given(decision.drawn)
    if decision.amount > 0 || !given.isEmpty {
      let verb = decision.hold == nil ? "pays" : "reserves"
      let parts = given.map { "\($0.name) \(Money(nano: $0.nano))" }.joined(separator: ", ")
      lines.append("  \(verb) \(Money(nano: decision.covered))" + (parts.isEmpty ? "" : ": \(parts)"))
    }
    if decision.absorbed > 0 { lines.append("  the platform bears \(Money(nano: decision.absorbed))") }
    return lines
  }

  /// `charged visa $50.00 for auto-1: paid`
  static func text(_ asked: Asked) -> String {
    let amount = Money(nano: asked.request.amount)
    let card = asked.request.card.isEmpty ? "no card" : asked.request.card
    let deed =
      switch asked.request.kind {
      case .collect: "asked \(card) for \(amount)"
      case .refund: "sent \(amount) of \(asked.request.payment) back to \(card)"
      }
    let reason = asked.reason.map { $0.isEmpty ? "" : ", \($0)" } ?? ""
    let outcome =
      switch asked.outcome {
      case .pending: "no answer yet"
      case .unknown: "nobody knows yet"
      case .paid, .declined, .failed: asked.outcome.rawValue
      }
    return "\(deed): \(outcome)\(reason)"
  }

  /// What is still to be done about it; nil where nothing is.
  func waitingText(hasProvider: Bool) -> String? {
    guard !answer.requests.isEmpty else { return nil }
    let count = Count.text(answer.requests.count, "request")
    let verb = answer.requests.count == 1 ? "waits" : "wait"
    return hasProvider
      ? "\(count) to the payment provider \(verb) for an answer: payg pay pending"
      : "no payment provider is named, so \(count) \(verb) in the outbox: payg pay pending --provider COMMAND"
  }

  // MARK: - For machines

  /// - Parameter line: the line of standard input it answers; nil outside of `payg submit`.
  func json(line: Int?) -> Json {
    var members = AnswerJSON.members(answer, engine, BucketNames(engine.program), line: line)
    if line == nil {
      members += [
        .init("account", .text(answer.account)),
        .init("at", .text(TimeText.text(decision.at))),
        .init("decider", decision.decider(in: engine.program).map { .text($0) } ?? .null),
        .init("text", engine.text(of: decision).map { .text($0) } ?? .null),
        .init("notices", .list(decision.notices.map { .text($0.level) })),
        .init("asked", .list(exchange.asked.map(AnswerJSON.object))),
        .init("explanation", .list(explanation.split(separator: "\n").map { .text(String($0)) })),
        .init("after", view.json),
      ]
    }
    return .object(members)
  }
}

import ArgumentParser
import Diagnostics
import Engine
import Formats
import Lab
import Language
import Ledger
import Store
import Values

struct WhyCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Explain the answer an event got.",
    discussion: """
      The decision is explained from the facts it saw and the policy that took it, whatever has changed since. An answer \
      that is explained is an answer: exit 0, denied or not.

      EXAMPLES:
        payg why r1
        payg why r1 --account acme
        payg why '#17' --json          an event that was given no id
      """)

  @Argument(help: "The id of an event, or `#` and its number in the history.")
  var id: String

  @Option(name: .long, help: "The account, where several have such an id.")
  var account: String?

  @Flag(name: .customLong("json"), help: "Print it as JSON.")
  var asJSON = false

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  /// Events of one id that are looked at. More are attempts of one request that is denied over and over.
  private static let most = 1_000

  func perform(_ console: Console) throws -> ExitStatus {
    try store.open(console, .read).read { reader in
      if let account { _ = try reader.account(account) }
      let found = try events(reader)
      guard let event = found.first, let decided = try reader.decision(of: event.seq) else {
        throw try unknown(reader)
      }
      let state = try event.account.map { try reader.account($0) }
      let explanation = Explanation(
        decided.decision, by: decided.engine, account: state, words: words(of: event, decided.engine.program))
      let text = explanation.text()
      if asJSON {
        console.print(object(event, decided.decision, decided.engine, text, found).compact)
        return .answered
      }
      let ink = Ink(console.out.isColored)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let rest = lines.dropFirst()
      console.print(paint(lines.first ?? "", decided.decision.verdict, ink))
      for line in rest { console.print(line) }
      let policy = event.policyHash.map { ", policy \(PolicyTexts.short($0))" } ?? ""
      console.print(ink.dim("\(event.account ?? "all accounts"), event \(event.seq)\(policy)"))
      if let others = others(found) { console.error.write(Ink(console.error.isColored).dim("note: \(others)") + "\n") }
      return .answered
    }
  }

  /// How many accounts and events are looked through for what was probably meant.
  private static let looked = 200

  private func unknown(_ reader: StoreReader) throws -> Complaint {
    let program = try reader.engine.program
    for name in try account.map({ [$0] }) ?? Array(reader.accountNames().prefix(Self.looked)) {
      let state = try reader.account(name)
      guard let payment = state.payments.last(where: { $0.id == id || $0.key == id }),
        program.events.indices.contains(payment.event), !payment.origin.isEmpty
      else { continue }
      return Complaint(
        message:
          "`\(id)` is a payment of `\(name)` that \(program.events[payment.event].name) `\(payment.origin)` asked for",
        help: "payg why \(payment.origin.hasPrefix("#") ? "'\(payment.origin)'" : payment.origin) --account \(name)")
    }
    let latest = try reader.events(account: account, limit: Self.looked).filter { $0.verdict != nil }
    let near = Suggestion.nearest(id, in: latest.map(\.id))
    let place = account.map { " of `\($0)`" } ?? ""
    return Complaint(
      message: "no event\(place) has the id `\(id)`",
      help: near.map { "did you mean `\($0)`?" } ?? latest.first.map { "the latest is: payg why '\($0.id)'" })
  }

  /// The decided events of this id, the newest first.
  private func events(_ reader: StoreReader) throws -> [StoredEvent] {
    let found = try reader.events(account: account, id: id, limit: Self.most).filter { $0.verdict != nil }
    guard found.isEmpty, id.hasPrefix("#"), let number = Int64(id.dropFirst()), number > 0, number < Int64.max else {
      return found
    }
    return try reader.events(account: account, before: number + 1, limit: 1)
      .filter { $0.seq == number && $0.verdict != nil }
  }

  /// That there are others of this id, and what they are.
  private func others(_ found: [StoredEvent]) -> String? {
    guard found.count > 1 else { return nil }
    let accounts = Set(found.compactMap(\.account)).sorted()
    let kinds = Set(found.map(\.kind)).sorted()
    let count = found.count == Self.most ? "\(Self.most) or more events" : "\(found.count) events"
    var text = "\(count) have the id `\(id)`; this is the latest"
    if accounts.count > 1 {
      text += ", and the accounts \(accounts.prefix(5).joined(separator: ", ")) have some: --account NAME"
    }
    if kinds.count > 1 { text += " (\(kinds.joined(separator: ", ")))" }
    return text
  }

  private func paint(_ headline: String, _ verdict: Decision.Verdict, _ ink: Ink) -> String {
    let word = verdict.rawValue.uppercased()
    guard headline.hasPrefix(word) else { return headline }
    let painted =
      switch verdict {
      case .allowed: ink.green(word)
      case .denied, .conflict: ink.red(word)
      case .waiting: ink.yellow(word)
      }
    return painted + headline.dropFirst(word.count)
  }

  /// The texts that were given for fields whose values mean nothing to the rules.
  private func words(of event: StoredEvent, _ program: Program) -> [Transaction.Label] {
    guard let index = program.events.firstIndex(where: { $0.name == event.kind }),
      let fields = try? JsonReader.read(Array(event.fields.utf8))
    else { return [] }
    return program.events[index].fields.compactMap { field in
      switch field.type.base {
      case .name, .record: fields[field.name]?.text.map { Transaction.Label(field.name, $0) }
      default: nil
      }
    }
  }

  private func object(
    _ event: StoredEvent, _ decision: Decision, _ engine: RuleEngine, _ text: String, _ found: [StoredEvent]
  ) -> Json {
    .object([
      .init("schema", "payg.why/1"), .init("id", .text(event.id)), .init("event", .integer(event.seq)),
      .init("account", event.account.map { .text($0) } ?? .null), .init("kind", .text(event.kind)),
      .init("at", .text(TimeText.text(event.at))), .init("policy", event.policyHash.map { .text($0) } ?? .null),
      .init("verdict", .text(decision.verdict.rawValue)),
      .init("status", .integer(decision.status(in: engine.program))),
      .init("code", decision.code(in: engine.program).map { .text($0) } ?? .null),
      .init("decider", decision.decider(in: engine.program).map { .text($0) } ?? .null),
      .init("amount_nano", .integer(decision.amount)),
      .init("attempts", .integer(Int64(found.count))),
      .init(
        "explanation",
        .list(text.split(separator: "\n", omittingEmptySubsequences: false).map { .text(String($0)) })),
    ])
  }
}

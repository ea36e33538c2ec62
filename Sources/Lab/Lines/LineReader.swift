import Diagnostics
import Engine
import Language

/// Reads the lines of scenarios for accounts that are kept somewhere: what a command line or a request says about one.
///
/// The words are those behind `when`: an event with its fields, `set NAME to VALUE`, `clock to TIME`. What only the account
/// knows stays a text: a key it may not have, a card, an id. The rules answer to those.
///
/// ```swift
/// let line = try LineReader(program).event("request model \"gpt-4o\", input 1200 as \"r1\"", keys: ["main"], now: now)
/// ```
public struct LineReader: Sendable {
  public let program: Program
  private let names: NameIndex

  /// One reader serves any number of lines.
  public init(_ program: Program) {
    self.program = program
    names = NameIndex(program)
  }

  /// An event as a line says it.
  public struct EventLine: Sendable, Hashable {
    /// Its time is the one given where the line names none, its id empty where it has none.
    public var call: EventCall
    /// Whether the line says `at TIME`.
    public var statesTime: Bool
  }

  /// A change of a setting as a line says it.
  public struct SettingChange: Sendable, Hashable {
    /// Its index in the program.
    public var setting: Int
    /// The name of the key it is for, where the setting is one of a key.
    public var key: String?
    public var value: EventCall.Value
  }

  // MARK: - Lines

  /// `request model "gpt-4o", input 1200, output 300 as "r1" at 2026-01-10 14:02`
  ///
  /// An event with a key that names none comes with the account's only one; where it has several, the line must say which.
  ///
  /// - Parameters:
  ///   - source: what people are told the line is called.
  ///   - keys: the names of the account's keys.
  ///   - now: when it happens unless it says so, in microseconds since 1970.
  public func event(
    _ text: String, from source: String = "event", keys: [String], now: Int64
  ) throws(LineFault) -> EventLine {
    let bound = try bind(text, from: source, keys: keys, now: now)
    guard case .event(let call) = bound.deed, case .event(let line) = bound.syntax else {
      throw bound.fault("this is no event", help: "begin with the name of one: `request costing 150 units`")
    }
    return EventLine(call: call, statesTime: line.time != nil)
  }

  /// `limits.spending_limit to $80`, `key_limit to $5 for key bob`; `set` may stand before it.
  public func change(
    _ text: String, from source: String = "set", keys: [String], now: Int64
  ) throws(LineFault) -> SettingChange {
    let bound = try bind(LineReader.text(text, after: "set"), from: source, keys: keys, now: now)
    guard case .change(let setting, let key, let value) = bound.deed else {
      throw bound.fault("this changes no setting", help: "set limits.spending_limit to $80")
    }
    return SettingChange(setting: setting, key: key.map { keys[$0] }, value: value)
  }

  /// `to 2026-02-01`, `forward 1 hour`; `clock` may stand before it.
  ///
  /// - Returns: the time it is then, in microseconds since 1970.
  public func clock(_ text: String, from source: String = "clock", now: Int64) throws(LineFault) -> Int64 {
    let bound = try bind(LineReader.text(text, after: "clock"), from: source, keys: [], now: now)
    return switch bound.deed {
    case .clockTo(let time): time
    // The binder has seen to it that the sum is a time.
    case .clockForward(let span): now + span
    case .event, .change: throw bound.fault("this does not move the clock", help: "clock forward 1 hour")
    }
  }

  /// The text with a word before it, unless it begins with that.
  private static func text(_ text: String, after word: String) -> String {
    let first = text.prefix { $0 != " " && $0 != "\t" }
    return first == word ? text : "\(word) \(text)"
  }

  // MARK: - Binding

  private struct Bound {
    var deed: ScenarioPlan.Deed
    var syntax: DeedSyntax
    var span: Span
    var sources: SourceMap

    func fault(_ message: String, help: String) -> LineFault {
      LineFault(
        [Diagnostic(code: DiagnosticCode.scenarioLine.id, message: message, span: span, help: help)], sources)
    }
  }

  private func bind(_ text: String, from name: String, keys: [String], now: Int64) throws(LineFault) -> Bound {
    var sources = program.sources
    let source = sources.add(Source(name: name, text: text))
    var (steps, found) = ScenarioParser.parseSteps(.when, source: source, in: sources)
    if steps.count > 1 {
      found.append(
        Diagnostic(
          code: DiagnosticCode.scenarioLine.id, message: "one line does one thing", span: steps[1].span,
          help: "write it as a line of its own"))
    }
    guard found.isEmpty, let step = steps.first, case .when(let syntax) = step.kind else {
      throw LineFault(found, sources)
    }
    var binder = binder(sources, source)
    binder.keys = keys
    binder.clock = now
    let deed = binder.bind(syntax)
    guard let deed, binder.diagnostics.isEmpty else { throw LineFault(binder.diagnostics, sources) }
    return Bound(deed: deed, syntax: syntax, span: step.span, sources: sources)
  }

  func binder(_ sources: SourceMap, _ source: Int32) -> ScenarioBinder {
    var program = program
    program.sources = sources
    var binder = ScenarioBinder(file: ScenarioFile(source: source, scenarios: []), program: program, names: names)
    binder.isAboutKeptAccount = true
    return binder
  }
}

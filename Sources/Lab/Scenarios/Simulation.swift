import Diagnostics
import Engine
import Language
import Ledger
import Standard
import Values

/// One account under a set of rules, to try things on: what scenarios, tests and a prompt are carried out with.
///
/// ```swift
/// let payg = try Simulation(rules: "rules")
/// try payg.given("balance is $20")
/// let answer = try payg.when("request costing 150 units")
/// #expect(answer.isAllowed)
/// ```
///
/// It speaks the lines of scenario files. Nothing it does leaves it.
public final class Simulation {
  /// The rules it runs under: those it was made with, and the table rows its lines stated.
  public internal(set) var engine: RuleEngine
  public internal(set) var account: AccountState
  public internal(set) var journal = Journal()
  /// Where the clock stands, in microseconds since 1970.
  public internal(set) var clock: Int64
  /// What came of the last deed; nil before the first.
  public internal(set) var last: SimulatedAnswer?
  /// Every text that spans of this simulation point into.
  public private(set) var sources: SourceMap
  /// Says what a payment provider would: first what `given provider …` stated, then that it is paid. No money moves.
  var provider = ScriptedProvider()
  /// Counts which rules decide, where somebody wants to know.
  var coverage: Coverage?
  private var lineCount = 0
  /// The account is somebody's: it has the keys it has, and what its lines name must be there.
  private let isKept: Bool

  /// Reads the rules of a folder. Faults are rules that cannot be read or do not check.
  public convenience init(rules path: String, reforms: [String] = []) throws {
    let vocabulary = StandardPlugin.vocabulary
    try self.init(RuleFolder(path).load(vocabulary: vocabulary, reforms: reforms))
  }

  /// An empty account with the one key `k1`.
  public convenience init(_ rules: LoadedRules) throws(SimulationFault) {
    guard !rules.diagnostics.hasErrors else {
      throw SimulationFault(Renderer(sources: rules.sources).render(rules.diagnostics))
    }
    do throws(CompileError) {
      self.init(engine: try RuleEngine(rules.program), sources: rules.sources, keys: [])
    } catch {
      throw SimulationFault(error.message)
    }
  }

  init(engine: RuleEngine, sources: SourceMap, keys: [String]) {
    self.engine = engine
    self.engine.checksPromises = true
    self.sources = sources
    account = engine.newAccount()
    clock = ScenarioPlan.usualStart
    isKept = false
    for key in keys { account.addKey(key) }
  }

  /// An account as it stands somewhere, to try things on: a copy of it, under an engine that it was made for.
  ///
  /// - Parameter time: where the clock stands, in microseconds since 1970.
  public init(_ account: AccountState, engine: RuleEngine, at time: Int64) {
    self.engine = engine
    self.engine.checksPromises = true
    sources = engine.program.sources
    self.account = account
    clock = time
    isKept = true
  }

  public var program: Program { engine.program }

  /// Lets messages show the author's own words.
  func show(_ sources: SourceMap) { self.sources = sources }

  // MARK: - Lines

  /// States what is so: `plan_quota 1000 units, balance is $20`. The word `given` is not part of it.
  public func given(_ text: String) throws(SimulationFault) {
    let givens = try bind(.given, text).compactMap { step in
      if case .given(let given) = step.kind { given } else { nil }
    }
    if let refused = state(givens).first { throw SimulationFault(refused.text) }
  }

  /// Does one thing: `request costing 150 units`, `set limits.spending_limit to $80`, `clock forward 1 hour`.
  @discardableResult
  public func when(_ text: String) throws(SimulationFault) -> SimulatedAnswer {
    var answer: SimulatedAnswer?
    try when(text, times: 1) { answer = $0 }
    guard let answer else { throw SimulationFault("nothing to do") }
    return answer
  }

  /// Does one thing several times, one after the other.
  public func when(
    _ text: String, times: Int, each: (SimulatedAnswer) -> Void
  ) throws(SimulationFault) {
    let deeds = try bind(.when, text).compactMap { step -> ScenarioPlan.Deed? in
      if case .deed(let deed) = step.kind { deed } else { nil }
    }
    for _ in 0..<times {
      for deed in deeds { each(perform(deed)) }
    }
  }

  /// Lets an event happen that is in words already.
  @discardableResult
  public func when(_ call: EventCall) -> SimulatedAnswer { perform(.event(call)) }

  /// What the payment provider will say to the next questions, before it says that it is paid.
  public var upcoming: [ProviderAnswer] {
    get { provider.answers }
    set { provider.answers = newValue }
  }

  /// Checks lines such as `balance is $5, denied with quota_exceeded`.
  ///
  /// - Returns: what did not come true, a sentence each; empty when all did.
  public func then(_ text: String) throws(SimulationFault) -> [String] {
    try bind(.then, text).compactMap { step in
      guard case .check(let check) = step.kind else { return nil }
      return judge(check).map { "wanted \(sources.text(step.span)), got \($0)" }
    }
  }

  private func bind(_ keyword: ScenarioParser.Keyword, _ text: String) throws(SimulationFault) -> [ScenarioPlan.Step] {
    if !isKept, account.keyCount == 0, keyword != .given { account.addKey("k1") }
    lineCount += 1
    var extended = sources
    let number = extended.add(Source(name: "line \(lineCount)", text: text))
    let (steps, found) = ScenarioParser.parseSteps(keyword, source: number, in: extended)
    let known = account.keyNames
    let bound = ScenarioBinder.bind(
      steps, source: number, in: program, sources: extended, keys: known, clock: clock, lastEvent: last?.event,
      hasDeed: last != nil, isKept: isKept)
    var diagnostics = DiagnosticList()
    diagnostics.append(contentsOf: found + bound.diagnostics)
    if !diagnostics.isEmpty {
      var fault = SimulationFault(Renderer(sources: extended).render(diagnostics))
      fault.line = LineFault(Array(diagnostics.sorted), extended)
      throw fault
    }
    sources = extended
    for key in bound.keys { account.addKey(key) }
    if !isKept, account.keyCount == 0 { account.addKey("k1") }
    if let program = bound.program { try use(program) }
    return bound.steps
  }

  /// Goes on under a program whose tables have other rows; everything else of it must be the same.
  private func use(_ program: Program) throws(SimulationFault) {
    do throws(CompileError) {
      var changed = try RuleEngine(program)
      var nobody = account
      for (index, setting) in engine.compiled.layout.settings.enumerated() where setting.scope == .global {
        let value = engine.globals[setting.slot]
        if value != LedgerLayout.unset { try? changed.change(index, to: value, in: &nobody, at: clock) }
      }
      changed.checksPromises = true
      engine = changed
    } catch {
      throw SimulationFault(error.message)
    }
  }

  // MARK: - Values

  /// The value of anything that has a name, as text: `value("warnings.level")` is `low`. Nil for a name nothing has.
  public func value(_ name: String, key: String? = nil) -> String? {
    let index = key.flatMap { account.keyIndex(named: $0) } ?? (account.keyCount > 0 ? 0 : nil)
    guard let found = engine.value(of: name, in: account, key: index, at: clock) else { return nil }
    return engine.formatter(for: account).text(found.value, found.type)
  }

  /// The amount of a bucket, a meter or a setting of type money; nil where there is none.
  public func money(_ name: String, key: String? = nil) -> Money? {
    let index = key.flatMap { account.keyIndex(named: $0) } ?? (account.keyCount > 0 ? 0 : nil)
    guard let found = engine.value(of: name, in: account, key: index, at: clock), found.type.base == .money,
      found.value != ValueType.none
    else { return nil }
    return Money(nano: found.value)
  }
}

/// Why a simulation could not do what a line says: the line is wrong, or the rules are.
public struct SimulationFault: Error, Sendable, CustomStringConvertible {
  /// For people; several lines where a text is shown.
  public var message: String
  /// What is wrong with a line, where that is it.
  public internal(set) var line: LineFault?

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

extension StandardPlugin {
  /// The words of the plugins in the box.
  public static let vocabulary: Vocabulary = {
    do throws(PluginRegistry.Clash) {
      return try PluginRegistry([StandardPlugin()]).vocabulary
    } catch {
      preconditionFailure("the plugin in the box claims a word twice: \(error.message)")
    }
  }()
}

import Diagnostics
import Engine
import Language

/// Tries out what a native plugin says of itself: its words are free, its examples are true, and its functions keep to
/// their ranges where they are most likely not to.
struct PluginTrial {
  /// Parameters of which both ends are tried against each other: 64 calls. Those behind stay at their low end.
  static let cornerParameters = 6

  private let plugin: NativePlugin
  private let vocabulary: Vocabulary

  init(_ plugin: NativePlugin, beside others: [any Plugin]) throws(NativePlugin.Refusal) {
    self.plugin = plugin
    do throws(PluginRegistry.Clash) {
      vocabulary = try PluginRegistry(others + [plugin]).vocabulary
    } catch {
      throw NativePlugin.Refusal(path: plugin.path, reason: error.message)
    }
    let taken = Set(others.flatMap(\.providers).map(\.name))
    for provider in plugin.providers where taken.contains(provider.name) {
      throw NativePlugin.Refusal(path: plugin.path, reason: "there is a provider `\(provider.name)` already")
    }
  }

  /// - Parameters:
  ///   - isWhole: whether functions and examples are run as well; false where another process has done that.
  ///   - step: is told what comes next, so that whoever watches knows what crashed.
  func run(isWhole: Bool, step: (String) -> Void = { _ in }) throws(NativePlugin.Refusal) {
    guard isWhole else { return }
    for function in plugin.functions {
      step("the example of `\(function.name)`")
      try example(of: function)
      step("`\(function.name)` at the ends of its ranges")
      try corners(of: function)
    }
    for effect in plugin.effects {
      step("the example of `\(effect.verb)`")
      try example(of: effect)
    }
  }

  private func refusal(_ reason: String, help: String? = nil) -> NativePlugin.Refusal {
    NativePlugin.Refusal(path: plugin.path, reason: reason, help: help)
  }

  // MARK: - Functions

  private func example(of function: FunctionDefinition) throws(NativePlugin.Refusal) {
    var sources = SourceMap()
    let number = sources.add(Source(name: "example", text: "policy example \"an example\"\n"))
    let (file, _) = Parser.parse(source: number, in: sources)
    let program = Checker.check(files: [file], sources: sources, vocabulary: vocabulary).program
    let (syntax, mistakes) = Parser.parseExpression(
      source: sources.add(Source(name: "example", text: function.example.expression)), in: sources)
    var shown = program
    shown.sources = sources
    let checked = Checker.checkExpression(syntax, in: shown)
    let what = "the example of `\(function.name)`, `\(function.example.expression)`,"
    if let mistake = (mistakes + checked.diagnostics).first { throw refusal("\(what) is wrong: \(mistake.message)") }
    guard let expression = checked.expression, Self.uses(expression, function.name, program) else {
      throw refusal("\(what) does not use it")
    }
    guard let engine = try? RuleEngine(program) else { throw refusal("\(what) cannot be carried out") }
    let value = engine.evaluate(expression, engine.newAccount(), at: 0)
    let text = engine.formatter().text(value, expression.type)
    guard text == function.example.result else {
      throw refusal("\(what) gives \(text), not \(function.example.result)")
    }
  }

  private static func uses(_ expression: Expr, _ name: String, _ program: Program) -> Bool {
    if case .call(let index, _) = expression.kind, program.functions[index].name == name { return true }
    return expression.operands.contains { uses($0, name, program) }
  }

  private func corners(of function: FunctionDefinition) throws(NativePlugin.Refusal) {
    let ends = function.parameters.map { (Int64(clamping: $0.range.low), Int64(clamping: $0.range.high)) }
    for corner in 0..<(1 << min(ends.count, Self.cornerParameters)) {
      let arguments = ends.enumerated().map { place, range in
        place < Self.cornerParameters && corner >> place & 1 == 1 ? range.1 : range.0
      }
      let result = arguments.withUnsafeBufferPointer(function.body)
      let call = "`\(function.name)(\(arguments.map(String.init).joined(separator: ", ")))`"
      let range = function.result.range
      guard range.contains(result) else {
        throw refusal("\(call) gives \(result), outside of its own \(range.low) to \(range.high)")
      }
      guard arguments.withUnsafeBufferPointer(function.body) == result else {
        throw refusal("\(call) gives two answers, and a function must be pure")
      }
    }
  }

  // MARK: - Effects

  private func example(of effect: EffectDefinition) throws(NativePlugin.Refusal) {
    var sources = SourceMap()
    let number = sources.add(Source(name: "example", text: effect.example + "\n"))
    let (file, mistakes) = Parser.parse(source: number, in: sources)
    let (program, found) = Checker.check(files: [file], sources: sources, vocabulary: vocabulary)
    if let mistake = (mistakes + found).first(where: { $0.severity == .error }) {
      let line = sources[number].position(of: Int(mistake.span.start)).line
      throw refusal("the example of `\(effect.verb)` is wrong in line \(line): \(mistake.message)")
    }
    guard program.rules.contains(where: { $0.effects.contains { $0.verb == effect.verb } }) else {
      throw refusal("the example of `\(effect.verb)` does not use it")
    }
    guard (try? RuleEngine(program)) != nil else {
      throw refusal("the example of `\(effect.verb)` cannot be carried out")
    }
  }
}

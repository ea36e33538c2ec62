import Diagnostics
import Engine
import Lab
import Language
import Standard

/// From text to a program that runs, and how fast text is read and laid out.
struct FrontEndBenchmark: Benchmark {
  let name = "frontend"
  let summary = "the shipped rules from their text to bytecode; text through the lexer and the formatter"

  func readings(_ options: Options) throws -> [Reading] {
    let rules = try RuleFolder(options.rules).load(vocabulary: StandardPlugin.vocabulary)
    guard !rules.diagnostics.hasErrors else { throw Mismatch("the rules do not check") }
    return try stages(rules, options) + speeds(rules, options)
  }

  /// Each stage on what the one before it made.
  private func stages(_ rules: LoadedRules, _ options: Options) throws -> [Reading] {
    let vocabulary = StandardPlugin.vocabulary
    let prices = try tables(rules)
    let numbers = rules.families.indices.map { Int32($0) }
    let sources = rules.sources
    let texts = try RuleFolder(options.rules).texts()
    func start() -> Int {
      let loaded = LoadedRules(texts, vocabulary: vocabulary, depth: .checked)
      return (try? RuleEngine(loaded.program))?.program.rules.count ?? 0
    }
    func parse() -> [FileSyntax] { numbers.map { Parser.parse(source: $0, in: sources).0 } }
    func check() -> Program {
      Checker.check(files: rules.files, sources: sources, vocabulary: vocabulary) { prices["\($0)/\($1)"] }.program
    }
    let stages: [(String, () -> Int)] = [
      ("parse", { parse().count }),
      ("check, price list included", { check().rules.count }),
      ("analyse", { Analysis.diagnose(rules.program).count }),
      ("compile", { (try? CompiledProgram(rules.program))?.program.rules.count ?? 0 }),
      ("hash", { texts.hash.utf8.count }),
      ("a policy that was analysed before, from its texts to an engine", start),
    ]
    let rounds = Stopwatch.measure(
      stages.map { stage in Work(operations: 1, run: stage.1) }, seconds: options.seconds)
    var readings = zip(stages, rounds).map { stage, rounds in
      Reading(name: stage.0, unit: .milliseconds, rounds: rounds.map { $0 / 1e6 })
    }
    let all = rounds[0].indices.map { round in rounds.prefix(4).reduce(0) { $0 + $1[round] } / 1e6 }
    readings.append(Reading(name: "all four", unit: .milliseconds, rounds: all))
    return readings
  }

  /// Every table file of the rules, by family and name.
  private func tables(_ rules: LoadedRules) throws -> [String: Source] {
    var found: [String: Source] = [:]
    for family in rules.families {
      for name in TextFile.names(in: family.folder) where name.hasSuffix(".csv") {
        let path = TextFile.join(family.folder, name)
        found["\(family.name)/\(name)"] = Source(name: path, bytes: try TextFile.read(path, limit: TextFile.tableBytes))
      }
    }
    return found
  }

  private func speeds(_ rules: LoadedRules, _ options: Options) throws -> [Reading] {
    // As many copies of the rules as one file may hold.
    let text = rules.families.indices.flatMap { rules.sources[Int32($0)].bytes }
    let bytes = Array(repeatElement(text, count: max(1, 250_000 / max(1, text.count))).joined())
    let source = Source(name: "all.rules", bytes: bytes)
    var sources = SourceMap()
    let number = sources.add(source)
    guard !Lexer.tokens(of: number, in: sources).isCut else { throw Mismatch("the text is too long to be lexed") }
    guard Formatter.format(source).diagnostics.isEmpty else { throw Mismatch("the text cannot be laid out") }
    let map = sources
    let rounds = Stopwatch.measure(
      [
        Work(operations: bytes.count) { Lexer.tokens(of: number, in: map).tokens.count },
        Work(operations: bytes.count) { Formatter.format(source).bytes.count },
        Work(operations: bytes.count) { FrontEndBenchmark.sum(bytes) },
      ], seconds: options.seconds)
    // Nanoseconds per byte, turned round: 1,000 million bytes a second are one a nanosecond.
    func speed(_ nanoseconds: [Double]) -> [Double] { nanoseconds.map { 1_000 / $0 } }
    return [
      Reading(
        name: "lexer (baseline: adding up the bytes)", unit: .megabytesPerSecond, rounds: speed(rounds[0]),
        baseline: speed(rounds[2])),
      Reading(name: "formatter", unit: .megabytesPerSecond, rounds: speed(rounds[1])),
    ]
  }

  /// The least that can be done with a text: look at each byte, one after another.
  @inline(never)
  private static func sum(_ bytes: [UInt8]) -> Int {
    var sum = 0
    for byte in bytes { sum &+= Int(byte) }
    return sum
  }
}

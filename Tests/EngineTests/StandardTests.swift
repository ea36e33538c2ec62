import Diagnostics
import Engine
import Language
import Standard
import Testing
import Values

/// Every example in the box is true.
@Suite struct StandardTests {
  private func vocabulary() throws -> Vocabulary { try PluginRegistry([StandardPlugin()]).vocabulary }

  private func check(_ text: String) throws -> (program: Program, problems: [String]) {
    var sources = SourceMap()
    let number = sources.add(Source(name: "example/policy.rules", text: text))
    let (file, syntax) = Parser.parse(source: number, in: sources)
    let (program, diagnostics) = Checker.check(files: [file], sources: sources, vocabulary: try vocabulary())
    return (program, (syntax + diagnostics).filter { $0.severity == .error }.map { "\($0.code): \($0.message)" })
  }

  @Test func everyFunctionsExampleHolds() throws {
    for function in try vocabulary().functions {
      let (expression, result) = function.example
      let (program, problems) = try check(
        """
        policy example "an example"
        setting wanted : \(function.result.type.base.name) = \(literal(result))
        let got = \(expression)
        """)
      #expect(problems.isEmpty, "\(function.name): \(problems)")
      let engine = try RuleEngine(program)
      let account = engine.newAccount()
      let got = try #require(engine.value(of: "example.got", in: account, at: 0), "\(function.name)")
      #expect(engine.formatter().text(got.value, got.type) == result, "\(function.name)")
      #expect(engine.value(of: "example.wanted", in: account, at: 0)?.value == got.value, "\(function.name)")
    }
  }

  /// A result as it is printed is also how it is written.
  private func literal(_ result: String) -> String { result }

  @Test func everyEffectsExampleChecks() throws {
    for effect in try vocabulary().effects {
      let (program, problems) = try check(effect.example)
      #expect(problems.isEmpty, "\(effect.verb): \(problems)")
      #expect(program.rules.contains { $0.effects.contains { $0.verb == effect.verb } }, "\(effect.verb)")
      #expect(throws: Never.self) { try RuleEngine(program) }
    }
  }

  @Test func aWordIsClaimedOnce() {
    #expect(throws: PluginRegistry.Clash.self) { try PluginRegistry([StandardPlugin(), StandardPlugin()]) }
    struct Other: Plugin {
      let name = "other"
      let summary = ""
      var effects: [EffectDefinition] { Array(StandardPlugin().effects.prefix(1)) }
    }
    let clash = #expect(throws: PluginRegistry.Clash.self) { try PluginRegistry([StandardPlugin(), Other()]) }
    #expect(clash?.message == "`pay` comes from both `standard` and `other`")
  }

  /// Functions are total: no argument inside its range leaves the result's range.
  @Test(arguments: 0..<UInt64(50))
  func functionsStayInsideTheirRanges(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for function in try vocabulary().functions {
      for _ in 0..<50 {
        let arguments = function.parameters.map { parameter -> Int64 in
          let (low, high) = (Int64(clamping: parameter.range.low), Int64(clamping: parameter.range.high))
          switch random.next() % 4 {
          case 0: return low
          case 1: return high
          default: return Int64.random(in: low...high, using: &random)
          }
        }
        let result = arguments.withUnsafeBufferPointer { function.body($0) }
        #expect(function.result.range.contains(result), "seed \(seed): \(function.name)(\(arguments)) = \(result)")
      }
    }
  }
}

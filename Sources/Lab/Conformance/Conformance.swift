import Engine
import Formats
import Language

/// Carries worked cases out with the real engine under given rules.
public struct Conformance: Sendable {
  private let program: Program

  /// - Parameter rules: without errors.
  public init(_ rules: LoadedRules) { program = rules.program }

  /// Carries one case out. Never stops the others: what cannot be done is a difference of this one.
  public func run(_ one: ConformanceFile.Case, defaults: Json) -> ConformanceResult {
    var decisions: [Json] = []
    do throws(ConformanceFault) {
      var world = try ConformanceWorld(program, one.given, policy: one.policy, defaults: defaults)
      for event in one.events { decisions.append(try world.take(event)) }
      return ConformanceResult(one, decisions: decisions, final: try world.final(), remarks: world.remarks)
    } catch {
      return ConformanceResult(one, decisions: decisions, final: .object([]), fault: error.message)
    }
  }

  public func run(_ file: ConformanceFile) -> [ConformanceResult] {
    file.cases.map { run($0, defaults: file.defaults) }
  }
}

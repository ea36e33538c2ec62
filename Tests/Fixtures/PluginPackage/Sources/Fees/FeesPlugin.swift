import Engine
import Language

/// Fees on top of usage: a function that says how late a payment was, and an effect that takes a fee.
public struct FeesPlugin: Plugin {
  public let name = "fees"
  public let version = "1"
  public let summary = "days late, and fees that say what they are for"

  public init() {}

  public var functions: [FunctionDefinition] { [.daysLate] }
  public var effects: [EffectDefinition] { [.chargeFee] }

  /// The words rules can use because of it. A host that knows them, though the plugin is not loaded, can say who has them.
  public var words: [String] { functions.map(\.name) + effects.map(\.verb) }
}

import Language

/// What a plugin brings: functions and effects for rules, payment providers for the program around them.
///
/// A plugin can ask; only the ledger moves money, so nothing a plugin does can unbalance the books.
public protocol Plugin: Sendable {
  /// A word: `standard`.
  var name: String { get }
  var version: String { get }
  /// One sentence for people.
  var summary: String { get }
  var functions: [FunctionDefinition] { get }
  var effects: [EffectDefinition] { get }
  var providers: [any PaymentProvider] { get }
}

extension Plugin {
  public var version: String { "1" }
  public var functions: [FunctionDefinition] { [] }
  public var effects: [EffectDefinition] { [] }
  public var providers: [any PaymentProvider] { [] }
}

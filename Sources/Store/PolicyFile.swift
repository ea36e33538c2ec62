import Engine

/// One text of a policy: a rule file, a table, or a reform laid over them.
public struct PolicyFile: Sendable, Hashable {
  /// `limits/policy.rules`, `pricing/prices.csv`, `reforms/1.rules`
  public var name: String
  public var bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// Makes an engine of the texts of a policy. A store keeps texts and does not know how they are read.
public typealias PolicyCompiler = @Sendable ([PolicyFile]) throws(PolicyFault) -> RuleEngine

/// Why the texts of a policy make no engine.
public struct PolicyFault: Error, Sendable {
  public var message: String

  public init(_ message: String) { self.message = message }
}

import Engine
import Language
import Values

/// One thing that, were it otherwise, would turn the answer. Both sides of the turn were carried out with the real engine.
public struct Way: Sendable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A field of the event itself.
    case field
    /// Another key of the account.
    case key
    case setting
    /// Another event before it.
    case event
    /// A card for it.
    case card
    /// The same event later.
    case wait
  }

  /// A value with what it is called: `$50.05`.
  public struct Reading: Sendable, Hashable {
    /// As people read it, thousands parted.
    public var text: String
    /// In its type's unit; `ValueType.none` for none.
    public var number: Int64
    public var type: QualifiedType
  }

  public var kind: Kind
  /// `limits.spending_limit`, `max_output`, `topup`
  public var name: String
  /// How things stand; nil for something that did not happen.
  public var from: Reading?
  /// The nearest value at which the answer is the other one.
  public var to: Reading
  /// How far `below` is from `to`: `$0.01`, `1 token`; nil where there is nothing between, as with a switch.
  public var step: Reading?
  /// The value on the near side of the turn; nil where that is `from`.
  public var below: Reading?
  /// The answer at `to`.
  public var atValue: Decision
  /// The answer one step nearer to how things stand.
  public var oneBelow: Decision
  /// Why the change was not made one step nearer: the rules refuse it.
  public var refusedBelow: String?
  /// The turn is upwards: `≥`, else `≤`.
  public var isAtLeast: Bool
  /// The answer stays turned further on, as far as that was tried.
  public var goesOn: Bool
  /// What is done: `set limits.spending_limit to $50.05`, `topup amount $5.00`; for a field, the changed event itself.
  public var line: String
  /// Everything that is done, the event itself last.
  public var lines: [String]
  /// The same one step nearer to how things stand, where the answer is as it was.
  public var linesBelow: [String]
  /// What people read.
  public var text: String
  /// The rule that decided has nothing to do with it: true all the same, and shown after the others.
  public var isRemote: Bool
  /// Serves every account.
  public var isForAll: Bool

  /// The whole as one line for `what if`.
  public var wholeLine: String { lines.joined(separator: " then ") }
}

/// Something that was tried and cannot turn the answer.
public struct Refused: Sendable, Hashable {
  public var kind: Way.Kind
  public var name: String
  /// One line: `at 0 tokens still insufficient_balance: …`.
  public var reason: String
}

/// Two things that turn the answer together where none does alone.
public struct TwoWays: Sendable {
  public var parts: [Way]
  public var atValue: Decision
  public var lines: [String]
  public var text: String

  public var wholeLine: String { lines.joined(separator: " then ") }
}

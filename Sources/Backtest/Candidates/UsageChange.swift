import Engine
import Values

/// What is supposed of events: `model is gpt-4o-mini`, `output at most 500`, `cached at least 60% of input where account is delta`.
public struct UsageChange: Sendable, Hashable {
  /// How the amount bounds what was there.
  public enum Bound: Sendable, Hashable {
    case exactly
    case atMost
    case atLeast
  }

  public enum Amount: Sendable, Hashable {
    /// In the unit of the field; what a name or a member is called is a text.
    case value(EventCall.Value)
    /// A part of another field of the event, rounded down to a whole one of its unit.
    case share(Ratio, of: String)
  }

  /// What has to be so for an event to be changed.
  public struct Condition: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
      case account
      case field(String)
    }

    public enum Comparison: Sendable, Hashable {
      case equal
      case notEqual
      case atMost
      case atLeast
    }

    public var subject: Subject
    public var comparison: Comparison
    public var value: EventCall.Value

    public init(_ subject: Subject, _ comparison: Comparison, _ value: EventCall.Value) {
      self.subject = subject
      self.comparison = comparison
      self.value = value
    }
  }

  /// As it was written.
  public var text: String
  /// The one event it is about; nil: every event that is given this field.
  public var event: String?
  public var field: String
  public var bound: Bound
  public var amount: Amount
  public var conditions: [Condition] = []

  public init(
    _ text: String, event: String? = nil, field: String, _ bound: Bound, _ amount: Amount,
    where conditions: [Condition] = []
  ) {
    self.text = text
    self.event = event
    self.field = field
    self.bound = bound
    self.amount = amount
    self.conditions = conditions
  }
}

/// What is supposed never to have come: `never subscribe`, `never topup where account is delta`.
public struct LeftOutEvent: Sendable, Hashable {
  /// As it was written.
  public var text: String
  public var event: String
  public var conditions: [UsageChange.Condition]

  public init(_ text: String, event: String, where conditions: [UsageChange.Condition] = []) {
    self.text = text
    self.event = event
    self.conditions = conditions
  }
}

import Engine

/// One thing that happened to an account, in words that every policy can read.
public struct Occurrence: Sendable {
  public var account: String
  /// Microseconds since 1970.
  public var at: Int64
  public var deed: Deed

  public enum Deed: Sendable {
    /// An event of the policy, with what the payment provider said to what it asked for then. Fields that name something are
    /// texts: names, keys, cards, records, members of an enumeration.
    ///
    /// `EventCall.event` and the places of its fields are those of ``TrafficHistory/program``.
    case event(EventCall, said: [RecordedAnswer] = [])
    /// The provider's late answer to what an earlier event asked for.
    case answer(LateAnswer)
    case key(String)
    /// A setting of the account, or of one of its keys, by its full name.
    case setting(String, key: String?, to: SettingValue)
    /// A setting that serves all accounts, at its place among what happened to this one.
    case global(String, to: SettingValue)
    /// A bucket was brought to an amount.
    case adjustment(bucket: String, to: Int64, lotKind: String)
    /// Nothing more of this account will come: its state can be let go.
    case end
  }

  public enum SettingValue: Sendable, Hashable {
    case value(EventCall.Value)
    case byDefault
  }

  public init(account: String, at: Int64, _ deed: Deed) {
    self.account = account
    self.at = at
    self.deed = deed
  }
}

/// What the payment provider said to one request, as the history tells it.
public struct RecordedAnswer: Sendable, Hashable {
  public var kind: ProviderRequest.Kind
  /// `pending` where it was not known before other things happened to the account.
  public var answer: ProviderAnswer

  public init(_ kind: ProviderRequest.Kind, _ answer: ProviderAnswer) {
    self.kind = kind
    self.answer = answer
  }
}

/// What the payment provider said later.
public struct LateAnswer: Sendable, Hashable {
  /// The event that asked, by its name, and its id.
  public var event: String
  public var id: String
  /// Which of the requests of this kind that it made, from 0.
  public var number: Int
  public var said: RecordedAnswer

  public init(event: String, id: String, number: Int = 0, said: RecordedAnswer) {
    self.event = event
    self.id = id
    self.number = number
    self.said = said
  }
}

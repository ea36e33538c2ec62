/// Something a payment provider is asked to do: charge a card, or send money back to one.
public struct ProviderRequest: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case collect
    case refund
  }

  public var kind: Kind
  /// The idempotency key: the same request sent again has the same, and must take effect once.
  public var key: String
  /// Nano-dollars, above zero.
  public var amount: Int64
  /// The name of the card; empty where none is known.
  public var card: String
  /// The account it is for; empty in a simulation.
  public var account: String
  /// The id of the payment: the one to be made, or the one to be given back.
  public var payment: String

  public init(kind: Kind, key: String, amount: Int64, card: String, account: String = "", payment: String) {
    self.kind = kind
    self.key = key
    self.amount = amount
    self.card = card
    self.account = account
    self.payment = payment
  }
}

/// What a payment provider says to a request.
public enum ProviderAnswer: Sendable, Hashable {
  /// The money has moved.
  case paid
  /// The card said no; asking again at once would be no use.
  case declined(String)
  /// It will be known later.
  case pending
  /// The provider could not do it, and nothing has moved.
  case failed(String)

  /// `declined`
  public var word: String {
    switch self {
    case .paid: "paid"
    case .declined: "declined"
    case .pending: "pending"
    case .failed: "failed"
    }
  }

  /// The provider's own words for a "no"; nil where there are none.
  public var reason: String? {
    switch self {
    case .paid, .pending: nil
    case .declined(let reason), .failed(let reason): reason.isEmpty ? nil : reason
    }
  }
}

/// Somebody who moves real money. Only the program that runs accounts for real ever holds one: a simulation takes a
/// ``SimulatedProvider``, and the two have nothing in common that could be asked for money.
public protocol PaymentProvider: Sendable {
  /// A word: `stripe`.
  var name: String { get }
  /// One sentence for people.
  var summary: String { get }

  /// Sends a request and waits for what can be said at once. A throw means that nobody knows: the request stays in the
  /// outbox and is sent again with the same key.
  func send(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer
}

/// Somebody who only says what a provider would.
public protocol SimulatedProvider: Sendable {
  mutating func answer(_ request: ProviderRequest) -> ProviderAnswer
}

/// The way to a payment provider is broken; whether it did anything is unknown.
public struct ProviderFault: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

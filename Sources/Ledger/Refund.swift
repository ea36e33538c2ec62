/// Money on its way back to a card: one part of a refund, of one payment.
public struct Refund: Sendable, Hashable {
  /// In the order rules know them by.
  public enum State: Int64, Sendable, Hashable, CaseIterable {
    /// The provider has not answered yet.
    case pending
    case paid
    /// It did not arrive, and its money is back where it was.
    case failed
  }

  /// The idempotency key of its request to the provider, unique among those of an account.
  public var key: String
  /// The payment it is a part of, by its index in the account.
  public var payment: Int
  /// Nano-dollars.
  public var amount: Int64
  /// The event that sent it, and its id.
  public var event: Int
  public var origin: String
  /// Microseconds since 1970.
  public var at: Int64
  public var state: State

  public init(
    key: String, payment: Int, amount: Int64, event: Int, origin: String, at: Int64, state: State
  ) {
    self.key = key
    self.payment = payment
    self.amount = amount
    self.event = event
    self.origin = origin
    self.at = at
    self.state = state
  }
}

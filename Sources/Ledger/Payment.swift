/// A charge of a card: asked for, paid, or turned down.
public struct Payment: Sendable, Hashable {
  /// In the order rules know them by.
  public enum State: Int64, Sendable, Hashable, CaseIterable {
    /// The provider has not answered yet.
    case pending
    case paid
    case declined
    case failed
  }

  /// What people know it by: `t1`, `auto-3`. A later attempt with the same id takes the place of one that was not paid.
  public var id: String
  /// The idempotency key of its request to the provider, unique among those of an account.
  public var key: String
  /// The bucket it is for.
  public var bucket: Int
  /// Nano-dollars.
  public var amount: Int64
  /// The card, by its index in the account; nil where none is known.
  public var card: Int?
  /// A rule asked for it, not a person.
  public var isAutomatic: Bool
  /// The event that asked for it, and its id.
  public var event: Int
  public var origin: String
  /// All its fields, so that the same id with other content is told apart while it waits.
  public var fields: [Int64] = []
  /// Microseconds since 1970.
  public var at: Int64
  public var state: State
  /// The number of its lot in its bucket, once it is paid.
  public var lot: Int?
  /// What was sent back of it, what is on its way included.
  public var refunded: Int64 = 0
  /// What a bank took back of it, while it has.
  public var clawback: Clawback?

  public struct Clawback: Sendable, Hashable {
    public var amount: Int64
    /// What came out of which lot of the bucket.
    public var parts: [Part]
    /// What no lot had: the customer owed it.
    public var debt: Int64

    public init(amount: Int64, parts: [Part], debt: Int64) {
      self.amount = amount
      self.parts = parts
      self.debt = debt
    }

    public struct Part: Sendable, Hashable {
      public var lot: Int
      public var amount: Int64

      public init(lot: Int, amount: Int64) {
        self.lot = lot
        self.amount = amount
      }
    }
  }

  /// What the customer paid with it.
  public var paid: Int64 { state == .paid ? amount : 0 }

  public init(
    id: String, key: String, bucket: Int, amount: Int64, card: Int? = nil, isAutomatic: Bool, event: Int,
    origin: String, fields: [Int64] = [], at: Int64, state: State, lot: Int? = nil, refunded: Int64 = 0,
    clawback: Clawback? = nil
  ) {
    self.id = id
    self.key = key
    self.bucket = bucket
    self.amount = amount
    self.card = card
    self.isAutomatic = isAutomatic
    self.event = event
    self.origin = origin
    self.fields = fields
    self.at = at
    self.state = state
    self.lot = lot
    self.refunded = refunded
    self.clawback = clawback
  }
}

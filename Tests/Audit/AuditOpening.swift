/// An account as the first event finds it.
public struct AuditOpening: Hashable, Sendable {
  public struct Lot: Hashable, Sendable {
    public var id: String
    /// Paid lots are payments that were made before the story begins.
    public var isPaid: Bool
    public var amount: Int64
    public var remaining: Int64

    public init(id: String, isPaid: Bool = true, amount: Int64, remaining: Int64? = nil) {
      self.id = id
      self.isPaid = isPaid
      self.amount = amount
      self.remaining = remaining ?? amount
    }
  }
  public struct Key: Hashable, Sendable {
    public var name: String
    public var limit: Int64?
    public var spent: Int64

    public init(_ name: String, limit: Int64? = nil, spent: Int64 = 0) {
      self.name = name
      self.limit = limit
      self.spent = spent
    }
  }

  /// A subscription that runs already, stated whole.
  public struct Subscription: Hashable, Sendable {
    public var plan = AuditPlan()
    /// What the cycle it is in has seen.
    public var used: Int64 = 0
    public var spent: Int64 = 0
    public var fallback = false
    public var limit: Int64?

    public init() {}
  }

  public var time: Int64
  public var card: String?
  public var keys: [Key]
  public var lots: [Lot] = []
  public var subscription: Subscription?
  public var prices: [String: AuditPrice] = [:]
  public var autoTopUp = AuditTopUpChoice(isEnabled: false)
  /// What the provider answers to the first automatic charges; then it pays.
  public var script: [AuditOutcome] = []

  public init(at time: Int64, card: String? = "card_1", keys: [Key] = [Key("k1")]) {
    self.time = time
    self.card = card
    self.keys = keys
  }
}

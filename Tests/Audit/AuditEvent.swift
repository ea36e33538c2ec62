/// Something that happens to an account: what, when, and under which id.
///
/// Amounts are nano-dollars, times microseconds since 1970 in UTC.
public struct AuditEvent: Hashable, Sendable {
  /// Repeats are told by it, each kind of event apart; empty: never repeated.
  public var id: String
  public var time: Int64
  public var act: Act

  public init(_ act: Act, id: String = "", at time: Int64) {
    self.act = act
    self.id = id
    self.time = time
  }

  public enum Act: Hashable, Sendable {
    case request(AuditUsage)
    /// A stream begins; `usage.costing` is its estimate, `usage.output` the most it may put out.
    case hold(AuditUsage, ttl: Int64)
    /// `usage.costing` is the actual cost, where it was agreed elsewhere. The key is the hold's.
    case settle(hold: String, AuditUsage)
    case void(hold: String)
    /// `outcome` is what the provider answers if it is asked; it is no part of what the customer says.
    case topUp(amount: Int64, card: String?, outcome: AuditOutcome)
    /// The provider speaks of a payment again, by the payment's key: `t1#1`. Not `.pending`.
    case paymentAnswer(key: String, AuditOutcome)
    case configure(AuditTopUpChoice)
    case newCard(String)
    /// What the provider will answer to the next automatic charge nobody has scripted yet; then it pays.
    case script(AuditOutcome)
    case grant(amount: Int64)
    /// `outcome` is what the provider answers to each part.
    case refund(AuditRefundChoice, outcome: AuditOutcome)
    /// The provider speaks of one part of a refund again: the money has arrived, or came back.
    case refundAnswer(refund: String, part: Int, arrived: Bool)
    case dispute(payment: String)
    case disputeWon(payment: String)
    case subscribe(quota: Int64, rate: AuditRate, start: Int64?)
    case cancel
    case renewalFailed
    case renewed
    case changeOwner
    case deleteKey(String)
    // What follows are changes of settings, and the clock: they have no answers to be repeated.
    case addKey(String, limit: Int64?)
    case setKeyLimit(String, Int64?)
    case setFallback(Bool)
    case setSpendingLimit(Int64?)
    case setMonthCap(Int64?)
    case setPrice(model: String, AuditPrice)
    case wait
  }

  /// What sort of event it is: ids are remembered for each sort apart.
  public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    case request, hold, settle, void, topUp, collectPaid, collectDeclined, collectFailed, configure, newCard, script
    case grant, refund, refundPaid, refundFailed, dispute, disputeWon, subscribe, cancel, renewalFailed, renewed
    case changeOwner, deleteKey, addKey, setKeyLimit, setFallback, setSpendingLimit, setMonthCap, setPrice, wait

    /// Whether an allowed event of this kind is answered alike when it comes again.
    public var isRemembered: Bool {
      switch self {
      case .script, .addKey, .setKeyLimit, .setFallback, .setSpendingLimit, .setMonthCap, .setPrice, .wait: false
      default: true
      }
    }
  }

  public var kind: Kind {
    switch act {
    case .request: .request
    case .hold: .hold
    case .settle: .settle
    case .void: .void
    case .topUp: .topUp
    case .paymentAnswer(_, .paid), .paymentAnswer(_, .pending): .collectPaid
    case .paymentAnswer(_, .declined): .collectDeclined
    case .paymentAnswer(_, .failed): .collectFailed
    case .configure: .configure
    case .newCard: .newCard
    case .script: .script
    case .grant: .grant
    case .refund: .refund
    case .refundAnswer(_, _, let arrived): arrived ? .refundPaid : .refundFailed
    case .dispute: .dispute
    case .disputeWon: .disputeWon
    case .subscribe: .subscribe
    case .cancel: .cancel
    case .renewalFailed: .renewalFailed
    case .renewed: .renewed
    case .changeOwner: .changeOwner
    case .deleteKey: .deleteKey
    case .addKey: .addKey
    case .setKeyLimit: .setKeyLimit
    case .setFallback: .setFallback
    case .setSpendingLimit: .setSpendingLimit
    case .setMonthCap: .setMonthCap
    case .setPrice: .setPrice
    case .wait: .wait
    }
  }

  /// What must be the same when the id comes again: not the time, and not what a provider says.
  public var content: Act {
    switch act {
    case .topUp(let amount, let card, _): .topUp(amount: amount, card: card, outcome: .paid)
    case .refund(let choice, _): .refund(choice, outcome: .paid)
    default: act
    }
  }
}

/// What a provider says to a charge or to a refund.
public enum AuditOutcome: String, Hashable, Sendable, CaseIterable {
  case paid, declined, pending, failed
}

/// Tokens of a model, or a cost agreed elsewhere.
public struct AuditUsage: Hashable, Sendable {
  /// Nil: the key is unknown.
  public var key: String?
  public var model: String?
  /// The whole prompt, its cached part included.
  public var input: Int64
  public var cached: Int64
  public var output: Int64
  /// Instead of the model's price.
  public var costing: Int64?

  public init(
    key: String? = nil, model: String? = nil, input: Int64 = 0, cached: Int64 = 0, output: Int64 = 0,
    costing: Int64? = nil
  ) {
    self.key = key
    self.model = model
    self.input = input
    self.cached = cached
    self.output = output
    self.costing = costing
  }
}

/// Rates of a model in pico-dollars a token, which are micro-dollars a million tokens.
public struct AuditPrice: Hashable, Sendable {
  public var input: Int64
  /// Nil: cached input costs what input costs.
  public var cached: Int64?
  public var output: Int64

  public init(input: Int64, cached: Int64? = nil, output: Int64) {
    self.input = input
    self.cached = cached
    self.output = output
  }
}

/// How much quota a plan draws for a standard price: 4/5 is a fifth off.
public struct AuditRate: Hashable, Sendable {
  public var numerator: Int64
  public var denominator: Int64

  public init(_ numerator: Int64 = 1, over denominator: Int64 = 1) {
    self.numerator = numerator
    self.denominator = denominator
  }
}

/// How automatic top-ups are configured; what is nil stays as it was.
public struct AuditTopUpChoice: Hashable, Sendable {
  public enum Preset: String, Hashable, Sendable, CaseIterable {
    case light, regular, heavy, production
  }

  public var isEnabled: Bool
  public var threshold: Int64?
  public var amount: Int64?
  /// Stands behind what is said outright.
  public var preset: Preset?

  public init(isEnabled: Bool, threshold: Int64? = nil, amount: Int64? = nil, preset: Preset? = nil) {
    self.isEnabled = isEnabled
    self.threshold = threshold
    self.amount = amount
    self.preset = preset
  }
}

/// What support sends back.
public struct AuditRefundChoice: Hashable, Sendable {
  /// Nil: the newest payments first.
  public var payment: String?
  public var amount: Int64
  public var approvedBy: String?
  public var reason: String?
  /// As much of the amount as there is, rather than all or nothing.
  public var upTo: Bool

  public init(
    payment: String? = nil, amount: Int64, approvedBy: String? = "support", reason: String? = "asked",
    upTo: Bool = false
  ) {
    self.payment = payment
    self.amount = amount
    self.approvedBy = approvedBy
    self.reason = reason
    self.upTo = upTo
  }
}

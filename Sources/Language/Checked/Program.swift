import Diagnostics
import Values

/// A checked set of policies: everything the engine, the analyses and the tools need, as plain arrays. Indices in one array
/// name entries of another. Order never depends on the order of files: declarations are sorted by full name, buckets by draw.
public struct Program: Sendable {
  public var sources = SourceMap()
  public var policies: [Policy] = []
  public var settings: [Setting] = []
  /// In draw order.
  public var buckets: [Bucket] = []
  public var meters: [Meter] = []
  public var events: [Event] = []
  /// In dependency order: a `let` reads only earlier ones.
  public var lets: [Let] = []
  public var tables: [Table] = []
  public var denials: [Denial] = []
  public var rules: [Rule] = []
  public var promises: [Promise] = []
  /// Conditions of promises about `charge` or `admission` where no event is one: nothing asks them, yet what they read is
  /// no mistake of their author.
  var unasked: [Expr] = []
  public var functions: [FunctionDefinition] = []
  /// What is derived of each payment, sorted by name: `derive payment.refundable = …`.
  public var paymentDerivations: [PaymentDerivation] = []
  /// Which events hold money and answer charges of cards.
  public var roles = Roles()
  /// The instant billing cycles are counted from, a time or none.
  public var cycleAnchor: Expr?
  /// Kinds of lots that `credit … as KIND` names, sorted; a bucket credited without one gets kind 0, `paid`.
  public var lotKinds: [String] = ["paid"]
  /// Words of `notify LEVEL`, sorted.
  public var noticeLevels: [String] = []
  /// Interned names: every name that a table lists or a rule mentions.
  public var names: [String: Int64] = [:]
  /// Names a version of the policy in stores and answers: hexadecimal digits, given by whoever read the texts. Empty for a
  /// program that was made of none.
  public var hash: String = ""

  public init() {}

  /// The interned value of a name, -1 for one that no table or rule mentions.
  public func symbol(_ name: String) -> Int64 { names[name] ?? -1 }
}

/// The events that the program around the rules must know by what their rules do, never by their names.
public struct Roles: Sendable, Hashable {
  /// Its rules hold money; a hold keeps its fields.
  public var hold: Int?
  /// Its rules receive a payment: the provider has the money.
  public var paid: Int?
  /// Its rules close a payment as declined.
  public var declined: Int?
  /// Its rules close a payment as failed: nobody knows why, nothing was charged.
  public var failed: Int?
  /// Its rules confirm that a refund has arrived, or restore one that has not.
  public var refundPaid: Int?
  public var refundFailed: Int?

  /// Those that tell what a payment provider said.
  public var answers: [Int] { [paid, declined, failed, refundPaid, refundFailed].compactMap { $0 } }

  public init() {}
}

/// A number derived of each payment. Reads ``Fact/own(_:number:)`` of payments, settings and the time.
public struct PaymentDerivation: Sendable {
  /// `refundable`
  public var name: String
  public var value: Expr
  public var span: Span

  public init(name: String, value: Expr, span: Span) {
    self.name = name
    self.value = value
    self.span = span
  }
}

public struct Policy: Sendable {
  public var name: String
  public var summary: String
  public var span: Span

  public init(name: String, summary: String, span: Span) {
    self.name = name
    self.summary = summary
    self.span = span
  }
}

public struct Setting: Sendable {
  /// `limits.spending_limit`
  public var name: String
  public var type: QualifiedType
  public var range: ValueRange
  public var scope: Scope
  /// What holds while nobody set it; the last entry whose `from` (microseconds) is not after the time in question. The first has `from == Int64.min`.
  public var defaults: [(from: Int64, value: Int64)]
  /// Conditions a new value must meet, over settings only, with the text shown if not (`{minimum}` is replaced by that setting's value).
  public var conditions: [(condition: Expr, text: String)]
  public var span: Span

  public init(
    name: String, type: QualifiedType, range: ValueRange, scope: Scope, defaults: [(from: Int64, value: Int64)],
    conditions: [(condition: Expr, text: String)] = [], span: Span
  ) {
    self.name = name
    self.type = type
    self.range = range
    self.scope = scope
    self.defaults = defaults
    self.conditions = conditions
    self.span = span
  }
}

public struct Bucket: Sendable {
  public var name: String
  /// Its place in the waterfall, lowest first.
  public var draw: Int64
  /// A bucket that is filled anew each window to an allowance; nil: money stays until it is spent.
  public var resets: (window: WindowKind, allowance: Expr)?
  public var keepsLots: Bool
  /// The plan's discount: ⌈need × rate⌉ is drawn for what costs `need` at standard rates, in steps of `rateStep`.
  public var rate: Expr?
  /// Nano-dollars; what is drawn at the rate, and what then remains at standard rates, is rounded up to a multiple of it.
  public var rateStep: Int64 = 1
  /// The denial when an event falls short of this bucket's last cent.
  public var denial: Int?
  /// Which lots burn first, `grants_first | oldest_first`, read from global settings; nil: grants first.
  public var lotOrder: Expr?
  /// The type of that: what somebody was given burns before what they paid for, or whatever came first does.
  public static let lotOrders = ValueType.enumeration(["grants_first", "oldest_first"])
  public var span: Span

  public init(
    name: String, draw: Int64, resets: (window: WindowKind, allowance: Expr)? = nil, keepsLots: Bool = false,
    rate: Expr? = nil, denial: Int? = nil, span: Span
  ) {
    self.name = name
    self.draw = draw
    self.resets = resets
    self.keepsLots = keepsLots
    self.rate = rate
    self.denial = denial
    self.span = span
  }
}

public struct Meter: Sendable {
  public var name: String
  public var measure: Measure
  public var window: WindowKind
  /// The event that sets it back to zero.
  public var since: Int?
  /// `.account` or `.key`.
  public var scope: Scope
  public var type: ValueType
  public var range: ValueRange
  public var span: Span

  public enum Measure: Sendable {
    /// What events paid in all, at standard rates.
    case payments
    /// What was drawn from a bucket.
    case bucketPayments(Int)
    /// A sum over allowed events of one kind.
    case sum(Expr, event: Int)
    case count(event: Int)
  }

  public init(
    name: String, measure: Measure, window: WindowKind, since: Int? = nil, scope: Scope = .account, type: ValueType,
    range: ValueRange, span: Span
  ) {
    self.name = name
    self.measure = measure
    self.window = window
    self.since = since
    self.scope = scope
    self.type = type
    self.range = range
    self.span = span
  }
}

public struct Event: Sendable {
  /// Event names are global: `request`.
  public var name: String
  public var policy: Int
  public var summary: String
  /// Declared fields first, derived ones after them.
  public var fields: [Field]
  /// How many of `fields` are given with the event; the rest are derived.
  public var givenCount: Int
  /// The derived fields in an order in which each reads only given ones and earlier ones.
  public var derivationOrder: [Int] = []
  /// The field that names the API key, if any: per-key settings and meters are read through it.
  public var keyField: Int?
  /// The field that names a hold whose key counts as this event's, where the event names none itself.
  public var keyThrough: Int?
  /// Whether it says which key it is about, so that what is kept per key can be read and changed.
  public var hasKey: Bool { keyField != nil || keyThrough != nil }
  /// The denial for a field outside its declared range.
  public var outOfRange: Int?
  public var span: Span

  public struct Field: Sendable {
    public var name: String
    public var type: QualifiedType
    public var range: ValueRange
    /// The value when the event does not give it; nil: it must be given. Optional fields default to none.
    public var value: Int64?
    /// How a derived field is computed.
    public var derivation: Expr?
    /// The denial for this field outside its range, before that of the event.
    public var outOfRange: Int?
    public var span: Span

    public init(
      name: String, type: QualifiedType, range: ValueRange, value: Int64? = nil, derivation: Expr? = nil, span: Span
    ) {
      self.name = name
      self.type = type
      self.range = range
      self.value = value
      self.derivation = derivation
      self.span = span
    }
  }

  public init(
    name: String, policy: Int, summary: String, fields: [Field], givenCount: Int, keyField: Int? = nil,
    outOfRange: Int? = nil, span: Span
  ) {
    self.name = name
    self.policy = policy
    self.summary = summary
    self.fields = fields
    self.givenCount = givenCount
    derivationOrder = Array(givenCount..<max(givenCount, fields.count))
    self.keyField = keyField
    self.outOfRange = outOfRange
    self.span = span
  }
}

public struct Let: Sendable {
  /// `topup.can_charge`
  public var name: String
  public var value: Expr
  public var span: Span

  public init(name: String, value: Expr, span: Span) {
    self.name = name
    self.value = value
    self.span = span
  }
}

/// A decision table. Every cell is an inclusive range of integers, so gaps, overlaps and look-ups are interval questions.
public struct Table: Sendable {
  public var name: String
  public var hit: HitPolicy
  public var inputs: [Column]
  public var outputs: [Column]
  public var rows: [Row]
  /// Row by the symbol of a single `name` column, for lists as long as a price list.
  public var rowBySymbol: [Int64: Int] = [:]
  public var span: Span

  public enum HitPolicy: String, Sendable, Hashable {
    /// Exactly one row covers every value.
    case unique
    /// The first row that covers the value counts.
    case first
  }

  public struct Column: Sendable {
    public var name: String
    public var type: QualifiedType
    public var range: ValueRange

    public init(name: String, type: QualifiedType, range: ValueRange) {
      self.name = name
      self.type = type
      self.range = range
    }
  }

  public struct Row: Sendable {
    public var cells: [(low: Int64, high: Int64)]
    public var values: [Int64]
    public var span: Span

    public init(cells: [(low: Int64, high: Int64)], values: [Int64], span: Span) {
      self.cells = cells
      self.values = values
      self.span = span
    }
  }

  public init(name: String, hit: HitPolicy, inputs: [Column], outputs: [Column], rows: [Row], span: Span) {
    self.name = name
    self.hit = hit
    self.inputs = inputs
    self.outputs = outputs
    self.rows = rows
    self.span = span
  }
}

public struct Denial: Sendable {
  /// Codes are global: `quota_exceeded`.
  public var code: String
  public var policy: Int
  /// The HTTP status the caller gets.
  public var status: Int64
  /// Of several denials the lowest rank is shown. Ranks are unique.
  public var rank: Int64
  public var text: String
  public var span: Span

  public init(code: String, policy: Int, status: Int64, rank: Int64, text: String, span: Span) {
    self.code = code
    self.policy = policy
    self.status = status
    self.rank = rank
    self.text = text
    self.span = span
  }
}

public struct Rule: Sendable {
  /// `limits.cycle_limit`
  public var name: String
  public var policy: Int
  public var kind: Kind
  /// The top-level `and` terms of its condition, in the order they are tried; empty: it always holds.
  public var clauses: [Expr]
  public var effects: [Effect]
  public var span: Span

  public enum Kind: Sendable {
    case deny(events: [Int], denial: Int)
    case gate(bucket: Int, denial: Int)
    /// `bucket` nil caps the total. `limit` may be none: no cap.
    case cap(bucket: Int?, limit: Expr, denial: Int)
    case on(events: [Int])
    case beforeDenial(denial: Int)
    case after(events: [Int])
  }

  public init(name: String, policy: Int, kind: Kind, clauses: [Expr], effects: [Effect] = [], span: Span) {
    self.name = name
    self.policy = policy
    self.kind = kind
    self.clauses = clauses
    self.effects = effects
    self.span = span
  }
}

public struct Promise: Sendable {
  /// `limits: no request takes PAYG spending past the limit`, unique.
  public var text: String
  public var policy: Int
  public var condition: Expr
  /// The events after which it must hold; empty: after every one.
  public var events: [Int]
  public var span: Span

  public init(text: String, policy: Int, condition: Expr, events: [Int], span: Span) {
    self.text = text
    self.policy = policy
    self.condition = condition
    self.events = events
    self.span = span
  }
}

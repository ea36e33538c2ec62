import Diagnostics
import Language

/// One parsed scenario file: its scenarios in the order they stand.
public struct ScenarioFile: Sendable {
  /// Index of the file's text in the source map.
  public var source: Int32
  public var scenarios: [ScenarioSyntax]

  public init(source: Int32, scenarios: [ScenarioSyntax]) {
    self.source = source
    self.scenarios = scenarios
  }
}

/// `scenario "title"` and the lines below it.
public struct ScenarioSyntax: Sendable {
  public var title: QuotedText
  /// `needs holds, topup` behind the title: the families it also speaks of, and is left out without.
  public var needs: [Identifier] = []
  /// `skip "reason"` behind the title.
  public var skip: QuotedText?
  /// `at TIME`, where the clock starts.
  public var start: ExprSyntax?
  public var steps: [StepSyntax]
  public var span: Span
  /// Some line of it could not be read: it must not run.
  public var isBroken = false

  public init(
    title: QuotedText, skip: QuotedText? = nil, start: ExprSyntax? = nil, steps: [StepSyntax] = [], span: Span
  ) {
    self.title = title
    self.skip = skip
    self.start = start
    self.steps = steps
    self.span = span
  }
}

/// One thing a scenario states, does or checks. A line holds one event, or any number of the others behind commas.
public struct StepSyntax: Sendable {
  public var kind: Kind
  /// From the first to the last word of it, the line's keyword aside.
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public enum Kind: Sendable {
    case given(GivenSyntax)
    case when(DeedSyntax)
    case then(CheckSyntax)
  }
}

/// What a `given` line states.
public enum GivenSyntax: Sendable {
  /// `plan_quota 1000 units`, `balance is $5 promo`, `key_limit is $3 for key bob`
  case value(AssignmentSyntax)
  /// `key bob with key_limit $5 and key_spent_ever $1`
  case key(Identifier, [AssignmentSyntax])
  /// `table price "mini" is $0.15 per 1M tokens, none, $0.60 per 1M tokens`
  case row(table: Identifier, cells: [ExprSyntax], values: [ExprSyntax])
  /// `payment "p1" $20 card visa with $7.50 spent`
  case payment(PaymentSyntax)
  /// `provider declines 3 times`: what it says to the next questions.
  case provider(answer: Identifier, times: ExprSyntax?)
}

/// `payment ID AMOUNT [card NAME] [with AMOUNT spent]`: what a customer paid before the scenario begins.
public struct PaymentSyntax: Sendable {
  public var id: Identifier
  public var amount: ExprSyntax
  public var card: Identifier?
  public var spent: ExprSyntax?

  public init(id: Identifier, amount: ExprSyntax, card: Identifier? = nil, spent: ExprSyntax? = nil) {
    self.id = id
    self.amount = amount
    self.card = card
    self.spent = spent
  }
}

/// `NAME [is] VALUE [LOT KIND] [for key KEY]`, of a setting, a bucket or a meter.
public struct AssignmentSyntax: Sendable {
  /// One word, or a family and a word.
  public var name: [Identifier]
  /// Whether `global` stands before it.
  public var isGlobal: Bool
  public var value: ExprSyntax
  public var lotKind: Identifier?
  public var key: Identifier?

  public init(
    name: [Identifier], isGlobal: Bool = false, value: ExprSyntax, lotKind: Identifier? = nil, key: Identifier? = nil
  ) {
    self.name = name
    self.isGlobal = isGlobal
    self.value = value
    self.lotKind = lotKind
    self.key = key
  }

  public var span: Span { (name.first?.span ?? value.span).joined(with: name.last?.span ?? value.span) }
  /// The name as written, its parts joined by dots.
  public var text: String { name.map(\.text).joined(separator: ".") }
}

/// What a `when` line does.
public enum DeedSyntax: Sendable {
  /// `request costing 150 units, key bob as "r1" at 2026-01-10 14:02`
  case event(EventSyntaxLine)
  /// `clock to 2026-02-01`
  case clockTo(ExprSyntax)
  /// `clock forward 1 hour`
  case clockForward(ExprSyntax)
  /// `set limits.spending_limit to $80`: a change of a setting, which may be refused.
  case set(AssignmentSyntax)
}

/// An event with its fields.
public struct EventSyntaxLine: Sendable {
  public var event: Identifier
  public var fields: [Field]
  public var id: QuotedText?
  public var time: ExprSyntax?

  public struct Field: Sendable {
    /// nil where a bare value stands: it goes to the first field of its type that has none.
    public var name: Identifier?
    public var value: ExprSyntax

    public init(name: Identifier?, value: ExprSyntax) {
      self.name = name
      self.value = value
    }
  }

  public init(event: Identifier, fields: [Field] = [], id: QuotedText? = nil, time: ExprSyntax? = nil) {
    self.event = event
    self.fields = fields
    self.id = id
    self.time = time
  }
}

/// What a `then` line checks about the last event.
public enum CheckSyntax: Sendable {
  case allowed
  /// `denied with CODE by RULE`
  case denied(code: Identifier?, rule: [Identifier])
  /// `refused "text"`: the settings change was refused, or the event was a fault.
  case refused(QuotedText?)
  case conflict
  case replayed
  /// The answer depends on the payment provider, which has not said yet.
  case waiting
  /// `BUCKET pays AMOUNT`
  case pays(bucket: [Identifier], amount: ExprSyntax)
  /// `collects $50 from visa`; without an amount `collects nothing`
  case collects(ExprSyntax?, card: Identifier?)
  /// `refunds $5 to visa`; without an amount `refunds nothing`
  case refunds(ExprSyntax?, card: Identifier?)
  /// `absorbs $0.10`; without an amount `absorbs nothing`
  case absorbs(ExprSyntax?)
  case notified(Identifier)
  case noNotice
  /// `rule NAME fired`, `rule NAME not fired`
  case fired(rule: [Identifier], Bool)
  /// `unspent of payment "t1" is $5`
  case number(RecordNumberSyntax)
  /// Any condition of the rule language, read for a key where one is named.
  case holds(ExprSyntax, key: Identifier?)
}

/// `NUMBER of hold ID is VALUE`: a number of a hold, a payment or a refund, compared.
public struct RecordNumberSyntax: Sendable {
  public var number: Identifier
  /// `hold`, `payment` or `refund`.
  public var kind: Identifier
  public var id: Identifier
  public var comparison: Comparison
  public var value: ExprSyntax

  public init(
    number: Identifier, kind: Identifier, id: Identifier, comparison: Comparison, value: ExprSyntax
  ) {
    self.number = number
    self.kind = kind
    self.id = id
    self.comparison = comparison
    self.value = value
  }

  public var span: Span { number.span.joined(with: id.span) }
}

import Diagnostics
import Values

/// A word the author wrote, with its place.
public struct Identifier: Sendable, Hashable {
  public var text: String
  public var span: Span

  public init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

/// A quoted text the author wrote; `text` has its escapes resolved.
public struct QuotedText: Sendable, Hashable {
  public var text: String
  public var span: Span

  public init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

/// One parsed rule file: its declarations in the order they stand.
public struct FileSyntax: Sendable {
  /// Index of the file's text in the source map.
  public var source: Int32
  public var declarations: [DeclarationSyntax]

  public init(source: Int32, declarations: [DeclarationSyntax]) {
    self.source = source
    self.declarations = declarations
  }
}

/// One top-level declaration. `span` covers all of it, from the keyword to its last token.
public struct DeclarationSyntax: Sendable {
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public enum Kind: Sendable {
    case policy(name: Identifier, summary: QuotedText)
    case setting(SettingSyntax)
    case bucket(BucketSyntax)
    case meter(MeterSyntax)
    case event(EventSyntax)
    case derive(event: Identifier, field: Identifier, value: ExprSyntax)
    case constant(name: Identifier, value: ExprSyntax)
    case table(TableSyntax)
    case denial(DenialSyntax)
    case promise(PromiseSyntax)
    case cycle(anchor: ExprSyntax)
    case rule(RuleSyntax)
    case reform(ReformSyntax)
  }
}

/// `setting NAME : TYPE [in LOW..HIGH] = EXPR [scope] {must COND else "text"} {from DATE EXPR}`
public struct SettingSyntax: Sendable {
  public var name: Identifier
  public var type: TypeSyntax
  public var range: (low: ExprSyntax, high: ExprSyntax)?
  public var value: ExprSyntax
  public var scope: ScopeSyntax?
  public var conditions: [(condition: ExprSyntax, text: QuotedText)]
  public var dated: [(from: ExprSyntax, value: ExprSyntax)]

  public init(
    name: Identifier, type: TypeSyntax, value: ExprSyntax, scope: ScopeSyntax? = nil,
    conditions: [(condition: ExprSyntax, text: QuotedText)] = [],
    dated: [(from: ExprSyntax, value: ExprSyntax)] = []
  ) {
    self.name = name
    self.type = type
    self.value = value
    self.scope = scope
    self.conditions = conditions
    self.dated = dated
  }
}

/// Whose value a setting or a meter is.
public struct ScopeSyntax: Sendable {
  public var scope: Scope
  public var span: Span

  public init(_ scope: Scope, _ span: Span) {
    self.scope = scope
    self.span = span
  }
}

/// Whose value a setting or a meter is: one for all, one an account, one an API key.
public enum Scope: String, Sendable, Hashable, CaseIterable {
  case global
  case account
  case key
}

/// A type as written: a word (`money`) or the members of an enum (`up | down`), `or none`.
public struct TypeSyntax: Sendable {
  public var names: [Identifier]
  public var orNone: Bool
  public var span: Span

  /// One name that is a builtin type, or two and more members joined by `|`.
  public init(names: [Identifier], orNone: Bool, span: Span) {
    self.names = names
    self.orNone = orNone
    self.span = span
  }
}

/// `bucket NAME draw N [resets each WINDOW to EXPR] [keeps lots [by EXPR]] [rate EXPR round up to AMOUNT] [else CODE]`
public struct BucketSyntax: Sendable {
  public var name: Identifier
  public var draw: LiteralInteger
  public var resets: (window: Identifier, allowance: ExprSyntax)?
  public var keepsLots: Bool
  /// Which lots burn first; nil where nothing is written (grants first).
  public var lotOrder: ExprSyntax?
  public var rate: ExprSyntax?
  /// What is drawn at the rate is rounded up to a multiple of this.
  public var rateStep: ExprSyntax?
  /// The denial when a request falls short of this bucket's last cent.
  public var denial: Identifier?

  public init(
    name: Identifier, draw: LiteralInteger, resets: (window: Identifier, allowance: ExprSyntax)? = nil,
    keepsLots: Bool = false, rate: ExprSyntax? = nil, denial: Identifier? = nil
  ) {
    self.name = name
    self.draw = draw
    self.resets = resets
    self.keepsLots = keepsLots
    self.rate = rate
    self.denial = denial
  }
}

/// A bare whole number where the grammar wants one (`draw 20`, `rank 70`, `402`).
public struct LiteralInteger: Sendable, Hashable {
  public var value: Int64
  public var span: Span

  public init(_ value: Int64, _ span: Span) {
    self.value = value
    self.span = span
  }
}

/// `meter NAME = MEASURE [each WINDOW | ever] [since EVENT] [per account | per key]`
public struct MeterSyntax: Sendable {
  public var name: Identifier
  public var measure: Measure
  /// `hour`, `day`, `week`, `month`, `cycle` or `ever`; nil where none is written (`ever`).
  public var window: Identifier?
  public var since: Identifier?
  public var scope: ScopeSyntax?

  public enum Measure: Sendable {
    /// `sum of payments`
    case payments(Span)
    /// `sum of BUCKET payments`
    case bucketPayments(Identifier)
    /// `sum of EXPR on EVENT`
    case sum(ExprSyntax, event: Identifier)
    /// `count of EVENT`
    case count(event: Identifier)
  }

  public init(
    name: Identifier, measure: Measure, window: Identifier? = nil, since: Identifier? = nil,
    scope: ScopeSyntax? = nil
  ) {
    self.name = name
    self.measure = measure
    self.window = window
    self.since = since
    self.scope = scope
  }
}

/// `event NAME ["summary"] FIELD: TYPE [in LOW..HIGH] [= DEFAULT] [else CODE] … [otherwise CODE]`
public struct EventSyntax: Sendable {
  public var name: Identifier
  public var summary: QuotedText?
  public var fields: [Field]
  /// The denial an event gets when one of its fields is outside its declared range.
  public var otherwise: Identifier?

  public struct Field: Sendable {
    public var name: Identifier
    public var type: TypeSyntax
    public var range: (low: ExprSyntax, high: ExprSyntax)?
    public var value: ExprSyntax?
    /// The denial an event gets when this field is outside its range, before that of the event.
    public var denial: Identifier?

    public init(
      name: Identifier, type: TypeSyntax, range: (low: ExprSyntax, high: ExprSyntax)? = nil,
      value: ExprSyntax? = nil, denial: Identifier? = nil
    ) {
      self.name = name
      self.type = type
      self.range = range
      self.value = value
      self.denial = denial
    }
  }

  public init(name: Identifier, summary: QuotedText? = nil, fields: [Field] = [], otherwise: Identifier? = nil) {
    self.name = name
    self.summary = summary
    self.fields = fields
    self.otherwise = otherwise
  }
}

/// `table NAME [unique | first] by COLUMN: TYPE, … gives COLUMN: TYPE, … (from "FILE.csv" | row CELL, … -> VALUE, … )`
public struct TableSyntax: Sendable {
  public var name: Identifier
  /// `unique` or `first`; nil where none is written (`unique`).
  public var hitPolicy: Identifier?
  public var inputs: [Column]
  public var outputs: [Column]
  public var file: QuotedText?
  public var rows: [Row]

  public struct Column: Sendable {
    public var name: Identifier
    public var type: TypeSyntax

    public init(name: Identifier, type: TypeSyntax) {
      self.name = name
      self.type = type
    }
  }

  public struct Row: Sendable {
    public var cells: [Cell]
    public var values: [ExprSyntax]
    public var span: Span

    public init(cells: [Cell], values: [ExprSyntax], span: Span) {
      self.cells = cells
      self.values = values
      self.span = span
    }
  }

  /// What one column of a row covers.
  public struct Cell: Sendable {
    public var kind: Kind
    public var span: Span

    public enum Kind: Sendable {
      /// `any`
      case any
      /// `$5`, `pro`, `"gpt-4o"`, `on`
      case equal(ExprSyntax)
      /// `> $20`, `<= 5`
      case compare(BinaryOperator, ExprSyntax)
      /// `$5 to $10` (both ends belong), `$5 to below $10` (the upper end does not)
      case between(ExprSyntax, ExprSyntax, upperBelongs: Bool)
    }

    public init(_ kind: Kind, _ span: Span) {
      self.kind = kind
      self.span = span
    }
  }

  public init(
    name: Identifier, hitPolicy: Identifier? = nil, inputs: [Column], outputs: [Column], file: QuotedText? = nil,
    rows: [Row] = []
  ) {
    self.name = name
    self.hitPolicy = hitPolicy
    self.inputs = inputs
    self.outputs = outputs
    self.file = file
    self.rows = rows
  }
}

/// `denial CODE STATUS rank N "what the caller reads"`
public struct DenialSyntax: Sendable {
  public var code: Identifier
  public var status: LiteralInteger
  public var rank: LiteralInteger
  public var text: QuotedText

  public init(code: Identifier, status: LiteralInteger, rank: LiteralInteger, text: QuotedText) {
    self.code = code
    self.status = status
    self.rank = rank
    self.text = text
  }
}

/// `always COND [on EVENT, …] "the promise in words"`
public struct PromiseSyntax: Sendable {
  public var condition: ExprSyntax
  public var events: [Identifier]
  public var text: QuotedText

  public init(condition: ExprSyntax, events: [Identifier], text: QuotedText) {
    self.condition = condition
    self.events = events
    self.text = text
  }
}

/// A rule of any kind; its name is what traces, coverage and diffs cite.
public struct RuleSyntax: Sendable {
  public var kind: Kind
  public var name: Identifier
  public var condition: ExprSyntax?
  public var effects: [EffectSyntax]

  public enum Kind: Sendable {
    /// `deny EVENT, … rule NAME when COND with CODE`
    case deny(events: [Identifier], code: Identifier)
    /// `gate BUCKET rule NAME when COND else CODE`
    case gate(bucket: Identifier, code: Identifier)
    /// `cap BUCKET|total rule NAME at EXPR [when COND] else CODE`
    case cap(target: Identifier, limit: ExprSyntax, code: Identifier)
    /// `on EVENT, … rule NAME [when COND] EFFECT …`
    case on(events: [Identifier])
    /// `before denial CODE rule NAME [when COND] EFFECT …`
    case beforeDenial(code: Identifier)
    /// `after EVENT, … rule NAME [when COND] EFFECT …`
    case after(events: [Identifier])
  }

  public init(kind: Kind, name: Identifier, condition: ExprSyntax?, effects: [EffectSyntax] = []) {
    self.kind = kind
    self.name = name
    self.condition = condition
    self.effects = effects
  }
}

/// `VERB [EXPR] [PREPOSITION EXPR] …`: which arguments a verb takes is the effect's own declaration.
public struct EffectSyntax: Sendable {
  public var verb: Identifier
  public var arguments: [Argument]
  public var span: Span

  public struct Argument: Sendable {
    /// `to`, `from`, `for`, `as`, `with`, `of`, `by`, `because`; nil for the argument right after the verb.
    public var label: Identifier?
    public var value: ExprSyntax

    public init(label: Identifier?, value: ExprSyntax) {
      self.label = label
      self.value = value
    }
  }

  public init(verb: Identifier, arguments: [Argument], span: Span) {
    self.verb = verb
    self.arguments = arguments
    self.span = span
  }
}

/// `reform "title" over "folder"` and its changes: an overlay that tries a policy change without copying files.
public struct ReformSyntax: Sendable {
  public var title: QuotedText
  public var base: QuotedText?
  public var changes: [Change]

  public struct Change: Sendable {
    public var kind: Kind
    public var span: Span

    public enum Kind: Sendable {
      /// `FAMILY.SETTING default EXPR`
      case settingDefault(Identifier, Identifier, ExprSyntax)
      /// `FAMILY.RULE when COND`
      case ruleCondition(Identifier, Identifier, ExprSyntax)
      /// `FAMILY.RULE at EXPR`
      case capLimit(Identifier, Identifier, ExprSyntax)
      /// `FAMILY.RULE else CODE` / `FAMILY.RULE with CODE`
      case ruleDenial(Identifier, Identifier, Identifier)
      /// `without FAMILY.RULE`
      case without(Identifier, Identifier)
    }

    public init(_ kind: Kind, _ span: Span) {
      self.kind = kind
      self.span = span
    }
  }

  public init(title: QuotedText, base: QuotedText?, changes: [Change]) {
    self.title = title
    self.base = base
    self.changes = changes
  }
}

import Diagnostics
import Values

/// What plugins bring to the language: the functions and effects a rule may use.
public struct Vocabulary: Sendable {
  public var functions: [FunctionDefinition]
  public var effects: [EffectDefinition]
  /// Words that some known plugin offers, though it is not loaded: word → plugin. Lets a diagnostic say who has it.
  public var offeredElsewhere: [String: String]

  public init(
    functions: [FunctionDefinition] = [], effects: [EffectDefinition] = [], offeredElsewhere: [String: String] = [:]
  ) {
    self.functions = functions
    self.effects = effects
    self.offeredElsewhere = offeredElsewhere
  }
}

/// A pure, total function over integers with declared units and ranges.
///
/// The checker refuses arguments outside their declared ranges, and the engine turns a result outside `result.range` into a
/// fault, so a faulty plugin cannot bend a decision unseen.
public struct FunctionDefinition: Sendable {
  public var name: String
  /// One sentence for people; shown by `payg plugins`, completion and help.
  public var summary: String
  public var parameters: [Parameter]
  public var result: Parameter
  /// A line of rule language and what it yields, run as a test: `("days_between(2026-01-01, 2026-01-31)", "30")`.
  public var example: (expression: String, result: String)
  public var body: @Sendable (UnsafeBufferPointer<Int64>) -> Int64
  /// The plugin that brought it.
  public var plugin: String = ""

  public struct Parameter: Sendable {
    public var name: String
    public var type: QualifiedType
    public var range: ValueRange

    public init(_ name: String, _ type: ValueType, isOptional: Bool = false, range: ValueRange? = nil) {
      self.name = name
      self.type = QualifiedType(type, isOptional: isOptional)
      self.range = range ?? type.naturalRange
    }
  }

  public init(
    name: String, summary: String, parameters: [Parameter], result: Parameter,
    example: (expression: String, result: String), body: @escaping @Sendable (UnsafeBufferPointer<Int64>) -> Int64
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.result = result
    self.example = example
    self.body = body
  }
}

/// A verb a rule may use, and how it becomes ledger instructions.
///
/// Effects are open, instructions are closed: `lower` runs once, when the policy is checked, and can only build operations of
/// the closed set out of the author's own expressions. So a plugin can ask, only the ledger moves money, and every analysis
/// sees through a plugin's effect as through a builtin one.
public struct EffectDefinition: Sendable {
  public var verb: String
  public var summary: String
  public var fields: [Field]
  /// A rule that uses it, run as a test of the plugin: must check without a diagnostic.
  public var example: String
  /// Makes operations of checked arguments. It cannot refuse them: what an argument may be is said by the kind of its field.
  public var lower: @Sendable (EffectArguments) -> [Operation]
  /// How it draws on the buckets, if it does: which events pay and hold is known before any rule is checked, so that gates,
  /// caps and the words `charge` and `admission` are about the events that use it. A rule whose operations draw otherwise
  /// is refused.
  public var draws: Draw?
  public var plugin: String = ""

  public struct Field: Sendable {
    /// The preposition before it; nil for the argument right after the verb.
    public var label: String?
    public var name: String
    public var kind: Kind
    public var isRequired: Bool

    public enum Kind: Sendable {
      /// An expression of this type.
      case value(ValueType)
      /// A bucket's name.
      case bucket
      /// A free word: a kind of lot, a level.
      case word
      /// One of these words, such as `declined`. Any other is an error that lists them.
      case words([String])
      /// `SETTING = EXPR`.
      case assignment
      /// A denial's code.
      case denial
      /// A field of the event that names a record of this kind. Where it is not required it may be none.
      case record(RecordKind)
      /// An amount of money about each payment in turn: `payment.refundable`.
      case eachPayment
    }

    public init(_ label: String?, _ name: String, _ kind: Kind, isRequired: Bool = true) {
      self.label = label
      self.name = name
      self.kind = kind
      self.isRequired = isRequired
    }
  }

  public init(
    verb: String, summary: String, fields: [Field], example: String, draws: Draw? = nil,
    lower: @escaping @Sendable (EffectArguments) -> [Operation]
  ) {
    self.verb = verb
    self.summary = summary
    self.fields = fields
    self.example = example
    self.draws = draws
    self.lower = lower
  }
}

extension EffectDefinition {
  /// How it is written: `collect AMOUNT from CARD for BUCKET [else CODE]`. What may be left out stands in brackets.
  public var signature: String {
    fields.reduce(into: verb) { text, field in
      var shown = field.name.uppercased()
      if case .words(let allowed) = field.kind { shown = allowed.joined(separator: "|") }
      let words = (field.label.map { "\($0) " } ?? "") + shown
      text += field.isRequired ? " \(words)" : " [\(words)]"
    }
  }
}

/// The checked arguments of one use of an effect.
public struct EffectArguments: Sendable {
  public var values: [String: Expr] = [:]
  public var buckets: [String: Int] = [:]
  public var words: [String: String] = [:]
  public var assignment: (setting: Int, value: Expr)?
  public var denials: [String: Int] = [:]

  public init() {}
}

/// One use of an effect in a rule.
public struct Effect: Sendable {
  public var verb: String
  public var operations: [Operation]
  public var span: Span

  public init(verb: String, operations: [Operation], span: Span) {
    self.verb = verb
    self.operations = operations
    self.span = span
  }
}

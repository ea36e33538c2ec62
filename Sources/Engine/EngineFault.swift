import Ledger

/// Why an event could not be decided at all. Nothing was changed.
public enum EngineFault: Error, Sendable, Hashable {
  /// The ledger refused a movement: a number would pass its declared range.
  case ledger(LedgerFault)
  /// No event of the program has this index or name.
  case unknownEvent(String)
  /// A field is missing, unknown or given twice.
  case field(event: String, field: String, problem: String)
  /// A field is outside its declared range, and the event names no denial for that.
  case fieldOutOfRange(event: String, field: String, value: String, range: String)
  /// The time is outside the years 1970 to 9999.
  case timeOutOfRange(Int64)
  /// Two rules asked for a payment in one decision.
  case twoPayments(first: String, second: String)
  /// A plugin's function returned a value outside the range it declares.
  case functionOutOfRange(function: String, value: Int64)
  /// A setting, bucket, meter, key or other name that the program or the account does not have.
  case unknownName(String)
  /// The account was made for another policy.
  case foreignAccount

  /// What happened, for people.
  public var message: String {
    switch self {
    case .ledger(let fault): fault.message
    case .unknownEvent(let name): "there is no event `\(name)`"
    case .field(let event, let field, let problem): "`\(event).\(field)` \(problem)"
    case .fieldOutOfRange(let event, let field, let value, let range):
      "`\(event).\(field)` is \(value), outside its range \(range)"
    case .timeOutOfRange(let time): "the time \(time) microseconds is outside the years 1970 to 9999"
    case .twoPayments(let first, let second): "`\(first)` and `\(second)` both pay for one event"
    case .functionOutOfRange(let function, let value): "`\(function)` returned \(value), outside the range it declares"
    case .unknownName(let name): "there is no `\(name)` here"
    case .foreignAccount: "the account was made for another policy"
    }
  }
}

/// Why a program could not be compiled. The checker refuses such programs with a place and a help; this is the last guard.
public enum CompileError: Error, Sendable, Hashable {
  case tooManyRegisters(event: String)
  case tooManyInstructions(event: String)
  case expressionTooDeep(place: String)
  case tooManyArguments(function: String)
  case quantumOutOfRange(place: String)
  /// A reaction or a rescue cannot pay: only `on` rules go through the waterfall.
  case payOutsideOn(rule: String)
  /// An effect in a kind of rule that cannot do it, or beside another that rules it out.
  case misplaced(rule: String, effect: String)
  /// An event of one account cannot change a setting that serves all.
  case setsGlobal(rule: String, setting: String)
  /// The rules of one event pay, hold and settle: more than one of it.
  case mixesMovements(event: String)
  /// An index that names nothing.
  case danglingIndex(place: String)

  public var message: String {
    switch self {
    case .tooManyRegisters(let event):
      "the rules of `\(event)` need more than \(EngineLimits.registers) values at once"
    case .tooManyInstructions(let event):
      "the rules of `\(event)` compile to more than \(EngineLimits.instructions) instructions"
    case .expressionTooDeep(let place): "`\(place)` nests deeper than \(EngineLimits.expressionDepth)"
    case .tooManyArguments(let function): "`\(function)` has more than \(EngineLimits.arguments) arguments"
    case .quantumOutOfRange(let place): "`\(place)` rounds to a step the engine cannot compute"
    case .payOutsideOn(let rule): "`\(rule)` pays, which only an `on` rule can"
    case .misplaced(let rule, let effect):
      "`\(rule)` cannot `\(effect)`: no rule of its kind can, or not beside what else it does"
    case .setsGlobal(let rule, let setting): "`\(rule)` sets `\(setting)`, which serves every account"
    case .mixesMovements(let event): "the rules of `\(event)` do more than one of pay, hold and settle"
    case .danglingIndex(let place): "`\(place)` refers to something the program does not have"
    }
  }
}

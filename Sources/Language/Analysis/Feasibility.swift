import Values

/// Decides whether conditions can hold together.
///
/// Conditions are split into cases (an `or`, an `if`, a `min`, the rows of a small table), and each case is a set of linear
/// rows over whole numbers between the declared ends of the facts. Prices, calls, long tables and comparisons of ratios are
/// not opened up: each is a number that could be anything in its range. So `impossible` is a proof, and `possible` is
/// only said of facts at which every condition was evaluated and found to be so.
public struct Feasibility: Sendable {
  /// Conditions taken apart and cases tried for one question. A policy's rules take tens; only a puzzle takes more.
  public static let stepLimit = 20_000
  /// Values an expression may have case by case before it is kept as one opaque number.
  static let caseLimit = 64
  /// Expressions opened inside expressions, through lets too, before the rest is kept as one opaque number.
  static let depthLimit = 64
  /// Choices open within one another. Each is a level of the call stack.
  static let choiceLimit = 128
  /// Rows of a table that are told apart. A longer table is a price list, and its values are not decided by conditions.
  static let rowLimit = 64

  public let program: Program
  let forms: LinearForms

  public init(_ program: Program) {
    self.program = program
    forms = LinearForms(program)
  }

  /// A condition and whether it should hold.
  public struct Claim: Sendable {
    public var condition: Expr
    public var holds: Bool

    public init(_ condition: Expr, _ holds: Bool = true) {
      self.condition = condition
      self.holds = holds
    }
  }

  public enum Answer: Sendable {
    /// No facts within their declared ranges make every claim true.
    case impossible
    /// These facts make every claim true.
    case possible(Witness)
    /// Neither was found within the limits.
    case unknown

    public var isImpossible: Bool { if case .impossible = self { true } else { false } }

    /// The facts found, if any.
    public var witness: Witness? { if case .possible(let witness) = self { witness } else { nil } }
  }

  /// Whether all claims can be true at once.
  ///
  /// A derived field is first taken as any value of its range; only where that leaves the claims possible is its formula
  /// looked into.
  public func ask(_ claims: [Claim]) -> Answer {
    let answer = Query(self, claims, opensDerivations: false).answer()
    guard !answer.isImpossible else { return answer }
    let derived = FactsRead(claims.map(\.condition), in: program).facts.contains { program.derivation(of: $0) != nil }
    guard derived else { return answer }
    switch Query(self, claims, opensDerivations: true).answer() {
    case .impossible: return .impossible
    case .possible(let witness): return .possible(witness)
    case .unknown: return answer
    }
  }
}

/// Facts at which conditions were found to hold.
public struct Witness: Sendable {
  /// Every fact the conditions read.
  public var values: [Fact: Int64]
  /// Those whose value matters; the others could have any.
  public var relevant: Set<Fact>

  /// The value of a fact, its usual one where the conditions do not read it.
  public func value(of fact: Fact, in program: Program) -> Int64 {
    values[fact] ?? program.domain(of: fact).usual
  }
}

extension Program {
  /// How a derived field is computed.
  func derivation(of fact: Fact) -> Expr? {
    guard case .field(let event, let field) = fact, events.indices.contains(event),
      events[event].fields.indices.contains(field)
    else { return nil }
    return events[event].fields[field].derivation
  }
}

/// Something that must hold, on its way to becoming rows.
enum Formula {
  /// A condition of the rules holds, or does not.
  case holds(Expr, Bool)
  case row(LinearRow)
  /// At least one of these conjunctions.
  case any([[Formula]])

  static let never = Formula.any([])
}

/// One way an expression can come to a value.
struct Case {
  /// When it does.
  var conditions: [Formula]
  /// The value; nil: none.
  var value: LinearRow?
}

/// A conjunction as far as it is known: rows, and choices still open.
struct Branch {
  var rows: [LinearRow] = []
  var choices: [[[Formula]]] = []
}

/// A number the solver looks for.
struct SolverVariable {
  enum Meaning: Hashable {
    case value(Fact)
    /// 1 where the fact has a value, 0 where it is none.
    case presence(Fact)
    case opaqueValue(LinearForm.OpaqueTerm)
    case opaquePresence(LinearForm.OpaqueTerm)
    /// How many steps a rounded value has.
    case roundedCount(LinearForm.OpaqueTerm)
    /// −1, 0 or 1: how two ratios compare.
    case order(LinearForm.OpaqueTerm, LinearForm.OpaqueTerm)
  }

  var meaning: Meaning
  var low: Int128
  var high: Int128
}

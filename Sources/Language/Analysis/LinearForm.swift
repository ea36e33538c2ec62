/// An expression as Σ coefficient × term + constant.
///
/// A term is a fact where the expression is linear in it, else an opaque part: a `min`, an `if`, a rounding, a table
/// look-up, a call. Each `let` is opened up. Whoever hands rules to a solver needs this, ``Program/domain(of:)`` for the
/// range of every fact, and nothing else.
public struct LinearForm: Sendable {
  /// In the order they first appear; no term twice, no coefficient zero.
  public private(set) var terms: [Term] = []
  public private(set) var constant: Int128 = 0

  public struct Term: Sendable {
    public var atom: Atom
    public var coefficient: Int128
  }

  public enum Atom: Sendable, Hashable {
    /// A fact that has a value here.
    case fact(Fact)
    /// A part that is not linear, or a fact that may be none.
    case opaque(OpaqueTerm)
  }

  /// A part of an expression that a linear form names as a whole. Equal where the structure is.
  public struct OpaqueTerm: Sendable, Hashable {
    public let expr: Expr
    private let shape: ExprShape

    init(_ expr: Expr) {
      self.expr = expr
      shape = ExprShape(expr)
    }

    public static func == (left: OpaqueTerm, right: OpaqueTerm) -> Bool { left.shape == right.shape }
    public func hash(into hasher: inout Hasher) { hasher.combine(shape) }
  }

  init(constant: Int128) { self.constant = constant }

  init(_ atom: Atom) { terms = [Term(atom: atom, coefficient: 1)] }

  /// Adds a multiple of another form; false, and nothing usable, when a coefficient leaves 128 bits.
  mutating func add(_ other: LinearForm, times factor: Int128) -> Bool {
    guard let scaled = product(other.constant, factor), let sum = total(constant, scaled) else { return false }
    constant = sum
    for term in other.terms {
      guard let change = product(term.coefficient, factor) else { return false }
      guard let place = terms.firstIndex(where: { $0.atom == term.atom }) else {
        if change != 0 { terms.append(Term(atom: term.atom, coefficient: change)) }
        continue
      }
      guard let coefficient = total(terms[place].coefficient, change) else { return false }
      if coefficient == 0 { terms.remove(at: place) } else { terms[place].coefficient = coefficient }
    }
    return true
  }
}

/// Turns the expressions of one program into linear forms.
public struct LinearForms: Sendable {
  public let program: Program
  private var lets: [LinearForm] = []

  /// Lets with more terms than this are kept as one opaque term, so that a chain of lets cannot fill the memory.
  static let longestLet = 64

  public init(_ program: Program) {
    self.program = program
    for declared in program.lets { lets.append(form(of: declared.value)) }
  }

  /// The linear form of an expression of the program.
  public func form(of expr: Expr) -> LinearForm {
    linear(expr) ?? LinearForm(.opaque(LinearForm.OpaqueTerm(expr)))
  }

  private func linear(_ expr: Expr) -> LinearForm? {
    switch expr.kind {
    case .constant(let value): return value == ValueType.none ? nil : LinearForm(constant: Int128(value))
    case .fact(let fact): return expr.type.isOptional ? nil : LinearForm(.fact(fact))
    case .named(let index):
      guard lets.indices.contains(index), lets[index].terms.count <= LinearForms.longestLet else { return nil }
      return lets[index]
    case .add(let left, let right): return sum(left, right, 1)
    case .subtract(let left, let right): return sum(left, right, -1)
    case .negate(let inner): return multiple(inner, -1)
    case .scale(let factor, let inner): return multiple(inner, Int128(factor))
    default: return nil
    }
  }

  private func sum(_ left: Expr, _ right: Expr, _ sign: Int128) -> LinearForm? {
    var result = form(of: left)
    return result.add(form(of: right), times: sign) ? result : nil
  }

  private func multiple(_ expr: Expr, _ factor: Int128) -> LinearForm? {
    var result = LinearForm(constant: 0)
    return result.add(form(of: expr), times: factor) ? result : nil
  }
}

/// The product, or nil past 128 bits.
func product(_ left: Int128, _ right: Int128) -> Int128? {
  let (result, overflow) = left.multipliedReportingOverflow(by: right)
  return overflow ? nil : result
}

/// The sum, or nil past 128 bits.
func total(_ left: Int128, _ right: Int128) -> Int128? {
  let (result, overflow) = left.addingReportingOverflow(right)
  return overflow ? nil : result
}

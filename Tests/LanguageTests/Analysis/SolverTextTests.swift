import Language
import Testing
import Values

/// A solver's text of every rule, written with the public tree and linear forms only: what a later back end needs is there.
@Suite struct SolverTextTests {
  @Test func everyRuleOfTheFamiliesCanBeSaid() throws {
    let program = try ShippedRules.load().program
    var text = SolverText(program)
    for rule in program.rules {
      let clauses = rule.clauses.map { text.condition($0) }
      text.lines.append("(define-fun |\(rule.name)| () Bool (and true \(clauses.joined(separator: " "))))")
      if case .cap(_, let limit, _) = rule.kind {
        text.lines.append("(define-fun |\(rule.name) at| () Int \(text.number(limit)))")
      }
    }
    for promise in program.promises {
      text.lines.append("(assert (not \(text.condition(promise.condition))))")
    }
    let all = text.whole
    #expect(all.filter { $0 == "(" }.count == all.filter { $0 == ")" }.count)
    #expect(all.contains("(define-fun |fallback.fallback_is_on| () Bool"))
    // Every fact that is named is declared, with its range.
    #expect(!text.declared.isEmpty)
    for name in text.declared {
      #expect(all.contains("(declare-const \(name) Int)"))
      #expect(all.contains("(assert (and (<= ") && all.contains(" \(name)) (<= \(name) "))
    }
  }

  @Test func linearFormsOfHand() throws {
    let analysed = AnalysedText(FeasibilityTests.facts)
    var program = analysed.program
    let rows: [(text: String, form: String)] = [
      ("n + n - m", "2 p.n -1 p.m +0"), ("3 * (n - 2) - n", "2 p.n +-6"), ("n - n", "+0"),
      ("2 * least + n", "2 [min] 1 p.n +0"), ("bound - bound", "+0"), ("min(n, m) + 1 - least", "+1"),
      ("balance - $5 + floor", "1 balance 1 p.floor +-5000000000"), ("-n + 4", "-1 p.n +4"),
    ]
    for row in rows {
      let number = program.sources.add(.init(name: "form", text: row.text))
      let (syntax, _) = Parser.parseExpression(source: number, in: program.sources)
      let expr = Checker.checkExpression(syntax, in: program, policy: "p").expression
      let form = try LinearForms(program).form(of: #require(expr, "\(row.text)"))
      var text = form.terms.map { term -> String in
        switch term.atom {
        case .fact(.setting(let index)): "\(term.coefficient) \(program.settings[index].name) "
        case .fact: "\(term.coefficient) balance "
        case .opaque: "\(term.coefficient) [min] "
        }
      }.joined()
      text += "+\(form.constant)"
      #expect(text == row.form, "\(row.text)")
    }
  }
}

/// Writes conditions in the manner of SMT-LIB.
struct SolverText {
  let program: Program
  let forms: LinearForms
  var lines: [String] = []
  private(set) var declared: [String] = []
  private var opaque: [LinearForm.OpaqueTerm: String] = [:]
  private var declarations: [String] = []

  init(_ program: Program) {
    self.program = program
    forms = LinearForms(program)
  }

  var whole: String { (declarations + lines).joined(separator: "\n") }

  mutating func fact(_ fact: Fact) -> String {
    let name = "|\(fact)|"
    declare(name, program.domain(of: fact).range)
    return name
  }

  private mutating func declare(_ name: String, _ range: ValueRange) {
    guard !declared.contains(name) else { return }
    declared.append(name)
    declarations.append("(declare-const \(name) Int)")
    declarations.append("(assert (and (<= \(literal(range.low)) \(name)) (<= \(name) \(literal(range.high)))))")
  }

  private func literal(_ value: Int128) -> String { value < 0 ? "(- \(value.magnitude))" : "\(value)" }

  mutating func number(_ expr: Expr) -> String {
    let form = forms.form(of: expr)
    var parts = [literal(form.constant)]
    for term in form.terms {
      let name: String
      switch term.atom {
      case .fact(let fact): name = self.fact(fact)
      case .opaque(let part): name = self.part(part)
      }
      parts.append("(* \(literal(term.coefficient)) \(name))")
    }
    return "(+ \(parts.joined(separator: " ")))"
  }

  /// What is not linear: taken apart where the logic can say it, else a name of its own with its range.
  private mutating func part(_ part: LinearForm.OpaqueTerm) -> String {
    switch part.expr.kind {
    case .minimum(let left, let right):
      let (a, b) = (number(left), number(right))
      return "(ite (<= \(a) \(b)) \(a) \(b))"
    case .maximum(let left, let right):
      let (a, b) = (number(left), number(right))
      return "(ite (>= \(a) \(b)) \(a) \(b))"
    case .choose(let test, let then, let otherwise):
      return "(ite \(condition(test)) \(number(then)) \(number(otherwise)))"
    default:
      let name = opaque[part] ?? "|opaque \(opaque.count)|"
      opaque[part] = name
      declare(name, part.expr.range)
      return name
    }
  }

  mutating func condition(_ expr: Expr) -> String {
    switch expr.kind {
    case .constant(let value): return value == 0 ? "false" : "true"
    case .fact(let fact): return "(= \(self.fact(fact)) 1)"
    case .named(let index): return condition(program.lets[index].value)
    case .and(let left, let right): return "(and \(condition(left)) \(condition(right)))"
    case .or(let left, let right): return "(or \(condition(left)) \(condition(right)))"
    case .not(let inner): return "(not \(condition(inner)))"
    case .choose(let test, let then, let otherwise):
      return "(ite \(condition(test)) \(condition(then)) \(condition(otherwise)))"
    case .compare(let comparison, let left, let right):
      let signs: [Comparison: String] = [
        .equal: "=", .notEqual: "distinct", .less: "<", .lessOrEqual: "<=", .greater: ">", .greaterOrEqual: ">=",
      ]
      return "(\(signs[comparison] ?? "=") \(number(left)) \(number(right)))"
    default:
      // Presence, ratios and the like: a Boolean of its own.
      return "(= \(number(expr)) 1)"
    }
  }
}

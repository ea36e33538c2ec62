import Diagnostics
import Values

extension Parser {
  mutating func parseReform() -> DeclarationSyntax.Kind? {
    advance()
    guard let title = expectText("the reform's title", help: "reform \"Default limit of $20\"") else { return nil }
    var reform = ReformSyntax(title: title, base: nil, changes: [])
    if accept("over") != nil {
      guard let base = expectText("the folder after `over`", help: "over \"rules\"") else { return nil }
      reform.base = base
    }
    while !isAtEnd, !isRecovering, at("without") || peek(1).kind == .dot || !startsDeclaration {
      guard let change = parseChange() else { break }
      reform.changes.append(change)
    }
    finish("reform")
    return .reform(reform)
  }

  private mutating func parseChange() -> ReformSyntax.Change? {
    let first = peek()
    let example = "limits.spending_limit default $20"
    let isWithout = at("without") && peek(1).kind != .dot
    if isWithout { advance() }
    guard peek().kind == .word, peek(1).kind == .dot else {
      report(
        .changeExpected, "expected a change, found \(found(peek()))", at: peek().span,
        help: isWithout ? "without fallback.rescue" : example)
      return nil
    }
    guard let family = expectName("a family's name", example: example), accept(.dot) != nil,
      let name = expectName("a setting's or a rule's name", example: example)
    else { return nil }
    let kind: ReformSyntax.Change.Kind
    switch isWithout ? "without" : peek().text {
    case "without": kind = .without(family, name)
    case "default":
      advance()
      kind = .settingDefault(family, name, parseExpression())
    case "when":
      advance()
      kind = .ruleCondition(family, name, parseExpression())
    case "at":
      advance()
      kind = .capLimit(family, name, parseExpression())
    case "else", "with":
      let word = advance()
      guard let code = expectName("a denial's code after `\(word.text)`", example: "\(word.text) quota_exceeded")
      else { return nil }
      kind = .ruleDenial(family, name, code)
    default:
      report(
        .changeExpected, "expected what changes after `\(family.text).\(name.text)`, found \(found(peek()))",
        at: peek().span,
        help: "write one of `default …`, `when …`, `at …`, `else CODE`, `with CODE`, or `without` before it")
      return nil
    }
    return ReformSyntax.Change(kind, span(from: first))
  }
}

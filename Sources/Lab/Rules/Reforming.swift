import Diagnostics
import Language

/// Lays reforms over parsed rule files, before they are checked.
///
/// A change takes the place of what stands in the family, so its expression may use every name that stands there, and its
/// mistakes are shown in the reform's own text.
enum Reforming {
  static func apply(_ overlays: [FileSyntax], to files: inout [FileSyntax]) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    var changed: [String: Span] = [:]
    for overlay in overlays {
      for declaration in overlay.declarations {
        guard case .reform(let reform) = declaration.kind else {
          diagnostics.append(
            Diagnostic(
              code: DiagnosticCode.reformExpected.id, message: "only a reform can be laid over rules",
              span: declaration.span.start(of: 1), help: "begin with `reform \"what it tries\"`"))
          continue
        }
        for change in reform.changes { apply(change, to: &files, changed: &changed, diagnostics: &diagnostics) }
      }
    }
    return diagnostics
  }

  private static func apply(
    _ change: ReformSyntax.Change, to files: inout [FileSyntax], changed: inout [String: Span],
    diagnostics: inout [Diagnostic]
  ) {
    let (family, name, aspect) = subject(of: change)
    let full = "\(family.text).\(name.text)"
    func fail(_ code: DiagnosticCode, _ message: String, _ span: Span, labels: [Label] = [], help: String?) {
      diagnostics.append(Diagnostic(code: code.id, message: message, span: span, labels: labels, help: help))
    }

    guard let file = files.firstIndex(where: { $0.familyName == family.text }) else {
      let known = files.compactMap(\.familyName)
      fail(
        .reformSubject, "the rules have no family `\(family.text)`", family.span,
        help: Suggestion.nearest(family.text, in: known).map { "did you mean `\($0)`?" })
      return
    }
    let earlier = changed.filter {
      $0.key.hasPrefix("\(full) ") && (aspect == "without" || $0.key.hasSuffix("without"))
    }
    if let first = changed["\(full) \(aspect)"] ?? earlier.values.min(by: { $0.start < $1.start }) {
      fail(
        .reformTwice, "`\(full)` is changed twice", change.span,
        labels: [Label(span: first, message: "the first time")],
        help: "keep one of the two changes")
      return
    }
    guard
      let place = files[file].declarations.firstIndex(where: {
        $0.name == name.text && $0.isSetting == (aspect == "default")
      })
    else {
      let what = aspect == "default" ? "setting" : "rule"
      let known = files[file].declarations.filter { $0.isSetting == (aspect == "default") }.compactMap(\.name)
      fail(
        .reformSubject, "`\(family.text)` has no \(what) `\(name.text)`", name.span,
        help: Suggestion.nearest(name.text, in: known).map { "did you mean `\(family.text).\($0)`?" })
      return
    }
    changed["\(full) \(aspect)"] = change.span

    if case .without = change.kind {
      files[file].declarations.remove(at: place)
    } else if let kind = replaced(files[file].declarations[place].kind, by: change.kind) {
      files[file].declarations[place].kind = kind
    } else {
      fail(
        .reformSubject, "`\(full)` is no rule that has `\(aspect)`", change.span,
        help: "a cap has `at`; a deny, a gate or a cap has a code; every rule has `when`")
    }
  }

  private static func subject(of change: ReformSyntax.Change) -> (family: Identifier, name: Identifier, aspect: String)
  {
    switch change.kind {
    case .settingDefault(let family, let name, _): (family, name, "default")
    case .ruleCondition(let family, let name, _): (family, name, "when")
    case .capLimit(let family, let name, _): (family, name, "at")
    case .ruleDenial(let family, let name, _): (family, name, "else")
    case .without(let family, let name): (family, name, "without")
    }
  }

  private static func replaced(
    _ kind: DeclarationSyntax.Kind, by change: ReformSyntax.Change.Kind
  ) -> DeclarationSyntax.Kind? {
    switch (kind, change) {
    case (.setting(var setting), .settingDefault(_, _, let value)):
      setting.value = value
      setting.dated = []
      return .setting(setting)
    case (.rule(var rule), .ruleCondition(_, _, let condition)):
      rule.condition = condition
      return .rule(rule)
    case (.rule(var rule), .capLimit(_, _, let limit)):
      guard case .cap(let target, _, let code) = rule.kind else { return nil }
      rule.kind = .cap(target: target, limit: limit, code: code)
      return .rule(rule)
    case (.rule(var rule), .ruleDenial(_, _, let code)):
      switch rule.kind {
      case .deny(let events, _): rule.kind = .deny(events: events, code: code)
      case .gate(let bucket, _): rule.kind = .gate(bucket: bucket, code: code)
      case .cap(let target, let limit, _): rule.kind = .cap(target: target, limit: limit, code: code)
      case .on, .beforeDenial, .after: return nil
      }
      return .rule(rule)
    default: return nil
    }
  }
}

extension DeclarationSyntax {
  /// The name of a setting or a rule.
  fileprivate var name: String? {
    switch kind {
    case .setting(let setting): setting.name.text
    case .rule(let rule): rule.name.text
    default: nil
    }
  }

  fileprivate var isSetting: Bool { if case .setting = kind { true } else { false } }
}

extension Span {
  /// The first bytes of it.
  fileprivate func start(of count: Int32) -> Span { Span(source: source, start: start, end: min(end, start + count)) }
}

extension DiagnosticCode {
  /// Mistakes in reforms. The examples are reform files, laid over ``ScenarioDemo``.
  public static let reformCodes: [DiagnosticCode] = [reformExpected, reformSubject, reformTwice]

  static let reformExpected = DiagnosticCode(
    id: "P0450", title: "not a reform",
    explanation: """
      A file named with `--reform` holds reforms only: changes of rules that stand elsewhere. Whole policies belong into a \
      family's folder.
      """,
    example: """
      setting spending_limit : money = $20
      """)

  static let reformSubject = DiagnosticCode(
    id: "P0451", title: "a reform of something that is not there",
    explanation: """
      A change names a setting or a rule with its family, as `limits.spending_limit default $20` or \
      `limits.cycle_limit when subscribed`. It can change what is there: a setting's default, a rule's condition, a cap's \
      limit, the code of a deny, a gate or a cap; and `without FAMILY.RULE` takes a rule away.
      """,
    example: """
      reform "No switch"
        wallet.enabld default off
      """)

  static let reformTwice = DiagnosticCode(
    id: "P0452", title: "one thing changed twice",
    explanation: """
      Two changes of the same default, condition or limit would make the result depend on their order. Keep the one that is \
      meant.
      """,
    example: """
      reform "No switch"
        wallet.enabled default off
        wallet.enabled default on
      """)
}

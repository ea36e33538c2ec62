import Diagnostics

/// The declarations of all files, sorted so that nothing depends on the order of files or folders.
struct Declared {
  struct Declaration<Syntax> {
    var family: String
    var syntax: Syntax
    var span: Span
  }

  var settings: [Declaration<SettingSyntax>] = []
  var buckets: [Declaration<BucketSyntax>] = []
  var meters: [Declaration<MeterSyntax>] = []
  var events: [Declaration<EventSyntax>] = []
  var derivations: [Declaration<(event: Identifier, field: Identifier, value: ExprSyntax)>] = []
  var constants: [Declaration<(name: Identifier, value: ExprSyntax)>] = []
  var tables: [Declaration<TableSyntax>] = []
  var denials: [Declaration<DenialSyntax>] = []
  var promises: [Declaration<PromiseSyntax>] = []
  var cycles: [Declaration<ExprSyntax>] = []
  var rules: [Declaration<RuleSyntax>] = []
}

extension Checking {
  func collect(_ files: [FileSyntax]) {
    for file in files { collect(file) }
    diagnostics.sort { ($0.span.source, $0.span.start) < ($1.span.source, $1.span.start) }
    program.policies.sort { $0.name < $1.name }
    declared.settings.sort { ($0.family, $0.syntax.name.text) < ($1.family, $1.syntax.name.text) }
    declared.buckets.sort {
      ($0.syntax.draw.value, $0.syntax.name.text, $0.family) < ($1.syntax.draw.value, $1.syntax.name.text, $1.family)
    }
    declared.meters.sort { ($0.family, $0.syntax.name.text) < ($1.family, $1.syntax.name.text) }
    declared.events.sort { ($0.syntax.name.text, $0.family) < ($1.syntax.name.text, $1.family) }
    declared.derivations.sort { ($0.family, $0.span.start) < ($1.family, $1.span.start) }
    declared.constants.sort { ($0.family, $0.syntax.name.text) < ($1.family, $1.syntax.name.text) }
    declared.tables.sort { ($0.family, $0.syntax.name.text) < ($1.family, $1.syntax.name.text) }
    declared.denials.sort { ($0.syntax.code.text, $0.family) < ($1.syntax.code.text, $1.family) }
    declared.promises.sort { ($0.family, $0.span.start) < ($1.family, $1.span.start) }
    declared.cycles.sort { ($0.family, $0.span.start) < ($1.family, $1.span.start) }
    declared.rules.sort { ($0.family, $0.span.start) < ($1.family, $1.span.start) }
  }

  private func collect(_ file: FileSyntax) {
    var family: String?
    var first: Span?
    let own = file.declarations.lazy.compactMap { declaration in
      if case .policy(let name, _) = declaration.kind { name.text } else { nil }
    }.first
    for declaration in file.declarations {
      let span = declaration.span
      if case .policy(let name, let summary) = declaration.kind {
        if let first {
          report(
            .missingPolicy, "a file has one `policy` line", name.span, label: "this is the second",
            labels: [Label(span: first, message: "this is the first")],
            help: "move the second policy to a folder of its own")
          continue
        }
        first = name.span
        _ = isFree(name, standsBeforeDot: true)
        if family != nil {
          report(
            .missingPolicy, "the `policy` line stands first in its file", name.span,
            label: "declarations stand before it",
            help: "move the line to the top")
        }
        family = name.text
        if let other = program.policies.first(where: { $0.name == name.text }) {
          report(
            .duplicateName, "policy `\(name.text)` is declared twice", name.span, label: "declared again here",
            labels: [Label(span: other.span, message: "first declared here")],
            help: "rename one of them, or merge the two files")
        }
        program.policies.append(Policy(name: name.text, summary: summary.text, span: name.span))
        continue
      }
      if case .reform = declaration.kind {
        report(
          .misplacedReform, "a reform does not belong among the policies it changes", span,
          help: "keep it in a file of its own and name it with `--reform FILE`")
        continue
      }
      if family == nil {
        if own == nil {
          report(
            .missingPolicy, "a rule file begins with its `policy` line", program.sources[span].firstWord(of: span),
            label: "no `policy` line before this", help: "policy my_policy \"What it is for, in one sentence.\"")
        }
        family = own ?? "_"
      }
      let family = family ?? "_"
      switch declaration.kind {
      case .setting(let syntax): declared.settings.append(.init(family: family, syntax: syntax, span: span))
      case .bucket(let syntax): declared.buckets.append(.init(family: family, syntax: syntax, span: span))
      case .meter(let syntax): declared.meters.append(.init(family: family, syntax: syntax, span: span))
      case .event(let syntax): declared.events.append(.init(family: family, syntax: syntax, span: span))
      case .derive(let event, let field, let value):
        declared.derivations.append(.init(family: family, syntax: (event, field, value), span: span))
      case .constant(let name, let value):
        declared.constants.append(.init(family: family, syntax: (name, value), span: span))
      case .table(let syntax): declared.tables.append(.init(family: family, syntax: syntax, span: span))
      case .denial(let syntax): declared.denials.append(.init(family: family, syntax: syntax, span: span))
      case .promise(let syntax): declared.promises.append(.init(family: family, syntax: syntax, span: span))
      case .cycle(let anchor): declared.cycles.append(.init(family: family, syntax: anchor, span: span))
      case .rule(let syntax): declared.rules.append(.init(family: family, syntax: syntax, span: span))
      case .policy, .reform: break
      }
    }
  }

  /// The place of a family in `program.policies`.
  func policyIndex(_ family: String) -> Int { program.policies.firstIndex { $0.name == family } ?? 0 }

  /// Declares a name once; the second declaration is a mistake that shows the first.
  func declare(_ name: Identifier, in family: String, _ symbol: Names.Symbol, first: Span?) -> Bool {
    let full = "\(family).\(name.text)"
    if names.member(name.text, of: family) != nil {
      report(
        .duplicateName, "`\(full)` is declared twice", name.span, label: "declared again here",
        labels: first.map { [Label(span: $0, message: "first declared here")] } ?? [],
        help: "rename one of them")
      return false
    }
    guard isFree(name) else { return false }
    names.declare(full, symbol)
    return true
  }

  /// Whether a word can name something: the language reads these as its own wherever they stand.
  ///
  /// - Parameter standsBeforeDot: whether `NAME.…` is then read: an event, a policy, a bucket.
  func isFree(_ name: Identifier, standsBeforeDot: Bool = false) -> Bool {
    let words = ["now", "cycle", "total", "min", "max", "last", "previous", "collecting"]
    let owners = ["payment", "payments"] + EventClass.allCases.map(\.rawValue)
    guard words.contains(name.text) || standsBeforeDot && owners.contains(name.text) else { return true }
    report(
      .duplicateName, "`\(name.text)` is a word of the language", name.span,
      help: "choose another name, such as `\(name.text)_value`")
    return false
  }

  /// Where `family.name` was first declared, for the second label of a duplicate.
  func spanOfMember(_ name: String, of family: String) -> Span? {
    switch names.member(name, of: family) {
    case .setting(let index): program.settings[index].span
    case .bucket(let index): program.buckets[index].span
    case .meter(let index): program.meters[index].span
    case .table(let index): program.tables[index].span
    case .constant(let full):
      declared.constants.first { "\($0.family).\($0.syntax.name.text)" == full }?.syntax.name.span
    case nil: nil
    }
  }
}

extension Source {
  /// The word that a span begins with.
  fileprivate func firstWord(of span: Span) -> Span {
    let bytes = bytes[max(0, min(Int(span.start), self.bytes.count))..<max(0, min(Int(span.end), self.bytes.count))]
    let length = bytes.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }.count
    return Span(source: span.source, start: span.start, end: span.start + Int32(length))
  }
}

import Diagnostics
import Lab
import Language

/// Which declarations are not the same in the texts of two policies: spaces and comments do not count.
enum ChangedRules {
  static func between(_ a: Candidate, _ b: Candidate) -> [ChangedRule] {
    guard let textsA = a.rules?.texts, let textsB = b.rules?.texts else { return [] }
    let (old, new) = (declarations(textsA), declarations(textsB))
    var found: [ChangedRule] = []
    for (name, declared) in new where old[name]?.words != declared.words {
      found.append(
        ChangedRule(
          name: name, how: old[name] == nil ? .added : .changed, place: declared.place,
          before: old[name]?.text ?? "", after: declared.text))
    }
    for (name, declared) in old where new[name] == nil {
      found.append(ChangedRule(name: name, how: .removed, place: declared.place, before: declared.text))
    }
    return found.sorted { ($0.name, $0.place) < ($1.name, $1.place) }
  }

  /// Titles of the reforms that one policy has and the other has not, in the order they are laid over.
  static func reforms(of b: Candidate, notIn a: Candidate) -> [String] {
    let known = Set(titles(a))
    return titles(b).filter { !known.contains($0) }
  }

  private static func titles(_ candidate: Candidate) -> [String] {
    let texts = candidate.rules?.texts?.texts.filter { $0.name.hasPrefix(PolicyTexts.reformFolder + "/") } ?? []
    return texts.flatMap { text in
      var sources = SourceMap()
      let number = sources.add(Source(name: text.path, bytes: text.bytes))
      return Parser.parse(source: number, in: sources).0.declarations.compactMap { declaration in
        if case .reform(let reform) = declaration.kind { return reform.title.text }
        return nil
      }
    }
  }

  private struct Declared {
    var words: [String]
    var place: String
    /// As it was written.
    var text = ""
  }

  /// By name, such as `limits.cycle_limit`: everything that is said of it, in the family and in reforms.
  private static func declarations(_ texts: PolicyTexts) -> [String: Declared] {
    var found: [String: Declared] = [:]
    for text in texts.texts {
      guard text.name.hasSuffix(".rules") else {
        let whole = String(decoding: text.bytes, as: UTF8.self)
        found[text.name] = Declared(words: [whole], place: text.path, text: whole)
        continue
      }
      var sources = SourceMap()
      let number = sources.add(Source(name: text.path, bytes: text.bytes))
      let tokens = Lexer.tokens(of: number, in: sources).tokens
      let file = Parser.parse(source: number, in: sources).0
      var family = ""
      for declaration in file.declarations {
        if case .policy(let name, _) = declaration.kind { family = name.text }
        if case .reform(let reform) = declaration.kind {
          for change in reform.changes { add(subject(of: change.kind), change.span) }
        } else {
          add("\(family).\(name(of: declaration.kind))", declaration.span)
        }
      }

      func add(_ name: String, _ span: Span) {
        let words = tokens.lazy.filter { $0.span.start >= span.start && $0.span.end <= span.end }.map(\.text)
        let line = sources[number].position(of: Int(span.start)).line
        // A reform comes later than what it changes, and is where people look.
        let isReform = text.name.hasPrefix(PolicyTexts.reformFolder + "/")
        var declared = found[name] ?? Declared(words: [], place: "")
        let written = String(decoding: text.bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
        let pieces = [declared.text, written].filter { !$0.isEmpty }
        declared.text = (isReform ? pieces : pieces.reversed()).joined(separator: "\n")
        declared.words = isReform ? declared.words + Array(words) : Array(words) + declared.words
        // A reform of one line stands in no file that anybody could look at.
        let place = text.path == CandidateReading.linePath ? "as written" : "\(text.path):\(line)"
        if isReform || declared.place.isEmpty { declared.place = place }
        found[name] = declared
      }
    }
    return found
  }

  private static func name(of kind: DeclarationSyntax.Kind) -> String {
    switch kind {
    case .policy: "policy"
    case .setting(let setting): setting.name.text
    case .bucket(let bucket): bucket.name.text
    case .meter(let meter): meter.name.text
    case .event(let event): "event \(event.name.text)"
    case .derive(let event, let field, _): "\(event.text).\(field.text)"
    case .constant(let name, _): name.text
    case .table(let table): table.name.text
    case .denial(let denial): "denial \(denial.code.text)"
    case .promise(let promise): "promise \"\(promise.text.text)\""
    case .cycle: "cycle"
    case .rule(let rule): rule.name.text
    case .reform: "reform"
    }
  }

  private static func subject(of change: ReformSyntax.Change.Kind) -> String {
    let (family, name) =
      switch change {
      case .settingDefault(let family, let name, _), .ruleCondition(let family, let name, _),
        .capLimit(let family, let name, _), .without(let family, let name):
        (family, name)
      case .ruleDenial(let family, let name, _): (family, name)
      }
    return "\(family.text).\(name.text)"
  }
}

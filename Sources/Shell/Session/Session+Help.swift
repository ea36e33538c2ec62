import Diagnostics

extension Session {
  /// The help card for the word at a place of a line: what the verb there does, with lines to type.
  ///
  /// - Parameter cursor: an offset in UTF-8.
  public func helpCard(for line: String, at cursor: Int) -> String? {
    let words = Words(line)
    if let (verb, _) = Verbs.find(words.words) { return card(of: verb) }
    return words.words.isEmpty ? overview() : nil
  }

  /// Everything that can be asked, one line each.
  func overview() -> String {
    var lines: [String] = []
    let width = Verbs.all.map { "\($0.name) \($0.shape.text)".count }.filter { $0 <= 44 }.max() ?? 44
    for group in Verb.Group.allCases {
      let verbs = Verbs.all.filter { $0.group == group }
      guard !verbs.isEmpty else { continue }
      lines.append(ink.strong(group.rawValue))
      for verb in verbs {
        let usage = "\(verb.name) \(verb.shape.text)".trimmed
        let gap =
          usage.count <= width
          ? String(repeating: " ", count: width - usage.count) : "\n  " + String(repeating: " ", count: width)
        lines.append("  \(usage)\(gap)  \(ink.dim(verb.summary))")
      }
    }
    lines.append(ink.strong("SQL"))
    lines.append(
      "  select … from VIEW …;" + String(repeating: " ", count: max(2, width - 19))
        + ink.dim("read-only; `.schema` lists the views; ends with ; or an empty line"))
    lines.append(ink.strong("Behind any question"))
    for (usage, meaning) in [
      ("as of TIME", "as it was then"), ("@EVENT, @EVENT+", "just before an event, just after it"),
      ("on BRANCH, under POLICY", "as it would be"),
      ("--json --csv --tsv --markdown --card", "for machines and reports"),
      ("> FILE, >> FILE, | PROGRAM", "somewhere else: not behind a change or a check, and behind the `;` of SQL"),
    ] {
      lines.append("  \(usage)" + String(repeating: " ", count: max(2, width - usage.count + 2)) + ink.dim(meaning))
    }
    lines.append("")
    lines.append(".help VERB shows one with examples. `_` is the last answer, `_3` the third row of the last table.")
    return lines.joined(separator: "\n")
  }

  /// One verb with its examples.
  func card(of verb: Verb) -> String {
    var lines = [ink.strong("\(verb.name) \(verb.shape.text)".trimmed), "  \(verb.summary)"]
    if !verb.details.isEmpty {
      lines.append("")
      lines += verb.details.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
    }
    if !verb.examples.isEmpty {
      lines.append("")
      lines += verb.examples.map { "  " + ink.green($0) }
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// Without blanks at its ends.
  var trimmed: String { LineCutter.trimmed(self) }
}

import Diagnostics
import Engine
import Lab
import Language

/// One change of a line: what a scenario has behind `when` or `given`, or something about the policy.
struct Change {
  enum Kind: Hashable {
    /// An event, `set …`, `clock …`: behind `when`.
    case deed
    /// Behind `given`.
    case given
    /// Another policy: a folder, a hash, a file of reforms, a reform of one line.
    case policy(String)
    /// A new account, with these keys.
    case account(String, keys: [String])
    /// What an event asked for, asked once more: `again s0626-158`.
    case again(String)
    /// Everything that happened to the account since, once more: `replay`.
    case replay
    /// Another text for a rule.
    case edit(rule: String, text: String)
  }

  var kind: Kind
  /// As scenarios have it, without `given` and without how often.
  var text: String
  /// How often it is done.
  var count = 1
  /// How it was said, where that is shorter.
  var shown: String?

  /// As people typed it, or nearly.
  var line: String {
    if let shown { return shown }
    return switch kind {
    case .given: "given \(text)"
    case .deed: count == 1 ? text : "\(Count.text(count)) x \(text)"
    case .policy, .account, .again, .replay, .edit: text
    }
  }

  /// How often one thing may be done in a line.
  static let most = 10_000

  /// The changes of a line, joined by `then`.
  ///
  /// - Throws: where one is empty, or is to be done too often.
  static func all(_ line: String, _ program: Program) throws -> [Change] {
    let words = Words(line)
    var parts: [Range<Int>] = []
    var start = 0
    for (place, word) in words.words.enumerated() where word.text == "then" && !word.isQuoted {
      parts.append(start..<place)
      start = place + 1
    }
    parts.append(start..<words.words.count)
    return try parts.map { part in
      guard let first = words.words[part].first, let last = words.words[part].last else {
        let place =
          words.words.indices.contains(part.lowerBound)
          ? words.words[part.lowerBound].range : line.utf8.count..<line.utf8.count
        throw LineComplaint(
          message: "a change is missing here", line: line, range: place, help: "topup $20 then request costing $5",
          code: "missing")
      }
      return try one(
        Array(words.words[part]), Words.text(line, first.range.lowerBound..<last.range.upperBound), line, program)
    }
  }

  private static func one(_ words: [Word], _ text: String, _ line: String, _ program: Program) throws -> Change {
    func rest(_ count: Int) -> String {
      words.indices.contains(count)
        ? Words.text(line, words[count].range.lowerBound..<words[words.count - 1].range.upperBound) : ""
    }
    let first = words[0].text
    if words.count > 2, ["x", "×", "times"].contains(words[1].text), let count = number(first) {
      guard (1...most).contains(count) else {
        throw LineComplaint(
          message: "one thing is done from 1 to \(Count.text(most)) times", line: line, range: words[0].range,
          help: "\(Count.text(most)) x \(rest(2))")
      }
      return Change(kind: .deed, text: written(rest(2), program), count: count)
    }
    switch first {
    case "given" where words.count > 1: return Change(kind: .given, text: rest(1))
    case "when" where words.count > 1: return Change(kind: .deed, text: written(rest(1), program))
    case "policy" where words.count > 1:
      return Change(kind: .policy(words.count == 2 ? words[1].text : rest(1)), text: text)
    case "reform" where words.count > 1:
      let isNamed = words.count == 2
      return Change(kind: .policy(isNamed ? words[1].text : words[1].isQuoted ? text : rest(1)), text: text)
    case "again" where words.count == 2: return Change(kind: .again(words[1].text), text: text)
    case "replay" where words.count == 1: return Change(kind: .replay, text: text)
    case "edit" where words.count > 4 && words[1].text == "rule" && words[3].text == "to":
      return Change(kind: .edit(rule: words[2].text, text: unescaped(rest(4))), text: text)
    case "account" where words.count > 1:
      let keys = words.dropFirst(2).map(\.text).filter { !["with", "key", "keys", "and", ","].contains($0) }
      return Change(
        kind: .account(words[1].text, keys: keys.map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }), text: text)
    default: return Change(kind: .deed, text: written(text, program))
    }
  }

  /// 1000 of `1,000`.
  private static func number(_ text: String) -> Int? { Int(text.filter { $0 != "," }) }

  /// A quoted text with `\n`, `\"` and `\\` in it.
  private static func unescaped(_ text: String) -> String {
    guard text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 2 else { return text }
    return String(text.dropFirst().dropLast()).replacing("\\\\", with: "\u{0}").replacing("\\n", with: "\n").replacing(
      "\\\"", with: "\""
    )
    .replacing("\u{0}", with: "\\")
  }

  static func escaped(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }

  /// The words that begin a change.
  static func isBeginning(_ word: String, _ program: Program) -> Bool {
    if ["set", "clock", "given", "when", "policy", "reform", "account", "again", "replay", "edit"].contains(word) {
      return true
    }
    return number(word) != nil || program.events.contains { $0.name == word }
  }

  /// A deed with its texts in quotes, as scenarios want them: models, keys, cards and ids are typed without.
  static func written(_ text: String, _ program: Program) -> String {
    let doubled = doubleQuoted(text)
    let first = doubled.prefix { $0 != " " && $0 != "\t" }
    if let event = program.events.first(where: { $0.name == first }) {
      let texts = Set(event.fields.prefix(event.givenCount).filter { $0.type.base.isWord }.map(\.name))
      return LineWords.text([doubled]) { texts.contains($0) }
    }
    if first == "set" {
      let called = program.settings.filter { $0.type.base.isWord }.map(\.name)
      let texts = Set(called + called.map { NameIndex.bare($0) })
      // Behind `key` stands a name as well.
      return LineWords.text([doubled]) { texts.contains($0) || $0 == "key" }
    }
    return doubled
  }

  /// Single quotes are for prompts; scenarios have double ones.
  private static func doubleQuoted(_ text: String) -> String {
    guard text.contains("'") else { return text }
    let words = Words(text)
    var result = ""
    var end = 0
    for word in words.words {
      result += Words.text(text, end..<word.range.lowerBound)
      let written = Words.text(text, word.range)
      if written.hasPrefix("'"), let close = written.dropFirst().firstIndex(of: "'") {
        let inner = written[written.index(after: written.startIndex)..<close].replacing("\\", with: "\\\\").replacing(
          "\"", with: "\\\"")
        result += "\"\(inner)\"" + written[written.index(after: close)...]
      } else {
        result += written
      }
      end = word.range.upperBound
    }
    return result + Words.text(text, end..<text.utf8.count)
  }
}

import Diagnostics
import Store

/// What may stand behind every line: where to look, how to print, where to.
struct Tail {
  enum Target: Sendable, Hashable {
    case file(String, appends: Bool)
    case program(String)
  }

  /// The line without it.
  var words: Words
  var moment: (text: String, range: Range<Int>)?
  var branch: String?
  var policy: String?
  var mode: Mode?
  var flags: Set<String> = []
  var target: Target?
  /// Where `@EVENT` or `@EVENT+` stands.
  var event: (id: String, isAfter: Bool, range: Range<Int>)?

  /// - Parameters:
  ///   - verb: whose line it is; some take the whole line as it is.
  ///   - branches: the names that `on` may name.
  ///   - takesTargets: whether `>` and `|` send the answer somewhere.
  init(_ line: Words, of verb: Verb, branches: Set<String>, takesTargets: Bool = true) throws {
    words = line
    if takesTargets { try takeTarget(verb) }
    let takesRest = verb.shape.takesRest
    let count = words.words.count
    defer { if words.words.count < count { words.cutLine() } }
    while let last = words.words.last, words.words.count > 1 {
      if Tail.isFlag(last) {
        try take(flag: last, verb.flags)
        words.dropLast(1)
      } else if !verb.isQuery || !takeModifier(last, takesRest: takesRest, branches: branches) {
        return
      }
    }
  }

  /// What may stand behind the `;` of SQL: flags, and where the answer goes.
  ///
  /// - Returns: nil where something else stands there.
  init?(behindSQL text: String) {
    words = Words(text)
    do { try takeTarget(nil) } catch { return nil }
    while let last = words.words.last {
      guard Tail.isFlag(last), (try? take(flag: last, [])) != nil else { return nil }
      words.dropLast(1)
    }
  }

  private static func isFlag(_ word: Word) -> Bool {
    word.text.hasPrefix("--") && word.text.utf8.count > 2 && !word.isQuoted
  }

  /// Takes the last words off the line.
  private mutating func drop(_ count: Int) { words.dropLast(count) }

  /// Flags that every answer knows.
  private static let usualFlags: Set<String> = ["all", "raw-csv"]

  private mutating func take(flag word: Word, _ own: Set<String>) throws {
    let flag = String(word.text.dropFirst(2))
    if let named = Mode(rawValue: flag) {
      mode = mode ?? named
      return
    }
    let known = own.union(Tail.usualFlags)
    guard known.contains(flag) else {
      let near = Suggestion.nearest(flag, in: known.sorted() + Mode.allCases.map(\.rawValue))
      let rest = Words.text(words.line, word.range.upperBound..<words.line.utf8.count)
      throw LineComplaint(
        message: "there is no flag `\(ShownText.cut(word.text, to: 40))` here", line: words.line, range: word.range,
        help: near == nil ? (known.sorted() + ["json", "csv"]).map { "--\($0)" }.joined(separator: ", ") : nil,
        instead: near.map { Words.text(words.line, 0..<word.range.lowerBound) + "--\($0)" + rest }, code: "unknown_flag"
      )
    }
    flags.insert(flag)
  }

  private mutating func takeModifier(_ last: Word, takesRest: Bool, branches: Set<String>) -> Bool {
    let all = words.words
    if last.text.hasPrefix("@"), last.text.count > 1, !last.isQuoted, event == nil {
      let isAfter = last.text.hasSuffix("+")
      event = (String(last.text.dropFirst().dropLast(isAfter ? 1 : 0)), isAfter, last.range)
      drop(1)
      return true
    }
    func isWord(_ place: Int, _ text: String) -> Bool {
      all.indices.contains(place) && all[place].text == text && !all[place].isQuoted
    }
    let count = all.count
    if isWord(count - 2, "under"), policy == nil {
      policy = last.text
      drop(2)
      return true
    }
    // `enabled on` is a value: only a branch that is there is meant by `on`.
    if isWord(count - 2, "on"), branch == nil, branches.contains(last.text) || (!takesRest && count > 2) {
      branch = last.text
      drop(2)
      return true
    }
    for length in 1...2 where moment == nil && count > length + 2 {
      guard isWord(count - length - 2, "as"), isWord(count - length - 1, "of") else { continue }
      let said = all[(count - length)...]
      guard Moments.isTime(said.map(\.text)), let first = said.first else { continue }
      moment = (said.map(\.text).joined(separator: " "), first.range.lowerBound..<last.range.upperBound)
      drop(length + 2)
      return true
    }
    return false
  }

  /// `> FILE`, `>> FILE`, `| PROGRAM` at the end of the line.
  private mutating func takeTarget(_ verb: Verb?) throws {
    let signs = [">", ">>", "|"]
    guard let place = words.words.firstIndex(where: { signs.contains($0.text) && !$0.isQuoted }) else { return }
    if let verb, place == 0 || !mayTakeTarget(verb, at: place) { return }
    let sign = words.words[place].text
    let rest = words.rest(from: place + 1)
    guard let named = words.words.dropFirst(place + 1).first else {
      throw LineComplaint(
        message: sign == "|" ? "a program is missing behind `|`" : "a file is missing behind `\(sign)`",
        line: words.line,
        range: words.words[place].range, help: sign == "|" ? "… | less" : "… \(sign) answer.csv", code: "redirect")
    }
    if sign != "|", words.words.count > place + 2 {
      throw LineComplaint(
        message: "one file can be written to", line: words.line, range: words.words[place + 2].range,
        help: "put a name with blanks into quotes", code: "redirect")
    }
    target = sign == "|" ? .program(rest) : .file(named.text, appends: sign == ">>")
    words.dropLast(words.words.count - place)
    words.cutLine()
  }

  /// Whether a sign sends the answer somewhere. A condition may compare: where one has begun, the sign is part of it.
  private func mayTakeTarget(_ verb: Verb, at place: Int) -> Bool {
    guard verb.shape.takesRest, !verb.restIsPlain else { return true }
    var before = words
    before.dropLast(words.words.count - place)
    while let last = before.words.last, before.words.count > 1, Tail.isFlag(last) { before.dropLast(1) }
    before.cutLine()
    let match = verb.shape.match(before, from: verb.name.split(separator: " ").count)
    guard let arguments = match.arguments, !arguments.values.contains(where: { $0.place.takesRest }) else {
      return false
    }
    // `when balance > $5`
    guard words.words[place].text != "|", words.words.indices.contains(place + 1) else { return true }
    let named = words.words[place + 1]
    return named.isQuoted
      || !(named.text.utf8.first.map { $0 == 0x24 || $0 == 0x2D || (0x30...0x39).contains($0) } ?? false)
  }
}

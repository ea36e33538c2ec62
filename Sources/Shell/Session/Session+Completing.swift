import Diagnostics
import Language
import Ledger
import Store

/// What could stand at a place of a line.
public struct Completions: Sendable {
  public struct Candidate: Sendable, Hashable {
    /// What takes the place of the word that was begun.
    public var text: String
    /// One line.
    public var description: String
    /// More is to come behind it.
    public var endsWord = true

    public init(_ text: String, _ description: String = "", endsWord: Bool = true) {
      self.text = text
      self.description = description
      self.endsWord = endsWord
    }
  }

  /// Where the word begins that they replace: an offset in UTF-8.
  public var start: Int
  public var candidates: [Candidate] = []
  /// Names that are only like what was begun: to be shown, never put in.
  public var alike: [Candidate] = []
}

extension Session {
  /// Ids and names of the store that are looked up for one Tab.
  static let mostCandidates = 50

  /// What could stand at a place of a line. Silent about what cannot be looked up.
  ///
  /// - Parameter cursor: an offset in UTF-8.
  public func completions(of line: String, at cursor: Int) -> Completions {
    let before = Words.text(line, 0..<min(max(0, cursor), line.utf8.count))
    if LineCutter.beginsSQL(before) { return completionsOfSQL(before) }
    var words = Words(before)
    let isBetween = words.openQuote == nil && (before.utf8.last.map(Words.isBlank) ?? true)
    let begun = isBetween ? nil : words.words.popLast()
    let text = begun?.text ?? ""
    var found = Completions(start: begun?.range.lowerBound ?? before.utf8.count)
    if let begun, words.openQuote != nil, let supposed = supposed(begun, behind: words, before) { return supposed }
    let all = candidates(behind: words, before: before, begun: text, start: &found.start)
    let open = begun?.isQuoted == true
    let asWritten = Words.text(before, found.start..<before.utf8.count)
    found.candidates = all.filter { candidate in
      candidate.text.hasPrefix(asWritten) || (open && candidate.text.hasPrefix(text))
        || (!text.isEmpty && candidate.text.first.map { $0 == "'" || $0 == "\"" } ?? false
          && candidate.text.dropFirst().hasPrefix(text))
    }
    if found.candidates.isEmpty, !text.isEmpty {
      found.alike = all.filter { $0.text.contains(text) }
    }
    return found
  }

  private func candidates(
    behind words: Words, before: String, begun: String, start: inout Int
  ) -> [Completions.Candidate] {
    guard let (verb, count) = Verbs.find(words.words) else {
      return words.words.isEmpty ? verbCandidates(begun) : secondWords(of: words)
    }
    var expected = verb.shape.match(words, from: count)
    // What is written may be the tail of a line already.
    if expected.reached < words.words.count, verb.isQuery { return tailCandidates(words) }
    if verb.shape.takesRest, let changes = changes(of: verb, words, from: count) {
      return changeCandidates(changes, begun: begun)
    }
    if expected.reached < words.words.count { expected.expected = [] }
    var found: [Completions.Candidate] = []
    for element in expected.expected {
      switch element {
      case .word(let word): found.append(.init(word))
      case .place(let place): found += candidates(of: place, begun: begun)
      default: break
      }
    }
    if words.words.count == count { found += secondWords(of: words) }
    if verb.isQuery, expected.arguments != nil { found += Session.modifiers }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.text).inserted }
  }

  private static let modifiers: [Completions.Candidate] = [
    .init("as of", "as it was at a time"), .init("on", "on a branch"), .init("under", "under another policy"),
    .init("--json", "as JSON", endsWord: false), .init("--csv", "as CSV", endsWord: false),
  ]

  /// The verbs and, before anybody has typed anything, the most useful of them first.
  private func verbCandidates(_ begun: String) -> [Completions.Candidate] {
    var seen: Set<String> = []
    return Verbs.all.filter { $0.name.hasPrefix(".") == begun.hasPrefix(".") }
      .map { Completions.Candidate($0.name, $0.summary) }.filter { seen.insert($0.text).inserted }
      + (begun.hasPrefix(".") ? [.init(".quit", "leave", endsWord: false)] : [])
  }

  /// `if` behind `what`.
  private func secondWords(of words: Words) -> [Completions.Candidate] {
    Verbs.all.compactMap { verb in
      let names = verb.name.split(separator: " ").map(String.init)
      guard names.count > words.words.count, zip(words.words, names).allSatisfy({ $0.text == $1 }) else { return nil }
      return Completions.Candidate(names[words.words.count], verb.summary)
    }
  }

  private func tailCandidates(_ words: Words) -> [Completions.Candidate] {
    switch words.words.last?.text {
    case "under": candidates(of: .policy, begun: "")
    case "on": candidates(of: .branch, begun: "")
    case "of": candidates(of: .time, begun: "")
    case "as": [.init("of")]
    default: Session.modifiers
    }
  }

  // MARK: - Places

  func candidates(of place: Place, begun: String) -> [Completions.Candidate] {
    switch place {
    case .account:
      return
        (try? look(Coordinates()) { world in
          try world.reader.accountNames(prefix: begun, limit: Self.mostCandidates).map {
            .init(Words.quoted($0), "account")
          }
        }) ?? []
    case .event:
      var ids = lastSubject.map { [Completions.Candidate(Words.quoted($0), "the last answer")] } ?? []
      ids = ids.filter { $0.text.hasPrefix(begun) }
      let account = coordinates.account
      ids +=
        (try? look(Coordinates()) { world in
          try world.reader.eventIDs(prefix: begun, account: account, limit: Self.mostCandidates).map {
            .init(Words.quoted($0))
          }
        }) ?? []
      return ids
    case .payment: return named { world, account in account.payments.map { .init(Words.quoted($0.id), "payment") } }
    case .key: return named { world, account in account.keyNames.map { .init(Words.quoted($0), "key") } }
    case .rule: return declared { program in program.rules.map { .init($0.name, program.policies[$0.policy].summary) } }
    case .setting: return declared { $0.settings.map { .init($0.name) } }
    case .kind: return declared { $0.events.map { .init($0.name, $0.summary) } }
    case .fact:
      return declared { program in
        program.buckets.map { .init($0.name, "bucket") } + program.meters.map { .init($0.name, "meter") }
          + program.settings.map { .init($0.name, "setting") } + program.lets.map { .init($0.name) }
      }
    case .period:
      return ["this month", "last month", "this week", "last week", "today", "yesterday", "last 7 days", "all"]
        .map { .init($0) }
    case .time: return ["now", "yesterday", "today"].map { .init($0) }
    case .branch: return ([Session.trunk] + branches.keys.sorted()).map { .init(Words.quoted($0), "branch") }
    case .policy: return [.init("current", "the policy in force")] + files(begun)
    case .file: return files(begun)
    case .mode: return Mode.allCases.map { .init($0.rawValue) }
    case .verb: return Verbs.all.map { .init($0.name, $0.summary) }
    case .view: return StoreQuery.views.map { .init($0.name, $0.summary) }
    case .amount, .count, .name, .changes, .checks, .value, .line, .text: return []
    }
  }

  private func declared(_ body: (Program) -> [Completions.Candidate]) -> [Completions.Candidate] {
    (try? look(Coordinates()) { world in body(try world.engine.program) }) ?? []
  }

  private func named(_ body: (World, AccountState) throws -> [Completions.Candidate]) -> [Completions.Candidate] {
    guard let account = coordinates.account else { return [] }
    return (try? look(coordinates) { world in try body(world, world.account(account).state) }) ?? []
  }

  // MARK: - Changes

  /// The words of the change that the cursor is in, behind the last `then`; nil where the rest of the line is none.
  private func changes(of verb: Verb, _ words: Words, from count: Int) -> [Word]? {
    guard verb.shape.text.contains(Place.changes.rawValue) else { return nil }
    var rest = words.words[count...]
    if let then = rest.lastIndex(where: { $0.text == "then" && !$0.isQuoted }) {
      rest = rest[(then + 1)...]
    } else if let first = rest.first, verb.shape.text.contains(Place.account.rawValue), isAccount(first.text) {
      rest = rest.dropFirst()
    } else if rest.isEmpty, verb.shape.text.contains(Place.account.rawValue), coordinates.account == nil {
      return nil
    }
    return Array(rest)
  }

  private func isAccount(_ name: String) -> Bool {
    (try? look(Coordinates()) { world in try world.reader.hasAccount(name) }) ?? false
  }

  /// What may go on in a change such as `request model "gpt-4o", input 1200`.
  private func changeCandidates(_ words: [Word], begun: String) -> [Completions.Candidate] {
    guard let first = words.first else {
      return declared { program in
        program.events.map { .init($0.name, $0.summary) } + [
          .init("set", "change a setting"), .init("clock", "let time pass"),
        ]
      }
    }
    switch first.text {
    case "clock": return words.count == 1 ? [.init("to"), .init("forward")] : []
    case "set":
      if words.count == 1 { return candidates(of: .setting, begun: begun) }
      return words.count == 2 ? [.init("to")] : []
    default: break
    }
    return declared { program in
      guard let event = program.events.first(where: { $0.name == first.text }) else { return [] }
      let given = event.fields.prefix(event.givenCount)
      if let last = words.last, words.count > 1, let field = given.first(where: { $0.name == last.text }) {
        return self.values(of: field, in: program)
      }
      let used = Set(words.map(\.text))
      return given.filter { !used.contains($0.name) }.map { .init($0.name, "\($0.type)") } + [
        .init("as", "its id"), .init("at", "its time"),
      ]
    }
  }

  private func values(of field: Event.Field, in program: Program) -> [Completions.Candidate] {
    switch field.type.base {
    case .bool: [.init("on"), .init("off")]
    case .enumeration(let members): members.map { .init($0) }
    case .key: candidates(of: .key, begun: "")
    case .record(.payment): candidates(of: .payment, begun: "")
    case .name: program.names.keys.sorted().map { .init("\"\($0)\"") }
    default: []
    }
  }

  // MARK: - SQL

  private func completionsOfSQL(_ before: String) -> Completions {
    let bytes = Array(before.utf8)
    func isName(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "_") || UnicodeScalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte)
    }
    let start = bytes.lastIndex(where: { !isName($0) }).map { $0 + 1 } ?? 0
    let begun = Words.text(before, start..<bytes.count)
    let words = Words.text(before, 0..<start).lowercased().split { !$0.isLetter && $0 != "_" }.map(String.init)
    var found = Completions(start: start)
    let all: [Completions.Candidate]
    if ["from", "join"].contains(words.last ?? "") {
      all = StoreQuery.views.map { .init($0.name, $0.summary) }
    } else {
      let named = StoreQuery.views.filter { words.contains($0.name) }
      var seen: Set<String> = []
      all = (named.isEmpty ? [] : named.flatMap(\.columns)).map { Completions.Candidate($0.name, $0.summary) }
        .filter { seen.insert($0.text).inserted }
    }
    found.candidates = all.filter { $0.text.hasPrefix(begun) }
    if found.candidates.isEmpty, !begun.isEmpty { found.alike = all.filter { $0.text.contains(begun) } }
    return found
  }

  // MARK: - Hints

  /// What is shown dimly behind a line: what may still follow, or what was suggested.
  ///
  /// - Returns: the text, and what Right puts in; nil for a hint that only says something.
  public func hint(for line: String) -> (text: String, accepts: String?)? {
    guard settings.showsHints, !line.contains("\n") else { return nil }
    if line.isEmpty { return suggestion.map { ($0, $0) } }
    if let suggestion, suggestion.hasPrefix(line), suggestion != line {
      let rest = String(suggestion.dropFirst(line.count))
      return (rest, rest)
    }
    let words = Words(line)
    if words.openQuote != nil { return supposedHint(words) }
    guard let (verb, count) = Verbs.find(words.words),
      line.hasSuffix(" ") || words.words.count == count
    else { return nil }
    let rest = verb.shape.rest(behind: words, from: count)
    return rest.isEmpty ? nil : ((line.hasSuffix(" ") ? "" : " ") + rest, nil)
  }
}

extension Shape {
  /// The part of the shape, as it was written, that words have not come to yet; all of it where they do not fit.
  func rest(behind words: Words, from start: Int) -> String {
    if words.words.count == start { return text }
    let match = match(words, from: start)
    guard match.reached == words.words.count, !match.expected.isEmpty else { return "" }
    // From the first thing that is expected on: what stands before it is there, or was left out.
    let marks = match.expected.compactMap { element -> String? in
      switch element {
      case .word(let word): word
      case .place(let place): place.rawValue
      default: nil
      }
    }
    let parts = text.split(separator: " ").map(String.init)
    let place = parts.firstIndex { part in
      marks.contains { mark in part.split { "[]|".contains($0) }.map(String.init).contains(mark) }
    }
    guard let place else { return "" }
    let rest = parts[place...].joined(separator: " ")
    // Brackets that were opened before are closed behind what is left; those need not be shown.
    return Shape.balanced(rest)
  }

  private static func balanced(_ text: String) -> String {
    var depth = 0
    var kept = ""
    for character in text {
      if character == "[" { depth += 1 }
      if character == "]" {
        if depth == 0 { continue }
        depth -= 1
      }
      kept.append(character)
    }
    return kept
  }
}

import Diagnostics
import Store

extension Session {
  /// What became of an input.
  public struct Outcome: Sendable, Hashable {
    public var status = ExitStatus.answered
    /// The session is to end.
    public var leaves = false

    public init(status: ExitStatus = .answered, leaves: Bool = false) {
      self.status = status
      self.leaves = leaves
    }
  }

  /// Whether Enter ends what was typed: SQL needs its `;` or an empty line, a backslash goes on.
  public func isComplete(_ text: String) -> Bool {
    // The Enter that is asked about ends the last line, so that an empty one counts.
    LineCutter(text + "\n").open == nil
  }

  /// Carries out what was typed: a verb, a dot command, SQL, or several lines of them.
  ///
  /// What it answers goes to the console, and so does what is wrong with it; what follows a mistake is not done.
  public func run(_ text: String) -> Outcome {
    run(LineCutter(text).all, from: nil, goesOn: false)
  }

  /// Carries out a script and stops at the first line that fails.
  ///
  /// - Parameters:
  ///   - name: what people are told it is called; nil for a line that shows itself.
  ///   - goesOn: does the rest as well, and fails nevertheless.
  public func run(script: String, name: String?, goesOn: Bool = false) -> Outcome {
    var text = script[...]
    // `#!` is a comment like any other.
    if text.hasPrefix("\u{FEFF}") { text = text.dropFirst() }
    return run(LineCutter(String(text)).all, from: name, goesOn: goesOn)
  }

  /// Bytes of one line, and of one statement.
  static let mostBytes = 1 << 20

  /// Carries out one line that is made of the words of a command line. It goes nowhere but to the console: whoever has a shell
  /// has the shell's own `>` and `|`, and a word of it may be anything.
  public func ask(_ line: String) -> Outcome { withoutTargets { run(.init(text: line, line: 1, isSQL: false)) } }

  /// Answers one statement, whatever stands in it.
  public func ask(sql: String) -> Outcome { withoutTargets { run(.init(text: sql, line: 1, isSQL: true)) } }

  private func withoutTargets(_ body: () -> Outcome) -> Outcome {
    let took = takesTargets
    takesTargets = false
    defer { takesTargets = took }
    return body()
  }

  private func run(_ inputs: [LineCutter.Input], from name: String?, goesOn: Bool) -> Outcome {
    var outcome = Outcome()
    for input in inputs {
      place = name.map { ScriptPlace(name: $0, line: input.line) }
      defer { place = nil }
      let one = run(input)
      if one.leaves { return Outcome(status: outcome.status == .answered ? one.status : outcome.status, leaves: true) }
      guard one.status != .answered else { continue }
      if outcome.status == .answered { outcome.status = one.status }
      if !goesOn || one.status == .interrupted { return outcome }
    }
    return outcome
  }

  private func run(_ input: LineCutter.Input) -> Outcome {
    let begun = ContinuousClock.now
    hasLooked = false
    defer { if settings.showsTiming { tellTime(ContinuousClock.now - begun) } }
    do {
      guard input.text.utf8.count <= Session.mostBytes else {
        throw LineComplaint(
          message: "a line has at most \(Count.text(Session.mostBytes, "byte"))",
          line: Words.text(input.text, 0..<80) + "…", code: "long_line")
      }
      if input.isSQL { return try runSQL(input.text) }
      let line = LineCutter.trimmed(input.text)
      guard !line.hasPrefix("#") else { return Outcome() }
      return try run(Words(Session.twin(of: line)))
    } catch {
      return Outcome(status: complain(error))
    }
  }

  /// Answers SQL; behind its `;` may stand flags, and where the answer goes.
  private func runSQL(_ text: String) throws -> Outcome {
    var (sql, tail): (String, Tail?) = (text, nil)
    if takesTargets, let end = SQLEnding(text).firstEnd {
      tail = Tail(behindSQL: Words.text(text, end..<text.utf8.count))
      if tail != nil { sql = Words.text(text, 0..<end) }
    }
    let flags = tail?.flags ?? []
    // What was suggested belongs to an earlier answer.
    suggestion = nil
    let answer = try query(sql, most: flags.contains("all") ? Session.mostRowsEver : settings.mostRows)
    let mode = tail?.mode ?? mode ?? usualMode(of: answer, to: tail?.target)
    return Outcome(status: show(answer, coordinates, mode: mode, target: tail?.target, flags: flags))
  }

  private func run(_ words: Words) throws -> Outcome {
    guard let first = words.words.first else { return Outcome() }
    if ["quit", "exit", ".quit", ".exit"].contains(first.text), words.words.count == 1 { return Outcome(leaves: true) }
    let (request, tail) = try understand(words)
    if tail.target != nil { try allowTargets() }
    suggestion = nil
    let (before, place) = (trail, coordinates)
    let answer = try request.verb.answer(request, self)
    if let subject = answer.subject { lastSubject = subject }
    if let subjects = answer.table?.subjects, !subjects.isEmpty { lastRows = subjects }
    suggestion = answer.suggestion
    recording?.take(words.line, answer)
    // `.all` asks again, and a change is not to be made twice.
    if request.verb.isQuery, !request.verb.name.hasPrefix("."), trail == before { lastLine = words.line }
    let mode = tail.mode ?? mode ?? usualMode(of: answer, to: tail.target)
    guard hasRows(answer, for: mode, request) else {
      throw LineComplaint(
        message: "`\(request.verb.name)` has no rows for \(mode.rawValue)", line: words.line,
        help: "--json has all of it, --table is for people", code: "no_rows")
    }
    // A line that goes somewhere says where that is.
    let shown = coordinates == place ? request.coordinates : coordinates
    let status = show(answer, shown, mode: mode, target: tail.target, flags: tail.flags)
    return Outcome(status: status == .answered ? answer.status : status)
  }

  /// Whether a mode that is nothing but rows has something to print.
  private func hasRows(_ answer: Answer, for mode: Mode, _ request: Request) -> Bool {
    guard mode == .csv || mode == .jsonl, request.verb.isQuery || request.verb.isCommand else { return true }
    return answer.table != nil || (answer.blocks.isEmpty && answer.members.isEmpty)
  }

  /// How many changes there are on each branch: it is another after a line that makes one.
  private var trail: [String: Int] { branches.mapValues(\.steps.count) }

  /// What the hands of other shells type.
  private static func twin(of line: String) -> String {
    let twins = [
      "\\q": ".quit", "\\?": ".help", "?": ".help", "\\d": ".schema", "\\x": ".mode card", "\\timing": ".timing",
      "help": ".help",
    ]
    let first = line.prefix { $0 != " " }
    return twins[String(first)].map { $0 + line.dropFirst(first.count) } ?? line
  }

  private func tellTime(_ time: Duration) {
    let microseconds = time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000
    console.error.write(ink.dim("\(microseconds / 1_000).\(microseconds % 1_000 / 100) ms") + "\n")
  }

  /// How an answer is printed where nobody said: as text for people at a terminal, and elsewhere as rows where it is nothing else.
  private func usualMode(of answer: Answer, to target: Tail.Target?) -> Mode {
    if case .file(let path, _) = target, let mode = Mode(ofFile: path) { return mode }
    if target == nil, console.out.isTerminal || options.isInteractive { return .table }
    return answer.isTable ? .tsv : .table
  }

  // MARK: - Understanding

  /// Understands a line that is no SQL.
  func understand(_ line: Words) throws -> (request: Request, tail: Tail) {
    if let quote = line.openQuote, let last = line.words.last {
      throw LineComplaint(
        message: "a quote is opened and never closed", line: line.line, range: last.range, help: "add \(quote)",
        code: "open_quote")
    }
    let (verb, count) = try verb(of: line)
    let tail = try Tail(line, of: verb, branches: Set(branches.keys), takesTargets: takesTargets)
    let match = verb.shape.match(tail.words, from: count)
    guard let arguments = match.arguments else { throw misfit(verb, match, tail.words) }
    var request = Request(verb: verb, arguments: arguments, coordinates: coordinates, words: line)
    request.flags = tail.flags
    request.mode = tail.mode ?? mode
    try place(tail, in: &request)
    return (request, tail)
  }

  /// Says in a request where it looks.
  private func place(_ tail: Tail, in request: inout Request) throws {
    if let branch = tail.branch {
      request.coordinates.branch = branch == Session.trunk ? nil : branch
      if branch != Session.trunk { _ = try self.branch(branch) }
    }
    if let policy = tail.policy { request.coordinates.policy = policy }
    if let moment = tail.moment {
      request.coordinates.moment = try self.moment(moment.text)
    }
    if let event = tail.event {
      let found = try look(Coordinates()) { world in
        try self.event(event.id, world, account: request.coordinates.account)
      }
      request.coordinates.moment = event.isAfter ? .after(found.seq) : .before(found.seq)
      if request.coordinates.account == nil { request.coordinates.account = found.account }
    }
  }

  /// `2026-10-15 14:02` or `now` as a place in the history.
  func moment(_ text: String) throws -> StoreReader.Moment {
    let now = try look(Coordinates()) { world in world.reader.now }
    return try Moments.time(text, now: now).map { .time($0) } ?? .now
  }

  private func verb(of line: Words) throws -> (verb: Verb, count: Int) {
    if let found = Verbs.find(line.words) { return found }
    let first = line.words[0]
    let names = Verbs.all.map(\.name)
    if options.isInteractive, !first.isQuoted {
      let begun = Verbs.all.filter { $0.name.hasPrefix(first.text) && !$0.name.contains(" ") }
      if begun.count == 1 { return (begun[0], 1) }
      if begun.count > 1 {
        throw LineComplaint(
          message: "`\(first.text)` begins several verbs", line: line.line, range: first.range,
          help: begun.map(\.name).joined(separator: ", "), code: "ambiguous_verb")
      }
    }
    let instead = Suggestion.nearest(first.text, in: names).map { near in
      near + (line.words.count > 1 ? " " + line.rest(from: 1) : "")
    }
    let kind = first.text.hasPrefix(".") ? "command" : "verb"
    throw LineComplaint(
      message: "unknown \(kind) `\(ShownText.cut(first.text, to: 60))`", line: line.line, range: first.range,
      help: instead ?? "`.help` lists what can be asked", instead: instead, status: .failed, code: "unknown_verb")
  }

  private func misfit(_ verb: Verb, _ match: Shape.Match, _ words: Words) -> LineComplaint {
    let expected = Shape.text(of: match.expected)
    let usage = "\(verb.name) \(verb.shape.text)"
    guard words.words.indices.contains(match.reached) else {
      let end = words.line.utf8.count
      return LineComplaint(
        message: expected.isEmpty ? "the line is not finished" : "\(expected) is missing", line: words.line,
        range: end..<end,
        help: usage, code: "missing")
    }
    let word = words.words[match.reached]
    let shown = ShownText.cut(word.text, to: 60)
    let fixed = match.expected.compactMap { element in
      if case .word(let text) = element { text } else { nil }
    }
    if let near = Suggestion.nearest(word.text, in: fixed) {
      return LineComplaint(
        message: "`\(word.text)` does not fit here", line: words.line, range: word.range,
        help: "did you mean `\(near)`?",
        instead: words.replacing(match.reached, by: near), code: "unexpected")
    }
    if verb.name == Verb.compare.name, let quoted = words.quoting(around: match.reached) {
      return LineComplaint(
        message: "what is supposed stands in quotes", line: words.line, range: word.range, help: quoted,
        instead: quoted,
        code: "unexpected")
    }
    return LineComplaint(
      message: expected.isEmpty ? "`\(shown)` does not belong here" : "`\(shown)` is not \(expected)",
      line: words.line, range: word.range, help: usage, code: "unexpected")
  }

  // MARK: - Mistakes

  /// Says what is wrong, with its place.
  func complain(_ error: any Error) -> ExitStatus {
    if let shown = error as? ShownFault { return shown.status }
    if let fault = error as? StoreFault, case .brokenPolicy = fault.kind { isBroken = true }
    let ink = Ink(console.error.isColored)
    let prefix = place.map { "\($0.name):\($0.line): " } ?? ""
    guard let fault = error as? any CommandFault else {
      console.error.write(prefix + ink.red("error") + ": \(ShownText.lines("\(error)"))\n")
      return .failed
    }
    if mode == .json || mode == .jsonl { return complainInJSON(fault) }
    console.error.write(prefix + ink.red("error") + ": \(ShownText.lines(fault.message))\n")
    if let fault = fault as? LineComplaint {
      if let range = fault.range {
        let (line, caret) = Session.excerpt(of: fault.line, around: range)
        console.error.write("  \(line)\n  \(ink.red(caret))\n")
      }
      suggestion = fault.instead
    }
    let spell = surroundings.spell ?? { $0 }
    if let instead = (fault as? LineComplaint)?.instead {
      console.error.write("  " + ink.green("try") + ": \(ShownText.lines(spell(instead)))\n")
    }
    if let help = fault.help, help != (fault as? LineComplaint)?.instead {
      console.error.write("  " + ink.green("help") + ": \(ShownText.lines(spell(help)))\n")
    }
    return fault.status
  }

  /// Columns of a line that are shown about its mistake.
  private static let shownColumns = 200

  /// A line as it is shown with its mistake: what stands around that, and the caret below it.
  static func excerpt(of line: String, around range: Range<Int>) -> (line: String, caret: String) {
    let bytes = Array(line.utf8)
    let low = min(max(0, range.lowerBound), bytes.count)
    let high = min(max(low, range.upperBound), bytes.count)
    func text(_ range: Range<Int>) -> String { ShownText.text(String(decoding: bytes[range], as: UTF8.self)) }
    /// The nearest place that is in no scalar.
    func whole(_ place: Int) -> Int {
      var place = place
      while place > 0, place < bytes.count, bytes[place] & 0xC0 == 0x80 { place -= 1 }
      return place
    }
    let start = bytes.count <= shownColumns ? 0 : whole(max(0, low - shownColumns / 2))
    let end = bytes.count <= shownColumns ? bytes.count : max(low, whole(min(bytes.count, start + shownColumns)))
    let (front, back) = (start > 0 ? "…" : "", end < bytes.count ? "…" : "")
    let before = front + text(start..<low)
    let meant = text(low..<min(high, max(low, end)))
    return (
      before + text(low..<end) + back,
      String(repeating: " ", count: ShownText.columns(before))
        + String(repeating: "^", count: max(1, ShownText.columns(meant)))
    )
  }
}

/// A line of a script.
struct ScriptPlace {
  var name: String
  var line: Int
}

extension Words {
  /// The line with another word in place of one.
  func replacing(_ word: Int, by text: String) -> String {
    let range = words[word].range
    return Words.text(line, 0..<range.lowerBound) + text + Words.text(line, range.upperBound..<line.utf8.count)
  }
}

extension Shape {
  /// `for, by or ACCOUNT`
  static func text(of expected: [Element]) -> String {
    var names: [String] = []
    for element in expected {
      switch element {
      case .word(let word): names.append("`\(word)`")
      case .place(let place): names.append(place.phrase)
      default: break
      }
    }
    var unique: [String] = []
    for name in names where !unique.contains(name) { unique.append(name) }
    guard let last = unique.popLast() else { return "" }
    return unique.isEmpty ? last : unique.joined(separator: ", ") + " or " + last
  }
}

extension Place {
  /// As a sentence names it.
  var phrase: String {
    switch self {
    case .account: "an account"
    case .key: "a key"
    case .event: "the id of an event"
    case .kind: "an event of the policy"
    case .payment: "a payment"
    case .rule: "a rule"
    case .setting: "a setting"
    case .fact: "a name of the policy"
    case .period: "a period such as `last month`"
    case .time: "a time such as `2026-10-15`"
    case .branch: "a branch"
    case .policy: "a policy"
    case .amount: "an amount such as `$20`"
    case .count: "a number"
    case .name: "a name"
    case .file: "a file"
    case .verb: "a verb"
    case .view: "a view"
    case .mode: "an output mode"
    case .changes: "a change such as `topup $20`"
    case .checks: "what should be so"
    case .value: "a value such as `$20`"
    case .line: "a line of a scenario"
    case .text: "a text"
    }
  }
}

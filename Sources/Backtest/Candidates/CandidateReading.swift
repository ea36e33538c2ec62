import Diagnostics
import Engine
import Lab
import Language

/// Finds what people name to be compared: a policy, and what is supposed of usage, of beginnings and of plans.
///
/// `current` · `rules+ten.rules` · `limits.spending_limit default $10` · `model is gpt-4o-mini, output at most 500` ·
/// `first subscribe quota $20 rate 4/5, fee $16 each month`. Policies are read here only, whoever asks.
public struct CandidateReading {
  /// Bytes of a candidate at most.
  public static let longest = 16_384
  /// What is told of a reform that stands in no file.
  public static let linePath = "line"

  public var vocabulary: Vocabulary
  /// What `current` is, and what reforms are laid over; nil where there is nothing.
  public var current: PolicyTexts?
  /// Policies that are kept somewhere, by other names such as hashes; nil for a name that is none of them.
  public var kept: (String) throws -> PolicyTexts? = { _ in nil }
  /// Whether files may be looked for. Before looking: whether something is there is an answer as well.
  public var readsFiles = true
  /// What was read already.
  public var known = KnownRules()

  public init(vocabulary: Vocabulary, current: PolicyTexts?) {
    self.vocabulary = vocabulary
    self.current = current
  }

  /// The words that name a policy, for help and completion.
  public static let forms = [
    ("current", "the policy of the store, or else the rules"),
    ("rules", "a folder of rules"),
    ("ten.rules", "a reform, laid over what is current"),
    ("rules+ten.rules", "reforms laid over a folder, one after another"),
    ("git:HEAD~3", "the folder `rules` as it was at a revision"),
    ("HEAD~3:old-rules", "another folder at a revision"),
    ("limits.spending_limit default $10", "a reform of one line"),
    ("model is gpt-4o-mini", "the same events with something else in a field"),
    ("output at most 500", "no more than that; `at least`; a share: 60% of input"),
    ("first cancel", "what accounts begin with besides: a line of a scenario"),
    ("never subscribe", "the same without events of a kind"),
    ("fee $20 each month", "what a plan costs each account"),
  ]

  // MARK: - Candidates

  /// The candidate of a name: parts between commas, at most one of them a policy.
  public func candidate(_ text: String) throws -> Candidate {
    let list = try self.list(text)
    let parts = try parts(of: list)
    let texts = try self.texts(parts, list)
    let name = parts.map { shown($0.part.text, $0.kind) }.joined(separator: ", ")
    var candidate = try known.candidate(name, texts, vocabulary)
    candidate.supposition = try supposition(parts, list, candidate.engine)
    return candidate
  }

  /// The texts of a policy's name, and of reforms of one line behind it.
  public func texts(_ text: String) throws -> PolicyTexts {
    let list = try self.list(text)
    let parts = try parts(of: list)
    if let other = parts.first(where: { $0.kind != .policy && $0.kind != .reform }) {
      throw list.fault(
        "a policy is asked for, and `\(other.part.text)` is none", at: other.part.range,
        help: "compare current '\(text)' on last month")
    }
    return try self.texts(parts, list)
  }

  /// Texts with a reform of one line laid over them.
  public static func reformed(_ line: String, over texts: PolicyTexts) throws -> PolicyTexts {
    let title = line.filter { $0 != "\"" && $0 != "\\" }
    let changes = line.hasPrefix("reform ") ? line : "reform \"\(title)\"\n  \(line)"
    return try texts.adding(reform: Array((changes + "\n").utf8), path: linePath)
  }

  /// `limits.spending_limit default $25`: what a reform has on a line of its own.
  public static func isReform(_ line: String) -> Bool {
    guard line.utf8.count <= longest else { return false }
    let list = CandidateText(line, isWhole: true)
    return list.parts.first.map(isReform) ?? false
  }

  private static func isReform(_ part: CandidateText.Part) -> Bool {
    guard part.words.count >= 2, !UsageReading.isChange(part) else { return false }
    if part.isWord(0, "without", "reform") { return true }
    return part.words[0].text.contains(".") && part.isWord(1, "default", "when", "at", "else", "with")
  }

  /// Of files the last part of their path is enough.
  private func shown(_ text: String, _ kind: Kind) -> String {
    guard kind == .policy else { return text }
    return text.split(separator: "+")
      .map { $0.hasSuffix(RuleFolder.ruleEnding) ? TextFile.lastName(String($0)) : String($0) }.joined(separator: "+")
  }

  // MARK: - Parts

  private enum Kind: Hashable {
    case policy
    case reform
    case usage
    case never
    case first
    case fee
  }

  private struct Part {
    var kind: Kind
    var part: CandidateText.Part
  }

  private func list(_ text: String) throws(BacktestFault) -> CandidateText {
    guard text.utf8.count <= CandidateReading.longest else {
      throw .request(
        message: "what is compared is longer than \(CandidateReading.longest) bytes", help: "put reforms into a file")
    }
    return CandidateText(text, isWhole: readsFiles && (TextFile.isFile(text) || TextFile.isFolder(text)))
  }

  private func parts(of list: CandidateText) throws(BacktestFault) -> [Part] {
    var parts: [Part] = []
    for part in list.parts {
      if part.words.isEmpty {
        throw list.parts.count == 1
          ? .request(message: "a policy without a name", help: "payg compare current ten.rules on last month")
          : list.fault("nothing stands beside this comma", at: comma(beside: part, list), help: "leave the comma out")
      }
      guard let kind = kind(part) else {
        // Fields of an event may be separated by commas, as in scenarios.
        if parts.last?.kind == .first {
          let joined = parts.removeLast().part
          let range = joined.range.lowerBound..<part.range.upperBound
          parts.append(
            Part(
              kind: .first,
              part: CandidateText.Part(text: list.string(range), range: range, words: joined.words + part.words)))
          continue
        }
        throw unknown(part, list)
      }
      if kind == .policy, let other = parts.first(where: { $0.kind == .policy }) {
        throw list.fault(
          "`\(other.part.text)` and `\(part.text)` are two policies", at: part.range,
          help: "reforms are laid over a policy with +: \(other.part.text)+\(part.text)")
      }
      if kind == .fee, parts.contains(where: { $0.kind == .fee }) {
        throw list.fault("a plan has one fee", at: part.range, help: "leave one of the two out")
      }
      parts.append(Part(kind: kind, part: part))
    }
    return parts
  }

  private func comma(beside part: CandidateText.Part, _ list: CandidateText) -> Range<Int> {
    let count = list.text.utf8.count
    let start = part.range.lowerBound
    return start > 0 ? (start - 1)..<start : 0..<min(1, count)
  }

  private func kind(_ part: CandidateText.Part) -> Kind? {
    if part.words.count == 1 { return .policy }
    if readsFiles, TextFile.isFile(part.text) || TextFile.isFolder(part.text) { return .policy }
    if UsageReading.isChange(part) { return .usage }
    if CandidateReading.isReform(part) { return .reform }
    if part.isWord(0, "first") { return .first }
    if part.isWord(0, "never") { return .never }
    if part.isWord(0, "fee") { return .fee }
    return part.text.contains("+") || part.text.hasSuffix(RuleFolder.ruleEnding) ? .policy : nil
  }

  private func unknown(_ part: CandidateText.Part, _ list: CandidateText) -> BacktestFault {
    let name = part.words.first?.text ?? ""
    if part.isWord(1, "at") {
      return list.fault(
        "`\(name)` is `at most` or `at least` something", at: part.words[1].range.lowerBound..<part.range.upperBound,
        help: "\(name) at most \(part.words.last?.text ?? "")")
    }
    return list.fault(
      "`\(part.text)` is neither a policy nor anything that can be supposed", at: part.range,
      help: part.words.count == 2
        ? "for a field of an event: \(name) is \(part.words[1].text)"
        : "model is NAME, output at most 500, never EVENT, first EVENT, fee $20 each month, or FAMILY.SETTING default VALUE"
    )
  }

  // MARK: - Policies

  private func texts(_ parts: [Part], _ list: CandidateText) throws -> PolicyTexts {
    let policy = parts.first { $0.kind == .policy }?.part.text
    var texts = try policy.map(named) ?? currentTexts(list.text)
    for part in parts where part.kind == .reform { texts = try CandidateReading.reformed(part.part.text, over: texts) }
    // `limits.cycle_limit at most $5` is about a rule, `request.output at most 5` about events.
    for part in parts where part.kind == .usage {
      guard let line = try capped(part.part, list, texts) else { continue }
      texts = try CandidateReading.reformed(line, over: texts)
    }
    return texts
  }

  /// The reform that `limits.cycle_limit at most $5` is; nil where it is about a field of events.
  private func capped(
    _ part: CandidateText.Part, _ list: CandidateText, _ texts: PolicyTexts
  ) throws(BacktestFault) -> String? {
    guard let word = part.words.first, word.text.contains("."), part.isWord(1, "at"), part.words.count > 3 else {
      return nil
    }
    // What is wrong with the rules is said when they are all there.
    guard let program = try? known.candidate(list.text, texts, vocabulary).engine.program else { return nil }
    let isCap = program.rules.contains { rule in
      if case .cap = rule.kind { rule.name == word.text } else { false }
    }
    guard isCap else { return nil }
    let names = word.text.split(separator: ".")
    let isField = program.events.contains { event in
      names.count == 2 && event.name == names[0]
        && event.fields.prefix(event.givenCount).contains { $0.name == names[1] }
    }
    let value = list.string(part.words[3].range.lowerBound..<part.range.upperBound)
    if isField {
      throw list.fault(
        "`\(word.text)` is a rule and a field of an event", at: word.range,
        help: "for the rule write `\(word.text) at \(value)`, for the field `\(names[1]) at most \(value)`")
    }
    guard part.isWord(2, "most") else {
      throw list.fault(
        "`\(word.text)` is a cap: it says at most", at: part.words[2].range, help: "\(word.text) at most \(value)")
    }
    return "\(word.text) at \(value)"
  }

  /// What a name stands for: parts joined by `+` are reforms over the first.
  private func named(_ name: String) throws -> PolicyTexts {
    if name == "current" { return try currentTexts(name) }
    guard readsFiles, isPath(name) else {
      if let texts = try kept(name) { return texts }
      if !readsFiles {
        throw BacktestFault.request(message: "files are closed to this session", help: "leave out --safe")
      }
      throw unknown(name)
    }
    let parts = TextFile.isFile(name) || TextFile.isFolder(name) ? [name] : name.split(separator: "+").map(String.init)
    guard let first = parts.first else { throw unknown(name) }
    var texts = isReform(file: first) ? try over(try currentTexts(first), first) : try base(first)
    for reform in parts.dropFirst() { texts = try over(texts, reform) }
    return texts
  }

  private func isPath(_ name: String) -> Bool {
    TextFile.isFile(name) || TextFile.isFolder(name) || name.contains { $0 == "+" || $0 == ":" }
  }

  private func base(_ name: String) throws -> PolicyTexts {
    if name == "current" { return try currentTexts(name) }
    if TextFile.isFolder(name) || TextFile.isFile(name) {
      let rules = try RuleFolder(name).load(vocabulary: vocabulary)
      if let texts = rules.texts { return texts }
    }
    if name.hasPrefix("git:") { return try GitRules.texts(of: String(name.dropFirst(4)), folder: "rules") }
    if let colon = name.lastIndex(of: ":"), colon > name.startIndex, name.index(after: colon) < name.endIndex {
      return try GitRules.texts(of: String(name[..<colon]), folder: String(name[name.index(after: colon)...]))
    }
    if let texts = try kept(name) { return texts }
    throw unknown(name)
  }

  private func unknown(_ name: String) -> BacktestFault {
    let fields =
      current.flatMap { try? known.candidate("current", $0, vocabulary).engine.program.events }
      .map { Set($0.flatMap { $0.fields.prefix($0.givenCount).map(\.name) }) } ?? []
    return .request(
      message: "there is no policy `\(name)`",
      help: fields.contains(name) || ["first", "never", "fee"].contains(name)
        ? "put the whole of it in quotes: '\(name) …'"
        : "name a folder of rules, a file with a reform, git:HEAD~1, a hash of `policies`, `current`, or write 'limits.spending_limit default $25'"
    )
  }

  private func currentTexts(_ name: String) throws(BacktestFault) -> PolicyTexts {
    if let current { return current }
    throw .request(
      message: "nothing is current that `\(name)` could be about",
      help: "name a store, or a folder of rules: --rules rules")
  }

  private func over(_ texts: PolicyTexts, _ reform: String) throws -> PolicyTexts {
    try texts.adding(reform: TextFile.read(reform, limit: Limits.standard.fileBytes), path: reform)
  }

  /// A file that begins with `reform`.
  private func isReform(file path: String) -> Bool {
    guard path.hasSuffix(RuleFolder.ruleEnding), TextFile.isFile(path),
      let bytes = try? TextFile.read(path, limit: Limits.standard.fileBytes)
    else { return false }
    var sources = SourceMap()
    let number = sources.add(Source(name: path, bytes: bytes))
    return Lexer.tokens(of: number, in: sources).tokens.first?.isWord("reform") ?? false
  }

  // MARK: - Suppositions

  private func supposition(
    _ parts: [Part], _ list: CandidateText, _ engine: RuleEngine
  ) throws(BacktestFault) -> Supposition {
    var supposition = Supposition()
    let reading = UsageReading(engine.program, list)
    var beginning = AccountBeginning()
    for part in parts {
      switch part.kind {
      case .policy, .reform: continue
      case .usage:
        if isCap(part.part, engine.program) { continue }
        supposition.usage.append(try reading.change(part.part))
      case .never: supposition.leftOut.append(try reading.leftOut(part.part))
      case .first:
        let start = part.part.words.count > 1 ? part.part.words[1].range.lowerBound : part.part.range.upperBound
        let range = start..<part.part.range.upperBound
        if let problem = beginning.add(list.string(range), engine) {
          throw list.fault(problem.message, at: range, help: problem.help)
        }
      case .fee: supposition.monthlyFee = try FeeText.fee(part.part, list)
      }
    }
    if !beginning.lines.isEmpty { supposition.beginning = beginning }
    return supposition
  }

  /// It was laid over the policy.
  private func isCap(_ part: CandidateText.Part, _ program: Program) -> Bool {
    guard let name = part.words.first?.text, name.contains("."), part.isWord(1, "at") else { return false }
    return program.rules.contains { $0.name == name }
  }
}

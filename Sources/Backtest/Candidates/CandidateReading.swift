import Diagnostics
import Lab
import Language

/// Finds the policies that people name: `current`, a folder of rules, a reform, a revision of git.
public struct CandidateReading: Sendable {
  public var vocabulary: Vocabulary
  /// What `current` is, and what reforms are laid over; nil where there is nothing.
  public var current: PolicyTexts?

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
  ]

  /// The policy of a name.
  public func candidate(_ name: String) throws -> Candidate {
    let texts = try texts(name)
    // Of files the last part of their path is enough.
    let parts = name.split(separator: "+").map(String.init)
    let short = parts.map { $0.hasSuffix(RuleFolder.ruleEnding) ? TextFile.lastName($0) : $0 }.joined(separator: "+")
    return try Candidate(name: short, rules: LoadedRules(texts, vocabulary: vocabulary, depth: .checked))
  }

  /// The texts of a name: parts joined by `+` are reforms over the first.
  public func texts(_ name: String) throws -> PolicyTexts {
    let parts = TextFile.isFile(name) || TextFile.isFolder(name) ? [name] : name.split(separator: "+").map(String.init)
    guard let first = parts.first else {
      throw BacktestFault.request(
        message: "a policy without a name", help: "payg compare current ten.rules on last month")
    }
    var texts: PolicyTexts
    if isReform(first) {
      texts = try over(try currentTexts(first), first)
    } else {
      texts = try base(first)
    }
    for reform in parts.dropFirst() { texts = try over(texts, reform) }
    return texts
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
    throw BacktestFault.request(
      message: "there is no policy `\(name)`",
      help: "a folder of rules, a reform, `current`, `git:HEAD~1` or `HEAD~1:rules`")
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
  private func isReform(_ path: String) -> Bool {
    guard path.hasSuffix(RuleFolder.ruleEnding), TextFile.isFile(path),
      let bytes = try? TextFile.read(path, limit: Limits.standard.fileBytes)
    else { return false }
    var sources = SourceMap()
    let number = sources.add(Source(name: path, bytes: bytes))
    return Lexer.tokens(of: number, in: sources).tokens.first?.isWord("reform") ?? false
  }
}

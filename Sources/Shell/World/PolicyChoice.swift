import Backtest
import Diagnostics
import Engine
import Lab
import Language
import Store

/// A policy that somebody named, ready to decide.
public struct PolicyChoice: Sendable {
  /// As it was named.
  public var name: String
  public var hash: String
  /// With the global settings of the moment it is looked at from.
  public var engine: RuleEngine
  /// What it is made of; nil for that of the store, which keeps its texts.
  public var texts: PolicyTexts?
}

extension Session {
  /// A policy by its name: `current`, a hash of the store's, a folder of rules, a file of reforms over the one in force, or a
  /// reform of one line.
  ///
  /// Files are read each time, so that whoever edits them asks about what stands there now.
  func policy(_ name: String, _ reader: StoreReader, at moment: StoreReader.Moment = .now) throws -> PolicyChoice {
    let own = try reader.engine(at: moment)
    if name == "current" { return PolicyChoice(name: name, hash: own.policyHash, engine: own.engine) }
    let texts = try policyTexts(name, reader, over: own.policyHash)
    if texts.hash == own.policyHash { return PolicyChoice(name: name, hash: own.policyHash, engine: own.engine) }
    let engine = try compiled(texts, called: name)
    return PolicyChoice(name: name, hash: texts.hash, engine: try reader.candidate(engine, at: moment), texts: texts)
  }

  /// What a name stands for, as texts.
  ///
  /// - Parameter hash: the policy of the store that reforms are laid over.
  func policyTexts(_ name: String, _ reader: StoreReader, over hash: String) throws -> PolicyTexts {
    if Session.isReform(name) { return try reformed(name, over: try keptTexts(hash, reader)) }
    let isHash = name.utf8.count >= 4 && name.allSatisfy { $0.isHexDigit }
    // Before looking: whether something is there is an answer as well.
    if isSafe, !isHash { throw Complaint(message: "files are closed to this session", help: "leave out --safe") }
    if !isSafe,
      TextFile.isFile(name) || TextFile.isFolder(name) || name.contains(where: { $0 == "+" || $0 == ":" })
    {
      return try CandidateReading(vocabulary: options.vocabulary, current: keptTexts(hash, reader)).texts(name)
    }
    guard isHash else {
      throw Complaint(
        message: "there is no policy `\(name)`",
        help:
          "name a folder of rules, a file with a reform, git:HEAD~1, a hash of `policies`, `current`, or write 'limits.spending_limit default $25'"
      )
    }
    do {
      return try PolicyTexts(reader.policyFiles(hash: name).map { (name: $0.name, bytes: $0.bytes) })
    } catch is StoreFault {
      throw Complaint(
        message: "there is no policy `\(name)`: neither a file nor a hash of this store", help: "policies")
    }
  }

  func keptTexts(_ hash: String, _ reader: StoreReader) throws -> PolicyTexts {
    try PolicyTexts(reader.policyFiles(hash: hash).map { (name: $0.name, bytes: $0.bytes) })
  }

  /// The texts with a reform of one line laid over them.
  func reformed(_ line: String, over texts: PolicyTexts) throws -> PolicyTexts {
    let changes = line.hasPrefix("reform ") ? line : "reform \"\(line.filter { $0 != "\"" && $0 != "\\" })\"\n  \(line)"
    return try texts.adding(reform: Array((changes + "\n").utf8), path: "line")
  }

  /// `limits.spending_limit default $25`: what a reform has on a line of its own.
  static func isReform(_ name: String) -> Bool {
    let words = Words(name).words.map(\.text)
    guard words.count >= 2 else { return false }
    if words[0] == "without" || words[0] == "reform" { return true }
    return words[0].contains(".") && ["default", "when", "at", "else", "with"].contains(words[1])
  }

  /// An engine of texts. What is wrong with them is shown with its place.
  func compiled(_ texts: PolicyTexts, called name: String) throws -> RuleEngine {
    let hash = texts.hash
    if let known = engines[hash] { return known }
    let rules = LoadedRules(texts, vocabulary: options.vocabulary, depth: .checked)
    guard !rules.diagnostics.hasErrors else { throw BrokenPolicy(name: name, rules: rules, help: nil) }
    do throws(CompileError) {
      let engine = try RuleEngine(rules.program)
      engines[hash] = engine
      return engine
    } catch {
      throw Complaint(message: error.message, status: .brokenPolicy)
    }
  }
}

/// Rules that do not check, with what is wrong with them.
struct BrokenPolicy: CommandFault {
  var name: String
  var rules: LoadedRules
  var help: String?

  var message: String {
    let count = rules.diagnostics.sorted.count { $0.severity == .error }
    return "the policy `\(name)` has \(Count.text(count, "mistake")):\n"
      + Renderer(sources: rules.sources).render(rules.diagnostics)
  }
  var status: ExitStatus { .brokenPolicy }
}

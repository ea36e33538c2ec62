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
    do {
      return try candidates(reader, over: hash).texts(name)
    } catch let fault as BacktestFault {
      throw Session.complaint(fault)
    }
  }

  /// A fault of a name in the words of a prompt.
  static func complaint(_ fault: BacktestFault) -> Complaint {
    if case .brokenRules(let name, let message) = fault {
      return Complaint(message: "the policy `\(name)` cannot decide anything:\(message)", status: .brokenPolicy)
    }
    return Complaint(message: fault.message, help: fault.help)
  }

  /// Finds what people name to be compared. Policies of the store are found by their hashes, and a session that is closed to files
  /// looks for none.
  func candidates(_ reader: StoreReader, over hash: String) throws -> CandidateReading {
    var reading = CandidateReading(vocabulary: options.vocabulary, current: try keptTexts(hash, reader))
    reading.readsFiles = !isSafe
    reading.kept = { name in try PolicyTexts(kept: name, reader) }
    return reading
  }

  func keptTexts(_ hash: String, _ reader: StoreReader) throws -> PolicyTexts {
    try PolicyTexts(reader.policyFiles(hash: hash).map { (name: $0.name, bytes: $0.bytes) })
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

extension PolicyTexts {
  /// The policy of a store that a name is the hash of, or the beginning of that; nil where it looks like none.
  public init?(kept name: String, _ reader: StoreReader) throws {
    guard name.utf8.count >= 4, name.allSatisfy(\.isHexDigit) else { return nil }
    do {
      try self.init(reader.policyFiles(hash: name).map { (name: $0.name, bytes: $0.bytes) })
    } catch is StoreFault {
      throw Complaint(
        message: "there is no policy `\(name)`: neither a file nor a hash of this store", help: "policies")
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

import Diagnostics
import Engine
import Lab
import Language
import Shell
import Store

/// The way of policy texts from folders into stores, and from stores into engines.
enum PolicyReading {
  /// Makes an engine of the texts that a store keeps. They were analysed when they were put there.
  static func compiler(_ vocabulary: Vocabulary) -> PolicyCompiler {
    { (files: [PolicyFile]) throws(PolicyFault) -> RuleEngine in
      let rules: LoadedRules
      do throws(FileFault) {
        rules = LoadedRules(try PolicyTexts(files), vocabulary: vocabulary, depth: .checked)
      } catch {
        throw PolicyFault(error.message)
      }
      guard !rules.diagnostics.hasErrors else {
        throw PolicyFault("\n" + Renderer(sources: rules.sources).render(rules.diagnostics))
      }
      do throws(CompileError) {
        return try RuleEngine(rules.program)
      } catch {
        throw PolicyFault(error.message)
      }
    }
  }

  /// The texts of a folder of rules, checked; nil where something is wrong with them, which has been shown then.
  ///
  /// - Parameter folder: nil: where rules usually are.
  static func checked(
    _ folder: String?, reforms: [String], _ vocabulary: Vocabulary, _ console: Console
  ) throws -> [PolicyFile]? {
    let rules = try RuleFolder(folder ?? RuleFolder.usual(executable: console.executable))
      .load(vocabulary: vocabulary, reforms: reforms)
    console.show(rules.diagnostics, of: rules.sources)
    guard !rules.diagnostics.hasErrors, let texts = rules.texts else { return nil }
    return texts.files
  }
}

extension PolicyTexts {
  init(_ files: [PolicyFile]) throws(FileFault) { try self.init(files.map { (name: $0.name, bytes: $0.bytes) }) }

  /// As a store keeps them.
  var files: [PolicyFile] { texts.map { PolicyFile(name: $0.name, bytes: $0.bytes) } }
}

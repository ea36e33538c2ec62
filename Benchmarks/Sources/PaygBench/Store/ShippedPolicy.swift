import Diagnostics
import Engine
import Lab
import Standard
import Store

/// The shipped rules, as a store keeps and compiles them.
enum ShippedPolicy {
  /// Their texts and tables, as files of a store.
  static func files(_ path: String) throws -> [PolicyFile] {
    try RuleFolder(path).texts(reforms: []).texts.map { PolicyFile(name: $0.name, bytes: $0.bytes) }
  }

  static let compile: PolicyCompiler = { files throws(PolicyFault) in
    let texts: PolicyTexts
    do throws(FileFault) {
      texts = try PolicyTexts(files.map { ($0.name, $0.bytes) })
    } catch {
      throw PolicyFault(error.message)
    }
    let rules = LoadedRules(texts, vocabulary: StandardPlugin.vocabulary, depth: .checked)
    if rules.diagnostics.hasErrors { throw PolicyFault(Renderer(sources: rules.sources).render(rules.diagnostics)) }
    do {
      return try RuleEngine(rules.program)
    } catch {
      throw PolicyFault("\(error)")
    }
  }
}

import Diagnostics
import Engine
import Lab
import Language
import Standard
import Store

/// The shipped rules, as a store keeps and compiles them.
enum ShippedPolicy {
  /// Their texts and tables, as files of a store.
  static func files(_ path: String) throws -> [PolicyFile] {
    var files: [PolicyFile] = []
    for family in try RuleFolder(path).families {
      for name in TextFile.names(in: family.folder) where name == RuleFolder.policyName || name.hasSuffix(".csv") {
        let bytes = try TextFile.read(TextFile.join(family.folder, name), limit: TextFile.tableBytes)
        files.append(PolicyFile(name: "\(family.name)/\(name)", bytes: bytes))
      }
    }
    return files
  }

  static let compile: PolicyCompiler = { files throws(PolicyFault) in
    var sources = SourceMap()
    var parsed: [FileSyntax] = []
    for file in files.sorted(by: { $0.name < $1.name }) where file.name.hasSuffix(RuleFolder.ruleEnding) {
      parsed.append(Parser.parse(source: sources.add(Source(name: file.name, bytes: file.bytes)), in: sources).0)
    }
    let checked = Checker.check(files: parsed, sources: sources, vocabulary: StandardPlugin.vocabulary) { family, name in
      files.first { $0.name == "\(family)/\(name)" }.map { Source(name: $0.name, bytes: $0.bytes) }
    }
    if let error = checked.diagnostics.first(where: { $0.severity == .error }) { throw PolicyFault(error.message) }
    do {
      return try RuleEngine(checked.program)
    } catch {
      throw PolicyFault("\(error)")
    }
  }
}

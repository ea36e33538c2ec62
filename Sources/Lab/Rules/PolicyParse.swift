import Diagnostics
import Language

/// The rule files and reforms of a policy, parsed: from here on it is known which tables they name.
struct PolicyParse {
  var sources = SourceMap()
  var diagnostics = DiagnosticList()
  /// Reforms applied.
  var files: [FileSyntax] = []
  /// The folder of each family, by the name its `policy` line gives.
  private var folders: [String: String] = [:]

  init(rules: [PolicyTexts.Text], reforms: [PolicyTexts.Text]) {
    for text in rules {
      let file = parse(text)
      files.append(file)
      folders[file.familyName ?? TextFile.lastName(text.folder)] = text.folder
    }
    let overlays = reforms.map { parse($0) }
    diagnostics.append(contentsOf: Reforming.apply(overlays, to: &files))
  }

  private mutating func parse(_ text: PolicyTexts.Text) -> FileSyntax {
    let number = sources.add(Source(name: text.path, bytes: text.bytes))
    let (file, found) = Parser.parse(source: number, in: sources)
    diagnostics.append(contentsOf: found)
    return file
  }

  /// The tables that stand in files of their own, by the name of their text: `pricing/prices.csv`. One that lies outside of
  /// its family's folder is none.
  var tables: [String] {
    var names: [String] = []
    for file in files {
      guard let family = file.familyName else { continue }
      for declaration in file.declarations {
        guard case .table(let table) = declaration.kind, let file = table.file?.text else { continue }
        if let name = textName(of: file, in: family), !names.contains(name) { names.append(name) }
      }
    }
    return names
  }

  /// The name of the text that a table of a family says it stands in; nil for one that can be none of its texts.
  func textName(of file: String, in family: String) -> String? {
    guard let folder = folders[family], !file.hasPrefix("/"), !file.split(separator: "/").contains(".."),
      !file.hasSuffix(RuleFolder.ruleEnding)
    else { return nil }
    return TextFile.join(folder, file)
  }
}

extension FileSyntax {
  /// The name its `policy` line gives.
  var familyName: String? {
    for declaration in declarations {
      if case .policy(let name, _) = declaration.kind { return name.text }
    }
    return nil
  }
}

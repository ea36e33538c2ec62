import Lab
import Shell

/// Finds files below a folder.
enum FileTree {
  /// How many folders deep it looks. Rules are two deep.
  static let depthLimit = 8

  /// The rule files and scenarios at or below a path, sorted.
  static func texts(in path: String) throws(FileFault) -> [String] {
    try find(in: path) { $0.hasSuffix(RuleFolder.ruleEnding) || $0.hasSuffix(RuleFolder.scenarioEnding) }
  }

  /// The scenarios at or below a path, sorted.
  static func scenarios(in path: String) throws(FileFault) -> [String] {
    try find(in: path) { $0.hasSuffix(RuleFolder.scenarioEnding) }
  }

  private static func find(in path: String, _ wanted: (String) -> Bool) throws(FileFault) -> [String] {
    if TextFile.isFile(path) { return [path] }
    guard TextFile.isFolder(path) else { throw FileFault(path: path, .missing) }
    return below(path, depth: 0, wanted)
  }

  private static func below(_ folder: String, depth: Int, _ wanted: (String) -> Bool) -> [String] {
    guard depth < depthLimit else { return [] }
    return TextFile.names(in: folder).flatMap { name -> [String] in
      let path = TextFile.join(folder, name)
      if TextFile.isFolder(path) { return below(path, depth: depth + 1, wanted) }
      return wanted(name) ? [path] : []
    }
  }
}

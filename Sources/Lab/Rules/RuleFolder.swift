import Diagnostics
import Language

/// Finds the rule files, tables and scenarios of a folder.
///
/// A family is a folder with a `policy.rules` file, found by being there. Families are read in the order of their names,
/// so the order in which a disk lists them changes nothing.
public struct RuleFolder: Sendable {
  /// The file a family is found by.
  public static let policyName = "policy.rules"
  /// How the names of rule files end.
  public static let ruleEnding = ".rules"
  /// How the names of scenario files end.
  public static let scenarioEnding = ".scenario"

  public var path: String
  public var families: [Family]

  /// One family's files.
  public struct Family: Sendable {
    /// The name of its folder, which is usually that of its policy.
    public var name: String
    public var folder: String
    public var policyPath: String

    /// Paths of its scenario files, sorted.
    public var scenarioPaths: [String] {
      TextFile.names(in: folder).filter { $0.hasSuffix(RuleFolder.scenarioEnding) }.map { TextFile.join(folder, $0) }
    }

    public var readmePath: String { TextFile.join(folder, "README.md") }
  }

  /// Opens a folder of families, the folder of one family, or one rule file.
  ///
  /// A family is read together with its neighbours, since it may speak of their buckets and denials; a rule file is read
  /// alone.
  public init(_ path: String) throws(FileFault) {
    let path = RuleFolder.trimmed(path)
    if TextFile.isFile(path) {
      let folder = TextFile.folder(of: path)
      self.path = path
      families = [Family(name: TextFile.lastName(folder), folder: folder, policyPath: path)]
      return
    }
    guard TextFile.isFolder(path) else { throw FileFault(path: path, .missing) }
    if TextFile.isFile(TextFile.join(path, RuleFolder.policyName)) {
      self.path = RuleFolder.parent(of: path)
    } else {
      self.path = path
    }
    families = RuleFolder.families(in: self.path)
    if families.isEmpty { throw FileFault(path: path, .noRules) }
  }

  private static func families(in folder: String) -> [Family] {
    TextFile.names(in: folder).compactMap { name in
      let own = TextFile.join(folder, name)
      let policy = TextFile.join(own, policyName)
      return TextFile.isFile(policy) ? Family(name: name, folder: own, policyPath: policy) : nil
    }
  }

  private static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path.hasPrefix("./") && path.count > 2 ? String(path.dropFirst(2)) : String(path)
  }

  private static func parent(of folder: String) -> String {
    folder == "." ? ".." : TextFile.folder(of: folder)
  }

  /// Where the rules are when nobody says: `rules` here, else the `rules` beside the package the program was built in, or
  /// beside the program itself.
  public static func usual(executable: String) -> String {
    if TextFile.isFolder("rules") { return "rules" }
    var folder = TextFile.folder(of: executable)
    // .build/debug/payg and .build/x86_64-unknown-linux-gnu/debug/payg lie two and three folders below the package.
    for _ in 0..<5 where folder != "/" && folder != "." {
      let candidate = TextFile.join(folder, "rules")
      if !families(in: candidate).isEmpty { return candidate }
      folder = TextFile.folder(of: folder)
    }
    return "rules"
  }

  // MARK: - Reading

  /// Reads, checks and analyses all of it, with any reforms laid over.
  ///
  /// - Throws: only where a file cannot be read. What is wrong with a text is a diagnostic of the result.
  public func load(vocabulary: Vocabulary, reforms: [String] = []) throws(FileFault) -> LoadedRules {
    let (texts, parse) = try gather(reforms)
    return LoadedRules(
      texts, parse, path: path, families: families, vocabulary: vocabulary, depth: .analysed)
  }

  /// Reads all of it: the texts a policy is made of, with any reforms laid over.
  public func texts(reforms: [String] = []) throws(FileFault) -> PolicyTexts { try gather(reforms).texts }

  /// The texts, parsed: only then is it known which tables belong to them.
  private func gather(_ reforms: [String]) throws(FileFault) -> (texts: PolicyTexts, parse: PolicyParse) {
    var rules: [PolicyTexts.Text] = []
    for family in families {
      rules.append(try RuleFolder.read("\(family.textFolder)/\(RuleFolder.policyName)", from: family.policyPath))
    }
    var overlays: [PolicyTexts.Text] = []
    for (place, path) in reforms.enumerated() {
      overlays.append(try RuleFolder.read(PolicyTexts.reformName(place + 1, path), from: path))
    }
    let parse = PolicyParse(rules: rules, reforms: overlays)
    var tables: [PolicyTexts.Text] = []
    for name in parse.tables {
      guard let family = families.first(where: { name.hasPrefix($0.textFolder + "/") }) else { continue }
      let path = TextFile.join(family.folder, String(name.dropFirst(family.textFolder.count + 1)))
      // One that is missing is a mistake in the rules that name it.
      if TextFile.isFile(path) { tables.append(try RuleFolder.read(name, from: path)) }
    }
    return (try PolicyTexts(rules + tables + overlays), parse)
  }

  private static func read(_ name: String, from path: String) throws(FileFault) -> PolicyTexts.Text {
    let limit = name.hasSuffix(ruleEnding) ? Limits.standard.fileBytes : TextFile.tableBytes
    return try PolicyTexts.text(name, TextFile.read(path, limit: limit), path: path)
  }
}

extension RuleFolder.Family {
  /// What its folder is called in the names of texts, wherever it lies.
  fileprivate var textFolder: String { [".", "..", "/", ""].contains(name) ? "family" : name }
}

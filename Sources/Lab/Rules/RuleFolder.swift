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
  public func load(
    vocabulary: Vocabulary, reforms: [String] = [], replacing tables: [String: [UInt8]] = [:]
  ) throws(FileFault) -> LoadedRules {
    var sources = SourceMap()
    var diagnostics = DiagnosticList()
    var files: [FileSyntax] = []
    var folders: [String: String] = [:]
    for family in families {
      let source = try RuleFolder.source(family.policyPath, limit: Limits.standard.fileBytes)
      let (file, found) = Parser.parse(source: sources.add(source), in: sources)
      diagnostics.append(contentsOf: found)
      files.append(file)
      folders[file.familyName ?? family.name] = family.folder
    }
    var reformTexts: [[UInt8]] = []
    var overlays: [FileSyntax] = []
    for path in reforms {
      let source = try RuleFolder.source(path, limit: Limits.standard.fileBytes)
      let (file, found) = Parser.parse(source: sources.add(source), in: sources)
      diagnostics.append(contentsOf: found)
      overlays.append(file)
      reformTexts.append(source.bytes)
    }
    diagnostics.append(contentsOf: Reforming.apply(overlays, to: &files))

    let csv = try tableSources(of: files, folders: folders, replacing: tables)
    let checked = Checker.check(files: files, sources: sources, vocabulary: vocabulary) { family, name in
      csv["\(family)/\(name)"]
    }
    diagnostics.append(contentsOf: checked.diagnostics)
    var program = checked.program
    if !diagnostics.hasErrors { diagnostics.append(contentsOf: Analysis.diagnose(program)) }
    for text in reformTexts { program.hash = LoadedRules.hash(program.hash, followedBy: text) }
    return LoadedRules(
      path: path, families: families, program: program, sources: program.sources, diagnostics: diagnostics,
      files: files)
  }

  private static func source(_ path: String, limit: Int) throws(FileFault) -> Source {
    // The bytes are not required to be UTF-8 here: the lexer says where they are not.
    Source(name: path, bytes: try TextFile.read(path, limit: limit))
  }

  private func tableSources(
    of files: [FileSyntax], folders: [String: String], replacing: [String: [UInt8]]
  ) throws(FileFault) -> [String: Source] {
    var found: [String: Source] = [:]
    for file in files {
      guard let family = file.familyName, let folder = folders[family] else { continue }
      for declaration in file.declarations {
        guard case .table(let table) = declaration.kind, let name = table.file?.text else { continue }
        let path = TextFile.join(folder, name)
        if let bytes = replacing[name] {
          found["\(family)/\(name)"] = Source(name: path, bytes: bytes)
        } else if !name.hasPrefix("/"), !name.split(separator: "/").contains(".."), TextFile.isFile(path) {
          found["\(family)/\(name)"] = Source(
            name: path, bytes: try TextFile.readText(path, limit: TextFile.tableBytes))
        }
      }
    }
    return found
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

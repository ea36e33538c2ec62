import Testing

/// Which module may import what. An arrow that is not in this table does not exist.
///
/// The build checks imports too, but lets a module import what its dependencies depend on.
@Suite("Arrows point down")
struct ArrowTests {
  /// Part of the language itself: locks, which a pool of evaluators needs.
  static let language: Set<String> = ["Synchronization"]
  /// Modules of the system that read files and terminals.
  static let system: Set<String> = ["FoundationEssentials", "Foundation", "Glibc", "Musl", "Darwin"]

  static let allowed: [String: Set<String>] = [
    "Diagnostics": [],
    "Values": [],
    "Language": ["Diagnostics", "Values"],
    "Ledger": ["Values"],
    "Engine": language.union(["Diagnostics", "Values", "Language", "Ledger"]),
    "Standard": ["Values", "Language", "Engine"],
    "CZlib": [],
    "Formats": system.union(["CZlib", "Diagnostics"]),
    // The only module that knows SQLite, and it knows no simulation.
    "Store": system.union([
      "Diagnostics", "Values", "Language", "Ledger", "Engine", "Formats", "GRDB", "GRDBSQLite",
    ]),
    "CPaygPlugin": [],
    "Plugins": system.union(language).union(["CPaygPlugin", "Diagnostics", "Language", "Engine", "Formats", "Lab"]),
    "Lab": system.union([
      "Diagnostics", "Values", "Language", "Ledger", "Engine", "Standard", "Formats", "Crypto",
    ]),
    "Backtest": system.union(language).union([
      "Diagnostics", "Values", "Language", "Ledger", "Engine", "Standard", "Formats", "Lab",
    ]),
    // Lines in, answers out: it knows no terminal.
    "Shell": system.union([
      "Diagnostics", "Values", "Language", "Ledger", "Engine", "Standard", "Formats", "Store", "Lab", "Backtest",
    ]),
    "Commands": system.union([
      "Diagnostics", "Values", "Language", "Ledger", "Engine", "Standard", "Formats", "Store", "Lab", "Backtest",
      "Shell", "Plugins", "ArgumentParser",
    ]),
    // The terminal: nothing else knows that there is one.
    "CEdit": [],
    "Terminal": system.union(["CEdit"]),
    "REPL": system.union(["Commands", "Shell", "Terminal"]),
  ]

  /// What stands under Tests and is no test itself. The auditor shares nothing with what it is held against.
  static let underTests: [String: Set<String>] = [
    "Audit": [],
    "Simulator": ["Audit", "Values", "Language", "Ledger", "Engine", "Standard", "Lab"],
    "simulate": ["Simulator", "Audit", "Language", "Standard", "Lab"],
    "edit-stage": ["Terminal"],
    "CFaultVFS": [],
    "StoreStage": ["CFaultVFS", "Values", "Language", "Ledger", "Engine", "Standard", "Lab", "Store"],
    "stress": ["StoreStage", "CFaultVFS", "Store", "Engine", "Values", "GRDBSQLite"],
  ]

  static func imports(_ source: String) -> [(line: Int, module: String)] {
    SwiftText(source).lines.enumerated().compactMap { index, line in
      // The search for a form is slow in a debug build, and hardly any line is an import.
      guard line.contains("import") else { return nil }
      let form =
        #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/#
      return line.firstMatch(of: form).map { (index + 1, String($0.1)) }
    }
  }

  static func folder(of path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    // The terminal's two modules stand beside the executable that is the only one to use them.
    if parts[0] == "REPL", ["CEdit", "Terminal"].contains(parts[1]) { return parts[1] }
    return parts[0] == "Sources" ? parts[1] : parts[0]
  }

  @Test("every import of a module is in the table")
  func importsAreAllowed() {
    let files = Tree.paths(under: "Sources", ending: ".swift") + Tree.paths(under: "REPL", ending: ".swift")
    let audit = Tree.paths(under: "Tests/Audit", ending: ".swift")
    #expect(files.count > 20 && audit.count > 5)
    for path in audit { #expect(Self.imports(Tree.text(path) ?? "").isEmpty, "\(path): the auditor imports nothing") }
    for path in files {
      let module = Self.folder(of: path)
      for (line, imported) in Self.imports(Tree.text(path) ?? "") {
        #expect(
          Self.allowed[module]?.contains(imported) == true, "\(path):\(line): \(module) may not import \(imported)")
      }
    }
  }

  @Test("every module is in the table, and the table names no other")
  func tableIsComplete() {
    #expect(Tree.folders(in: "Sources").union(["REPL", "CEdit", "Terminal"]) == Set(Self.allowed.keys))
  }

  /// The targets of a manifest with the names they depend on.
  static func targets(_ manifest: String) -> [String: Set<String>] {
    let form =
      #/\.(?:target|executableTarget|systemLibrary)\(\s*name:\s*"([\w-]+)"(?:,\s*dependencies:\s*\[((?:[^\[\]]|\[[^\]]*\])*)\])?/#
    return manifest.matches(of: form).reduce(into: [:]) { targets, match in
      let list = match.2.map(String.init) ?? ""
      let names = list.matches(of: #/(package:\s*)?"([\w-]+)"/#).filter { $0.1 == nil }.map { String($0.2) }
      targets[String(match.1)] = Set(names)
    }
  }

  @Test("the manifest declares the same arrows")
  func manifestAgrees() {
    var declared = Self.targets(Tree.text("Package.swift") ?? "")
    declared["REPL"] = declared.removeValue(forKey: "payg")
    let allowed = Self.allowed.merging(Self.underTests) { first, _ in first }
    #expect(declared == allowed.mapValues { $0.subtracting(Self.system).subtracting(Self.language) })
    let manifest = """
      .target(name: "A", exclude: ["x"]), .executableTarget(
        name: "B",
        dependencies: ["A", .product(name: "C", package: "c-d")], path: "Y"), .testTarget(name: "T", dependencies: ["A"])
      """
    #expect(Self.targets(manifest) == ["A": [], "B": ["A", "C"]])
  }

  @Test("the table has no circle")
  func tableIsLayered() {
    var settled: Set<String> = []
    var rest = Self.allowed.mapValues { $0.intersection(Self.allowed.keys) }
    while let next = rest.first(where: { $0.value.isSubset(of: settled) }) {
      settled.insert(next.key)
      rest[next.key] = nil
    }
    #expect(rest.isEmpty)
  }

  @Test("nothing that tries rules out can name a provider that moves money")
  func simulationsMoveNoMoney() {
    #expect(Self.allowed["Lab"]?.contains("Plugins") == false)
    for path in Tree.paths(under: "Sources/Lab", ending: ".swift") {
      for (number, line) in SwiftText(Tree.text(path) ?? "").lines.enumerated() {
        #expect(!line.contains("PaymentProvider") && !line.contains(".providers"), "\(path):\(number + 1)")
      }
    }
  }

  @Test("imports are seen in every form, and only as code")
  func seesImports() {
    let source = """
      import A
        @testable import B  // import X
      public import struct C.D
      @_spi(Inner) package import E
      // import X
      /* import X
      import X */
      let text = \"\"\"
        import X
        \"\"\"
      let importance = 1
      #if canImport(X)
        import F
      #endif
      """
    #expect(Self.imports(source).map(\.module) == ["A", "B", "C", "E", "F"])
    #expect(Self.imports(source).map(\.line) == [1, 2, 3, 4, 13])
  }
}

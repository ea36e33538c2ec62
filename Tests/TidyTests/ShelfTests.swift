import Testing

/// Things that come in sets: a module and its README, a family and its scenarios, a diagnostic and its golden text.
@Suite("Complete sets")
struct ShelfTests {
  /// A README that says something: a title and at least two lines more.
  static func isWritten(_ path: String) -> Bool {
    let lines = (Tree.text(path) ?? "").split(separator: "\n")
    return lines.first?.hasPrefix("# ") == true && lines.count >= 3
  }

  @Test("every module has a README")
  func modulesAreExplained() {
    let modules = Tree.folders(in: "Sources").map { "Sources/\($0)" } + ["REPL"]
    for module in modules.sorted() { #expect(Self.isWritten("\(module)/README.md"), "\(module)/README.md") }
    for path in ["README.md", "Sources/README.md", "Sources/DECISIONS.md", "Sources/CHANGELOG.md"] {
      #expect(Self.isWritten(path), "\(path)")
    }
  }

  @Test("the drawing of the architecture lists every module")
  func architectureIsComplete() {
    let page = Tree.text("Sources/README.md") ?? ""
    for module in Tree.folders(in: "Sources") {
      #expect(page.contains("| [\(module)](\(module)/README.md) |"), "\(module) is not in Sources/README.md")
    }
  }

  /// The targets of links to files of the package: `](../rules/README.md)`.
  static func links(_ page: String) -> [String] {
    page.matches(of: #/\]\(([^)\s]+)\)/#).map { String($0.1.prefix { $0 != "#" }) }
      .filter { !$0.isEmpty && !$0.contains("://") && !$0.hasPrefix("mailto:") }
  }

  @Test("every link between pages leads somewhere")
  func linksLeadSomewhere() {
    let present = Set(Tree.paths)
    for page in Tree.paths where page.hasSuffix(".md") {
      for link in Self.links(Tree.text(page) ?? "") {
        var parts = page.split(separator: "/").dropLast().map(String.init)
        for part in link.split(separator: "/") {
          if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
        }
        let target = parts.joined(separator: "/")
        let leads = present.contains(target) || present.contains { $0.hasPrefix(target + "/") }
        #expect(leads, "\(page): `\(link)`")
      }
    }
  }

  @Test("every family has its policy, its README and at least one scenario")
  func familiesAreWhole() {
    let families = Tree.folders(in: "rules")
    #expect(!families.isEmpty)
    for family in families.sorted() {
      #expect(Tree.paths.contains("rules/\(family)/policy.rules"), "rules/\(family)/policy.rules")
      #expect(Self.isWritten("rules/\(family)/README.md"), "rules/\(family)/README.md")
      #expect(!Tree.paths(under: "rules/\(family)", ending: ".scenario").isEmpty, "rules/\(family) has no scenario")
    }
  }

  /// The codes that sources declare: `DiagnosticCode(id: "P0101", …`.
  static func codes(_ source: String) -> [String] {
    source.matches(of: #/\bDiagnosticCode\(\s*id:\s*"(P\d{4})"/#).map { String($0.1) }
  }

  @Test("every diagnostic code has its golden text, and every golden text its code")
  func codesHaveGoldens() {
    let sources = Tree.paths(under: "Sources", ending: ".swift").compactMap(Tree.text)
    let codes = sources.flatMap(Self.codes)
    #expect(!codes.isEmpty)
    #expect(Set(codes).count == codes.count, "a code is declared twice")
    // A code declared in some other form would go unseen here.
    let declarations = sources.reduce(0) { $0 + $1.matches(of: #/\bDiagnosticCode\(\s*id:/#).count }
    #expect(declarations == codes.count)

    let goldens = Tree.paths(under: "Tests", ending: ".txt").filter { $0.contains("/Golden/explain/") }
    let named = goldens.compactMap { $0.split(separator: "/").last?.dropLast(4) }.map(String.init)
    #expect(Set(named).count == named.count, "a code has two golden texts")
    #expect(Set(codes).subtracting(named).sorted() == [], "codes without a golden text")
    #expect(Set(named).subtracting(codes).sorted() == [], "golden texts without a code")
    for path in goldens { #expect(Tree.text(path)?.isEmpty == false, "\(path) is empty") }
  }

  @Test("links and codes are seen in every form")
  func seesForms() {
    #expect(Self.links("[a](b.md), [c](../d/e.md#f) [g](https://example.org/x) [h](#i)") == ["b.md", "../d/e.md"])
    #expect(
      Self.codes("DiagnosticCode(id: \"P0101\", x)\nlet a = DiagnosticCode(\n  id: \"P0402\",") == ["P0101", "P0402"])
  }
}

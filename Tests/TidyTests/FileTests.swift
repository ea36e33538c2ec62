import Testing

/// What any file may look like, and what stands where.
@Suite("Files")
struct FileTests {
  // MARK: - Size

  /// The most lines a Swift file has. Most have fewer than 300.
  static let lineLimit = 600
  /// Longer files, with the reason.
  static let excused: [String: String] = [:]

  @Test("a Swift file is one named thing of at most 600 lines")
  func filesAreShort() {
    for path in Tree.paths where path.hasSuffix(".swift") {
      let count = (Tree.text(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false).count - 1
      if let reason = Self.excused[path] {
        #expect(count > Self.lineLimit, "\(path) needs no excuse any more: \(reason)")
      } else {
        #expect(count <= Self.lineLimit, "\(path) has \(count) lines")
      }
    }
    for path in Self.excused.keys { #expect(Tree.paths.contains(path), "\(path) is excused and not there") }
  }

  // MARK: - Spaces

  /// What is wrong with the white space of a text, with its lines.
  static func blemishes(_ text: String) -> [String] {
    var found: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      // A carriage return and a line feed are one `Character`, so scalars are looked at.
      let scalars = line.unicodeScalars
      if scalars.contains("\t") { found.append("\(index + 1): a tab") }
      if scalars.contains("\r") { found.append("\(index + 1): a carriage return") }
      if scalars.last == " " { found.append("\(index + 1): space at the end") }
    }
    if !text.isEmpty && !text.hasSuffix("\n") { found.append("no line feed at the end") }
    if text.hasSuffix("\n\n") { found.append("an empty line at the end") }
    return found
  }

  @Test("no tabs, no space at line ends, one line feed at the end")
  func spacesAreTidy() {
    let kinds = [".swift", ".md", ".rules", ".scenario", ".csv"]
    for path in Tree.paths where kinds.contains(where: path.hasSuffix) {
      // Broken files are what some fixtures are for.
      if path.contains("/Fixtures/") || path.contains("/Golden/") { continue }
      guard let text = Tree.text(path) else {
        Issue.record("\(path) is not UTF-8")
        continue
      }
      let found = Self.blemishes(text)
      #expect(found.isEmpty, "\(path):\(found.joined(separator: ", "))")
    }
  }

  // MARK: - This machine

  /// Paths and hosts that exist only where somebody worked, with their lines.
  static func places(_ text: String) -> [String] {
    let path = #/(?:^|[^\w.\/<])\/(?:work|root|home|Users|opt|mnt|srv)\//#
    let host =
      #/\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|crates\.io|rubygems\.org|docker\.io|ghcr\.io|quay\.io|proxy\.golang\.org|[\w.-]*artifactory[\w.-]*|[\w-]+\.jfrog\.io|[\w.-]+\.pkg\.dev|registry\.[\w.-]+\.\w+|[\w-]+\.internal)\b/#
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
      (line.matches(of: path).map(\.0) + line.matches(of: host).map(\.0)).map { "\(index + 1): `\($0)`" }
    }
  }

  @Test("no path of one machine and no package registry")
  func filesAreAtHomeAnywhere() {
    // Here the patterns themselves are tested.
    for path in Tree.paths where !path.hasPrefix("Tests/TidyTests/") {
      guard let text = Tree.text(path) else { continue }
      let found = Self.places(text)
      #expect(found.isEmpty, "\(path):\(found.joined(separator: ", "))")
    }
  }

  // MARK: - The top of the tree

  static let required: Set<String> = [
    "Package.swift", "Sources", "Tests", "rules", "REPL", "README.md", ".ci", "LICENSE", "Makefile",
  ]
  static let optional: Set<String> = ["Benchmarks"]

  @Test("the top of the tree has what it needs and nothing else")
  func topIsSmall() {
    let top = Set(Tree.paths.compactMap { $0.split(separator: "/").first.map(String.init) })
    #expect(Self.required.subtracting(top) == [], "missing")
    #expect(top.subtracting(Self.required).subtracting(Self.optional).filter { !$0.hasPrefix(".") } == [], "too many")
  }

  @Test("what these tests look for is found")
  func checksFind() {
    #expect(Self.blemishes("a\nb\n") == [])
    #expect(
      Self.blemishes("a \n\tb\r\nc") == [
        "1: space at the end", "2: a tab", "2: a carriage return", "no line feed at the end",
      ])
    #expect(Self.blemishes("a\n\n") == ["an empty line at the end"])
    #expect(Self.places("see /home/x/y\n`/work/main`").count == 2)
    #expect(Self.places("from registry.example.org, pypi.org or x.pkg.dev").count == 3)
    #expect(
      Self.places("https://example.org/home/x #!/usr/bin/env, app/root/x, ../work/x, </root/>, registry.rules") == [])
  }
}

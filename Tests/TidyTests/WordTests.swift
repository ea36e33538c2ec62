import Testing

/// Names and calls that the sources do without.
@Suite("Words")
struct WordTests {
  /// Words that say nothing: every value is data, every function handles something.
  static let empty: Set<String> = ["item", "data", "manager", "helper", "util", "utils", "process", "handle", "info"]

  /// Calls that end the program, by the file that may use them and why.
  static let excused: [String: String] = [:]

  /// The names of types, functions, cases and members that a source declares, with their lines.
  static func declared(_ source: String) -> [(line: Int, name: String)] {
    let form =
      #/\b(?:func|struct|class|enum|protocol|actor|typealias|associatedtype|macro|case|var|let)\s+`?([A-Za-z_]\w*)/#
    return SwiftText(source).lines.enumerated().flatMap { index, line in
      line.matches(of: form).map { (index + 1, String($0.1)) }
    }
  }

  /// The words of a name in lower case: `readHTTPData` is read, http, data.
  static func words(_ name: String) -> [String] {
    var words: [String] = []
    let letters = Array(name.unicodeScalars)
    for (place, letter) in letters.enumerated() where letter.properties.isAlphabetic {
      let isUpper = letter.properties.isUppercase
      let follows = place > 0 && letters[place - 1].properties.isAlphabetic
      let afterLower = follows && !letters[place - 1].properties.isUppercase
      let beforeLower = place + 1 < letters.count && letters[place + 1].properties.isLowercase
      if words.isEmpty || !follows || (isUpper && (afterLower || beforeLower)) { words.append("") }
      words[words.count - 1] += letter.properties.lowercaseMapping
    }
    return words
  }

  static let sources = Tree.paths(under: "Sources", ending: ".swift") + Tree.paths(under: "REPL", ending: ".swift")

  @Test("no name has a word that says nothing")
  func namesSaySomething() {
    for path in Self.sources {
      let file = path.split(separator: "/").last?.prefix { $0 != "." } ?? ""
      #expect(Self.empty.isDisjoint(with: Self.words(String(file))), "\(path) is named so")
      for (line, name) in Self.declared(Tree.text(path) ?? "") {
        #expect(Self.empty.isDisjoint(with: Self.words(name)), "\(path):\(line): `\(name)`")
      }
    }
  }

  @Test("no type has the name of a module: Swift could then not qualify that module's names")
  func typesAreNoModules() {
    let modules = Tree.folders(in: "Sources")
    let form = #/\b(?:struct|class|enum|protocol|actor|typealias)\s+([A-Za-z_]\w*)/#
    for path in Self.sources {
      for (number, line) in SwiftText(Tree.text(path) ?? "").lines.enumerated() {
        for match in line.matches(of: form) where modules.contains(String(match.1)) {
          Issue.record("\(path):\(number + 1): `\(match.1)` is a module")
        }
      }
    }
    #expect(modules.contains("Engine"))
  }

  static func traps(_ source: String) -> [(line: Int, call: String)] {
    let form = #/\btry!|\bas!|\bfatalError\b|\bunowned\(unsafe\)/#
    return SwiftText(source).lines.enumerated().flatMap { index, line in
      line.matches(of: form).map { (index + 1, String($0.0)) }
    }
  }

  @Test("no source traps by a short cut")
  func sourcesDoNotTrap() {
    for path in Self.sources where Self.excused[path] == nil {
      for (line, call) in Self.traps(Tree.text(path) ?? "") {
        Issue.record("\(path):\(line): `\(call)`; throw, give a diagnostic, or write a precondition with a sentence")
      }
    }
    for path in Self.excused.keys {
      #expect(!Self.traps(Tree.text(path) ?? "").isEmpty, "\(path) needs no excuse any more")
    }
  }

  @Test("declarations, words and traps are seen in code only")
  func seesCode() {
    let source = #"""
      func readItem() { let rows = try! f("try! data") } // func handle
      /// struct Manager
      enum Kind { case info, `process`; indirect case other(data: Int) }
      let text = "func helper() \(x as! Y)", raw = #"var util " "#; var total = 1
      """#
    #expect(Self.declared(source).map(\.name) == ["readItem", "rows", "Kind", "info", "other", "text", "total"])
    #expect(Self.traps(source).map(\.call) == ["try!"])
    #expect(Self.words("readHTTPData") == ["read", "http", "data"])
    #expect(Self.words("database") == ["database"])
    #expect(Self.words("item_2Handle") == ["item", "handle"])
    #expect(Self.words("P0401") == ["p"])
  }
}

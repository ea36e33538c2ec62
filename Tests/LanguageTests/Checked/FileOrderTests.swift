import Diagnostics
import Foundation
import Language
import Testing
import Values

@Suite("File order")
struct FileOrderTests {
  /// The rules of the box, with their tables.
  static let shipped: (files: [(name: String, text: String)], tables: [String: String]) = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "rules")
    var files: [(name: String, text: String)] = []
    var tables: [String: String] = [:]
    for family in (try? FileManager.default.contentsOfDirectory(atPath: root.path))?.sorted() ?? [] {
      let folder = root.appending(path: family)
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
        guard let bytes = try? Data(contentsOf: folder.appending(path: name)) else { continue }
        let text = String(decoding: bytes, as: UTF8.self)
        if name.hasSuffix(".rules") { files.append(("\(family)/\(name)", text)) }
        if name.hasSuffix(".csv") { tables[name] = text }
      }
    }
    return (files, tables)
  }()

  @Test("files in any order are the same program and the same mistakes")
  func orderDoesNotMatter() {
    let (files, tables) = Self.shipped
    #expect(files.count >= 7)
    let broken =
      files + [
        ("x.rules", "policy x \"X.\"\nlet a = oops\nlet b = enabled\ndenial quota_exceeded 402 rank 3 \"again\"\n"),
        ("y.rules", "policy y \"Y.\"\nsetting enabled : bool = on\nbucket more draw 30\nderive request.cost = $1\n"),
      ]
    var generator = SeededGenerator(seed: 7)
    for set in [files, broken] {
      let first = CheckedRules(set, tables: tables)
      if set.count == files.count { #expect(first.diagnostics.isEmpty, "\(first.rendered)") }
      let dump = ProgramDump.text(first.program)
      let mistakes = first.diagnostics.map { "\($0.code) \($0.message)" }.sorted()
      for _ in 0..<12 {
        let again = CheckedRules(set.shuffled(using: &generator), tables: tables)
        #expect(again.diagnostics.map { "\($0.code) \($0.message)" }.sorted() == mistakes)
        let other = ProgramDump.text(again.program)
        if other != dump {
          let pair = zip(dump.split(separator: "\n"), other.split(separator: "\n")).first { $0 != $1 }
          Issue.record("\(String(describing: pair))")
        }
      }
    }
  }
}

import Foundation
import Testing

/// What pages show of `payg compare` at a command line is what it prints. `…` on a line of its own stands for lines
/// that are left out.
@Suite("Comparisons on pages")
struct ShownCommandTests {
  private static let pages = ["README.md", "REPL/demo/README.md"]

  @Test("every comparison that a page shows prints what stands below it")
  func transcripts() throws {
    let blocks = try Self.pages.flatMap { page in
      let text = try String(contentsOf: Program.root.appending(path: page), encoding: .utf8)
      return text.components(separatedBy: "```\n$ payg compare").dropFirst().compactMap {
        $0.components(separatedBy: "\n```").first.map { "payg compare" + $0 }
      }
    }
    #expect(!blocks.isEmpty)
    for block in blocks {
      var lines = block.split(separator: "\n", omittingEmptySubsequences: false)
      var command = String(lines.removeFirst())
      // A backslash goes on with the next line.
      while command.hasSuffix("\\"), !lines.isEmpty { command = "\(command.dropLast())\(lines.removeFirst())" }
      let printed = try Self.print(command)
      #expect(
        Self.shows(lines, printed.split(separator: "\n", omittingEmptySubsequences: false)), "\(command)\n\(printed)")
    }
  }

  @Test("a page that shows another number, or leaves lines out without saying so, is found")
  func strict() {
    func shows(_ shown: String, _ printed: String) -> Bool {
      Self.shows(
        shown.split(separator: "\n", omittingEmptySubsequences: false),
        printed.split(separator: "\n", omittingEmptySubsequences: false))
    }
    #expect(shows("a\nb", "a\nb\n") && shows("a\n…\nd", "a\nb\nc\nd") && shows("…\nd", "a\nd") && shows("a\n…", "a\nb"))
    #expect(!shows("a\nc", "a\nb\nc") && !shows("a\n…\nb", "a\nb\nc") && !shows("b", "a\nb") && !shows("a", "a\nb"))
    #expect(!shows("a\n…\nx", "a\nb\nc"))
  }

  /// Run by a shell, as whoever copies the line would.
  private static func print(_ command: String) throws -> String {
    let run = try PromptStore.bash(command, environment: ["PAYG_STORE": "", "COLUMNS": "100"])
    #expect(run.status == 0 && run.error == "", "\(command)\n\(run.error)")
    return run.out
  }

  private static func shows(_ shown: [Substring], _ printed: [Substring]) -> Bool {
    var shown = shown.map { $0.allSatisfy { $0 == " " || $0 == "…" } && $0.contains("…") ? "…" : $0 }[...]
    var printed = printed[...]
    while shown.last == "" { shown.removeLast() }
    while printed.last == "" { printed.removeLast() }
    var mayPass = false
    for part in shown.split(separator: "…", omittingEmptySubsequences: false) {
      defer { mayPass = true }
      if part.isEmpty { continue }
      let isLast = part.endIndex == shown.endIndex
      let places = mayPass ? printed.indices.map { $0 } : [printed.startIndex]
      guard
        let place = places.first(where: { place in
          let found = printed[place...].prefix(part.count)
          return found.elementsEqual(part) && (!isLast || found.endIndex == printed.endIndex)
        })
      else { return false }
      printed = printed[(place + part.count)...]
    }
    return printed.isEmpty || shown.last == "…"
  }
}

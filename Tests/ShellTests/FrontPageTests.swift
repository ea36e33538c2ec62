import Foundation
import Testing

/// What the front page shows of the shell is what the shell prints.
@Suite("The front page")
struct FrontPageTests {
  @Test("every line typed on it prints what stands below it")
  func transcript() throws {
    let page = try String(contentsOf: DemoStore.root.appending(path: "README.md"), encoding: .utf8)
    let blocks = page.components(separatedBy: "```\npayg> ").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first.map { "payg> " + $0 }
    }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let lines = block.split(separator: "\n").filter { $0.hasPrefix("payg> ") }.map { String($0.dropFirst(6)) }
      let printed = try Typed().transcript(lines).trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(printed == block.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}

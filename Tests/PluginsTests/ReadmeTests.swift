import Engine
import Foundation
import Standard
import Testing

@testable import Plugins

/// The examples of Sources/Plugins/README.md do what the page says.
@Suite("Examples of the page on plugins")
struct ReadmeTests {
  static func block(_ language: String) throws -> String {
    let page = try String(contentsOf: Place.root.appending(path: "Sources/Plugins/README.md"), encoding: .utf8)
    let parts = page.components(separatedBy: "```\(language)\n")
    #expect(parts.count == 2, "one block of \(language)")
    return parts.last?.components(separatedBy: "```").first ?? ""
  }

  @Test("the provider in Python")
  func provider() throws {
    try Place.withFolder { (folder: URL) throws in
      let file = folder.appending(path: "provider.py")
      try Data(try Self.block("python").utf8).write(to: file)
      let provider = ChildProvider(["python3", file.path])
      #expect(try provider.start().name == "example")
      #expect(try provider.send(.sample()) == .paid)
      #expect(try provider.send(.sample(card: "declined", key: "2")) == .declined(""))
      #expect(try provider.send(.sample(key: "2")) == .declined(""))
    }
  }

  @Test("the plugin in C")
  func plugin() throws {
    try Place.withFolder { (folder: URL) throws in
      let (source, library) = (folder.appending(path: "whole.c").path, folder.appending(path: "whole.so").path)
      try Data(try Self.block("c").utf8).write(to: URL(filePath: source))
      try Library.compile(["-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source])
      let plugin = try NativePlugin.load(library, beside: [StandardPlugin()], probe: nil)
      #expect(plugin.name == "whole-dollars" && plugin.functions.map(\.name) == ["whole_dollars"])
    }
  }

  @Test("the request and the answers of the page are what is sent and understood")
  func lines() throws {
    let lines = try Self.block("text").split(separator: "\n").map { line in
      Array(line.drop { $0 != "{" }.utf8)
    }
    #expect(try ChildLine.greeting(lines[0]).name == "example")
    #expect(try ChildLine.request(.sample()) == lines[1])
    #expect(try ChildLine.answer(lines[2], to: "topup-1#1") == .declined("insufficient funds"))
  }
}

import Diagnostics
import Foundation
import Language
import Standard
import Testing

/// Broken rule files, and what their authors read. `PAYG_UPDATE_GOLDENS=1` writes the texts anew.
@Suite("Golden errors")
struct GoldenErrorTests {
  @Test("a broken rule file says what it always said", arguments: GoldenCase.all)
  func saysTheSame(_ golden: GoldenCase) throws {
    let found = CheckedText(golden.files)
    try Golden.expect(found.rendered + "\n", at: golden.textPath)
  }

  @Test("every case is broken, and has a help line for each mistake", arguments: GoldenCase.all)
  func isBroken(_ golden: GoldenCase) {
    let found = CheckedText(golden.files)
    #expect(!found.diagnostics.isEmpty)
    for diagnostic in found.diagnostics {
      #expect(diagnostic.help != nil || diagnostic.fix != nil, "\(diagnostic.code): \(diagnostic.message)")
      #expect(diagnostic.help?.contains("\n") != true, "\(diagnostic.code): the help is more than a line")
      #expect(diagnostic.message.last != "." && diagnostic.message.first?.isUppercase == false, "\(diagnostic.message)")
      #expect(DiagnosticCode.named(diagnostic.code) != nil, "\(diagnostic.code) is not in the catalog")
    }
  }

  @Test("there are many of them, from every part of the checker")
  func areMany() {
    let codes = Set(GoldenCase.all.flatMap { CheckedText($0.files).diagnostics.map(\.code) })
    #expect(GoldenCase.all.count >= 45)
    for part in ["P00", "P01", "P02", "P03"] { #expect(codes.contains { $0.hasPrefix(part) }, "none of \(part)") }
  }
}

/// A broken rule file, or a folder with several and their tables.
struct GoldenCase: CustomTestStringConvertible, Sendable {
  var name: String
  /// File names and their bytes, sorted.
  var files: [(name: String, bytes: [UInt8])]

  var testDescription: String { name }
  var textPath: URL { Self.folder.appending(path: "\(name).txt") }

  static let folder = Golden.tests.appending(path: "CommandsTests/Golden/errors")

  static let all: [GoldenCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      let path = folder.appending(path: name)
      if name.hasSuffix(".rules") {
        return GoldenCase(name: String(name.dropLast(6)), files: [(name, Golden.bytes(path))])
      }
      let inner = (try? FileManager.default.contentsOfDirectory(atPath: path.path))?.sorted()
      return inner.map { GoldenCase(name: name, files: $0.map { ($0, Golden.bytes(path.appending(path: $0))) }) }
    }
  }()
}

/// Rule files from their bytes to what is said about them.
struct CheckedText {
  var program: Program
  var diagnostics: DiagnosticList
  private(set) var spans: [Diagnostic] = []

  static let vocabulary: Vocabulary = {
    let plugin = StandardPlugin()
    return Vocabulary(
      functions: plugin.functions, effects: plugin.effects, offeredElsewhere: ["charge_fee": "fees"])
  }()

  init(_ files: [(name: String, bytes: [UInt8])], vocabulary: Vocabulary = CheckedText.vocabulary) {
    var sources = SourceMap()
    var tables: [String: Source] = [:]
    var parsed: [FileSyntax] = []
    diagnostics = DiagnosticList()
    for (name, bytes) in files {
      let source = Source(name: name, bytes: bytes)
      guard name.hasSuffix(".rules") else {
        tables[name] = source
        continue
      }
      let (file, found) = Parser.parse(source: sources.add(source), in: sources)
      diagnostics.append(contentsOf: found)
      parsed.append(file)
    }
    let checked = Checker.check(files: parsed, sources: sources, vocabulary: vocabulary) { tables[$1] }
    diagnostics.append(contentsOf: checked.diagnostics)
    program = checked.program
    if !diagnostics.hasErrors { diagnostics.append(contentsOf: Analysis.diagnose(program)) }
  }

  var rendered: String { Renderer(sources: program.sources).render(diagnostics) }
}

/// Texts that were right once, kept beside the tests.
enum Golden {
  static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  static let isUpdating = ProcessInfo.processInfo.environment["PAYG_UPDATE_GOLDENS"] == "1"

  static func bytes(_ path: URL) -> [UInt8] { (try? Data(contentsOf: path)).map(Array.init) ?? [] }

  /// Expects the text of a golden file, or writes it.
  static func expect(_ text: String, at path: URL) throws {
    if isUpdating {
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: path)
      return
    }
    let golden = String(decoding: bytes(path), as: UTF8.self)
    #expect(text == golden, "\(path.lastPathComponent): run with PAYG_UPDATE_GOLDENS=1 and read what changed")
  }
}

import ArgumentParser
import Diagnostics
import Lab
import Language
import Shell

struct FormatCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Lay rule files and scenarios out in the one usual way.",
    discussion: """
      EXAMPLES:
        payg fmt                     every rule file and scenario below ./rules
        payg fmt --check rules       only say which would change; exit 2 if any
        payg fmt - < policy.rules    from standard input to standard output
      """)

  @Argument(help: "Files and folders; `-` for standard input.")
  var paths: [String] = []

  @Flag(help: "Change nothing; exit 2 if a file would change.")
  var check = false

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    if paths == ["-"] { return formatInput(console) }
    if paths.contains("-") {
      throw Complaint(message: "`-` stands alone", help: "payg fmt - < policy.rules", status: .badCommandLine)
    }
    let roots = paths.isEmpty ? [RuleFolder.usual(executable: console.executable)] : paths
    var files: [String] = []
    for root in roots { files += try FileTree.texts(in: root) }
    if files.isEmpty {
      throw Complaint(message: "there is nothing to format in \(roots.map { "`\($0)`" }.joined(separator: ", "))")
    }

    var sources = SourceMap()
    var broken = DiagnosticList()
    var changed: [String] = []
    for path in files {
      let source = Source(name: path, bytes: try TextFile.read(path, limit: Limits.standard.fileBytes))
      let number = sources.add(source)
      let outcome = Formatter.format(source)
      broken.append(contentsOf: outcome.diagnostics.map { $0.moved(to: number) })
      guard outcome.diagnostics.isEmpty, outcome.isChanged else { continue }
      changed.append(path)
      if !check { try TextFile.write(outcome.text, to: path) }
    }
    for path in changed { console.print(check ? "would change \(path)" : "changed \(path)") }
    console.show(broken, of: sources)
    if broken.hasErrors { return .brokenPolicy }
    console.error.write("\(files.count) files, \(changed.count) \(check ? "would change" : "changed")\n")
    return check && !changed.isEmpty ? .negative : .answered
  }

  private func formatInput(_ console: Console) -> ExitStatus {
    let source = Source(name: "standard input", bytes: console.input())
    let outcome = Formatter.format(source)
    guard outcome.diagnostics.isEmpty else {
      var sources = SourceMap()
      let number = sources.add(source)
      var broken = DiagnosticList()
      broken.append(contentsOf: outcome.diagnostics.map { $0.moved(to: number) })
      console.show(broken, of: sources)
      return .brokenPolicy
    }
    if check { return outcome.isChanged ? .negative : .answered }
    console.out.write(outcome.text)
    return .answered
  }
}

extension Diagnostic {
  /// The same about another number of a source map.
  func moved(to source: Int32) -> Diagnostic {
    func moved(_ span: Span) -> Span {
      span.isNone ? span : Span(source: source, start: span.start, end: span.end)
    }
    var copy = self
    copy.span = moved(span)
    copy.labels = labels.map { Label(span: moved($0.span), message: $0.message) }
    copy.fix = fix.map { Fix(span: moved($0.span), replacement: $0.replacement) }
    return copy
  }
}

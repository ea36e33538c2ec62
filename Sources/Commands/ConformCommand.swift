import ArgumentParser
import Diagnostics
import Formats
import Lab
import Shell

struct ConformCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "conform", abstract: "Carry worked billing cases out and compare.",
    discussion: """
      One line a case, and a last line `N passed, N failed`. Exit 2 if any failed.

      EXAMPLES:
        payg conform cases.json
        payg conform cases.json --rules rules --json    what becomes of each
      """)

  @Argument(help: "A file of cases.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(name: .long, help: ArgumentHelp("The rules to decide by.", valueName: "dir"), completion: .directory)
  var rules: String?

  @Flag(name: .customLong("json"), help: "Print each case's decisions and final state as JSON, one case a line.")
  var asJSON = false

  @OptionGroup
  var plugins: PluginOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let bytes = try TextFile.read(file, limit: JsonReader.byteLimit)
    let cases: ConformanceFile
    do throws(ConformanceFault) {
      cases = try ConformanceFile(bytes)
    } catch {
      throw Complaint(message: "`\(file)`: \(error.message)")
    }
    let folder = try RuleFolder(rules ?? RuleFolder.usual(executable: console.executable))
    let loaded = try folder.load(vocabulary: plugins.loaded(console).vocabulary)
    guard !loaded.diagnostics.hasErrors else {
      console.show(loaded.diagnostics, of: loaded.sources)
      return .brokenPolicy
    }
    let conformance = Conformance(loaded)
    let ink = Ink(console.out.isColored)
    var failed = 0
    for one in cases.cases {
      let result = conformance.run(one, defaults: cases.defaults)
      if !result.passed { failed += 1 }
      if asJSON {
        console.print(result.json.compact)
        for difference in result.differences { console.error.write("\(result.id): \(difference)\n") }
        continue
      }
      let mark = result.passed ? ink.green("ok    ") : ink.red("not ok")
      console.print("\(mark)  \(result.id)  \(result.title)")
      for difference in result.differences { console.print("          \(difference)") }
    }
    let summary = "\(cases.cases.count - failed) passed, \(failed) failed"
    if asJSON { console.error.write(summary + "\n") } else { console.print(summary) }
    return failed > 0 ? .negative : .answered
  }
}

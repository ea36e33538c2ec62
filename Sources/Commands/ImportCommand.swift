import ArgumentParser
import Diagnostics
import Lab

/// `payg import …`: brings public lists into the form the rules read.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring a public list into the form the rules read.",
    subcommands: [ImportPrices.self])
}

/// `payg import prices FILE`: a price list as the CSV table of the pricing rules.
struct ImportPrices: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices",
    abstract: "Read a price list and write the table of the pricing rules.",
    discussion: """
      FILE is JSON in the form of LiteLLM's model list: model → input_cost_per_token, output_cost_per_token and \
      perhaps cache_read_input_token_cost, in dollars per token. Numbers are read digit by digit. A rate that carries \
      the noise of a binary fraction is repaired; a model whose price cannot be kept exactly is refused. Both are \
      listed on standard error.

      EXAMPLES:
        payg import prices model_prices.json -o rules/pricing/prices.csv
        curl -s URL | payg import prices - --json
      """)

  @Argument(help: "The list; `-` reads standard input.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(name: [.short, .customLong("output")], help: "Where the table goes; without it, to standard output.")
  var output: String?

  @Flag(name: .customLong("json"), help: "Print what was found as JSON, with the prices unless -o takes them.")
  var asJSON = false

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let isInput = file == "-"
    let bytes = isInput ? console.input() : try TextFile.read(file, limit: JsonReader.byteLimit)
    let found = try PriceImport(reading: Source(name: isInput ? "standard input" : file, bytes: bytes))
    if let output { try TextFile.write(found.csv, to: output) }
    if asJSON {
      console.print(found.json(withPrices: output == nil).compact)
    } else if output == nil {
      console.out.write(found.csv)
    }
    console.error.write(found.report)
    return .answered
  }
}

extension PriceImport.Failure: CommandFault {
  var status: ExitStatus { .failed }
}

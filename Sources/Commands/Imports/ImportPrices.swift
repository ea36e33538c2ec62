import ArgumentParser
import Diagnostics
import Formats
import Lab
import Shell
import Store

/// `payg import prices FILE`: a price list as the CSV table of the pricing rules.
struct ImportPrices: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices",
    abstract: "Read a price list and write the table of the pricing rules, or put it in force.",
    discussion: """
      FILE is JSON in the form of LiteLLM's model list: model → input_cost_per_token, output_cost_per_token and \
      perhaps cache_read_input_token_cost, in dollars per token. Numbers are read digit by digit. A rate that carries \
      the noise of a binary fraction is repaired; a model whose price cannot be kept exactly is refused. Both are \
      listed on standard error.

      EXAMPLES:
        payg import prices model_prices.json -o rules/pricing/prices.csv
        payg import prices model_prices.json --store acme.payg    from now on
        curl -s URL | payg import prices - --json
      """)

  @Argument(help: "The list; `-` reads standard input.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(name: [.short, .customLong("output")], help: "Where the table goes; without it, to standard output.")
  var output: String?

  @Option(
    name: [.short, .customLong("store")],
    help: ArgumentHelp("A store whose policy gets the prices, in force at once.", valueName: "file"),
    completion: .file())
  var store: String?

  @Flag(
    name: .customLong("json"), help: "Print what was found as JSON, with the prices unless -o or --store takes them.")
  var asJSON = false

  @OptionGroup
  var opening: OpeningOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let isInput = file == "-"
    let bytes = isInput ? console.input() : try TextFile.read(file, limit: JsonReader.byteLimit)
    let found = try PriceImport(reading: Source(name: isInput ? "standard input" : file, bytes: bytes))
    if let output { try TextFile.write(found.csv, to: output) }
    let change = try store.map { try use(found, $0, console) }
    if asJSON {
      var members: [Json.Member] = [.init("schema", "payg.import-prices/1")]
      members += found.json(withPrices: output == nil && change == nil).members
      if let change { members.append(.init("policy", .text(change.to))) }
      console.print(Json.object(members).compact)
    } else if let change {
      change.show(console, asJSON: false)
    } else if output == nil {
      console.out.write(found.csv)
    }
    console.error.write(found.report)
    return .answered
  }

  /// Puts the policy of a store in force with these prices in place of those it has.
  private func use(_ found: PriceImport, _ store: String, _ console: Console) throws -> PolicyChange {
    guard !found.prices.isEmpty else {
      throw Complaint(message: "the list has no price, so the store keeps those it has", help: found.summary)
    }
    return try opening.open(store, console).write { writer in
      let texts = try PolicyTexts(writer.policyFiles())
      let old = try writer.policyHash
      let name = try priceTable(texts)
      let new = try writer.usePolicy(texts.replacing(name, Array(found.csv.utf8)).files)
      return PolicyChange(from: old, to: new)
    }
  }

  /// The text that has the columns of a price list.
  private func priceTable(_ texts: PolicyTexts) throws -> String {
    let header = PriceImport.columns.joined(separator: ",")
    let tables = texts.texts.filter { text in
      text.name.hasSuffix(".csv")
        && String(decoding: text.bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self) == header
    }
    guard let table = tables.first, tables.count == 1 else {
      throw Complaint(
        message: tables.isEmpty
          ? "the policy has no table with the columns \(header)"
          : "several tables of the policy have the columns \(header): \(tables.map(\.name).joined(separator: ", "))",
        help: "write the prices with -o, then: payg policy use DIR")
    }
    return table.name
  }
}

extension PriceImport.Failure: CommandFault {
  public var status: ExitStatus { .failed }
}

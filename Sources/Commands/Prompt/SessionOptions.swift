import ArgumentParser
import Lab
import Language
import Shell

/// Where and how questions are asked: the same for the shell and for each question as a command of its own.
struct SessionOptions: ParsableArguments {
  @Option(
    name: [.customShort("p"), .customLong("rules")],
    help: ArgumentHelp("Without a store: try these rules on an account that is not kept.", valueName: "dir"),
    completion: .directory)
  var rules: String?

  @Option(name: .long, help: ArgumentHelp("Ask as of then.", valueName: "time"))
  var asOf: String?

  @Option(
    name: .long, help: ArgumentHelp("Ask under this policy: a folder of rules, a reform, a hash.", valueName: "policy"))
  var under: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How answers are printed: \(Mode.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "mode"))
  var mode: Mode?

  @Flag(help: "Short for --mode.")
  var short: ShortMode?

  @Flag(name: .long, help: "No files but the store, and no programs.")
  var safe = false

  @OptionGroup
  var store: StoreOptions

  /// A flag for each mode that is asked for often.
  enum ShortMode: String, EnumerableFlag {
    case json, jsonl, csv, tsv, markdown, card, table, chart, quiet

    static func name(for value: ShortMode) -> NameSpecification { .customLong(value.rawValue) }
  }

  /// - Parameter isInteractive: somebody types.
  func session(_ console: Console, isInteractive: Bool) throws -> Session {
    var setup = SessionSetup(store: try? store.path(console))
    setup.patience = store.opening.patience
    setup.mode = mode ?? short.flatMap { Mode(rawValue: $0.rawValue) }
    setup.isInteractive = isInteractive
    setup.isSafe = safe
    (setup.asOf, setup.under) = (asOf, under)
    if let rules {
      if store.path != nil {
        throw Complaint(
          message: "--rules is for trying rules without a store", help: "with a store, write --under \(rules)",
          status: .badCommandLine)
      }
      (setup.store, setup.rules) = (nil, rules)
    }
    return try setup.session(console, store.opening.plugins.loaded(console).vocabulary)
  }
}

extension Mode: ExpressibleByArgument {}

/// What the command line asks for.
struct Options {
  /// Only benchmarks with one of these words in their name; empty: all.
  var filters: [String] = []
  /// How long each thing is measured.
  var seconds = 1.0
  var json = false
  /// The repository this package is part of, wherever it lies.
  private static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
  var rules = root + "/rules"
  /// What is laid over them where two policies are compared.
  let reform = root + "/REPL/demo/reforms/limit-10.rules"
  /// Real usage; nil: that of the demo.
  var ownTrace: String?
  var trace: String { ownTrace ?? sample }
  let sample = root + "/REPL/demo/usage.csv.gz"
  /// How many rows are imported or compared, how many events a store has; nil: a million.
  var events: Int?
  /// The store that is opened, made if it is not there; nil: one that is deleted then.
  var store: String?

  /// Where files are made: on the disk that is to be measured.
  var folder = System.temporaryFolder

  static let usage = """
    payg-bench: how long decisions take, and what keeping them costs

      --filter WORD    only benchmarks with this word in their name; may be given again
      --seconds N      how long each thing is measured (1)
      --json           one JSON object instead of a table
      --rules FOLDER   other rules than the shipped ones; they must decide like those
      --trace FILE     usage that is imported and compared, in place of that of the demo
      --events N       how many rows are imported or compared, and how many the store has that is opened (1000000)
      --store FILE     the store that `open` opens; made if it is not there, and kept
      --folder FOLDER  where stores are made, on the disk to be measured ($TMPDIR)

    benchmarks: \(Benchmarks.all.map(\.name).joined(separator: ", "))

    """

  init(_ arguments: some Sequence<String>) {
    var rest = arguments.makeIterator()
    func value(of flag: String) -> String {
      guard let value = rest.next() else { System.stop("`\(flag)` needs a value") }
      return value
    }
    while let argument = rest.next() {
      switch argument {
      case "--filter": filters.append(value(of: argument).lowercased())
      case "--json": json = true
      case "--trace": ownTrace = value(of: argument)
      case "--store": store = value(of: argument)
      case "--events":
        let text = value(of: argument)
        guard let number = Int(text), number > 0 else { System.stop("`\(text)` is not a number of events") }
        events = number
      case "--folder": folder = value(of: argument)
      case "--rules": rules = value(of: argument)
      case "--seconds":
        let text = value(of: argument)
        guard let number = Double(text), number > 0, number <= 600 else {
          System.stop("`\(text)` is not a number of seconds")
        }
        seconds = number
      case "--help", "-h":
        print(Options.usage, terminator: "")
        System.leave()
      default: System.stop("unknown option `\(argument)`; see payg-bench --help")
      }
    }
  }

  func selects(_ name: String) -> Bool { filters.isEmpty || filters.contains { name.contains($0) } }
}

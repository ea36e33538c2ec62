import Formats

/// What a verb answers, for people and for machines.
public struct Answer {
  /// What people see, from top to bottom.
  public enum Block {
    /// One line, coloured already.
    case line(String)
    case table(Table)
    case chart(Chart)
  }

  /// `payg.balance/1`
  public var schema: String
  public var blocks: [Block] = []
  /// What `--json` prints beside `schema`, `coordinates` and `rows`.
  public var members: [Json.Member] = []
  /// What csv, tsv, jsonl and markdown print, and `rows` of JSON. Without one: the first table of the blocks.
  public var rows: Table?
  /// Said on standard error.
  public var notes: [String] = []
  /// What `_` stands for afterwards: the id of an event, or an account.
  public var subject: String?
  /// The next thing to type; ghost text of the next prompt.
  public var suggestion: String?
  public var status = ExitStatus.answered
  /// The account it is about, for its coordinates; nil: the one that is focused.
  public var account: String?
  /// All that `--quiet` prints; without it the first column of the rows.
  public var value: String?
  /// No row is left out, however many there are.
  public var showsAll = false
  /// Its lines say it best, also where nobody asked for people's output: an explanation. Rows are for those who want CSV.
  public var isProse = false
  /// What `--chart` draws where people are shown a table.
  public var chart: Chart?

  public init(_ schema: String, subject: String? = nil) {
    self.schema = schema
    self.subject = subject
  }

  public mutating func say(_ line: String) { blocks.append(.line(line)) }
  public mutating func say(lines text: String) {
    say(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }
  public mutating func say(_ lines: [String]) { blocks += lines.map { .line($0) } }
  public mutating func show(_ table: Table) { blocks.append(.table(table)) }
  public mutating func show(_ chart: Chart) { blocks.append(.chart(chart)) }

  /// The table that machine modes print.
  public var table: Table? {
    if let rows { return rows }
    for case .table(let table) in blocks { return table }
    return nil
  }

  /// Whether people see nothing but rows.
  var isTable: Bool {
    if blocks.count == 1, case .table = blocks[0] { return true }
    return false
  }
}

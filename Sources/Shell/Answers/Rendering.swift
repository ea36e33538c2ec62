import Diagnostics
import Formats

/// An answer as text, in one of the modes.
struct Rendering {
  var mode: Mode
  var ink = Ink(false)
  /// Columns of the screen; nil where nothing is too wide.
  var width: Int?
  /// Rows of a table that are shown; nil: all.
  var mostRows: Int?
  /// The screen has no more than ASCII.
  var isPlain = false
  /// It goes to a terminal, which must not be told what to do by a text that somebody chose.
  var isTerminal = false
  /// Cells that a spreadsheet would take for formulas are left as they are.
  var leavesFormulas = false
  /// Where the answer was looked for; nil where nobody asks.
  var coordinates: Json?

  func text(of answer: Answer) -> String {
    switch mode {
    case .table, .card: people(answer)
    case .chart: chart(answer)
    case .quiet: quiet(answer)
    case .json: guarded(object(answer).compact) + "\n"
    case .jsonl: lines(answer.table?.objects.map { guarded(Json.object($0).compact) } ?? [])
    case .csv: csv(answer)
    case .tsv: tsv(answer)
    case .markdown: markdown(answer)
    }
  }

  func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  // MARK: - People

  private func people(_ answer: Answer) -> String {
    var lines: [String] = []
    for block in answer.blocks {
      switch block {
      case .line(let line):
        lines += line.split(separator: "\n", omittingEmptySubsequences: false).map { harmless(String($0)) }
      case .table(let table): lines += self.lines(of: table)
      case .chart(let chart): lines += self.lines(of: chart)
      }
    }
    if answer.blocks.isEmpty, let table = answer.table { lines += self.lines(of: table) }
    return self.lines(lines)
  }

  private func chart(_ answer: Answer) -> String {
    for case .chart(let chart) in answer.blocks { return lines(lines(of: chart)) }
    guard let chart = answer.chart ?? answer.table?.chart else { return people(answer) }
    return lines(lines(of: chart))
  }

  private func quiet(_ answer: Answer) -> String {
    if let value = answer.value { return ShownText.text(value) + "\n" }
    guard let table = answer.table else { return answer.status == .answered ? "" : "\(answer.status)\n" }
    return lines(table.rows.compactMap { $0.first }.map { ShownText.text(CellText.machine($0, table.columns[0].kind)) })
  }

  /// A line with the colours we gave it and nothing else that a terminal would obey.
  func harmless(_ line: String) -> String {
    if line.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return line }
    var text = ""
    var rest = line[...]
    while let escape = rest.firstIndex(of: "\u{1B}") {
      text += ShownText.text(String(rest[..<escape]))
      rest = rest[escape...]
      if let colour = Ink.codes.first(where: { rest.hasPrefix($0) }) {
        // Painted for a screen, and on its way to somewhere else.
        if ink.isOn { text += colour }
        rest = rest.dropFirst(colour.count)
      } else {
        text += ShownText.text("\u{1B}")
        rest = rest.dropFirst()
      }
    }
    return text + ShownText.text(String(rest))
  }

  // MARK: - JSON

  private func object(_ answer: Answer) -> Json {
    var members: [Json.Member] = [.init("schema", .text(answer.schema))]
    if let coordinates { members.append(.init("coordinates", coordinates)) }
    members += answer.members
    if let table = answer.table { members.append(.init("rows", .list(table.objects.map { .object($0) }))) }
    return .object(members)
  }

  /// JSON whose texts cannot reach a terminal as more than texts.
  func guarded(_ json: String) -> String {
    if json.utf8.allSatisfy({ $0 < 0x7F }) { return json }
    return json.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar.value {
      case 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension Ink {
  /// Everything that it can put into a text.
  static let codes: [String] = {
    let ink = Ink(true)
    // The letter is none of a code.
    let painted = [ink.red("x"), ink.green("x"), ink.yellow("x"), ink.dim("x"), ink.strong("x")]
    return painted.map { String($0.prefix { $0 != "x" }) } + ["\u{1B}[0m"]
  }()
}

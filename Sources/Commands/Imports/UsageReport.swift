import Diagnostics
import Engine
import Formats
import Lab
import Shell
import Store
import Values

/// What became of the rows of a file.
struct UsageCounts {
  var rows = 0
  var allowed = 0
  var waiting = 0
  /// By code.
  var denied: [String: Int] = [:]
  /// In the store already.
  var known = 0
  var rejected = 0
  /// Nano-dollars, at standard rates.
  var charged: Int128 = 0
  var accounts: Set<String> = []
  /// The last line that was taken.
  var line = 0
  /// Requests to the payment provider that wait for an answer.
  var requests = 0
  var elapsed = Duration.zero
  var isInterrupted = false

  mutating func note(line: Int) {
    rows += 1
    self.line = line
  }

  /// A row that is in the store already.
  mutating func pass(over account: String) {
    known += 1
    accounts.insert(account)
  }

  mutating func take(_ answer: StoredAnswer, _ engine: RuleEngine) {
    accounts.insert(answer.account)
    requests += answer.requests.count
    count(answer, engine, 1)
  }

  /// Counts the final answer to an event instead of the first one.
  mutating func replace(_ first: StoredAnswer, by exchange: StoredExchange, _ engine: RuleEngine) {
    count(first, engine, -1)
    count(exchange.answer, engine, 1)
    requests += exchange.answer.requests.count - first.requests.count
  }

  private mutating func count(_ answer: StoredAnswer, _ engine: RuleEngine, _ one: Int) {
    switch answer.decision.verdict {
    case .allowed:
      allowed += one
      charged += Int128(one) * Int128(answer.decision.covered)
    case .waiting: waiting += one
    case .denied, .conflict:
      let code = answer.decision.code(in: engine.program) ?? "no code"
      denied[code, default: 0] += one
      if denied[code] == 0 { denied[code] = nil }
    }
  }

  var deniedCount: Int { denied.values.reduce(0, +) }

  /// Rows in a second.
  var rate: Int {
    let parts = elapsed.components
    let microseconds = Int128(parts.seconds) * 1_000_000 + Int128(parts.attoseconds / 1_000_000_000_000)
    return microseconds > 0 ? Int(clamping: Int128(rows) * 1_000_000 / microseconds) : rows
  }
}

/// The end of an import, for people and for machines.
struct UsageReport {
  let counts: UsageCounts
  let file: String
  let store: String
  let isDryRun: Bool
  /// The file of rejects; nil where nothing was rejected, or nothing is kept.
  let rejects: String?

  init(_ counts: UsageCounts, of file: String, into store: String, isDryRun: Bool, rejects: RejectFile?) {
    self.counts = counts
    self.file = file == "-" ? "standard input" : file
    self.store = store
    self.isDryRun = isDryRun
    self.rejects = counts.rejected > 0 ? rejects?.path : nil
  }

  func lines(_ ink: Ink) -> [String] {
    if counts.rows == 0 { return ["\(file): no rows" + dryRunText(ink)] }
    var rows: [(String, Int, String)] = []
    if counts.allowed > 0 { rows.append(("allowed", counts.allowed, Money(nano: charged).description)) }
    let codes = counts.denied.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \(Count.text($0.value))" }
    if counts.deniedCount > 0 { rows.append(("denied", counts.deniedCount, codes.joined(separator: ", "))) }
    if counts.waiting > 0 { rows.append(("waiting", counts.waiting, "for the payment provider")) }
    if counts.known > 0 { rows.append(("known", counts.known, "in the store already, not charged again")) }
    if counts.rejected > 0 { rows.append(("rejected", counts.rejected, rejects.map { "in \($0)" } ?? "")) }
    let width = rows.map { Count.text($0.1).count }.max() ?? 1
    let head =
      "\(file): \(Count.text(counts.rows, "row")), \(Count.text(counts.accounts.count, "account")), "
      + "\(Count.text(counts.rate)) rows/s" + dryRunText(ink)
    var lines = [head]
    for (word, count, text) in rows {
      let number = Count.text(count)
      let padded = word + String(repeating: " ", count: 8 - word.count)
      let painted = word == "denied" || word == "rejected" ? ink.red(padded) : padded
      lines.append(
        "  \(painted)  \(String(repeating: " ", count: width - number.count))\(number)"
          + (text.isEmpty ? "" : "  \(text)"))
    }
    if counts.requests > 0, !isDryRun {
      lines.append(
        "  \(Count.text(counts.requests, "request")) to the payment provider in the outbox: payg pay pending")
    }
    return lines
  }

  private func dryRunText(_ ink: Ink) -> String {
    isDryRun ? ink.yellow("  (a dry run: nothing was kept)") : ""
  }

  private var charged: Int64 { Int64(clamping: counts.charged) }

  var json: Json {
    .object([
      .init("schema", "payg.import/1"), .init("file", .text(file)), .init("store", .text(store)),
      .init("dry_run", .bool(isDryRun)), .init("interrupted", .bool(counts.isInterrupted)),
      .init("rows", .integer(Int64(counts.rows))), .init("last_line", .integer(Int64(counts.line))),
      .init("accounts", .integer(Int64(counts.accounts.count))), .init("allowed", .integer(Int64(counts.allowed))),
      .init(
        "denied",
        .object(counts.denied.sorted { $0.key < $1.key }.map { Json.Member($0.key, .integer(Int64($0.value))) })),
      .init("waiting", .integer(Int64(counts.waiting))), .init("known", .integer(Int64(counts.known))),
      .init("rejected", .integer(Int64(counts.rejected))), .init("rejects", rejects.map { .text($0) } ?? .null),
      .init("charged_nano", .integer(charged)), .init("requests", .integer(Int64(counts.requests))),
      .init("rows_per_second", .integer(Int64(counts.rate))),
    ])
  }
}

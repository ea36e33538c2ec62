/// What an audit found.
public struct AuditReport: Sendable, Hashable {
  /// One row that is not what history says.
  public struct Finding: Sendable, Hashable, CustomStringConvertible {
    /// The account; nil for the store as a whole.
    public var account: String?
    /// `meter`, `book`, `decision` …
    public var table: String
    /// Which row, by its key: `limits.payg_spent`, `event 17`.
    public var row: String
    /// `value is $3.00, and should be $2.00`
    public var text: String

    public init(account: String?, table: String, row: String, text: String) {
      self.account = account
      self.table = table
      self.row = row
      self.text = text
    }

    public var description: String {
      (account.map { "account `\($0)`, " } ?? "") + "\(table) `\(row)`: \(text)"
    }
  }

  public var findings: [Finding] = []
  /// Findings beyond those that were to be kept.
  public var more = 0
  public var accounts = 0
  public var events = 0
  public var isClean: Bool { findings.isEmpty && more == 0 }

  public init() {}
}

/// Collects findings, up to a number.
struct Findings {
  let limit: Int
  var report = AuditReport()

  mutating func add(_ account: String?, _ table: String, _ row: String, _ text: String) {
    if report.findings.count < limit {
      report.findings.append(AuditReport.Finding(account: account, table: table, row: row, text: text))
    } else {
      report.more += 1
    }
  }

  /// One column of a row that has another value than it should.
  mutating func add(
    _ account: String?, _ table: String, _ row: String, column: String, is stored: String, shouldBe expected: String
  ) {
    add(account, table, row, "\(column) is \(stored), and should be \(expected)")
  }
}

/// Whether the file is whole, before anything in it is believed.
struct FileAudit {
  let statements: StatementCache
  let path: String

  /// - Throws: `damaged` for a file that SQLite cannot rely on: broken pages, rows that an index does not know.
  func run(_ findings: inout Findings) throws(StoreFault) {
    var problems: [String] = []
    try statements["PRAGMA integrity_check(10)"].forEach { problems.append($0.text(0)) }
    guard problems == ["ok"] else {
      throw StoreFault(.damaged(problems.prefix(3).joined(separator: "; ")), path: path)
    }
    try statements["PRAGMA foreign_key_check"].forEach { row in
      // A table without row numbers has none to tell.
      let number = row.optional(1).map { "number \($0)" } ?? "a row"
      findings.add(nil, row.text(0), number, "belongs to a row of `\(row.text(2))` that is not there")
    }
  }
}

import Diagnostics
import GRDBSQLite

/// What SQLite says of a statement, for people.
struct QueryComplaint {
  var code: Int32
  var message: String
  var offset: Int?
  var path: String
  /// The statement it is about.
  var text: String

  /// Longer ones are cut: they repeat what was written.
  private static let longest = 300

  func fault(_ guardian: QueryGuard) -> QueryFault {
    var fault = whole(guardian)
    if fault.message.utf8.count > QueryComplaint.longest { fault.message = "\(fault.message.prefix(200))…" }
    return fault
  }

  private func whole(_ guardian: QueryGuard) -> QueryFault {
    if var refusal = guardian.refusal {
      refusal.offset = refusal.offset ?? offset
      return refusal
    }
    switch code & 0xff {
    case SQLITE_TOOBIG:
      return QueryFault(
        .tooLarge, "a text, a row or the statement itself is too large", offset: offset,
        help: "a row has at most \(QueryConnection.lengthLimit >> 20) MB")
    case SQLITE_NOMEM: return QueryFault(.tooLarge, "there is not enough memory for it", offset: offset)
    case SQLITE_AUTH: return QueryGuard.onlyQuestions
    case SQLITE_ERROR: return statementFault(guardian)
    default:
      let fault = StoreFault(sqliteCode: code, message: message, path: path)
      return QueryFault(.failed, fault.message, help: fault.help, cause: fault)
    }
  }

  private func after(_ beginning: String) -> String? {
    message.hasPrefix(beginning) ? String(message.dropFirst(beginning.count)) : nil
  }

  private func statementFault(_ guardian: QueryGuard) -> QueryFault {
    func fault(_ message: String, _ help: String?, kind: QueryFault.Kind = .statement) -> QueryFault {
      QueryFault(kind, message, offset: offset, help: help)
    }
    // Noticed before the guard is asked.
    if message.hasPrefix("cannot modify ") || message.contains("may not be modified") {
      return QueryGuard.onlyQuestions
    }
    if let name = after("no such table: ") {
      let bare = name.split(separator: ".").last.map(String.init) ?? name
      let nearest = Suggestion.nearest(bare.lowercased(), in: StoreQuery.views.map(\.name))
      var fault = fault("there is no view `\(name)`", nearest.map { "did you mean `\($0)`?" } ?? ".schema")
      // SQLite does not say where.
      fault.offset = fault.offset ?? place(of: bare)
      return fault
    }
    if let name = after("no such column: ") {
      return fault("there is no column `\(name)`", QueryComplaint.column(name))
    }
    if let name = after("no such function: ") {
      let nearest = Suggestion.nearest(name.lowercased(), in: QueryGuard.functions)
      return fault("there is no function `\(name)`", nearest.map { "did you mean `\($0)`?" })
    }
    for limit in [
      "too many columns", "Expression tree is too large", "too many terms in compound", "parser stack overflow",
      "LIKE or GLOB pattern too complex", "at most", "too many FROM clause terms", "too many",
    ]
    where message.contains(limit) {
      return fault("the statement is too large: \(lowered)", "ask in several steps", kind: .tooLarge)
    }
    let text = lowered.replacing(guardian.secret, with: "")
    return fault(QueryComplaint.quoted(text), text.contains("syntax error") ? ".help sql" : nil)
  }

  /// Where a word is in the statement first.
  private func place(of word: String) -> Int? {
    let (bytes, wanted) = (Array(text.utf8), Array(word.utf8))
    func isPart(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
        true
      default: false
      }
    }
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return nil }
    return (0...bytes.count - wanted.count).first { start in
      let end = start + wanted.count
      return bytes[start..<end].elementsEqual(wanted) && (start == 0 || !isPart(bytes[start - 1]))
        && (end == bytes.count || !isPart(bytes[end]))
    }
  }

  private var lowered: String { message.prefix(1).lowercased() + message.dropFirst() }

  /// `near "form": syntax error` → near `form`: syntax error
  private static func quoted(_ text: String) -> String { text.replacing("\"", with: "`") }

  /// What column was probably meant: `balance_usd` is `usd(balance_nano)`.
  private static func column(_ name: String) -> String? {
    let bare = (name.split(separator: ".").last.map(String.init) ?? name).lowercased()
    if bare.utf8.count > Suggestion.longestWord { return nil }
    var meant: [String: String] = [:]
    for view in StoreQuery.views {
      for column in view.columns {
        meant[column.name] = column.name
        if column.type == .money {
          let word = String(column.name.dropLast("_nano".count))
          meant[word] = meant[word] ?? column.name
          meant[word + "_usd"] = "usd(\(column.name))"
        }
        if column.type == .time, column.name.hasSuffix("_at") {
          let word = String(column.name.dropLast(3))
          meant[word] = meant[word] ?? column.name
        }
      }
    }
    guard let nearest = Suggestion.nearest(bare, in: meant.keys), let column = meant[nearest] else { return ".schema" }
    return "did you mean `\(column)`?"
  }
}

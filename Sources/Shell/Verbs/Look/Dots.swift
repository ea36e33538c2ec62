import Diagnostics
import Formats
import Store

extension Verb {
  static let schema = dot(
    "schema", "[VIEW]", "the views that SQL reads, or the columns of one", examples: [".schema", ".schema decisions"]
  ) { request, session in
    var answer = Answer("payg.schema/1")
    guard let name = request.arguments.text(.view) else {
      var table = Table([Table.Column("view"), Table.Column("summary", isElastic: true).headed("what a row is")])
      table.rows = StoreQuery.views.map { [.text($0.name), .text($0.summary)] }
      answer.show(table)
      answer.say(session.ink.dim(" .schema VIEW shows its columns"))
      return answer
    }
    guard let view = StoreQuery.views.first(where: { $0.name == name }) else {
      let near = Suggestion.nearest(name, in: StoreQuery.views.map(\.name))
      throw request.complaint("there is no view `\(name)`", at: .view, help: near.map { ".schema \($0)" } ?? ".schema")
    }
    var table = Table([
      Table.Column("column"), Table.Column("type"), Table.Column("summary", isElastic: true).headed("what it is"),
    ])
    table.rows = view.columns.map { column in
      [
        .text(column.name), .text(column.type.rawValue),
        .text(column.summary + (column.examples.isEmpty ? "" : ": \(column.examples.joined(separator: ", "))")),
      ]
    }
    answer.say("\(session.ink.strong(view.name))  \(view.summary)")
    answer.show(table)
    answer.suggestion = "select * from \(view.name) limit 5;"
    return answer
  }

  static let sql = dot(
    "sql", "[on|off]", "show the SQL that says the same as a verb, where there is one", examples: [".sql on"]
  ) { request, session in
    session.settings.showsSQL =
      request.arguments.has("on") || (!request.arguments.has("off") && !session.settings.showsSQL)
    var answer = Answer("payg.sql/1")
    answer.notes.append(".sql is \(session.settings.showsSQL ? "on" : "off")")
    return answer
  }

  static let count = dot("count", "", "how many rows the last SQL has", examples: [".count"]) { request, session in
    guard let sql = session.lastLine, LineCutter.beginsSQL(sql) else {
      throw LineComplaint(
        message: "there is no SQL to count the rows of", line: request.words.line,
        help: "select * from decisions; then .count",
        code: "nothing_to_count")
    }
    var statement = sql.trimmed
    while statement.hasSuffix(";") { statement = String(statement.dropLast()).trimmed }
    // On lines of its own, for it may end in a comment.
    let found = try session.rows(of: "select count(*) as rows from (\n\(statement)\n)", most: 1)
    var answer = Answer("payg.count/1")
    answer.rows = found.table
    if case .integer(let number)? = found.table.rows.first?.first {
      answer.say(Count.text(Int(number), "row"))
      answer.value = String(number)
    }
    return answer
  }

  static let all = dot("all", "", "the last question again, with every row", examples: [".all"]) { request, session in
    guard let line = session.lastLine else {
      throw LineComplaint(
        message: "nothing was asked yet", line: request.words.line, help: "decisions denied, then .all",
        code: "nothing_asked")
    }
    if LineCutter.beginsSQL(line) {
      var answer = try session.query(line, most: Session.mostRowsEver)
      answer.showsAll = true
      return answer
    }
    let (again, _) = try session.understand(Words(line))
    var asked = again
    asked.flags.insert("all")
    var answer = try asked.verb.answer(asked, session)
    answer.showsAll = true
    return answer
  }

  static let width = dot(
    "width", "[N]", "columns of the screen, for tables; without a number: as many as it has", examples: [".width 120"]
  ) { request, session in
    var answer = Answer("payg.width/1")
    let number = request.arguments.text(.count).flatMap { Int($0) }
    if let number, !(20...10_000).contains(number) {
      throw request.complaint("a width is from 20 to 10,000", at: .count, help: ".width 120")
    }
    session.settings.width = number
    answer.notes.append(
      number.map { "tables are at most \(Count.text($0)) wide" } ?? "tables are as wide as the screen")
    return answer
  }
}

import Diagnostics
import Engine
import Formats
import Language
import Values

extension Verb {
  static let limits = Verb(
    "limits", .look, "[ACCOUNT]", summary: "every limit in force: used, of, left, and when it is counted anew",
    examples: ["limits delta", "limits birch"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let standing = try session.account(of: request, world)
      var answer = Answer("payg.limits/1", subject: standing.name)
      answer.account = standing.name
      let views = LimitFinder(standing).all()
      answer.say(try session.headline(standing, world))
      var table = Table([
        Table.Column("limit"), Table.Column("key", isForeign: true), Table.Column("used", .money),
        Table.Column("of", .money),
        Table.Column("left", .money), Table.Column("resets", .time), Table.Column("closed"), Table.Column("code"),
      ])
      for view in views {
        table.rows.append([
          .text(view.name), view.key.map { .text($0) } ?? .none, view.used.map { .integer($0) } ?? .none,
          view.most.map { .integer($0) } ?? .none, view.closed == nil ? .integer(max(0, view.left)) : .none,
          view.resets.map { .integer($0) } ?? .none, (view.closed?.bucket).map { .text($0) } ?? .none,
          (view.closed?.code).map { .text($0) } ?? .none,
        ])
      }
      answer.chart = Chart(
        views.filter { $0.gauge != nil }.map { view in
          Chart.Bar(view.label, view.used ?? 0, "\(Money(nano: view.used ?? 0)) of \(Money(nano: view.most ?? 0))")
        })
      let closed = views.filter { $0.closed != nil }
      answer.rows = table
      table.rows = zip(views, table.rows).filter { $0.0.closed == nil }.map(\.1)
      table.remove(column: "closed", keepsForMachines: &answer)
      table.remove(column: "code", keepsForMachines: &answer)
      if views.allSatisfy({ $0.key == nil }) { table.remove(column: "key", keepsForMachines: &answer) }
      if !table.rows.isEmpty { answer.show(table) }
      for view in closed {
        guard let (bucket, code) = view.closed else { continue }
        let who = view.key.map { " for the key \(ShownText.text($0))" } ?? ""
        answer.say("  \(session.ink.red("closed"))  \(bucket)\(who), by \(view.name) (\(code))")
      }
      if views.isEmpty { answer.say("  no limit is in force") }
      if standing.hasRate, views.contains(where: { $0.used != nil }) {
        answer.say(session.ink.dim("  an allowance counts what it gave, a cap what was spent at standard rates"))
      }
      session.teach("select * from limits\(session.condition(standing.name));")
      return answer
    }
  }
}

extension LimitView {
  var label: String { name + (key.map { " \($0)" } ?? "") }
}

extension World.Standing {
  /// Whether a bucket of the account gives less, or more, than the standard price of what it pays for.
  var hasRate: Bool {
    let reader = engine.reader(state, at: at)
    return engine.program.buckets.contains { bucket in
      guard let rate = bucket.rate.map({ reader.evaluate($0) }), rate != ValueType.none else { return false }
      return Ratio(packed: rate) != .one
    }
  }
}

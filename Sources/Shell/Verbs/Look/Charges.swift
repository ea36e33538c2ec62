import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

extension Verb {
  static let charges = Verb(
    "charges", .look, "[ACCOUNT] [automatic|manual] [paid|declined|pending|failed] [for PERIOD]",
    summary: "every charge of a card, and the rule and the event that asked for it",
    examples: ["charges automatic", "charges fable declined", "charges for 2026-10"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let account = try session.accountIfAny(of: request, world)
      let period = try session.period(of: request, world)
      let state = ["paid", "declined", "pending", "failed"].first { request.arguments.has($0) }
      var answer = Answer("payg.charges/1", subject: account)
      answer.account = account
      var table = Table([
        Table.Column("at", .time, isCoarse: true), Table.Column("account", isForeign: true),
        Table.Column("payment", isForeign: true, canGo: true),
        Table.Column("amount", .money), Table.Column("card", isForeign: true, isElastic: true),
        Table.Column("automatic", .bool),
        Table.Column("state", .verdict, isElastic: true), Table.Column("by"), Table.Column("event", canGo: true),
        Table.Column("id", isForeign: true), Table.Column("reason", isForeign: true, isElastic: true),
        Table.Column("refunded", .money, canGo: true),
      ])
      var (paid, count): (Int64, Int) = (0, 0)
      for name in try account.map({ [$0] }) ?? world.accountNames() {
        let standing = try world.account(name)
        let words = try world.reader.hasAccount(name) ? world.reader.providerWords(of: name).charges : [:]
        for (number, payment) in standing.state.payments.enumerated() where period.window.contains(payment.at) {
          if request.arguments.has("automatic") && !payment.isAutomatic { continue }
          if request.arguments.has("manual") && payment.isAutomatic { continue }
          if let state, state != "\(payment.state)" { continue }
          let asked = try world.charge(payment, of: standing)
          if payment.state == .paid {
            paid.add(payment.amount)
            count += 1
          }
          table.rows.append([
            .integer(payment.at), .text(name), .text(payment.id), .integer(payment.amount),
            payment.card.map { .text(standing.state.cardNames[$0]) } ?? .none, .bool(payment.isAutomatic),
            .text("\(payment.state)"),
            asked.rule.map { .text($0) } ?? .none, .text(asked.kind), .text(payment.origin),
            (words[number]?.reason ?? words[number]?.fault).map { .text($0) } ?? .none, .integer(payment.refunded),
          ])
          table.subjects.append(payment.origin)
        }
      }
      let order = table.rows.indices.sorted { Table.Cell.isLess(table.rows[$0][0], table.rows[$1][0], $0, $1) }
      table.rows = order.map { table.rows[$0] }
      table.subjects = order.map { table.subjects[$0] }
      answer.rows = table
      if account != nil { table.remove(column: "account", keepsForMachines: &answer) }
      // The rule that asked says whether it was automatic.
      table.remove(column: "automatic", keepsForMachines: &answer)
      table.join("reason", to: "state", keepsForMachines: &answer)
      table.removeEmpty(["refunded"], keepsForMachines: &answer)
      answer.value = Money(nano: paid).plainText
      answer.members = [.init("paid_nano", .integer(paid)), .init("paid_usd", .text(Money(nano: paid).plainText))]
      if table.rows.isEmpty {
        answer.say("no card was charged, \(period.resolved)")
      } else {
        answer.show(table)
        answer.say(
          session.ink.dim(
            " \(Money(nano: paid)) paid in \(Count.text(count)) of \(Count.text(table.rows.count, "charge")), \(period.resolved)"
          ))
      }
      session.teach("select * from topups\(session.condition(account)) order by at;")
      return answer
    }
  }

  static let refunds = Verb(
    "refunds", .look, "[ACCOUNT] [for PERIOD]", summary: "money sent back, and what was refused",
    examples: ["refunds juno", "refunds for 2026-10"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let account = try session.accountIfAny(of: request, world)
      let period = try session.period(of: request, world)
      var answer = Answer("payg.refunds/1", subject: account)
      answer.account = account
      var table = Table([
        Table.Column("at", .time, isCoarse: true), Table.Column("account", isForeign: true),
        Table.Column("id", isForeign: true),
        Table.Column("asked", .money), Table.Column("verdict", .verdict), Table.Column("code", isElastic: true),
        Table.Column("sent", .money),
        Table.Column("payment", isForeign: true), Table.Column("card", isForeign: true, isElastic: true),
        Table.Column("state", .verdict, canGo: true), Table.Column("reason", isForeign: true, isElastic: true),
      ])
      let program = try world.program
      let kinds = program.kinds { if case .refund = $0 { true } else { false } }
      let events = try world.events(
        account: account, kinds: kinds, in: period.window, isDecided: true, most: Session.mostRowsEver)
      for event in events {
        guard let name = event.account else { continue }
        let standing = try world.account(name)
        let words = try world.reader.hasAccount(name) ? world.reader.providerWords(of: name).refunds : [:]
        let asked = program.events.first { $0.name == event.kind }?.fields.first { $0.type.base == .money }
        let start: [Table.Cell] = [
          .integer(event.counted), .text(name), .text(event.id),
          asked.flatMap { event.json?[$0.name]?.integer }.map { .integer($0) } ?? .none,
          .text(event.verdict ?? ""), event.code.map { .text($0) } ?? .none,
        ]
        let parts = standing.state.refunds.enumerated().filter { _, refund in
          refund.origin == event.id && event.verdict == "allowed"
            && standing.engine.program.events[refund.event].name == event.kind
        }
        table.subjects.append(event.id)
        if parts.isEmpty { table.rows.append(start + [.none, .none, .none, .none, .none]) }
        for (place, (number, refund)) in parts.enumerated() {
          if place > 0 { table.subjects.append(event.id) }
          let payment = standing.state.payments[refund.payment]
          table.rows.append(
            start + [
              .integer(refund.amount), .text(payment.id),
              payment.card.map { .text(standing.state.cardNames[$0]) } ?? .none,
              .text("\(refund.state)"), (words[number]?.reason ?? words[number]?.fault).map { .text($0) } ?? .none,
            ])
        }
      }
      answer.rows = table
      if account != nil { table.remove(column: "account", keepsForMachines: &answer) }
      table.removeEmpty(["reason", "code", "sent"], keepsForMachines: &answer)
      if table.rows.isEmpty { answer.say("nothing was sent back, \(period.resolved)") } else { answer.show(table) }
      return answer
    }
  }
}

extension Table {
  /// Puts the texts of one column behind those of another, for people.
  mutating func join(_ name: String, to other: String, keepsForMachines answer: inout Answer) {
    guard let from = columns.firstIndex(where: { $0.name == name }),
      let to = columns.firstIndex(where: { $0.name == other })
    else { return }
    answer.rows = answer.rows ?? self
    for row in rows.indices {
      if case .text(let more) = rows[row][from], case .text(let text) = rows[row][to] {
        rows[row][to] = .text("\(text), \(more)")
      }
    }
    remove(column: name, keepsForMachines: &answer)
  }
}

extension Table.Cell {
  /// In the order of numbers; what is alike keeps its order.
  static func isLess(_ left: Table.Cell, _ right: Table.Cell, _ first: Int, _ second: Int) -> Bool {
    guard case .integer(let one) = left, case .integer(let other) = right, one != other else { return first < second }
    return one < other
  }
}

extension World {
  /// The event that asked for a payment, and the rule, by what its decision says.
  func charge(_ payment: Payment, of standing: Standing) throws -> (kind: String, rule: String?) {
    let program = standing.engine.program
    let kind = program.events.indices.contains(payment.event) ? program.events[payment.event].name : "?"
    let found = try events(account: standing.name, kinds: [kind], id: payment.origin, isDecided: true, most: 16)
    for event in found {
      guard let (decision, engine) = try decision(of: event) else { continue }
      let rules = (decision.rescueRule.map { [$0] } ?? []) + decision.firedRules
      let asking = rules.first { rule in
        engine.program.rules[rule].effects.flatMap(\.operations).contains {
          if case .collect = $0 { true } else { false }
        }
      }
      // One that said no by not being paid names its rule, too.
      if let rule = asking ?? decision.triedRescueRule ?? (decision.verdict == .waiting ? decision.rule : nil) {
        return (kind, engine.program.rules[rule].name)
      }
    }
    let decider = found.compactMap(\.decider).first
    return (kind, decider)
  }
}

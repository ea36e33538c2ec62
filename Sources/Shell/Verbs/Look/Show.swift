import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

extension Verb {
  static let show = Verb(
    "show", .look, "[ACCOUNT|EVENT|PAYMENT] [of ACCOUNT]", summary: "everything about one account, event or payment",
    examples: ["show birch", "show juno-1", "show s0626-158"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      guard let written = request.arguments.text(.account) else {
        let standing = try session.account(of: request, world)
        return try session.page(of: standing, world)
      }
      var asked = request
      let owners = Array(request.arguments.values.dropFirst().prefix { $0.place == .account })
      asked.arguments.values = asked.arguments.values.prefix(1).map { (.event, $0.text, $0.range) } + owners
      let owner = try owners.isEmpty ? nil : session.accountName(asked, world)
      let name = try session.lastAnswer(written, asked)
      if owner == nil, try world.hasAccount(name) { return try session.page(of: try world.account(name), world) }
      let account = owner ?? request.coordinates.account
      let found = try world.events(account: account, id: name, most: 64)
      if found.isEmpty, let (standing, number, others) = try session.payment(named: name, of: account, world) {
        var answer = try session.page(ofPayment: number, standing, world)
        if let note = session.shared(name, others, "show") { answer.notes.append(note) }
        return answer
      }
      do {
        guard case .stored(let event, let others) = try session.event(named: name, asked, world) else {
          throw Complaint(message: "`\(name)` was only tried", help: "why \(name)")
        }
        return try session.page(of: event, others: others, world)
      } catch var fault as LineComplaint where fault.code == "unknown_event" {
        fault.message = "there is no account, event or payment `\(name)`"
        if let near = try session.nearestAccounts(name, world).first,
          fault.instead == nil || near.hasPrefix(name.prefix(2))
        {
          fault.help = "did you mean `\(near)`?"
        }
        throw fault
      }
    }
  }
}

extension Session {
  /// An account with everything about it.
  fileprivate func page(of standing: World.Standing, _ world: World) throws -> Answer {
    var answer = Answer("payg.show/1", subject: standing.name)
    answer.account = standing.name
    let view = AccountView(standing)
    let state = standing.state
    answer.say(try headline(standing, world))
    answer.say(Array(view.lines(ink).dropFirst()))
    answer.members = [.init("what", "account")] + view.json.members
    func section(_ title: String, _ schema: String, _ table: Table) {
      answer.members.append(.init(schema, .list(table.objects.map { .object($0) })))
      guard !table.rows.isEmpty else { return }
      answer.say("")
      answer.say(ink.strong(title))
      answer.show(table)
    }
    var scratch = Answer("")
    section("set", "settings", try settings(standing, all: false, world, &scratch))
    let limits = LimitFinder(standing).all()
    var limitTable = Table([
      Table.Column("limit"), Table.Column("of", .money), Table.Column("left", .money), Table.Column("resets", .time),
    ])
    limitTable.rows = limits.map { limit in
      [
        .text(limit.label + (limit.closed.map { ": \($0.bucket) is closed, \($0.code)" } ?? "")),
        limit.most.map { .integer($0) } ?? .none,
        .integer(max(0, limit.left)), limit.resets.map { .integer($0) } ?? .none,
      ]
    }
    section("limits", "limits", limitTable)
    section("keys", "key_use", keys(standing, &scratch))
    var lots = lots(standing)
    lots.rows = lots.rows.filter { $0.last != .integer(0) }
    lots.subjects = []
    section("lots with something left", "lots", lots)
    var payments = Table([
      Table.Column("at", .time), Table.Column("payment", isForeign: true), Table.Column("amount", .money),
      Table.Column("card", isForeign: true),
      Table.Column("state", .verdict), Table.Column("refunded", .money),
    ])
    payments.rows = state.payments.map { payment in
      [
        .integer(payment.at), .text(payment.id + (payment.clawback == nil ? "" : " (taken back by the bank)")),
        .integer(payment.amount),
        payment.card.map { .text(state.cardNames[$0]) } ?? .none, .text("\(payment.state)"), .integer(payment.refunded),
      ]
    }
    section("payments", "payments", payments)
    let rows = try [
      ("latest", world.events(account: standing.name, most: 5)),
      ("latest denied", world.events(account: standing.name, verdict: "denied", most: 3)),
    ]
    for (title, events) in rows {
      var table = Table([
        Table.Column("at", .time), Table.Column("event"), Table.Column("id", isForeign: true),
        Table.Column("verdict", .verdict), Table.Column("by"),
      ])
      table.rows = events.map { event in
        [
          .integer(event.counted), .text(event.kind), .text(event.id), event.verdict.map { .text($0) } ?? .none,
          (event.decider ?? event.code).map { .text($0) } ?? .none,
        ]
      }
      section(title, title.replacing(" ", with: "_"), table)
      if title == "latest denied", let first = events.first { answer.suggestion = "why \(Words.quoted(first.subject))" }
    }
    // Machines get the parts by name.
    answer.rows = balanceRows(view)
    return answer
  }

  private func balanceRows(_ view: AccountView) -> Table {
    var table = Table([
      Table.Column("bucket"), Table.Column("amount", .money), Table.Column("held", .money),
      Table.Column("available", .money),
    ])
    table.rows = view.parts.map { [.text($0.name), .integer($0.amount), .integer($0.held), .integer($0.available)] }
    return table
  }

  // MARK: - Payments

  fileprivate func page(ofPayment number: Int, _ standing: World.Standing, _ world: World) throws -> Answer {
    let payment = standing.state.payments[number]
    var answer = Answer("payg.show/1", subject: payment.origin)
    answer.account = standing.name
    show(payment, number, standing, try world.charge(payment, of: standing), world, &answer)
    return answer
  }

  fileprivate func show(
    _ payment: Payment, _ number: Int, _ standing: World.Standing, _ asked: (kind: String, rule: String?),
    _ world: World,
    _ answer: inout Answer
  ) {
    let state = standing.state
    let card = payment.card.map { state.cardNames[$0] } ?? "no card"
    let rendering = Rendering(mode: .table, ink: ink)
    answer.say(
      "\(ink.strong("payment \(ShownText.text(payment.id))"))  \(rendering.paint("\(payment.state)", .verdict))  "
        + "\(Money(nano: payment.amount)) from \(ShownText.text(card)), \(TimeText.short(payment.at)) UTC, of \(ShownText.text(standing.name))"
    )
    answer.say(
      "  asked for by \(asked.kind) \(ShownText.text(payment.origin))"
        + (asked.rule.map { payment.isAutomatic ? ", automatically by \($0)" : " (\($0))" } ?? ""))
    if payment.refunded > 0 {
      answer.say("  \(Money(nano: payment.refunded)) of it sent back to \(ShownText.text(card))")
    }
    for refund in state.refunds where refund.payment == number {
      answer.say(
        "    \(TimeText.day(refund.at))  \(Money(nano: refund.amount))  \(refund.state)  by \(ShownText.text(refund.origin))"
      )
    }
    if let clawback = payment.clawback {
      answer.say(
        "  the bank took \(Money(nano: clawback.amount)) back"
          + (clawback.debt > 0 ? ", \(Money(nano: clawback.debt)) of it was spent and is owed" : ""))
    }
    let unspent = state.unspent(payment: number, order: standing.engine.burnOrder(at: standing.at))
    if payment.state == .paid { answer.say("  \(Money(nano: unspent)) of it are not spent") }
    answer.members += [
      .init("what", "payment"), .init("payment", .text(payment.id)), .init("amount_nano", .integer(payment.amount)),
      .init("amount_usd", .text(Money(nano: payment.amount).plainText)), .init("card", .text(card)),
      .init("automatic", .bool(payment.isAutomatic)), .init("state", .text("\(payment.state)")),
      .init("origin", .text(payment.origin)),
      .init("rule", asked.rule.map { .text($0) } ?? .null), .init("refunded_nano", .integer(payment.refunded)),
      .init("unspent_nano", .integer(unspent)),
    ]
    // What the rules derive of a payment, such as how much of it may be sent back.
    let program = standing.engine.program
    let row = RecordRows.row(
      of: .payment, at: number, in: state, program: program, order: standing.engine.burnOrder(at: standing.at))
    var walker = standing.engine.reader(state, at: standing.at).walker
    walker.own = row ?? []
    let formatter = standing.engine.formatter(for: state)
    for derivation in program.paymentDerivations {
      let value = walker.evaluate(derivation.value)
      if derivation.value.type.base == .money, value != 0 {
        answer.say(
          "  \(derivation.name.replacing("_", with: " ")): \(formatter.text(value, derivation.value.type)), to \(ShownText.text(card))"
        )
      }
      answer.members.append(.init(derivation.name, .integer(value)))
    }
    answer.value = Money(nano: payment.amount).plainText
  }

  // MARK: - Events

  fileprivate func page(of event: StoredEvent, others: [StoredEvent], _ world: World) throws -> Answer {
    var answer = Answer("payg.show/1", subject: event.subject)
    answer.account = event.account
    let rendering = Rendering(mode: .table, ink: ink)
    let program = try world.program
    let verdict = event.verdict.map { rendering.paint($0, .verdict) + "  " } ?? ""
    answer.say(
      "\(verdict)\(ink.strong("\(event.kind) \(ShownText.text(event.id))"))  \(ShownText.text(event.account ?? "all accounts"))  "
        + "\(TimeText.short(event.counted)) UTC  \(ink.dim(event.number))")
    if event.isLate {
      answer.say("  it names \(TimeText.short(event.at)), and came late: it counts as of the account's clock")
    }
    let told = event.told(by: program)
    if !told.isEmpty { answer.say("  \(ShownText.text(told))") }
    if let code = event.code { answer.say("  \(code)" + (event.decider.map { " by \($0)" } ?? "")) }
    answer.members = [
      .init("what", "event"), .init("event", .integer(event.seq)), .init("kind", .text(event.kind)),
      .init("id", .text(event.id)),
      .init("account", event.account.map { .text($0) } ?? .null), .init("at", .text(TimeText.text(event.at))),
      .init("counted_at", .text(TimeText.text(event.counted))),
      .init("recorded_at", .text(TimeText.text(event.recordedAt))),
      .init("fields", event.json ?? .text(event.fields)), .init("verdict", event.verdict.map { .text($0) } ?? .null),
      .init("code", event.code.map { .text($0) } ?? .null), .init("decider", event.decider.map { .text($0) } ?? .null),
      .init("amount_nano", .integer(event.amount)), .init("policy", event.policyHash.map { .text($0) } ?? .null),
    ]
    if let (decision, engine) = try world.decision(of: event) {
      let acted = decision.firedRules.map { engine.program.rules[$0].name }
      if !acted.isEmpty { answer.say("  acted: \(acted.joined(separator: ", "))") }
      let names = BucketNames(engine.program)
      let paid = names.given(decision.drawn).map { "\($0.name) \(Money(nano: $0.nano))" }
      if !paid.isEmpty { answer.say("  paid \(Money(nano: decision.covered)): \(paid.joined(separator: ", "))") }
      answer.members.append(.init("acted", .list(acted.map { .text($0) })))
    }
    var table = Table([
      Table.Column("step"), Table.Column("from"), Table.Column("to"), Table.Column("amount", .money),
      Table.Column("at", .time),
    ])
    if event.seq > 0 {
      table.rows = try world.reader.postings(of: event.seq).map { posting in
        [
          .text(posting.step), .text(posting.source), .text(posting.destination), .integer(posting.amount),
          .integer(posting.at),
        ]
      }
    }
    if !table.rows.isEmpty { answer.show(table) } else { answer.rows = table }
    if let name = event.account, let standing = try? world.account(name) {
      var payments: [Json] = []
      for (number, payment) in standing.state.payments.enumerated() where payment.origin == event.id {
        var part = Answer(answer.schema)
        show(payment, number, standing, try world.charge(payment, of: standing), world, &part)
        answer.say("")
        answer.blocks += part.blocks
        answer.value = part.value
        payments.append(.object(part.members))
      }
      if !payments.isEmpty { answer.members.append(.init("payments", .list(payments))) }
    }
    if others.count > 1 {
      answer.notes.append("\(Count.text(others.count)) events have the id \(event.id); this is the latest")
    }
    if event.verdict != nil { answer.suggestion = "why \(Words.quoted(event.subject))" }
    return answer
  }
}

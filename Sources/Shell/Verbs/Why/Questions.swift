import Diagnostics
import Engine
import Formats
import Lab
import Language
import Ledger
import Store
import Values

extension Verb {
  static let whyNot = Verb(
    "why not", .why, "[last] [denied|allowed] [EVENT] [of ACCOUNT]",
    summary: "everything that stood against an event, not only what decided",
    examples: ["why not s0626-158"]
  ) { request, session in
    try session.ask(request, "payg.why_not/1") { asked, answer in
      let (explanation, program) = try session.explanation(of: asked)
      let whyNot = WhyNot(explanation, program)
      answer.say(whyNot.text().lines)
      if explanation.decision.isAllowed { answer.say(session.idle(explanation, program)) }
      var table = Table([
        .init("name"), .init("kind"), .init("place"), .init("decided", .bool), .init("hypothetical", .bool),
        .init("arithmetic"),
      ])
      for objection in whyNot.objections {
        table.rows.append([
          .text(objection.name), .text(objection.kind.rawValue), .text(objection.place), .bool(objection.decided),
          .bool(objection.isHypothetical), .text(objection.arithmetic),
        ])
      }
      answer.rows = table
      if whyNot.decision.verdict == .denied { answer.suggestion = "need _" }
    }
  }

  static let trace = Verb(
    "trace", .why, "[last] [denied|allowed] [EVENT] [of ACCOUNT] [full|fails|notes]",
    summary: "every rule about an event in the order it was asked, each clause with its numbers",
    details: "`fails`: only what stood against it; `notes`: only what acted.",
    examples: ["trace s0626-158", "trace s0652-2 notes"]
  ) { request, session in
    try session.ask(request, "payg.trace/1") { asked, answer in
      let (explanation, program) = try session.explanation(of: asked)
      let trace = RuleTrace(explanation, program)
      let filter: RuleTrace.Filter =
        request.arguments.has("fails") ? .fails : request.arguments.has("notes") ? .notes : .full
      answer.say(Array(trace.text(filter).lines.dropFirst()))
      var table = Table([.init("rule"), .init("kind"), .init("outcome"), .init("place"), .init("arithmetic")])
      for step in trace.steps(filter) {
        table.rows.append([
          .text(step.rule), .text(step.kind.rawValue), .text(step.outcome.rawValue), .text(step.place),
          .text(step.arithmetic.isEmpty ? step.clauses.map(\.arithmetic).joined(separator: ", ") : step.arithmetic),
        ])
      }
      answer.rows = table
    }
  }

  static let need = Verb(
    "need", .why, "[last] [denied|allowed] [EVENT] [of ACCOUNT] [CHANGE]",
    summary: "the smallest change of each thing that would have turned the answer",
    details: """
      Every number shown was tried, and so was the one before it. `--all` shows all ways. An event that never happened will do:
      `need request model gpt-4o, input 60000`.
      """,
    examples: ["need s0626-158", "need s0626-158 --all"]
  ) { request, session in
    try session.ask(request, "payg.need/1") { asked, answer in
      let need = try session.translated { try Need(asked.question()) }
      answer.say(need.text(all: request.flags.contains("all")).lines)
      var table = Table([
        .init("way"), .init("kind"), .init("name"), .init("from"), .init("to"), .init("below"), .init("line"),
      ])
      for (place, way) in need.ways.enumerated() {
        table.rows.append([
          .integer(Int64(place + 1)), .text(way.kind.rawValue), .text(way.name),
          way.from.map { .text($0.text) } ?? .none,
          .text(way.to.text), way.below.map { .text($0.text) } ?? .none, .text(way.line),
        ])
      }
      answer.rows = table
      answer.members.append(.init("probes", .integer(Int64(need.probes))))
      answer.value = need.ways.first?.line
      if let way = need.ways.first ?? need.pair?.parts.first {
        let again = session.trying(way, need, asked)
        answer.say(session.ink.dim("try it: \(again)"))
        answer.suggestion = again
      }
    }
  }

  static let review = Verb(
    "review", .why, "[EVENT] [of ACCOUNT] [CHANGE]",
    summary: "what would come of a refund, and the most that would be allowed; nothing is sent back",
    details:
      "EVENT is one of the history, or a line such as `refund $20, payment juno-1, approved_by mia, reason moved`; a payment's id asks for all of it.",
    examples: [
      "review juno-refund-1", "review juno-1",
      "review refund $5, payment juno-1, approved_by mia, reason moved of juno",
    ]
  ) { request, session in
    let (line, told, note) = try session.reviewed(request)
    if let told { return told }
    var answer = try session.ask(line, "payg.review/1") { asked, answer in
      let review = try session.translated { try Review(asked.question()) }
      guard review.asked != nil else {
        let kind = asked.standing.engine.program.events[asked.call.event].name
        throw Complaint(
          message:
            "\(asked.stored.map { "`\($0.id.isEmpty ? $0.number : $0.id)`" } ?? "that") is a \(kind), which sends nothing back: there is nothing to review",
          help: "charges \(Words.quoted(asked.standing.name))")
      }
      answer.say(Array(review.text().lines.dropFirst()))
      var table = Table([
        .init("payment"), .init("at", .time), .init("card"), .init("paid", .money), .init("refunded", .money),
        .init("unspent", .money),
        .init("refundable", .money),
      ])
      for payment in review.payments {
        table.rows.append([
          .text(payment.payment), .integer(payment.at), payment.card.map { .text($0) } ?? .none, .integer(payment.paid),
          .integer(payment.refunded), .integer(payment.unspent), .integer(payment.refundable),
        ])
      }
      answer.rows = table
      answer.members += [
        .init("verdict", .text(review.decision.verdict.rawValue)), .init("sent_nano", .integer(review.sent)),
        .init("most_nano", review.most.map { .integer($0.number) } ?? .null),
      ]
      answer.say(session.ink.dim("(a simulation: the shell sends nothing back)"))
    }
    if let note { answer.notes.append(note) }
    return answer
  }
}

extension Session {
  /// Finds the event of a line and answers a question about it, under its headline.
  fileprivate func ask(
    _ request: Request, _ schema: String, _ body: (AskedEvent, inout Answer) throws -> Void
  ) throws -> Answer {
    try look(request.coordinates) { world in
      var request = request
      let note: String?
      if request.arguments.text(.changes) == nil {
        let found = try findAsked(&request, world)
        note = try found ?? findLatest(&request, world)
      } else {
        note = nil
      }
      let asked = try asked(request, world)
      if asked.stored == nil, asked.answer == nil { keep(asked) }
      var answer = Answer(
        schema,
        subject: asked.stored.map { $0.id.isEmpty ? $0.number : $0.id } ?? (asked.answer == nil ? "~1" : asked.name))
      answer.account = asked.standing.name
      answer.isProse = true
      if let note { answer.notes.append(note) }
      answer.say(try headline(asked))
      if let policy = world.coordinates.policy { answer.say(ink.dim("  under \(policy)")) }
      try body(asked, &answer)
      return answer
    }
  }

  /// What was only thought of is the last thing tried: it can be explained, and checked.
  private func keep(_ asked: AskedEvent) {
    var standing = asked.standing
    let simulation = Simulation(standing.state, engine: standing.engine, at: standing.at)
    var step = Branch.Step(asked.name, account: standing.name, before: standing, after: Branch.State())
    let answer = simulation.when(asked.call)
    step.answers = [answer]
    step.tally.add(answer, number: 1)
    (standing.state, standing.at) = (simulation.account, simulation.clock)
    step.after.accounts[standing.name] = standing
    tried = Tried(steps: [step], simulation: simulation)
  }

  /// The line that shows a way out.
  fileprivate func trying(_ way: Way, _ need: Need, _ asked: AskedEvent) -> String {
    var line = need.ways.isEmpty ? need.pair?.wholeLine ?? way.wholeLine : way.wholeLine
    let account = Words.quoted(asked.standing.name)
    guard let stored = asked.stored else { return "what if \(account) \(line)" }
    let id = Words.quoted(stored.id.isEmpty ? stored.number : stored.id)
    let isOther =
      way.kind == .field || way.kind == .key || (way.kind == .card && way.lines.count == 1)
      || (need.ways.isEmpty && (need.pair?.parts.contains { $0.kind == .field || $0.kind == .key } ?? false))
    // The same event has a shorter name.
    if !isOther {
      let deeds = need.ways.isEmpty ? need.pair?.lines ?? way.lines : way.lines
      line = (deeds.dropLast() + ["again \(id)"]).joined(separator: " then ")
    }
    return "what if \(account) \(line) @\(id)"
  }

  private func headline(_ asked: AskedEvent) throws -> [String] {
    let question = try asked.question()
    let came = try translated { try question.answer() }
    let program = question.program
    return Headline(
      decision: came.exchange.decision, program: program, account: came.account, accountName: asked.standing.name,
      words: asked.call.texts(program),
      name: asked.stored?.id ?? (asked.answer == nil ? program.events[asked.call.event].name : asked.name)
    ).lines(ink)
  }

  /// What would be decided now, with the facts that rules saw which only look at what came of it: kept decisions have them where one
  /// of these acted.
  fileprivate func explanation(of asked: AskedEvent) throws -> (explanation: Explanation, program: Program) {
    let question = try asked.question()
    let (exchange, account) = try translated { try question.answer() }
    var decision = exchange.decision
    if decision.isAllowed, !decision.isReplay, decision.afterwards == nil {
      var trace = question.engine.reader(account, key: decision.key, at: decision.at).trace
      trace.take(decision)
      decision.afterwards = trace
    }
    let words = asked.call.texts(question.program).map { Transaction.Label($0.key, $0.value) }
    return (Explanation(decision, by: question.engine, account: account, words: words), question.program)
  }

  /// Rules that looked at what came of an event and did nothing, with what kept them from it.
  fileprivate func idle(_ explanation: Explanation, _ program: Program) -> [String] {
    explanation.reactions.filter { !$0.holds }.flatMap { trial -> [String] in
      let reasons = trial.reasons.map { "     \($0.name): \($0.facts.joined(separator: ", "))" }
      return ["  did not act: \(program.rules[trial.rule].name) (\(trial.arithmetic))"] + reasons
    }
  }

  func translated<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let fault as EngineFault {
      throw Complaint(message: fault.message)
    }
  }

  /// `review haven-1`: the id of a payment stands for a refund of all of it, whether an event has that id as well or not. An
  /// account stands for what it was sent back last, else for its last payment.
  ///
  /// - Returns: the line of the refund; or the answer about a payment of which nothing can go back; and what to say about it.
  fileprivate func reviewed(_ request: Request) throws -> (line: Request, told: Answer?, note: String?) {
    guard request.arguments.text(.changes) == nil else { return (request, nil, nil) }
    return try look(request.coordinates) { world in
      var request = request
      let named = try request.arguments.text(.account).map { _ in try accountName(request, world) }
      guard var id = try request.arguments.text(.event).map({ try lastAnswer($0, request) }) ?? named else {
        return (request, nil, nil)
      }
      var account = named ?? request.coordinates.account
      let isWhole = try request.arguments.text(.event) == nil || world.hasAccount(id)
      if isWhole, try world.reader.events(id: id, limit: 1).isEmpty {
        let standing = try world.account(id)
        let kinds = standing.engine.program.kinds { if case .refund = $0 { true } else { false } }
        if !kinds.isEmpty, let event = try world.events(account: id, kinds: kinds, isDecided: true, most: 1).first {
          request.mean(event.number)
          return (request, nil, "the latest \(event.kind) of `\(id)`")
        }
        guard let payment = standing.state.payments.last(where: { $0.state == .paid }) ?? standing.state.payments.last
        else {
          throw Complaint(
            message: "`\(id)` has paid nothing that could go back", help: "charges \(Words.quoted(id))")
        }
        (account, id) = (id, payment.key)
      }
      // Of those that have a payment of this id, the one whose event is the latest.
      if account == nil, case .stored(let event, _)? = try? event(named: id, account: nil, isSure: false, world),
        let own = event.account, try payment(named: id, of: own, world) != nil
      {
        account = own
      }
      guard let (standing, number, others) = try payment(named: id, of: account, world) else {
        return (request, nil, nil)
      }
      let note = shared(id, others, "review")
      let same = standing.state.payments.indices.last(where: {
        [standing.state.payments[$0].id, standing.state.payments[$0].key].contains(id)
          && standing.state.payments[$0].state == .paid
      })
      guard let same else { return (request, unpaid(number, standing), note) }
      guard let line = refundLine(of: standing.state.payments[same], id, standing) else { return (request, nil, note) }
      return (request.asking(line, of: standing.name), nil, note)
    }
  }

  /// Of a payment that never arrived nothing can go back.
  private func unpaid(_ number: Int, _ standing: World.Standing) -> Answer {
    let payment = standing.state.payments[number]
    let reason =
      payment.state == .pending ? "it is pending" : payment.state == .failed ? "it failed" : "it was declined"
    let card = payment.card.map { standing.state.cardNames[$0] } ?? "no card"
    var answer = Answer("payg.review/1", subject: payment.id)
    answer.account = standing.name
    answer.isProse = true
    answer.say(
      "\(ink.strong("payment \(ShownText.text(payment.id))"))  \(payment.state)  \(Money(nano: payment.amount)) from "
        + "\(ShownText.text(card)), \(TimeText.short(payment.at)) UTC, of \(ShownText.text(standing.name))")
    answer.say("  $0.00 refundable: \(reason)")
    var table = Table([
      .init("payment", isForeign: true), .init("at", .time), .init("card", isForeign: true), .init("paid", .money),
      .init("refundable", .money), .init("state"),
    ])
    table.rows = [
      [
        .text(payment.id), .integer(payment.at), payment.card == nil ? .none : .text(card), .integer(0), .integer(0),
        .text("\(payment.state)"),
      ]
    ]
    answer.rows = table
    answer.members = [
      .init("payment", .text(payment.id)), .init("state", .text("\(payment.state)")), .init("sent_nano", .integer(0)),
      .init("most_nano", .integer(0)),
    ]
    answer.value = Money.zero.plainText
    answer.suggestion = "why \(Words.quoted(payment.id)) of \(Words.quoted(standing.name))"
    return answer
  }

  /// The line of an event that sends a payment back, as far as the policy has one.
  private func refundLine(of payment: Payment, _ id: String, _ standing: World.Standing) -> String? {
    let program = standing.engine.program
    let refunding = program.events.indices.first { event in
      program.rules.contains { rule in
        guard case .on(let events) = rule.kind, events.contains(event) else { return false }
        return rule.effects.flatMap(\.operations).contains { if case .refund = $0 { true } else { false } }
      }
    }
    guard let refunding else { return nil }
    let event = program.events[refunding]
    let all = payment.amount - payment.refunded
    let line = refundLine(event, id, max(0, all))
    guard let call = try? LineReader(program).event(line, keys: standing.state.keyNames, now: standing.at).call,
      let question = try? Question(call, of: standing.state, by: standing.engine), let review = try? Review(question),
      let most = review.most?.number, most < all
    else { return line }
    return refundLine(event, id, most)
  }

  private func refundLine(_ event: Event, _ id: String, _ amount: Int64) -> String {
    var parts: [String] = []
    for field in event.fields.prefix(event.givenCount) {
      switch field.type.base {
      case .money: parts.append("\(field.name) \(Money(nano: amount))")
      case .record(.payment): parts.append("\(field.name) \"\(id)\"")
      // Whoever approves, and why, is taken for granted.
      case .name: parts.append("\(field.name) \"review\"")
      default: break
      }
    }
    return "\(event.name) \(parts.joined(separator: ", "))"
  }
}

extension Request {
  /// The same about a line and an account.
  fileprivate func asking(_ line: String, of account: String) -> Request {
    var request = self
    request.words = Words(line)
    request.coordinates.account = account
    let first = request.words.words[0].range
    let rest = request.words.rest(from: 1)
    request.arguments.values = [
      (.event, request.words.words[0].text, first), (.changes, rest, first.upperBound..<line.utf8.count),
    ]
    return request
  }
}

extension String {
  /// Its lines.
  var lines: [String] { split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
}

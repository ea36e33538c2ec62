import Backtest
import Diagnostics
import Engine
import Formats
import Lab
import Language
import Ledger
import Store
import Values

extension Verb {
  static let why = Verb(
    "why", .why, "[last] [denied|allowed] [EVENT] [of ACCOUNT] [at TIME]",
    summary: "why an event got the answer it got: the rule that decided, with its arithmetic",
    details: """
      EVENT is an id, `#17` by its number in the history, `_` the last answer, `_3` its third row, `~2` the second thing that was
      tried. An account and a time find the event nearest to that minute. A payment's id finds the event that asked for it.
      """,
    examples: ["why s0626-158", "why last denied of delta", "why cedar at 2026-10-30 14:03"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      var request = request
      let note = try session.findAsked(&request, world)
      let found = try session.whyAsked(request, world)
      var answer: Answer
      switch found {
      case .tried(let number): answer = try session.why(tried: number, world)
      case .stored(let event, let attempts):
        answer =
          request.coordinates.policy == nil
          ? try session.why(event, attempts, request, world) : try session.whyUnder(event, attempts, world)
      }
      if let note { answer.notes.append(note) }
      if let note = session.placeInComparison(found, request) { answer.notes.append(note) }
      return answer
    }
  }
}

extension Session {
  // MARK: - Finding

  /// `last denied of delta`, `delta at 14:03`: puts the event that is meant into the request.
  ///
  /// - Returns: what to say about it.
  func findAsked(_ request: inout Request, _ world: World) throws -> String? {
    let arguments = request.arguments
    let verdict = arguments.has("denied") ? "denied" : arguments.has("allowed") ? "allowed" : nil
    if let written = arguments.text(.time) {
      let account = arguments.text(.account) ?? arguments.text(.event) ?? request.coordinates.account
      guard let account, try world.reader.hasAccount(account) else {
        throw try account.map { try unknownAccount($0, world, at: request.complaint("", at: .event)) }
          ?? request.complaint("whose, at that time?", at: .time, help: "why ACCOUNT at 2026-10-30 14:03")
      }
      let time = try Moments.time(written, now: world.now) ?? world.now
      guard let (event, isBefore) = try nearest(to: time, of: account, verdict, world) else {
        throw request.complaint(
          "`\(account)` has no \(verdict.map { "\($0) " } ?? "")event near that time", at: .time,
          help: "events \(account)")
      }
      request.mean(event.number)
      let counted = event.countedAt ?? event.at
      let isMinute = time % (Instant.perSecond * 60) == 0
      return counted == time || (isMinute && counted > time && counted < time + Instant.perSecond * 60)
        ? nil : "the nearest \(verdict.map { "\($0) " } ?? "")event \(isBefore ? "before" : "after") that"
    }
    guard arguments.has("last") || (verdict != nil && arguments.text(.event) == nil) else {
      // `why of delta` is `why delta`.
      if arguments.text(.event) == nil, arguments.text(.account) != nil, arguments.text(.changes) == nil {
        request.mean(try accountName(request, world))
      }
      return nil
    }
    let account = try arguments.text(.account) == nil ? request.coordinates.account : accountName(request, world)
    let found = try world.events(account: account, verdict: verdict, isDecided: true, most: 1)
    guard let event = found.first else {
      throw Complaint(
        message: "there is no \(verdict ?? "decided") event\(account.map { " of `\($0)`" } ?? "")",
        help: "events \(account ?? "")".trimmed)
    }
    request.mean(event.number)
    return nil
  }

  /// An account alone means what it was denied last, else what it was told last: puts that event into the request.
  ///
  /// - Returns: what to say about it.
  func findLatest(_ request: inout Request, _ world: World) throws -> String? {
    guard let written = request.arguments.text(.event), request.arguments.text(.changes) == nil,
      request.arguments.text(.account) == nil, written.first != "_", try world.hasAccount(written),
      try world.reader.events(id: written, limit: 1).isEmpty
    else { return nil }
    for verdict in ["denied", nil] {
      guard let event = try world.events(account: written, verdict: verdict, isDecided: true, most: 1).first else {
        continue
      }
      request.mean(event.number)
      return "the latest \(verdict.map { "\($0) " } ?? "")event of `\(written)`"
    }
    return nil
  }

  /// The decided event whose time is nearest; of two as near, the later one. In a minute that was named, those in it come first.
  private func nearest(
    to time: Int64, of account: String, _ verdict: String?, _ world: World
  ) throws -> (event: StoredEvent, isBefore: Bool)? {
    let perMinute = Instant.perSecond * 60
    let isMinute = time % perMinute == 0
    let reader = world.reader
    func first(from: Int64?, to: Int64?, oldestFirst: Bool, _ verdict: String?) throws -> StoredEvent? {
      if let verdict {
        return try reader.events(
          account: account, from: from, to: to, verdict: verdict, oldestFirst: oldestFirst, limit: 1
        ).first
      }
      return try reader.events(account: account, from: from, to: to, oldestFirst: oldestFirst, limit: 16).first {
        $0.verdict != nil
      }
    }
    if isMinute {
      // Who asks about a minute asks about what went wrong in it.
      for wanted in verdict.map({ [$0] }) ?? ["denied", "conflict", "waiting", "allowed"] {
        if let event = try first(from: time, to: time + perMinute, oldestFirst: false, wanted) { return (event, false) }
      }
    }
    let before = try first(from: nil, to: time + 1, oldestFirst: false, verdict)
    let after = try first(from: time, to: nil, oldestFirst: true, verdict)
    guard let before, let after else { return (before ?? after).map { ($0, before != nil) } }
    let gaps = (time - (before.countedAt ?? before.at), (after.countedAt ?? after.at) - time)
    return gaps.0 < gaps.1 ? (before, true) : (after, false)
  }

  /// The event, or the one that asked for a payment of that name.
  fileprivate func whyAsked(_ request: Request, _ world: World) throws -> FoundEvent {
    do {
      return try event(of: request, world)
    } catch let fault as LineComplaint where fault.code == "unknown_event" {
      guard let id = try request.arguments.text(.event).map({ try lastAnswer($0, request) }) else { throw fault }
      if try world.reader.hasAccount(id) {
        if let first = firstCompared(of: id, under: request.coordinates.policy) {
          return try event(named: first.id, account: id, isSure: true, world)
        }
        // An account: what it was told last.
        let found = try world.events(account: id, isDecided: true, most: 1)
        if let event = found.first { return .stored(event, attempts: [event]) }
      }
      guard let asker = try asker(ofPayment: id, request, world) else { throw fault }
      return asker
    }
  }

  /// Of an account that the last comparison touched, the first event that a policy of it answers otherwise.
  private func firstCompared(of account: String, under policy: String?) -> Difference? {
    guard let policy, let pair = comparison?.comparisons.first, [pair.a, pair.b].contains(policy) else { return nil }
    let rows = pair.rows.filter { $0.account == account }
    // Who asks why means a yes that became a no, or the other way round.
    return rows.first { $0.a.verdict != $0.b.verdict } ?? rows.first
  }

  /// Where an account was named, which of its events this is.
  fileprivate func placeInComparison(_ found: FoundEvent, _ request: Request) -> String? {
    guard case .stored(let event, _) = found, let account = event.account,
      let asked = try? request.arguments.text(.event).map({ try lastAnswer($0, request) }), asked == account,
      let first = firstCompared(of: account, under: request.coordinates.policy), first.id == event.id,
      let changes = comparison?.comparisons.first?.accounts.first(where: { $0.account == account })?.changes
    else { return nil }
    let count = changes[Int(first.change.rawValue)]
    return "the first of \(Count.text(count)) \(first.change.words) of `\(account)`"
  }

  private func asker(ofPayment id: String, _ request: Request, _ world: World) throws -> FoundEvent? {
    let named =
      try request.arguments.text(.account).map { _ in try accountName(request, world) } ?? request.coordinates.account
    guard let (standing, number, _) = try payment(named: id, of: named, world) else { return nil }
    let payment = standing.state.payments[number]
    guard !payment.origin.isEmpty,
      case .stored(let event, let attempts) = try event(
        named: payment.origin, account: standing.name, isSure: true, world)
    else { return nil }
    return .stored(event, attempts: attempts)
  }

  // MARK: - Telling

  /// Of an event of the history, from the facts it saw and the policy that took it.
  func why(_ event: StoredEvent, _ attempts: [StoredEvent], _ request: Request, _ world: World) throws -> Answer {
    if event.seq < 0 { return try why(tried: Int(-event.seq), world) }
    guard let decided = try world.reader.decision(of: event.seq) else {
      throw Complaint(
        message: "`\(event.id)` was recorded, and there was nothing to decide", help: "show \(Words.quoted(event.id))")
    }
    let program = decided.engine.program
    let state = try event.account.map { try world.reader.account($0) }
    let explanation = Explanation(decided.decision, by: decided.engine, account: state, words: event.labels(program))
    var answer = Answer("payg.why/1", subject: event.id.isEmpty ? event.number : event.id)
    answer.account = event.account
    let headline = Headline(
      decision: decided.decision, program: program, account: state, accountName: event.account ?? "all accounts",
      words: event.texts,
      name: event.id)
    let text = explanation.text()
    answer.say(headline.lines(ink))
    answer.say(body(text))
    if decided.decision.verdict == .conflict, let first = try earlier(event, world) {
      answer.say("  it was used by \(first.number), \((first.countedAt ?? first.at).minuteText): why '\(first.number)'")
    }
    let policy = event.policyHash.map { ", policy \(PolicyTexts.short($0))" } ?? ""
    answer.say(ink.dim("\(event.account ?? "all accounts"), event \(event.seq)\(policy)"))
    if let counted = event.countedAt, counted > event.at {
      answer.notes.append(
        "it came late: it names \(event.at.minuteText), and counted as of \(counted.minuteText), the account's clock then"
      )
    }
    if let asked = request.arguments.text(.event), asked != "_", asked != event.id, asked != event.number,
      !asked.hasPrefix("_"),
      try !world.reader.hasAccount(asked)
    {
      answer.notes.append(
        "`\(asked)` is a payment of `\(event.account ?? "")` that \(event.kind) `\(event.id)` asked for")
      let others = try accounts(ofPayment: asked, world).filter { $0 != event.account }
      if let note = shared(asked, others, "why") { answer.notes.append(note) }
    }
    if let focused = request.coordinates.account, let account = event.account, account != focused,
      let asked = request.arguments.text(.event), asked == event.id, request.arguments.text(.account) == nil
    {
      answer.notes.append("`\(event.id)` is an event of `\(account)`; `\(focused)` has none of that id")
    }
    if let others = others(attempts) { answer.notes.append(others) }
    answer.members = members(of: event, decided.decision, decided.engine, text, attempts.count)
    answer.isProse = true
    answer.rows = row(decided.decision, program, account: event.account, name: event.id, explanation)
    answer.value = event.verdict.map { $0 + (event.code.map { " \($0)" } ?? "") }
    if decided.decision.isAllowed == false { answer.suggestion = "need _" }
    return answer
  }

  /// The answer that an id has already, where something else was sent under it.
  private func earlier(_ event: StoredEvent, _ world: World) throws -> StoredEvent? {
    try world.reader.events(account: event.account, id: event.id, before: event.seq, limit: Self.mostAttempts)
      .first { $0.verdict == "allowed" && $0.kind == event.kind }
  }

  /// Of an event as another policy would have answered it.
  fileprivate func whyUnder(_ event: StoredEvent, _ attempts: [StoredEvent], _ world: World) throws -> Answer {
    let asked = try asked(event, attempts, world)
    let question = try asked.question()
    let came: (exchange: Exchange, account: AccountState)
    do throws(EngineFault) {
      came = try question.answer()
    } catch {
      throw Complaint(message: error.message)
    }
    let explanation = Explanation(
      came.exchange.decision, by: question.engine, account: came.account, words: event.labels(question.program))
    var answer = Answer("payg.why/1", subject: event.id)
    answer.account = event.account
    let headline = Headline(
      decision: came.exchange.decision, program: question.program, account: came.account,
      accountName: event.account ?? "",
      words: event.texts, name: event.id)
    let text = explanation.text()
    answer.say(headline.lines(ink))
    answer.say(body(text))
    let was =
      event.verdict.map { $0 + (event.code.map { " \($0)" } ?? "") + (event.decider.map { " by \($0)" } ?? "") }
      ?? "nothing"
    answer.say(ink.dim("under \(world.coordinates.policy ?? ""), with the account as it was; in fact it was \(was)"))
    answer.members = members(of: event, came.exchange.decision, question.engine, text, attempts.count)
    answer.isProse = true
    answer.rows = row(came.exchange.decision, question.program, account: event.account, name: event.id, explanation)
    answer.value = came.exchange.decision.verdict.rawValue
    if !came.exchange.decision.isAllowed {
      answer.suggestion = "need _" + (world.coordinates.policy.map { " under \(Words.quoted($0))" } ?? "")
    }
    return answer
  }

  /// Of something that was tried.
  func why(tried number: Int, _ world: World) throws -> Answer {
    guard let (step, time) = tried?.answer(number) else {
      throw Complaint(message: "nothing was tried that could be `~\(number)`")
    }
    let tried = step.answers[time]
    var answer = Answer("payg.why/1", subject: "~\(number)")
    answer.account = step.account
    guard let decision = tried.decision, let explanation = tried.explanation else {
      answer.say("~\(number)  \(step.deed): \(tried.summary)")
      return answer
    }
    let text = explanation.text()
    let state = step.account.flatMap { step.after.accounts[$0]?.state }
    let written = (try? asked(tried: number))?.call.texts(tried.program) ?? [:]
    let headline = Headline(
      decision: decision, program: tried.program, account: state, accountName: step.account ?? "", words: written,
      name: "~\(number)")
    answer.say(headline.lines(ink))
    answer.say(body(text))
    answer.say(tried.followed.map { "  " + $0.text })
    answer.say(ink.dim("tried, not recorded: \(step.deed)"))
    answer.isProse = true
    answer.rows = row(decision, tried.program, account: step.account, name: "~\(number)", explanation)
    answer.value = decision.verdict.rawValue + (tried.denial.map { " \($0)" } ?? "")
    answer.members = [
      .init("id", .text("~\(number)")), .init("account", step.account.map { .text($0) } ?? .null),
      .init("verdict", .text(decision.verdict.rawValue)), .init("code", tried.denial.map { .text($0) } ?? .null),
      .init("decider", tried.decider.map { .text($0) } ?? .null), .init("amount_nano", .integer(decision.amount)),
      .init("explanation", .list(text.split(separator: "\n").map { .text(String($0)) })),
    ]
    if !decision.isAllowed { answer.suggestion = "need _" }
    return answer
  }

  /// The answer as one row.
  private func row(
    _ decision: Decision, _ program: Program, account: String?, name: String, _ explanation: Explanation
  ) -> Table {
    var table = Table([
      .init("id", isForeign: true), .init("account", isForeign: true), .init("kind"), .init("at", .time),
      .init("verdict", .verdict),
      .init("code"), .init("decider"), .init("amount", .money), .init("explanation"),
    ])
    func cell(_ text: String?) -> Table.Cell { text.map { .text($0) } ?? .none }
    table.rows = [
      [
        .text(name), cell(account), .text(program.events[decision.event].name), .integer(decision.at),
        .text(decision.verdict.rawValue),
        cell(decision.code(in: program)), cell(decision.decider(in: program)), .integer(decision.amount),
        cell(explanation.decisive),
      ]
    ]
    return table
  }

  /// All but the headline, which is told otherwise here.
  private func body(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map(String.init)
  }

  /// That there are others of this id, and what they are.
  private func others(_ found: [StoredEvent]) -> String? {
    guard found.count > 1, let id = found.first?.id else { return nil }
    let accounts = Set(found.compactMap(\.account)).sorted()
    let kinds = Set(found.map(\.kind)).sorted()
    let count =
      found.count == Self.mostAttempts
      ? "\(Count.text(found.count)) or more events" : "\(Count.text(found.count)) events"
    var text = "\(count) have the id `\(id)`; this is the latest"
    if accounts.count > 1 {
      text += ", and the accounts \(accounts.prefix(5).joined(separator: ", ")) have some: why \(id) of ACCOUNT"
    } else if accounts.count == 1, kinds.count == 1 {
      text += " attempt; the others: events \(accounts[0])"
    }
    if kinds.count > 1 { text += " (\(kinds.joined(separator: ", ")))" }
    return text
  }

  private func members(
    of event: StoredEvent, _ decision: Decision, _ engine: RuleEngine, _ text: String, _ attempts: Int
  ) -> [Json.Member] {
    [
      .init("id", .text(event.id)), .init("event", .integer(event.seq)),
      .init("account", event.account.map { .text($0) } ?? .null), .init("kind", .text(event.kind)),
      .init("at", .text(TimeText.text(event.at))), .init("counted_at", .text(TimeText.text(decision.at))),
      .init("policy", event.policyHash.map { .text($0) } ?? .null),
      .init("verdict", .text(decision.verdict.rawValue)),
      .init("status", .integer(decision.status(in: engine.program))),
      .init("code", decision.code(in: engine.program).map { .text($0) } ?? .null),
      .init("decider", decision.decider(in: engine.program).map { .text($0) } ?? .null),
      .init("amount_nano", .integer(decision.amount)), .init("attempts", .integer(Int64(attempts))),
      .init(
        "explanation", .list(text.split(separator: "\n", omittingEmptySubsequences: false).map { .text(String($0)) })),
    ]
  }
}

extension Request {
  /// The request as if its line named this event and nothing else.
  mutating func mean(_ event: String) {
    let range =
      arguments.range(.event) ?? arguments.range(.account) ?? arguments.range(.time) ?? 0..<words.line.utf8.count
    arguments.values = [(.event, event, range)]
  }
}

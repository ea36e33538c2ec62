import Diagnostics
import Engine
import Lab
import Language

extension Verb {
  static let whatIf = Verb(
    "what if", .whatIf, "[ACCOUNT] CHANGE", summary: "try changes on a copy: each is shown with what it would do",
    details: """
      A CHANGE is what a scenario has behind `when`: an event with its fields (`topup $20`, `request model gpt-4o, input 1200`),
      `set NAME to VALUE`, `clock to TIME`, `clock forward SPAN`; or `given balance is $5`, `policy FOLDER`, `reform …`.
      `then` joins several, `30 x request …` does one many times. `again EVENT` asks once more for what an event asked for; `replay`
      carries out again what really happened since (`as of TIME`, `@EVENT`). Nothing is kept; `why ~1` explains the first answer.
      """,
    examples: [
      "what if delta set limits.spending_limit to $20 then request costing $5",
      "what if ada topup $20 then 30 x request key laptop, costing $2",
      "what if set spending_limit to $80 then again s0626-158 @s0626-158",
      "what if fable topup $20 then replay as of 2026-10-10",
      "what if fable given provider declines then topup $20",
    ]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let (account, line) = try session.subject(of: request, world)
      var stage = try Stage(world, account: account)
      let changes = try Change.all(line, stage.engine.program)
      var start = try account.map { try stage.standing(of: $0) }
      if case .account? = changes.first?.kind { start = nil }
      for change in changes { try stage.perform(change) }
      session.recording?.note(stage.steps, on: nil)
      session.tried = Tried(steps: stage.steps, simulation: stage.simulation)
      let report = StepReport(steps: stage.steps, start: start, ink: session.ink)
      var answer = session.answer(of: report, schema: "payg.what_if/1", stage)
      let at = start.map { "  \($0.at.minuteText)" } ?? ""
      answer.blocks.insert(
        .line(session.ink.strong(start?.name ?? stage.account ?? "all accounts") + at + session.place(of: world)), at: 0
      )
      answer.say(session.ink.dim("nothing was changed. To keep it: branch NAME, then apply the same changes"))
      answer.notes += session.caution(about: stage.steps)
      return answer
    }
  }
}

extension Session {
  /// The account and the changes of a line: the first word is an account unless it begins a change.
  func subject(of request: Request, _ world: World) throws -> (account: String?, line: String) {
    let rest = request.arguments.text(.changes) ?? ""
    if request.arguments.text(.account) == nil, try world.hasAccount(rest), !Change.isBeginning(rest, try world.program)
    {
      throw request.complaint(
        "what is to change of `\(rest)`?", at: .changes, help: "\(request.verb.name) \(rest) topup $20")
    }
    guard let first = request.arguments.text(.account), let range = request.arguments.range(.account) else {
      return (try focused(request, world), rest)
    }
    let written = Words.text(request.words.line, range)
    let isQuoted = written.hasPrefix("'") || written.hasPrefix("\"")
    if !isQuoted, Change.isBeginning(first, try world.program) || first == "then" {
      return (try focused(request, world), rest.isEmpty ? written : written + " " + rest)
    }
    return (try accountName(request, world), rest)
  }

  private func focused(_ request: Request, _ world: World) throws -> String? {
    if let focused = request.coordinates.account { return focused }
    let names = try world.accountNames(limit: 2)
    return names.count == 1 ? names[0] : nil
  }

  /// What every answer about changes has.
  func answer(of report: StepReport, schema: String, _ stage: Stage) -> Answer {
    var answer = Answer(schema)
    answer.account = stage.account
    answer.isProse = true
    answer.say(report.lines)
    answer.rows = report.table
    answer.members = report.members
    let count = tried?.count ?? 0
    if let last = (tried?.steps ?? []).last(where: { !$0.answers.isEmpty }), last.answers.last?.decision != nil {
      answer.subject = "~\(count)"
      if last.answers.last?.isDenied == true { answer.suggestion = "need _" }
    }
    return answer
  }

  /// Where it is, in words: on which branch, under which policy.
  func place(of world: World) -> String {
    var words: [String] = []
    if let branch = world.coordinates.branch { words.append("on \(branch)") }
    if let policy = world.coordinates.policy { words.append("under \(policy)") }
    return words.isEmpty ? "" : "  " + words.joined(separator: ", ")
  }

  /// What was taken for granted.
  func caution(about steps: [Branch.Step]) -> [String] {
    var cards: [String] = []
    for step in steps {
      guard let before = step.before?.state else { continue }
      for asked in step.answers.flatMap(\.collections) where asked.outcome == .paid {
        guard let card = asked.card, !cards.contains(card), let index = before.cardIndex(named: card) else { continue }
        let last = before.payments.last { $0.card == index && $0.state != .pending }
        if last?.state == .declined || last?.state == .failed { cards.append(card) }
      }
    }
    return cards.map {
      "the last charge of \($0) was declined; here it is taken to be paid. The other way: given provider declines then …"
    }
  }
}

extension Int64 {
  /// `2026-10-30 14:02:11 UTC`
  var minuteText: String { Explanation.minuteText(self) }
}

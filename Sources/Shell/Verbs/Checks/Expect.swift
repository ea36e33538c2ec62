import Diagnostics
import Engine
import Lab
import Language
import Store

extension Verb {
  static let expect = Verb(
    "expect", .check, "CHECK",
    summary: "check the last answer, or the account it was about, as a scenario's `then` does",
    details: """
      About the last event: `denied with CODE by RULE`, `allowed`, `balance pays $5`, `collects $50 from visa`, `rule NAME fired`.
      About the account: any condition, `balance is $5`. What is not so ends a script with 2.
      """,
    examples: ["expect denied by limits.cycle_limit", "expect balance is $7.12"], isCommand: false
  ) { request, session in
    try session.expect(request.arguments.text(.checks) ?? "", request)
  }

  static let given = scenario("given", "state what is so on the branch: `given balance is $5`")
  static let and = scenario("and", "go on with `given`, `when` or `then`")
  static let then = scenario("then", "check, as `expect` does")
  static let at = scenario("at", "let the clock of the branch stand at a time")

  private static func scenario(_ name: String, _ summary: String) -> Verb {
    Verb(
      name, .check, "LINE", summary: summary,
      details: "A scenario's line, as a file has it. Without a branch one is begun for it.",
      examples: [], isCommand: false
    ) { request, session in
      try session.scenarioLine(request)
    }
  }
}

extension Session {
  /// Checks something about what was asked last.
  func expect(_ check: String, _ request: Request) throws -> Answer {
    try look(request.coordinates) { world in
      let simulation = try simulationOfLast(request, world)
      let written = check
      let failures = try Stage.translated { try simulation.then(written) }
      recording?.note(expectation: check)
      var answer = Answer("payg.expect/1")
      answer.members = [
        .init("expected", .text(check)), .init("holds", .bool(failures.isEmpty)),
        .init("failures", .list(failures.map { .text($0) })),
      ]
      answer.value = failures.isEmpty ? "ok" : "not ok"
      guard !failures.isEmpty else {
        answer.say(ink.green("ok") + "  \(check)")
        return answer
      }
      answer.say(ink.red("not ok") + "  \(check)")
      answer.say(failures.map { "        \($0)" })
      if let why = simulation.last?.explanation?.decisive { answer.say("        \(why)") }
      answer.status = .negative
      return answer
    }
  }

  /// What a check speaks of: the last thing that was tried, the event that was last explained, or the account as it is.
  private func simulationOfLast(_ request: Request, _ world: World) throws -> Simulation {
    let subject = lastSubject ?? ""
    if subject.hasPrefix("~") || subject.isEmpty || request.coordinates.branch != nil,
      let simulation = tried?.simulation
    {
      return simulation
    }
    let isAccount = try subject.isEmpty || world.hasAccount(subject)
    if !isAccount, !subject.hasPrefix("~"),
      case .stored(let event, let attempts) = try event(named: subject, account: nil, isSure: false, world),
      event.verdict != nil
    {
      let asked = try asked(event, attempts, world)
      let simulation = Simulation(asked.standing.state, engine: asked.standing.engine, at: asked.standing.at)
      simulation.upcoming = asked.charges.map(\.answer)
      simulation.when(asked.call)
      return simulation
    }
    let name =
      try request.coordinates.account ?? (isAccount && !subject.isEmpty ? subject : accountName(request, world))
    let standing = try world.account(name)
    return Simulation(standing.state, engine: standing.engine, at: standing.at)
  }

  // MARK: - Lines of scenarios

  /// `given`, `when`, `and`, `then`, `at`: a line as a scenario file has it. What changes something goes to a branch, which is begun
  /// where there is none.
  func scenarioLine(_ request: Request) throws -> Answer {
    let verb = request.verb.name
    let keyword = verb == "and" ? lastKeyword ?? "" : verb
    let rest = request.words.rest(from: 1).trimmed
    guard !keyword.isEmpty else {
      throw request.complaint(
        "`and` goes on with a line above it, and there is none", at: .line, help: "when request costing $5")
    }
    lastKeyword = keyword
    if keyword == "then" { return try expect(rest, request) }
    var request = request
    var note: String?
    if request.coordinates.branch == nil {
      let name =
        (0...999).lazy.map { $0 == 0 ? "scenario" : "scenario-\($0 + 1)" }.first { branches[$0] == nil } ?? "scenario"
      try begin(name, at: request.coordinates)
      go(to: name)
      request.coordinates = coordinates
      note = "on a branch of its own, \(name); `switch main` goes back"
    }
    var answer: Answer
    do {
      switch keyword {
      case "given": answer = try change(request, line: "given \(rest)")
      case "at": answer = try change(request, line: "clock to \(rest)")
      default: answer = try change(request, line: rest)
      }
    } catch {
      // A branch nothing was done on is none.
      if note != nil, let begun = request.coordinates.branch {
        goBack()
        branches[begun] = nil
      }
      throw error
    }
    if let note { answer.notes.insert(note, at: 0) }
    return answer
  }
}

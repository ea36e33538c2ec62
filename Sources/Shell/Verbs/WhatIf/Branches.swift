import Diagnostics
import Engine
import Lab
import Language

extension Verb {
  private static let kept =
    "A branch is the store at a moment and a list of changes. It lives as long as the session; the store never changes."

  static let branch = Verb(
    "branch", .whatIf, "NAME", summary: "begin a line of changes that are kept, and go there",
    details: kept + " On a branch, another one begins as its copy.", examples: ["branch month-end"], isCommand: false
  ) { request, session in
    let name = request.arguments.text(.name) ?? ""
    try session.checkNew(name, request)
    let coordinates = request.coordinates
    if let current = coordinates.branch {
      session.branches[name] = try session.branch(current).copy(named: name)
    } else {
      try session.begin(name, at: coordinates)
    }
    session.go(to: name)
    var answer = Answer("payg.branch/1")
    let at = coordinates.branch.map { "a copy of \($0)" } ?? "what is so \(session.momentText(coordinates))"
    answer.notes.append("you are on \(name), which is \(at); `switch main` goes back")
    return answer
  }

  static let branches = Verb(
    "branches", .whatIf, summary: "the branches there are, with what was changed on each", examples: ["branches"],
    isCommand: false
  ) { request, session in
    var answer = Answer("payg.branches/1")
    var table = Table([
      .init("branch"), .init("here", .bool), .init("changes", .integer), .init("accounts", .integer),
      .init("last_change", isForeign: true),
      .init("stands_on"),
    ])
    for (name, branch) in session.branches.sorted(by: { $0.key < $1.key }) {
      table.rows.append([
        .text(name), .bool(session.coordinates.branch == name), .integer(Int64(branch.steps.count)),
        .integer(Int64(branch.current.accounts.count)), branch.steps.last.map { .text($0.line) } ?? .none,
        .text(session.momentText(branch.asked)),
      ])
    }
    answer.show(table)
    if table.rows.isEmpty { answer.notes.append("there is no branch yet: branch NAME") }
    return answer
  }

  static let switchBranch = Verb(
    "switch", .whatIf, "main|BRANCH", summary: "go to a branch, or back to the store", examples: ["switch main"],
    isQuery: false,
    isCommand: false
  ) { request, session in
    let answer = Answer("payg.switch/1")
    guard let name = request.arguments.text(.branch), name != Session.trunk else {
      session.goBack()
      return answer
    }
    _ = try session.branch(name)
    session.go(to: name)
    return answer
  }

  static let apply = Verb(
    "apply", .whatIf, "[ACCOUNT] CHANGE", summary: "make changes on the branch you are on",
    details: "What a CHANGE is, `what if` tells. `undo` takes the last one back.",
    examples: ["apply ada topup $20 then 30 x request key laptop, model claude-opus-4-6, input 120000, output 2000"],
    isCommand: false
  ) { request, session in
    try session.look(request.coordinates) { world in
      let (account, line) = try session.subject(of: request, world)
      return try session.apply(line, to: account, world, request)
    }
  }

  static let undo = Verb(
    "undo", .whatIf, "[N]", summary: "take the last change of the branch back, or the last N", examples: ["undo"],
    isQuery: false,
    isCommand: false
  ) { request, session in
    let branch = try session.currentBranch("undo", request)
    let count = try session.count(request)
    let back = branch.undo(count)
    guard !back.isEmpty else { throw Complaint(message: "nothing was changed on \(branch.name) that could be undone") }
    session.forgetTried()
    session.recording?.note(undone: back.count, on: branch.name)
    var answer = Answer("payg.undo/1")
    for step in back { answer.say("undid \(ShownText.text(step.line))") }
    answer.notes.append("`redo` does it again")
    return answer
  }

  static let redo = Verb(
    "redo", .whatIf, "[N]", summary: "make changes again that were undone", examples: ["redo"], isQuery: false,
    isCommand: false
  ) { request, session in
    let branch = try session.currentBranch("redo", request)
    let again = branch.redo(try session.count(request))
    guard !again.isEmpty else { throw Complaint(message: "nothing was undone on \(branch.name)") }
    session.forgetTried()
    session.recording?.note(again, on: branch.name)
    var answer = Answer("payg.redo/1")
    for step in again { answer.say("did again \(ShownText.text(step.line))") }
    return answer
  }

  static let reset = Verb(
    "reset", .whatIf, summary: "take all changes of the branch back, for good", examples: ["reset"], isQuery: false,
    isCommand: false
  ) { request, session in
    let branch = try session.currentBranch("reset", request)
    let gone = branch.reset()
    session.forgetTried()
    session.recording?.note(undone: gone.count, on: branch.name)
    var answer = Answer("payg.reset/1")
    answer.say("\(Count.text(gone.count, "change")) of \(branch.name) \(gone.count == 1 ? "is" : "are") gone")
    return answer
  }

  static let dropBranch = Verb(
    "drop", .whatIf, "BRANCH", summary: "throw a branch away", examples: ["drop trial"], isQuery: false,
    isCommand: false
  ) { request, session in
    let name = request.arguments.text(.branch) ?? ""
    guard name != Session.trunk else {
      throw request.complaint("`main` is the store itself, and stays", at: .branch, help: "branches")
    }
    let branch = try session.branch(name)
    session.branches[name] = nil
    var answer = Answer("payg.drop/1")
    answer.say("\(name) is gone, with \(Count.text(branch.steps.count, "change"))")
    if session.coordinates.branch == name {
      session.goBack()
      answer.notes.append("you are back at the store")
    }
    return answer
  }
}

extension Session {
  /// - Throws: where a branch cannot be called so.
  func checkNew(_ name: String, _ request: Request) throws {
    if name == Session.trunk || name == "_" {
      throw request.complaint("`\(name)` is taken", at: .name, help: "branch trial")
    }
    if branches[name] != nil {
      throw request.complaint("there is a branch `\(name)` already", at: .name, help: "switch \(name)")
    }
    if name.count > 64 { throw request.complaint("this is too long for a name", at: .name, help: "branch trial") }
  }

  /// Begins a branch. It stands on what is in the store by now: what others write later does not come in between.
  func begin(_ name: String, at asked: Coordinates) throws {
    var (start, base) = (Branch.State(), asked)
    try look(asked) { world in
      if let choice = try world.choice() {
        (start.engine, start.policyHash, start.texts) = (choice.engine, choice.hash, choice.texts)
      }
      guard asked.moment == .now, world.reader.lastEvent > 0 else { return }
      base.moment = .after(world.reader.lastEvent)
      start.clock = try world.now
    }
    branches[name] = Branch(name, base: base, asked: asked, start: start)
  }

  func go(to branch: String) {
    if coordinates.branch == nil { trunkCoordinates = coordinates }
    coordinates.branch = branch
    coordinates.moment = branches[branch]?.asked.moment ?? .now
    coordinates.policy = nil
    forgetTried()
  }

  /// Back to the store, as it was looked at before.
  func goBack() {
    if coordinates.branch != nil {
      (coordinates.moment, coordinates.policy) = (trunkCoordinates.moment, trunkCoordinates.policy)
    }
    coordinates.branch = nil
    forgetTried()
  }

  /// What is tried next is counted along the branch.
  func forgetTried() {
    tried = coordinates.branch.flatMap { branches[$0] }.map { Tried(steps: $0.steps) }
    if lastSubject?.hasPrefix("~") == true { lastSubject = nil }
  }

  /// The branch a line changes.
  func currentBranch(_ verb: String, _ request: Request) throws -> Branch {
    if let name = request.coordinates.branch { return try branch(name) }
    throw Complaint(
      message: "this is the store itself, and nothing here changes it",
      help: branches.isEmpty
        ? "branch trial, then \(request.words.line)" : "switch \(branches.keys.sorted()[0]), then \(request.words.line)"
    )
  }

  /// The number of a line; one where it says none.
  func count(_ request: Request) throws -> Int {
    guard let text = request.arguments.text(.count) else { return 1 }
    guard let count = Int(text), count > 0 else {
      throw request.complaint("how often? From 1 on", at: .count, help: "\(request.verb.name) 2")
    }
    return count
  }

  /// Makes changes on the branch: all of them, or none where one cannot be made.
  func apply(_ line: String, to account: String?, _ world: World, _ request: Request) throws -> Answer {
    let branch = try currentBranch("apply", request)
    var stage = try Stage(world, account: account)
    let start = try account.map { try stage.standing(of: $0) }
    for change in try Change.all(line, stage.engine.program) { try stage.perform(change) }
    branch.add(stage.steps)
    recording?.note(stage.steps, on: branch.name)
    tried = Tried(steps: branch.steps, simulation: stage.simulation)
    let report = StepReport(steps: stage.steps, start: stage.steps.count > 1 ? start : nil, ink: ink)
    var answer = answer(of: report, schema: "payg.apply/1", stage)
    answer.notes += caution(about: stage.steps)
    return answer
  }

  /// `now`, `as of 2026-10-15`
  func momentText(_ coordinates: Coordinates) -> String {
    var text: String
    switch coordinates.moment {
    case .now: text = "now"
    case .before(let event): text = "just before #\(event)"
    case .after(let event): text = "just after #\(event)"
    case .time(let time): text = "as of \(time.minuteText)"
    }
    if let policy = coordinates.policy { text += ", under \(policy)" }
    return text
  }
}

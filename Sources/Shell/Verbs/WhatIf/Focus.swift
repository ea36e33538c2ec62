import Diagnostics
import Engine
import Lab
import Language
import Store

extension Verb {
  static let use = Verb(
    "use", .whatIf, "[ACCOUNT]", summary: "mean this account in lines that name none; alone: none any more",
    examples: ["use delta"],
    isQuery: false, isCommand: false
  ) { request, session in
    let answer = Answer("payg.use/1")
    guard request.arguments.text(.account) != nil else {
      session.coordinates.account = nil
      return answer
    }
    session.coordinates.account = try session.look(request.coordinates) { world in
      try session.accountName(request, world)
    }
    return answer
  }

  static let asOf = Verb(
    "as of", .whatIf, "TIME", summary: "look at everything as it was at a time; `as of now` is back",
    details:
      "Behind a question it holds for that question alone. `@EVENT` is just before an event, `@EVENT+` just after.",
    examples: ["as of 2026-10-15", "as of now"], isQuery: false, isCommand: false
  ) { request, session in
    if let branch = session.coordinates.branch {
      throw Complaint(
        message: "the branch `\(branch)` has a time of its own",
        help: "clock forward 1 day   or: switch main, then as of TIME")
    }
    session.coordinates.moment = try session.moment(request.arguments.text(.time) ?? "now")
    var answer = Answer("payg.as_of/1")
    if case .time(let time) = session.coordinates.moment { answer.notes.append("as of \(time.minuteText)") }
    return answer
  }

  static let policy = Verb(
    "policy", .policy, "POLICY",
    summary: "go on under another policy: a folder of rules, a file of reforms, a hash, `current`",
    details: "On a branch it is a change of the branch; on the store it is asked under it until `policy current`.",
    examples: ["policy current"], isQuery: false, isCommand: false
  ) { request, session in
    let name = request.arguments.text(.policy) ?? ""
    return try session.goOn(under: name, request, line: "policy \(Words.quoted(name))")
  }

  static let reform = Verb(
    "reform", .policy, "TEXT", summary: "try a change of the rules: a file, or one line of a reform",
    details: """
      A line changes a setting's default, a rule's condition, a cap's limit, the code of a denial, or takes a rule away:
      `limits.spending_limit default $25`, `limits.cycle_limit when subscribed`, `without topup.month_cap`.
      """,
    examples: ["reform limits.spending_limit default $25"], isQuery: false, isCommand: false
  ) { request, session in
    let words = Words(request.arguments.text(.text) ?? "").words
    let name = words.count == 1 ? words[0].text : request.arguments.text(.text) ?? ""
    return try session.goOn(under: name, request, line: "reform \(words.count == 1 ? Words.quoted(name) : name)")
  }
}

extension Session {
  /// On a branch a change of its policy, else what is asked from now on is asked under it.
  func goOn(under name: String, _ request: Request, line: String) throws -> Answer {
    guard coordinates.branch == nil else {
      return try look(request.coordinates) { world in try apply(line, to: coordinates.account, world, request) }
    }
    var answer = Answer("payg.policy/1")
    let choice = try look(request.coordinates) { world in try policy(name, world.reader, at: world.moment) }
    coordinates.policy = name == "current" ? nil : name
    answer.notes.append(
      name == "current"
        ? "under the policy of the store again"
        : "under policy \(PolicyTexts.short(choice.hash)); `policy current` goes back")
    return answer
  }
}

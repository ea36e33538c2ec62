import Diagnostics
import Engine
import Lab
import Language
import Store

extension Verb {
  static let save = Verb(
    ".save", .check, "FILE", summary: "write the session as a script: where it looks, and the changes of every branch",
    examples: [".save friday.payg"], isQuery: false, isCommand: false, flags: ["anyway"]
  ) { request, session in
    try session.refuseIfSafe(request)
    let file = request.arguments.text(.file) ?? ""
    let text = try session.script()
    if !request.flags.contains("anyway") {
      try session.refuseToReplace(file, request) { $0.hasPrefix("# payg session ") }
    }
    guard session.write(text, to: .file(file, appends: false)) == .answered else { throw ShownFault(status: .failed) }
    var answer = Answer("payg.save/1")
    answer.notes.append(".load \(Words.quoted(file)) brings it back")
    return answer
  }

  static let load = Verb(
    ".load", .check, "FILE",
    summary: "bring a saved session back: refused where the store or a policy is another, save with --anyway",
    examples: [".load friday.payg"], isQuery: false, isCommand: false, flags: ["anyway"]
  ) { request, session in
    try session.refuseIfSafe(request)
    let file = request.arguments.text(.file) ?? ""
    let text = try session.text(of: file, request)
    let isForced = request.flags.contains("anyway")
    let heads = SavedHead.all(text)
    guard !heads.isEmpty else {
      throw request.complaint("this is no saved session", at: .file, help: ".read \(file) carries its lines out")
    }
    for head in heads where head.branch == nil {
      if let found = try session.differs(head), !isForced {
        throw request.complaint(found, at: .file, help: ".load \(Words.quoted(file)) --anyway")
      }
    }
    try session.refuseOtherLines(text, request)
    let clash = heads.compactMap(\.branch).first { session.branches[$0] != nil }
    if let clash { throw request.complaint("there is a branch `\(clash)` already", at: .file, help: "drop \(clash)") }
    guard session.depth < Session.deepest else { throw request.complaint("files read each other too deep", at: .file) }
    session.depth += 1
    defer { session.depth -= 1 }
    session.goBack()
    (session.coordinates.account, session.coordinates.moment, session.coordinates.policy) = (nil, .now, nil)
    var answer = Answer("payg.load/1")
    let (out, error) = (session.console.out, session.console.error)
    let said = KeptText()
    (session.console.out, session.console.error) = (KeptText(), said)
    let took = session.takesTargets
    session.takesTargets = false
    answer.status = session.run(script: text, name: file).status
    session.takesTargets = took
    (session.console.out, session.console.error) = (out, error)
    if answer.status != .answered { error.write(said.text) }
    guard answer.status == .answered else { return answer }
    for head in heads where head.branch != nil {
      if let found = try session.differs(head), !isForced {
        throw request.complaint(found, at: .file, help: ".load \(Words.quoted(file)) --anyway")
      }
    }
    let count = heads.count { $0.branch != nil }
    answer.notes.append("\(file): \(Count.text(count, "branch", "branches"))")
    return answer
  }
}

extension Session {
  /// Refuses a file with lines that `.save` never writes.
  fileprivate func refuseOtherLines(_ text: String, _ request: Request) throws {
    let saved: Set<String> = ["as of", "policy", "branch", "apply", "switch", "use"]
    for input in LineCutter(text).all {
      let line = LineCutter.trimmed(input.text)
      if line.hasPrefix("#"), !input.isSQL { continue }
      if !input.isSQL, let verb = Verbs.find(Words(line).words)?.verb, saved.contains(verb.name) { continue }
      let file = request.arguments.text(.file) ?? ""
      throw request.complaint(
        "line \(input.line) is none that `.save` writes: \(ShownText.cut(ShownText.text(line), to: 60))", at: .file,
        help: ".read \(Words.quoted(file)) carries its lines out")
    }
  }
}

/// What a saved session says of what it stood on.
private struct SavedHead {
  /// Nil: the store itself.
  var branch: String?
  var store: String?
  var policy: String

  /// `# payg session store ID policy HASH`, `# payg branch NAME policy HASH`
  static func all(_ text: String) -> [SavedHead] {
    text.split(separator: "\n").compactMap { line in
      let words = Words(String(line)).words.map(\.text)
      guard words.count == 7 || words.count == 6, words[0] == "#", words[1] == "payg" else { return nil }
      if words.count == 7, words[2] == "session", words[3] == "store", words[5] == "policy" {
        return SavedHead(store: words[4], policy: words[6])
      }
      if words.count == 6, words[2] == "branch", words[4] == "policy" {
        return SavedHead(branch: words[3], policy: words[5])
      }
      return nil
    }
  }
}

extension Session {
  /// The session as lines that bring it back.
  fileprivate func script() throws -> String {
    var lines: [String] = []
    try look(Coordinates()) { world in
      lines.append("# payg session store \(try store().id) policy \(try world.policyHash)")
    }
    for (name, branch) in branches.sorted(by: { $0.key < $1.key }) {
      lines += try place(branch.asked)
      lines.append("branch \(Words.quoted(name))")
      for step in branch.steps {
        let isPolicy = step.account == nil
        lines.append("apply \(isPolicy ? "" : Words.quoted(step.account ?? "") + " ")\(step.line)")
      }
      var coordinates = Coordinates()
      coordinates.branch = name
      let hash = try look(branch.asked.moment == .now ? coordinates : on(branch, coordinates)) { world in
        try world.policyHash
      }
      lines.append("# payg branch \(Words.quoted(name)) policy \(hash)")
      lines.append("switch main")
      if branch.asked.moment != .now { lines.append("as of now") }
      if branch.asked.policy != nil { lines.append("policy current") }
    }
    if let here = coordinates.branch {
      lines.append("switch \(Words.quoted(here))")
    } else {
      lines += try place(coordinates)
    }
    if let account = coordinates.account { lines.append("use \(Words.quoted(account))") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func on(_ branch: Branch, _ coordinates: Coordinates) -> Coordinates {
    var coordinates = coordinates
    coordinates.moment = branch.asked.moment
    return coordinates
  }

  /// The lines that lead to a place of the history.
  private func place(_ coordinates: Coordinates) throws -> [String] {
    var lines: [String] = []
    switch coordinates.moment {
    case .now: break
    case .time(let time): lines.append("as of \(TimeText.text(time))")
    case .before(let event), .after(let event):
      throw Complaint(message: "a place such as `@#\(event)` cannot be saved", help: "as of TIME, then branch NAME")
    }
    if let policy = coordinates.policy { lines.append("policy \(Words.quoted(policy))") }
    return lines
  }

  /// What is otherwise than when it was saved; nil: nothing.
  fileprivate func differs(_ head: SavedHead) throws -> String? {
    var coordinates = Coordinates()
    if let branch = head.branch {
      coordinates.branch = branch
      guard let moment = branches[branch]?.asked.moment else { return "the branch `\(branch)` did not come back" }
      coordinates.moment = moment
    }
    return try look(coordinates) { world in
      if let id = head.store, try store().id != id { return "it was saved in another store, \(id)" }
      let hash = try world.policyHash
      guard hash != head.policy else { return nil }
      let place = head.branch.map { "the policy of \($0)" } ?? "the policy"
      return "\(place) was \(PolicyTexts.short(head.policy)), and is \(PolicyTexts.short(hash))"
    }
  }
}

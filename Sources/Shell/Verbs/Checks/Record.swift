import Diagnostics
import Engine
import Lab
import Language
import Ledger
import Store

extension Verb {
  static let record = Verb(
    ".record", .check, "[stop] [NAME] [of EVENT] [FILE]",
    summary: "write what is tried from now on as a scenario that `payg test` runs; or one of an event of the history",
    details: """
      `.record NAME` begins, `.record stop [FILE]` writes. `.record NAME of EVENT [FILE]` makes one of an event at once: the account
      as it was, what was asked, what came of it. Each is run before it is written. What a scenario cannot state is named; with
      `--anyway` it is left out.
      """,
    examples: [".record 'delta over its limit' of s0626-158 delta.scenario"], isQuery: false, isCommand: false,
    flags: ["anyway"]
  ) { request, session in
    try session.refuseIfSafe(request)
    let arguments = request.arguments
    if arguments.has("stop") {
      guard let recording = session.recording else {
        throw Complaint(message: "nothing is being recorded", help: ".record NAME")
      }
      let file = arguments.text(.file) ?? arguments.text(.name) ?? "\(recording.name.slug)\(RuleFolder.scenarioEnding)"
      let written = try recording.written(session)
      let answer = try session.look(Coordinates()) { world in
        try session.write(
          written.text, unstated: written.unstated,
          texts: written.texts ?? session.keptTexts(written.hash, world.reader), to: file,
          checks: recording.expectations, request)
      }
      session.recording = nil
      return written.texts == nil
        ? answer : answer.noting("it holds under policy \(PolicyTexts.short(written.hash)), the branch's own")
    }
    guard let name = arguments.text(.name) else {
      throw Complaint(message: "what is the scenario to be called?", help: ".record 'delta over its limit'")
    }
    guard arguments.text(.event) != nil else {
      if let running = session.recording {
        throw Complaint(message: "`\(running.name)` is being recorded", help: ".record stop")
      }
      session.recording = Recording(name)
      var answer = Answer("payg.record/1")
      answer.notes.append("what you try from now on becomes a scenario: .record stop [FILE]")
      return answer
    }
    return try session.look(request.coordinates) { world in
      let asked = try session.asked(request, world)
      let start = asked.standing
      let simulation = Simulation(start.state, engine: start.engine, at: start.at)
      let came = simulation.when(asked.call)
      var writer = ScenarioWriter(name, start.state, by: start.engine, at: start.at)
      var call = asked.call
      // The id is no part of what is shown.
      call.id = ""
      writer.add(call)
      writer.add(came, after: (account: simulation.account, at: simulation.clock))
      let texts = try world.choice()?.texts ?? session.keptTexts(start.policyHash, world.reader)
      let file = arguments.text(.file) ?? "\(name.slug)\(RuleFolder.scenarioEnding)"
      return try session.write(writer.file, unstated: writer.unstated, texts: texts, to: file, request)
    }
  }
}

extension Session {
  /// Runs scenarios, and writes them where they hold.
  fileprivate func write(
    _ text: String, unstated: [String], texts: PolicyTexts, to file: String, checks: [String] = [],
    _ request: Request
  ) throws -> Answer {
    var text = text
    if !unstated.isEmpty {
      guard request.flags.contains("anyway") else {
        throw Complaint(
          message:
            "a scenario cannot state \(unstated.prefix(4).joined(separator: ", "))\(unstated.count > 4 ? " and \(unstated.count - 4) more" : "")",
          help: "\(request.words.line) --anyway leaves it out")
      }
      text = unstated.map { "# not stated: \($0)\n" }.joined() + text
    }
    let rules = LoadedRules(texts, vocabulary: options.vocabulary, depth: .checked)
    let suite = ScenarioSuite(rules, texts: [(name: file, text: text)])
    guard !suite.diagnostics.hasErrors else {
      throw Complaint(
        message: "what was recorded is no scenario:\n\(Renderer(sources: suite.sources).render(suite.diagnostics))")
    }
    let outcome = try Stage.translated { try suite.run() }
    for result in outcome.run.results {
      guard case .failed(let failures) = result.outcome, let first = failures.first else { continue }
      // What was expected and was not so is no fault of the account.
      if let check = checks.first(where: { $0.contains(first.wanted) }) {
        throw Complaint(
          message:
            "the scenario `\(result.title)` would not hold: `expect \(check)` wanted \(first.wanted), got \(first.got)",
          help: "undo, then expect what is so", status: .negative)
      }
      throw Complaint(
        message: "the scenario `\(result.title)` would not hold: wanted \(first.wanted), got \(first.got)",
        help: "\(unstated.isEmpty ? "something of the account cannot be stated" : "what was left out matters")",
        status: .negative)
    }
    if !request.flags.contains("anyway") {
      let first = Session.firstLine(text)
      try refuseToReplace(file, request) { Session.firstLine($0) == first }
    }
    guard write(text, to: .file(file, appends: false)) == .answered else { throw ShownFault(status: .failed) }
    var answer = Answer("payg.record/1")
    answer.members = [.init("file", .text(file)), .init("scenarios", .integer(Int64(outcome.run.results.count)))]
    answer.value = file
    answer.notes.append(
      "\(Count.text(outcome.run.results.count, "scenario")) in \(file), run and passed: payg test \(file)")
    return answer
  }
}

extension Answer {
  /// The same with a note more.
  fileprivate func noting(_ note: String) -> Answer {
    var answer = self
    answer.notes.append(note)
    return answer
  }
}

extension String {
  /// As a file is called: `delta-over-its-limit`.
  fileprivate var slug: String {
    let words = inSmallLetters.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "recorded" : String(words.joined(separator: "-").prefix(60))
  }
}

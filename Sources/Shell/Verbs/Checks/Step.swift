import Diagnostics
import Engine
import Lab
import Language
import Ledger
import Values

extension Verb {
  static let step = Verb(
    "step", .check, "FILE [TEXT]",
    summary: "go through the scenarios of a file line by line, and see what each decision tried",
    details: "TEXT is part of a title. `next` goes on a line, `continue` to the end; `--all` shows all at once.",
    examples: ["step rules/limits/limits.scenario 'Raising the limit'"], isQuery: false, isCommand: true
  ) { request, session in
    try session.refuseIfSafe(request)
    let file = request.arguments.text(.file) ?? ""
    let suite = try session.scenarios(file)
    let wanted = Words(request.arguments.text(.text) ?? "").words.map(\.text).joined(separator: " ")
    let plans = suite.plans.filter { wanted.isEmpty || $0.title.inSmallLetters.contains(wanted.inSmallLetters) }
    guard !plans.isEmpty else {
      throw request.complaint(
        suite.plans.isEmpty ? "there is no scenario in \(file)" : "no title of \(file) has `\(wanted)` in it",
        at: wanted.isEmpty ? .file : .text, help: suite.plans.first.map { "step \(file) '\($0.title)'" })
    }
    var steppers: [ScenarioStepper] = []
    for plan in plans {
      steppers.append(try Stage.translated { try ScenarioStepper(plan, suite.rules, suite.sources) })
    }
    let stepping = Stepping(steppers)
    session.stepping = stepping
    let isAll = request.flags.contains("all") || !session.options.isInteractive
    return stepping.advance(toEnd: isAll, session)
  }

  static let next = Verb(
    "next", .check, "[N]", summary: "the next line of the scenario, or the next N", examples: ["next"], isQuery: false,
    isCommand: false
  ) { request, session in
    guard let stepping = session.stepping else {
      throw Complaint(message: "no scenario is being stepped through", help: "step FILE")
    }
    return stepping.advance(by: try session.count(request), toEnd: false, session)
  }

  static let resume = Verb(
    "continue", .check, summary: "the rest of the scenario", examples: ["continue"], isQuery: false, isCommand: false
  ) { request, session in
    guard let stepping = session.stepping else {
      throw Complaint(message: "no scenario is being stepped through", help: "step FILE")
    }
    return stepping.advance(toEnd: true, session)
  }
}

extension Session {
  /// The scenarios of a file, understood with the rules of its folder; with those of the store where it lies in none.
  fileprivate func scenarios(_ file: String) throws -> ScenarioSuite {
    guard TextFile.isFile(file) else { throw Complaint(message: "there is no file `\(file)`", help: "step FILE") }
    let folder = TextFile.folder(of: file)
    let rules: LoadedRules
    if TextFile.isFile(TextFile.join(folder, RuleFolder.policyName)) {
      rules = try RuleFolder(folder).load(vocabulary: options.vocabulary)
    } else {
      rules = try look(coordinates) { world in
        let texts =
          try world.branch?.current.texts ?? world.choice()?.texts ?? keptTexts(world.policyHash, world.reader)
        return LoadedRules(texts, vocabulary: options.vocabulary, depth: .checked)
      }
    }
    guard !rules.diagnostics.hasErrors else { throw BrokenPolicy(name: folder, rules: rules) }
    let suite = try ScenarioSuite(rules, paths: [file])
    guard !suite.diagnostics.hasErrors else {
      throw Complaint(
        message: "\(file) cannot be read:\n\(Renderer(sources: suite.sources).render(suite.diagnostics))",
        status: .brokenPolicy)
    }
    return suite
  }
}

/// Scenarios on their way.
final class Stepping {
  private var steppers: [ScenarioStepper]
  private var isBegun = false
  private var failures = 0

  init(_ steppers: [ScenarioStepper]) { self.steppers = steppers }

  func advance(by count: Int = 1, toEnd: Bool, _ session: Session) -> Answer {
    var answer = Answer("payg.step/1")
    var left = count
    let ink = session.ink
    while let stepper = steppers.first, toEnd || left > 0 {
      if !isBegun {
        answer.say(ink.strong("scenario \"\(stepper.title)\"") + (stepper.skip.map { "  skipped: \($0)" } ?? ""))
        isBegun = true
      }
      let lines = stepper.skip == nil ? stepper.advance() : []
      guard !lines.isEmpty else {
        steppers.removeFirst()
        isBegun = false
        continue
      }
      left -= 1
      for line in lines { answer.say(told(line, stepper, ink)) }
    }
    if steppers.allSatisfy({ $0.left == 0 }) {
      session.stepping = nil
      answer.notes.append(
        failures == 0 ? "the end: all of it came true" : "the end: \(Count.text(failures, "line")) did not come true")
      if failures > 0 { answer.status = .negative }
    } else {
      answer.suggestion = "next"
    }
    return answer
  }

  private func told(_ line: ScenarioStepper.Line, _ stepper: ScenarioStepper, _ ink: Ink) -> [String] {
    var mark = "     "
    if line.keyword == "then" { mark = line.failure == nil ? ink.green("ok") + "   " : ink.red("not") + "  " }
    if line.failure != nil { failures += 1 }
    let keyword = line.keyword + String(repeating: " ", count: 5 - line.keyword.count)
    var lines = ["\(mark) \(keyword)  \(line.text)" + ink.dim("   \(line.place)")]
    if let failure = line.failure { lines.append("             got \(failure)") }
    guard let answer = line.answer else { return lines }
    if let explanation = answer.explanation {
      lines += explanation.text().lines.map { "             \($0)" }
      lines += answer.followed.map { "               \($0.text)" }
    } else if let refusal = answer.refusal {
      lines.append("             refused: \(refusal)")
    }
    let view = AccountView("", stepper.account, stepper.engine, at: stepper.clock, policy: "")
    lines.append("             " + ink.dim("→ \(view.summary), \(stepper.clock.minuteText)"))
    return lines
  }
}

import Diagnostics
import Engine
import Formats
import Lab
import Language
import Ledger
import Values

/// What a list of changes did, for people and for machines.
struct StepReport {
  var steps: [Branch.Step]
  /// The account as it was before the first; nil where there is none.
  var start: World.Standing?
  var ink: Ink

  /// What of many times of one step is told each on its own.
  static let mostTold = 8
  private static let widest = 52

  // MARK: - For people

  var lines: [String] {
    var rows: [(left: String, right: String, below: [String])] = []
    if let start { rows.append(("now", Self.view(start).summary, [])) }
    for step in steps {
      let line = ShownText.text(step.line)
      let (right, below) = told(step)
      rows.append(("+ " + line, right, below))
    }
    // What is done alone needs no word for it.
    if start == nil, rows.count == 1 {
      return ([rows[0].right].filter { !$0.isEmpty } + rows[0].below.map { "  " + $0 })
    }
    let width = min(Self.widest, rows.map(\.left.count).max() ?? 0)
    return rows.flatMap { row -> [String] in
      let below = row.below.map { "      " + $0 }
      if row.right.isEmpty { return ["  " + row.left] + below }
      if row.left.count > width { return ["  " + row.left, "      " + row.right] + below }
      return ["  " + row.left + String(repeating: " ", count: width - row.left.count) + "   " + row.right] + below
    }
  }

  private func told(_ step: Branch.Step) -> (right: String, below: [String]) {
    guard let last = step.answers.last else { return (moved(step), step.notes) }
    if step.count > 1 { return (manyText(step), manyLines(step) + step.notes) }
    let parts = [verdict(last), moved(step)].filter { !$0.isEmpty }
    return (parts.joined(separator: "   "), Self.lines(last, ink) + step.notes)
  }

  private func verdict(_ answer: SimulatedAnswer) -> String {
    if answer.refusal != nil { return ink.red("refused") }
    guard let decision = answer.decision else { return "" }
    switch decision.verdict {
    case .allowed: return answer.isReplay ? ink.yellow("replayed") : ink.green("allowed")
    case .waiting: return ink.yellow("waits for the payment provider")
    case .conflict: return ink.red("conflict")
    case .denied: return ink.red("denied") + " \(answer.denial ?? "")"
    }
  }

  /// What one answer came with, a line each.
  static func lines(_ answer: SimulatedAnswer, _ ink: Ink) -> [String] {
    var lines: [String] = []
    if let refusal = answer.refusal { lines.append(refusal) }
    if let decision = answer.decision {
      if decision.verdict == .denied || decision.verdict == .conflict, let explanation = answer.explanation {
        let place = decision.rule.map { "  " + explanation.place(of: $0) } ?? ""
        lines.append((explanation.decisive ?? answer.summary) + ink.dim(place))
      }
      if decision.hold != nil, let hold = answer.hold {
        lines.append("reserves \(Money(nano: hold.covered)) until \(Explanation.minuteText(hold.expiresAt))")
      }
      if decision.absorbed > 0 { lines.append("the platform bears \(Money(nano: decision.absorbed))") }
    }
    lines += answer.followed.map(\.text)
    let notices = ([answer.decision].compactMap { $0 } + answer.followedDecisions).flatMap(\.notices)
    lines += notices.map { "notifies \($0.level)" }
    lines += answer.brokenPromises.map { ink.red("breaks the promise") + " \"\($0)\"" }
    return lines
  }

  // MARK: - Many

  private func manyText(_ step: Branch.Step) -> String {
    let tally = step.tally
    var text = "\(Count.text(tally.allowed)) allowed, \(Count.text(tally.deniedCount)) denied"
    if tally.waiting > 0 { text += ", \(Count.text(tally.waiting)) waiting" }
    if tally.covered > 0 { text += "   paid \(Money(nano: tally.covered))" }
    for charge in tally.charges { text += "   charged \(charge.count) x \(Money(nano: charge.amount))" }
    let moved = moved(step)
    return text + (moved.isEmpty ? "" : "   " + moved)
  }

  private func manyLines(_ step: Branch.Step) -> [String] {
    var lines: [String] = []
    let tally = step.tally
    for (code, count) in tally.denied {
      guard let first = step.answers.firstIndex(where: { !$0.isAllowed && ($0.denial ?? "refused") == code }) else {
        continue
      }
      let text = step.answers[first].explanation?.decisive ?? step.answers[first].refusal ?? ""
      lines.append(
        "\(ink.red("denied")) \(code) \(count == 1 ? "once, at" : "\(Count.text(count)) times, first at") \(Count.text(first + 1)): \(text)"
      )
    }
    var told = 0
    var untold = 0
    for (index, answer) in step.answers.enumerated() where answer.isAllowed {
      let own = Self.events(answer)
      guard !own.isEmpty else { continue }
      if told < Self.mostTold {
        lines += own.map { "at \(Count.text(index + 1)): \($0)" }
        told += 1
      } else {
        untold += 1
      }
    }
    if untold > 0 { lines.append("… and \(Count.text(untold)) more times like that") }
    return lines
  }

  /// What rules did besides, with the numbers that made them.
  private static func events(_ answer: SimulatedAnswer) -> [String] {
    let reactions = answer.explanation?.reactions ?? []
    let program = answer.program
    var lines = answer.followed.map { followed -> String in
      guard let rule = followed.rule, let trial = reactions.first(where: { program.rules[$0.rule].name == rule }),
        let reason = comparison(in: trial)
      else { return followed.text }
      return "\(followed.text)  (\(reason))"
    }
    lines += answer.notices.map { "notifies \($0)" }
    lines += answer.brokenPromises.map { "breaks the promise \"\($0)\"" }
    return lines
  }

  /// The first numbers that were compared.
  private static func comparison(in trial: Explanation.RuleTrial) -> String? {
    let facts = trial.reasons.flatMap(\.facts) + trial.clauses.map(\.arithmetic)
    return facts.first { fact in ["<", ">", "≤", "≥"].contains { fact.contains(" \($0) ") } }
  }

  // MARK: - What moved

  static func view(_ standing: World.Standing) -> AccountView {
    AccountView(standing.name, standing.state, standing.engine, at: standing.at, policy: standing.policyHash)
  }

  /// `balance $20.71 → $40.71`
  private func moved(_ step: Branch.Step) -> String {
    guard let name = step.account, let after = step.after.accounts[name] else { return "" }
    guard let before = step.before else { return Self.view(after).summary }
    return Self.moved(before, after)
  }

  static func moved(_ before: World.Standing, _ after: World.Standing) -> String {
    let old = view(before).parts
    return view(after).parts.compactMap { part in
      let was = old.first { $0.name == part.name }
      if was?.amount == part.amount, was?.held == part.held { return nil }
      let held = part.held > 0 ? " (\(Money(nano: part.held)) held)" : ""
      if was?.amount == part.amount { return "\(part.name) \(Money(nano: part.amount))\(held)" }
      return "\(part.name) \(Money(nano: was?.amount ?? 0)) → \(Money(nano: part.amount))\(held)"
    }.joined(separator: ", ")
  }

  // MARK: - For machines

  /// A row each.
  var table: Table {
    var table = Table([
      .init("line", isForeign: true), .init("account", isForeign: true), .init("times", .integer),
      .init("allowed", .integer),
      .init("denied", .integer), .init("verdict", .verdict), .init("code"), .init("decider"), .init("covered", .money),
      .init("explanation"),
    ])
    for step in steps {
      let last = step.answers.last
      func text(_ value: String?) -> Table.Cell { value.map { .text($0) } ?? .none }
      let isMade = last?.decision != nil
      table.rows.append([
        .text(step.line), text(step.account), .integer(Int64(step.count)), .integer(Int64(step.tally.allowed)),
        .integer(Int64(step.tally.deniedCount)),
        text(last?.refusal != nil ? "refused" : last?.decision?.verdict.rawValue),
        text(last?.denial), text(last?.decider), isMade ? .integer(step.tally.covered) : .none,
        text(last.flatMap { Self.lines($0, Ink(false)).first } ?? step.notes.first),
      ])
    }
    return table
  }

  /// The account before and after.
  var members: [Json.Member] {
    var members: [Json.Member] = []
    if let start { members.append(.init("before", Self.view(start).json)) }
    if let last = steps.last(where: { $0.account != nil }), let name = last.account,
      let after = last.after.accounts[name]
    {
      members.append(.init("after", Self.view(after).json))
    }
    return members
  }
}

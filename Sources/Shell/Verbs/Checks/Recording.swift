import Diagnostics
import Engine
import Lab
import Language
import Ledger
import Store

/// Scenarios being written from what is typed.
final class Recording {
  let name: String
  /// One for each question, and one for the branch.
  private var takes: [Take] = []

  private struct Take {
    var branch: String?
    var steps: [Branch.Step]
    /// What was expected, behind the step of this number.
    var expectations: [(step: Int, text: String)] = []
  }

  init(_ name: String) { self.name = name }

  /// What was expected so far.
  var expectations: [String] { takes.flatMap(\.expectations).map(\.text) }

  /// Takes note of a line and what came of it. Changes and expectations tell of themselves.
  func take(_ line: String, _ answer: Answer) {}

  /// Takes note of changes: those of a question stand alone, those of a branch go on with those before.
  func note(_ steps: [Branch.Step], on branch: String?) {
    if let branch, let place = takes.lastIndex(where: { $0.branch == branch }) {
      takes[place].steps += steps
    } else {
      takes.append(Take(branch: branch, steps: steps))
    }
  }

  func note(undone count: Int, on branch: String) {
    guard let place = takes.lastIndex(where: { $0.branch == branch }) else { return }
    takes[place].steps.removeLast(min(count, takes[place].steps.count))
    let left = takes[place].steps.count
    takes[place].expectations.removeAll { $0.step >= left }
  }

  func note(expectation: String) {
    guard !takes.isEmpty else { return }
    let last = takes.count - 1
    takes[last].expectations.append((takes[last].steps.count - 1, expectation))
  }

  /// What was noted as scenarios, with what they could not state.
  func written(_ session: Session) throws -> (text: String, unstated: [String], hash: String, texts: PolicyTexts?) {
    var files: [String] = []
    var unstated: [String] = []
    var policy: (hash: String, texts: PolicyTexts?)?
    for take in takes {
      guard let first = take.steps.first(where: { $0.before != nil }), let start = first.before else { continue }
      let title = files.isEmpty ? name : "\(name), \(files.count + 1)"
      var writer = ScenarioWriter(title, start.state, by: start.engine, at: start.at)
      if let known = policy, known.hash != start.policyHash {
        throw Complaint(message: "the policy changed while it was recorded")
      }
      policy = (start.policyHash, first.after.texts)
      for (index, step) in take.steps.enumerated() {
        guard step.account == nil || step.account == start.name else {
          throw Complaint(
            message: "a scenario is about one account, and `\(step.line)` is about `\(step.account ?? "")`",
            help: ".record \(name) again")
        }
        try add(step, to: &writer)
        for (place, text) in take.expectations where place == index { writer.add(then: text) }
      }
      files.append(writer.file)
      unstated += writer.unstated
    }
    guard let policy, !files.isEmpty else {
      throw Complaint(
        message: "nothing was tried since", help: "what if CHANGE, or changes on a branch, then .record stop")
    }
    return (files.joined(separator: "\n"), unstated, policy.hash, policy.texts)
  }

  private func add(_ step: Branch.Step, to writer: inout ScenarioWriter) throws {
    if step.deed.hasPrefix("given ") {
      writer.add(given: String(step.deed.dropFirst(6)))
      return
    }
    // Its keys are stated.
    if step.deed.hasPrefix("account ") { return }
    guard !step.answers.isEmpty, step.deed != "replay", !step.deed.hasPrefix("policy "),
      !step.deed.hasPrefix("reform "), !step.deed.hasPrefix("again ")
    else {
      throw Complaint(message: "a scenario cannot say `\(step.line)`")
    }
    guard step.count <= 50 else {
      throw Complaint(
        message: "a scenario has a line for each time, and `\(step.line)` would be \(Count.text(step.count))")
    }
    for (time, answer) in step.answers.enumerated() {
      writer.add(when: step.deed)
      let after = time + 1 == step.answers.count ? step.account.flatMap { step.after.accounts[$0] } : nil
      writer.add(answer, after: after.map { (account: $0.state, at: $0.at) })
    }
  }
}

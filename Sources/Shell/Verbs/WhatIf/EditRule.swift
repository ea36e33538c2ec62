import Diagnostics
import Engine
import Lab
import Language

extension Verb {
  static let editRule = Verb(
    "edit rule", .policy, "RULE", summary: "edit a rule on the branch, in your editor",
    details: "A text that does not check is kept, and `edit rule RULE` goes on with it.",
    examples: ["edit rule limits.cycle_limit"],
    isQuery: false, isCommand: false
  ) { request, session in
    guard let edit = session.surroundings.edit else {
      throw Complaint(message: "there is no editor here", help: "reform limits.cycle_limit at $25")
    }
    if session.options.isSafe || session.settings.isSafe {
      throw Complaint(message: "programs are closed to this session", help: "leave out --safe")
    }
    let branch = try session.currentBranch("edit", request)
    return try session.look(request.coordinates) { world in
      let texts = try world.branch?.current.texts ?? session.keptTexts(world.policyHash, world.reader)
      let place = try RulePlace(request.arguments.text(.rule) ?? "", in: texts, session)
      let key = "\(branch.name) \(place.name)"
      let begun = session.drafts[key] ?? place.text
      guard let edited = try edit(begun, "\(place.name).rules") else {
        throw Complaint(message: "the editor ended without a text; the rule is as it was")
      }
      var answer = Answer("payg.edit/1")
      let text = edited.trimmed
      guard text != place.text.trimmed else {
        session.drafts[key] = nil
        answer.notes.append("the rule is as it was")
        return answer
      }
      session.drafts[key] = edited
      do {
        var stage = try Stage(world, account: session.coordinates.account)
        try stage.edit(
          place.name, text,
          Change(kind: .edit(rule: place.name, text: text), text: "edit rule \(place.name) to \(Change.escaped(text))"))
        branch.add(stage.steps)
        session.drafts[key] = nil
        session.forgetTried()
        answer.say(stage.steps.flatMap(\.notes))
        return answer
      } catch var fault as BrokenPolicy {
        session.suggestion = "edit rule \(place.name)"
        fault.help = "your text is kept: edit rule \(place.name)"
        throw fault
      }
    }
  }
}

/// Where a rule stands in the texts of a policy.
struct RulePlace {
  let name: String
  /// The whole of the rule.
  let text: String
  private let file: PolicyTexts.Text
  private let range: Range<Int>
  private let all: PolicyTexts

  init(_ wanted: String, in texts: PolicyTexts, _ session: Session) throws {
    let rules = LoadedRules(texts, vocabulary: session.options.vocabulary, depth: .checked)
    let names = rules.program.rules.map(\.name)
    guard let index = NameIndex.unique(wanted, in: rules.program.rules, named: \.name) else {
      let near = Suggestion.nearest(wanted, in: names + names.map { NameIndex.bare($0) })
      throw Complaint(message: "there is no rule `\(wanted)`", help: near.map { "edit rule \($0)" } ?? "rules")
    }
    let rule = rules.program.rules[index]
    let span = rules.declaration(of: rule)
    let path = rules.sources[span].name
    guard let file = texts.texts.first(where: { $0.path == path || $0.name == path }) else {
      throw Complaint(message: "the text of `\(rule.name)` is not at hand", help: "reform \(rule.name) when …")
    }
    name = rule.name
    all = texts
    self.file = file
    range = Int(span.start)..<min(Int(span.end), file.bytes.count)
    text = String(decoding: file.bytes[range], as: UTF8.self)
  }

  func texts(with text: String) throws -> PolicyTexts {
    try all.replacing(
      file.name, Array(file.bytes[..<range.lowerBound]) + Array(text.utf8) + Array(file.bytes[range.upperBound...]))
  }
}

extension Stage {
  /// Goes on under the rules with another text for one of them.
  mutating func edit(_ rule: String, _ text: String, _ change: Change) throws {
    let texts = try state.texts ?? world.session.keptTexts(policyHash, world.reader)
    let place = try RulePlace(rule, in: texts, world.session)
    try put(place.texts(with: text), called: place.name, line: change.line)
  }
}

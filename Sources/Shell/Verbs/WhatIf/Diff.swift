import Diagnostics
import Engine
import Lab
import Language
import Ledger
import Values

extension Verb {
  static let diff = Verb(
    "diff", .whatIf, "[main|BRANCH] [main|BRANCH]",
    summary: "how a branch differs from the store, or from another branch",
    details: "Accounts, what they have, settings, the policy, and answers to the same changes that came out otherwise.",
    examples: ["diff trial", "diff trial main"], isQuery: false, isCommand: false
  ) { request, session in
    let names = request.arguments.values.map(\.text) + (request.arguments.has("main") ? ["main"] : [])
    let (first, second) = try session.sides(names)
    return try session.look(first.coordinates) { left in
      let right = World(second.coordinates, left.reader, session)
      return try BranchDifference(left, first.name, right, second.name, session.ink).answer
    }
  }
}

extension Session {
  fileprivate typealias Side = (name: String, coordinates: Coordinates)

  /// The two that are compared: what it was, and what it is.
  fileprivate func sides(_ names: [String]) throws -> (Side, Side) {
    func side(_ name: String) throws -> Side {
      var coordinates = Coordinates()
      guard name != Session.trunk else {
        if self.coordinates.branch == nil { coordinates.moment = self.coordinates.moment }
        return (name, coordinates)
      }
      _ = try branch(name)
      coordinates.branch = name
      return (name, coordinates)
    }
    func base(_ name: String) throws -> Side {
      var coordinates = Coordinates()
      let base = try branch(name).asked
      (coordinates.moment, coordinates.policy) = (base.moment, base.policy)
      return (Session.trunk, coordinates)
    }
    let here = coordinates.branch
    switch names.count {
    case 0:
      guard let here else {
        throw Complaint(
          message: "which branch?",
          help: branches.isEmpty ? "branch NAME makes one" : "diff \(branches.keys.sorted()[0])")
      }
      return (try base(here), try side(here))
    case 1:
      if names[0] == Session.trunk {
        guard let here else { throw Complaint(message: "this is main itself", help: "diff BRANCH") }
        return (try side(Session.trunk), try side(here))
      }
      return (here == nil || here == names[0] ? try base(names[0]) : try side(here ?? ""), try side(names[0]))
    default: return (try side(names[0]), try side(names[1]))
    }
  }
}

/// What differs between two worlds, in words.
private struct BranchDifference {
  let answer: Answer

  init(_ left: World, _ leftName: String, _ right: World, _ rightName: String, _ ink: Ink) throws {
    var answer = Answer("payg.diff/1")
    var table = Table([
      .init("account", isForeign: true), .init("what"), .init(leftName, isForeign: true),
      .init(rightName + (leftName == rightName ? "'" : ""), isForeign: true),
    ])
    func add(_ account: String, _ what: String, _ old: String, _ new: String) {
      table.rows.append([.text(account), .text(what), .text(old), .text(new)])
      table.subjects.append(account)
    }
    if try left.policyHash != right.policyHash {
      add("", "policy", PolicyTexts.short(try left.policyHash), PolicyTexts.short(try right.policyHash))
    }
    for (name, old, new) in try Self.globals(left.engine, right.engine) { add("", name, old, new) }
    if try left.now != right.now { add("", "clock", try left.now.minuteText, try right.now.minuteText) }
    let changed = try Set((left.branch?.current.accounts.keys).map(Array.init) ?? [])
      .union((right.branch?.current.accounts.keys).map(Array.init) ?? [])
    for name in changed.sorted() {
      let isLeft = try left.hasAccount(name)
      let isRight = try right.hasAccount(name)
      guard isLeft, isRight else {
        add(name, "account", isLeft ? "there" : "none", isRight ? "there" : "none")
        continue
      }
      for (what, old, new) in Self.facts(try left.account(name), try right.account(name)) { add(name, what, old, new) }
    }
    for row in try Self.answers(left, right) { add(row.account, row.line, row.old, row.new) }
    if table.rows.isEmpty { answer.say("\(leftName) and \(rightName) are the same") } else { answer.show(table) }
    if table.rows.isEmpty { answer.rows = table }
    self.answer = answer
  }

  private typealias Row = (what: String, old: String, new: String)

  private static func globals(_ old: RuleEngine, _ new: RuleEngine) -> [Row] {
    let formatter = new.formatter()
    return new.program.settings.enumerated().compactMap { index, setting in
      guard setting.scope == .global,
        let before = old.program.settings.firstIndex(where: { $0.name == setting.name && $0.scope == .global })
      else { return nil }
      func value(_ engine: RuleEngine, _ index: Int) -> Int64 {
        let stored = engine.globals[engine.compiled.layout.settings[index].slot]
        return stored == LedgerLayout.unset
          ? engine.program.settings[index].value(at: Instant.latest.microseconds) : stored
      }
      let (was, now) = (value(old, before), value(new, index))
      return was == now ? nil : (setting.name, formatter.text(was, setting.type), formatter.text(now, setting.type))
    }
  }

  /// Buckets, settings, meters, keys and records.
  private static func facts(_ old: World.Standing, _ new: World.Standing) -> [Row] {
    var rows: [Row] = []
    func add(_ what: String, _ was: String, _ now: String) { if was != now { rows.append((what, was, now)) } }
    let (before, after) = (StepReport.view(old), StepReport.view(new))
    for part in after.parts {
      let was = before.parts.first { $0.name == part.name }
      func text(_ part: AccountView.Part) -> String {
        "\(Money(nano: part.amount))" + (part.held > 0 ? " (\(Money(nano: part.held)) held)" : "")
      }
      add(part.name, was.map(text) ?? "none", text(part))
    }
    let keys = [nil] + new.state.keyNames.map { Optional($0) }
    for key in keys { rows += values(old, new, key: key) }
    add("keys", old.state.keyNames.joined(separator: ", "), new.state.keyNames.joined(separator: ", "))
    add("payments", Count.text(old.state.payments.count), Count.text(new.state.payments.count))
    add("refunds", Count.text(old.state.refunds.count), Count.text(new.state.refunds.count))
    add("open holds", Count.text(before.holds.count), Count.text(after.holds.count))
    return rows
  }

  private static func values(_ old: World.Standing, _ new: World.Standing, key: String?) -> [Row] {
    func keyIndex(_ standing: World.Standing) -> Int? { key.flatMap { standing.state.keyIndex(named: $0) } }
    if key != nil, keyIndex(old) == nil || keyIndex(new) == nil { return [] }
    let (before, after) = (
      old.engine.reader(old.state, key: keyIndex(old), at: old.at),
      new.engine.reader(new.state, key: keyIndex(new), at: new.at)
    )
    let formatters = (old.engine.formatter(for: old.state), new.engine.formatter(for: new.state))
    let scope: Scope = key == nil ? .account : .key
    let whose = key.map { " for key \($0)" } ?? ""
    var rows: [Row] = []
    for (index, setting) in new.engine.program.settings.enumerated() where setting.scope == scope {
      guard let was = old.engine.compiled.setting(named: setting.name) else { continue }
      let texts = (
        formatters.0.text(before.value(of: .setting(was)), old.engine.program.settings[was].type),
        formatters.1.text(after.value(of: .setting(index)), setting.type)
      )
      if texts.0 != texts.1 { rows.append((setting.name + whose, texts.0, texts.1)) }
    }
    for (index, meter) in new.engine.program.meters.enumerated() where (meter.scope == .key) == (key != nil) {
      guard let was = old.engine.program.meters.firstIndex(where: { $0.name == meter.name }) else { continue }
      let type = QualifiedType(meter.type)
      let texts = (
        formatters.0.text(before.value(of: .meter(was)), type), formatters.1.text(after.value(of: .meter(index)), type)
      )
      if texts.0 != texts.1 { rows.append((meter.name + whose, texts.0, texts.1)) }
    }
    return rows
  }

  /// The same changes that were answered otherwise.
  private static func answers(
    _ left: World, _ right: World
  ) throws -> [(account: String, line: String, old: String, new: String)] {
    guard let one = try left.branch, let other = try right.branch else { return [] }
    var seen: [String: Int] = [:]
    var known: [String: Branch.Step] = [:]
    func key(_ step: Branch.Step) -> String {
      let name = "\(step.account ?? "") \(step.line)"
      seen[name, default: 0] += 1
      return "\(name) \(seen[name] ?? 0)"
    }
    for step in one.steps where !step.answers.isEmpty { known[key(step)] = step }
    seen = [:]
    return other.steps.compactMap { step in
      guard !step.answers.isEmpty, let before = known[key(step)] else { return nil }
      let texts = (text(before), text(step))
      return texts.0 == texts.1 ? nil : (step.account ?? "", step.line, texts.0, texts.1)
    }
  }

  private static func text(_ step: Branch.Step) -> String {
    if step.count == 1, let answer = step.answers.first {
      let covered = answer.decision?.covered ?? 0
      return answer.summary + (answer.isAllowed && covered > 0 ? ", pays \(Money(nano: covered))" : "")
    }
    let tally = step.tally
    return
      "\(Count.text(tally.allowed)) allowed, \(Count.text(tally.deniedCount)) denied, paid \(Money(nano: tally.covered))"
  }
}

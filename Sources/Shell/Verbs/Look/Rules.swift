import Diagnostics
import Engine
import Formats
import Lab
import Language
import Store
import Values

extension Verb {
  static let rules = Verb(
    "rules", .look, "[unused|used] [last N] [for PERIOD]",
    summary: "every rule, and how often it decided or acted",
    details: "Over the latest 10,000 answers where nothing else is said. `rules unused` leaves those that never did.",
    examples: ["rules unused last 10000", "rules for 2026-10", "rules used last 1000"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let period = try session.period(of: request, world)
      let most =
        request.arguments.text(.count).flatMap { Int($0) }
        ?? (request.arguments.text(.period) == nil ? 10_000 : Int.max - 1)
      guard most > 0 else {
        throw request.complaint("`last` takes a number above nothing", at: .count, help: "rules unused last 10000")
      }
      let uses = try RuleUses(world, in: period.window, most: most, session)
      let program = try world.program
      var answer = Answer("payg.rules/1")
      var table = Table([
        Table.Column("rule"), Table.Column("kind"), Table.Column("decided", .integer), Table.Column("acted", .integer),
        Table.Column("last", .time), Table.Column("place"),
      ])
      for rule in program.rules {
        let use = uses.byRule[rule.name] ?? RuleUses.Use()
        let isUsed = use.decided + use.acted > 0
        if request.arguments.has("unused") && isUsed || request.arguments.has("used") && !isUsed { continue }
        table.rows.append([
          .text(rule.name), .text(rule.kind.word), .integer(use.decided), .integer(use.acted),
          use.last.map { .integer($0) } ?? .none,
          .text(program.sources.place(of: rule.span)),
        ])
        table.subjects.append(use.event ?? "")
      }
      answer.members = [
        .init("decisions", .integer(Int64(uses.count))),
        .init("unused", .list(program.rules.filter { uses.byRule[$0.name] == nil }.map { .text($0.name) })),
      ]
      answer.rows = table
      if request.arguments.has("unused") {
        for column in ["decided", "acted", "last"] { table.remove(column: column, keepsForMachines: &answer) }
      }
      answer.show(table)
      let unused = program.rules.count { uses.byRule[$0.name] == nil }
      let from = uses.first.map { " since \(TimeText.short($0))" } ?? ""
      answer.say(
        session.ink.dim(
          " \(Count.text(unused)) of \(Count.text(program.rules.count, "rule")) neither decided nor acted in \(Count.text(uses.count, "answer"))\(from)"
        ))
      return answer
    }
  }

  static let explain = Verb(
    "explain", .look, "RULE", summary: "a rule or a denial: its text, its family, and how often it decided",
    details: "A rule by its full name, or its last word; or a denial by its code.",
    examples: ["explain limits.cycle_limit", "explain quota_exceeded"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let name = request.arguments.text(.rule) ?? ""
      let program = try world.program
      var answer = Answer("payg.explain/1", subject: name)
      if let denial = program.denials.firstIndex(where: { $0.code == name }) {
        try session.explain(denial: denial, world, &answer)
        return answer
      }
      let codes = program.denials.map(\.code)
      let index = try session.declared(name, in: program.rules.map(\.name) + codes, "rule", request, at: .rule)
      try session.explain(rule: index, world, &answer)
      return answer
    }
  }
}

/// How often each rule decided against an event, or did something, in the latest answers.
struct RuleUses {
  struct Use {
    var decided: Int64 = 0
    var acted: Int64 = 0
    /// When last, and about which event.
    var last: Int64?
    var event: String?
  }

  private(set) var byRule: [String: Use] = [:]
  /// How often each denial was given.
  private(set) var byCode: [String: Use] = [:]
  /// So many answers were looked at; the time of the earliest of them.
  private(set) var count = 0
  private(set) var first: Int64?

  init(_ world: World, in window: Window, most: Int, _ session: Session) throws {
    var found: [String: Use] = [:]
    var (seen, earliest): (Int, Int64?) = (0, nil)
    let progress = session.progress("reading answers")
    var codes: [String: Use] = [:]
    func note(_ code: String, _ event: StoredEvent) {
      var use = codes[code] ?? Use()
      use.decided += 1
      if use.last == nil { (use.last, use.event) = (event.counted, event.subject) }
      codes[code] = use
    }
    func use(_ rule: String, _ event: StoredEvent, decided: Bool) {
      var use = found[rule] ?? Use()
      if decided { use.decided += 1 } else { use.acted += 1 }
      // The newest come first.
      if use.last == nil { (use.last, use.event) = (event.counted, event.subject) }
      found[rule] = use
    }
    struct Enough: Error {}
    do {
      _ = try world.events(in: window, isDecided: true, most: Int.max) { event in
        guard seen < most else { throw Enough() }
        seen += 1
        earliest = event.counted
        if seen % 1_024 == 0 { try progress?(seen, Int.max) }
        if event.verdict == "denied", let code = event.code { note(code, event) }
        if event.verdict == "denied", let decider = event.decider { use(decider, event, decided: true) }
        if let (decision, engine) = try world.decision(of: event) {
          for rule in Set(decision.firedRules) { use(engine.program.rules[rule].name, event, decided: false) }
        }
        return false
      }
    } catch is Enough {}
    try progress?(1, 1)
    (byRule, byCode, count, first) = (found, codes, seen, earliest)
  }
}

extension Rule.Kind {
  var word: String {
    switch self {
    case .deny: "deny"
    case .gate: "gate"
    case .cap: "cap"
    case .on: "on"
    case .beforeDenial: "before denial"
    case .after: "after"
    }
  }

  fileprivate var denial: Int? {
    switch self {
    case .deny(_, let denial), .gate(_, let denial), .cap(_, _, let denial): denial
    case .on, .beforeDenial, .after: nil
    }
  }
}

extension SourceMap {
  /// `limits/policy.rules:12`
  func place(of span: Span) -> String {
    guard !span.isNone, sources.indices.contains(Int(span.source)) else { return "" }
    return "\(self[span].name):\(self[span].position(of: Int(span.start)).line)"
  }
}

extension Session {
  fileprivate func explain(rule index: Int, _ world: World, _ answer: inout Answer) throws {
    let program = try world.program
    let rule = program.rules[index]
    answer.say("\(ink.strong(rule.name))  \(program.sources.place(of: rule.span))")
    answer.say(program.policies[rule.policy].summary)
    answer.say("")
    let text = try declaration(of: rule, program, texts(of: world))
    answer.say(text.map { "  \($0)" })
    if let denial = rule.kind.denial {
      let told = program.denials[denial]
      answer.say("")
      answer.say("denies with \(told.code), HTTP \(told.status): \(told.text)")
    }
    let uses = try RuleUses(world, in: .all, most: 10_000, self)
    let use = uses.byRule[rule.name] ?? RuleUses.Use()
    answer.say("")
    let verb = rule.kind.denial == nil ? "acted" : "decided"
    let count = rule.kind.denial == nil ? use.acted : use.decided
    answer.say(
      "\(verb) \(Count.text(Int(count))) times in the latest \(Count.text(uses.count, "answer"))"
        + (use.event.map { ", last on \(TimeText.short(use.last ?? 0)) about \(ShownText.text($0))" } ?? ""))
    if let event = use.event { answer.suggestion = "why \(Words.quoted(event))" }
    answer.members = [
      .init("rule", .text(rule.name)), .init("place", .text(program.sources.place(of: rule.span))),
      .init("family", .text(program.policies[rule.policy].name)),
      .init("summary", .text(program.policies[rule.policy].summary)),
      .init("text", .text(text.joined(separator: "\n"))),
      .init("code", rule.kind.denial.map { .text(program.denials[$0].code) } ?? .null),
      .init("decided", .integer(use.decided)), .init("acted", .integer(use.acted)),
      .init("answers", .integer(Int64(uses.count))),
    ]
    let found = scenarios(of: rule.name)
    if !found.isEmpty {
      answer.say("")
      answer.say("scenarios in which it does:")
      answer.say(found.prefix(8).map { "  \($0)" })
      if found.count > 8 { answer.say(ink.dim("  and \(Count.text(found.count - 8)) more")) }
      answer.members.append(.init("scenarios", .list(found.map { .text($0) })))
    }
  }

  /// What the policy that is looked at is made of.
  private func texts(of world: World) throws -> PolicyTexts? {
    if let choice = try world.choice(), let texts = choice.texts { return texts }
    if let texts = try world.branch?.current.texts { return texts }
    return try? keptTexts(world.policyHash, world.reader)
  }

  /// The lines of a rule with the comment above them; below them what a reform says of it instead.
  private func declaration(of rule: Rule, _ program: Program, _ texts: PolicyTexts?) -> [String] {
    guard let texts else { return [program.sources.text(rule.span)] }
    let loaded = LoadedRules(texts, vocabulary: options.vocabulary, depth: .checked)
    guard !loaded.diagnostics.hasErrors,
      let same = loaded.program.rules.first(where: { $0.name == rule.name })
    else {
      return [program.sources.text(rule.span)]
    }
    let span = loaded.declaration(of: same)
    let source = loaded.sources[span]
    var comments: [String] = []
    var line = source.position(of: Int(span.start)).line - 1
    while line >= 1 {
      let text = String(decoding: source.lineBytes(line), as: UTF8.self).trimmed
      guard text.hasPrefix("#") else { break }
      comments.insert(text, at: 0)
      line -= 1
    }
    return comments
      + loaded.sources.text(span).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      + reforms(of: rule.name, in: texts)
  }

  /// What reforms change of a rule, a line each.
  private func reforms(of rule: String, in texts: PolicyTexts) -> [String] {
    let start = PolicyTexts.reformFolder + "/"
    var found: [String] = []
    for text in texts.texts where text.name.hasPrefix(start) {
      for line in String(decoding: text.bytes, as: UTF8.self).split(separator: "\n") {
        let change = String(line).trimmed
        if change.hasPrefix(rule + " ") || change == "without \(rule)" { found.append("reformed: \(change)") }
      }
    }
    return found
  }

  /// Titles of scenarios beside the rules in which a rule decides or acts, where the rules that lie there are these.
  private func scenarios(of rule: String) -> [String] {
    guard !options.isSafe, !settings.isSafe,
      let folder = try? RuleFolder(RuleFolder.usual(executable: console.executable)),
      let loaded = try? folder.load(vocabulary: options.vocabulary), !loaded.diagnostics.hasErrors,
      let suite = try? ScenarioSuite(loaded, paths: folder.families.flatMap(\.scenarioPaths)),
      let outcome = try? suite.run()
    else { return [] }
    return outcome.witnesses[rule] ?? []
  }

  fileprivate func explain(denial index: Int, _ world: World, _ answer: inout Answer) throws {
    let program = try world.program
    let denial = program.denials[index]
    answer.say("\(ink.strong(denial.code))  \(program.sources.place(of: denial.span))")
    answer.say("HTTP \(denial.status), rank \(denial.rank): \(denial.text)")
    answer.say("")
    var by: [(String, Span)] = program.rules.filter { $0.kind.denial == index }.map { ($0.name, $0.span) }
    for rule in program.rules {
      let asks = rule.effects.flatMap(\.operations).contains {
        if case .collect(_, _, _, index) = $0 { true } else { false }
      }
      if asks { by.append(("\(rule.name), when its charge is not paid", rule.span)) }
    }
    by += program.buckets.filter { $0.denial == index }.map { ("the last cent of \($0.name)", $0.span) }
    by += program.events.filter { $0.outOfRange == index }.map {
      ("a field of \($0.name) outside of its range", $0.span)
    }
    for event in program.events {
      by += event.fields.filter { $0.outOfRange == index }.map { ("\(event.name).\($0.name)", $0.span) }
    }
    for (who, span) in by { answer.say("  by \(who)  \(ink.dim(program.sources.place(of: span)))") }
    let uses = try RuleUses(world, in: .all, most: 10_000, self)
    let use = uses.byCode[denial.code] ?? RuleUses.Use()
    answer.say("")
    answer.say(
      "given \(Count.text(Int(use.decided), "time")) in the latest \(Count.text(uses.count, "answer"))"
        + (use.event.map { ", last on \(TimeText.short(use.last ?? 0)) about \(ShownText.text($0))" } ?? ""))
    answer.members = [
      .init("code", .text(denial.code)), .init("status", .integer(denial.status)), .init("text", .text(denial.text)),
      .init("by", .list(by.map { .text($0.0) })), .init("given", .integer(use.decided)),
      .init("answers", .integer(Int64(uses.count))),
    ]
    answer.suggestion = "decisions by \(denial.code)"
  }
}

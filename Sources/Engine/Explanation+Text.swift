import Diagnostics
import Language
import Ledger
import Values

extension Explanation {
  /// The explanation as people read it: what decided first, with its arithmetic, then what passed and what was not tried.
  public func text() -> String {
    let program = engine.program
    guard program.events.indices.contains(decision.event) else { return "" }
    var lines = [headline()]
    switch decision.verdict {
    case .conflict: lines.append("  by the memory of ids: " + (engine.text(of: decision) ?? ""))
    case .denied: lines += denialLines
    case .waiting: lines += waitingLines
    case .allowed:
      if decision.isReplay {
        lines.append("  the same event was answered before: nothing happened now")
        return lines.joined(separator: "\n")
      }
      lines += paymentLines
    }
    let rest = trials.filter { !$0.objects && $0.rule != decision.rule }
    let idle = rest.filter { !$0.holds && isAnswer($0.rule) }
    let passed = rest.filter { $0.holds || !isAnswer($0.rule) }
    if !passed.isEmpty { lines += list("passed:", passed.map { short($0) }) }
    if !idle.isEmpty { lines += list("did not act:", idle.map { short($0) }) }
    // A card is only charged for what no rule denies.
    let before = wasCharged ? notTried.filter { isDenial($0) } : []
    if !before.isEmpty { lines += list("passed before the charge:", before.map { program.rules[$0].name }) }
    let untried = notTried.filter { !before.contains($0) }
    if !untried.isEmpty { lines += list("not tried:", untried.map { program.rules[$0].name }) }
    return lines.joined(separator: "\n")
  }

  /// Whether it is an `on` rule, which acts rather than judges.
  func isAnswer(_ rule: Int) -> Bool {
    if case .on = engine.program.rules[rule].kind { true } else { false }
  }

  func isDenial(_ rule: Int) -> Bool {
    if case .deny = engine.program.rules[rule].kind { true } else { false }
  }

  private func headline() -> String {
    let program = engine.program
    let event = program.events[decision.event]
    let formatter = arithmetic.formatter
    var words = [decision.verdict.rawValue.uppercased(), event.name]
    if !decision.id.isEmpty { words.append(decision.id) }
    words.append(Instant(microseconds: decision.at).description)
    var fields: [String] = []
    for (index, (field, value)) in zip(event.fields, decision.fields).enumerated() where value != ValueType.none {
      switch field.type.base {
      case .key, .card, .record: break
      // What was given is told, unless it is what it would have been anyway.
      default: if value == (index < event.givenCount ? field.value : 0) { continue }
      }
      let text = arithmetic.word(value, field.type.base, of: index) ?? formatter.text(value, field.type)
      // `hold h1`, not `hold hold h1`.
      if case .record(let kind) = field.type.base, kind.rawValue == field.name {
        fields.append(text)
      } else {
        fields.append("\(field.name) \(text)")
      }
    }
    if !fields.isEmpty { words.append(fields.joined(separator: ", ")) }
    return words.joined(separator: "  ")
  }

  /// `rules/limits/policy.rules:12`
  public func place(of rule: Int) -> String { place(engine.program.rules[rule].span) }

  /// The same of any declaration.
  public func place(_ span: Span) -> String {
    guard !span.isNone, engine.program.sources.sources.indices.contains(Int(span.source)) else { return "" }
    let source = engine.program.sources[span.source]
    return "\(source.name):\(source.position(of: Int(span.start)).line)"
  }

  private var denialLines: [String] {
    let program = engine.program
    var lines: [String] = []
    if let field = decision.field {
      let declared = program.events[decision.event].fields[field]
      lines.append("  by \(program.events[decision.event].name).\(declared.name)  \(place(declared.span))")
      lines.append("     \(misfit(field))")
    } else if let rule = decision.rule {
      lines.append("  by \(program.rules[rule].name)  \(place(of: rule))")
      if let trial = trials.first(where: { $0.rule == rule && $0.objects }), !trial.arithmetic.isEmpty {
        lines.append("     \(trial.arithmetic)")
        lines += reasonLines(trial.reasons)
        lines += circumstances(of: rule).map { "     \($0)" }
      }
      if isAnswer(rule) { lines += refusalLines }
    } else if let bucket = decision.bucket {
      lines.append("  by \(program.buckets[bucket].name)  \(place(program.buckets[bucket].span))")
      if let draw = draws.first(where: { $0.bucket == bucket }) {
        lines.append("     \(shortage(draw))")
      }
    }
    if let denial = decision.denial {
      lines.append(
        "  \(program.denials[denial].status) \(program.denials[denial].code)  \(engine.text(of: decision) ?? "")")
    }
    if draws.count > 1 || draws.contains(where: { $0.gave > 0 }) { lines += drawLines }
    if let rule = decision.triedRescueRule {
      lines.append("  tried \(program.rules[rule].name)  \(place(of: rule)): \(rescueOutcome(rule))")
    }
    for trial in rescues {
      lines.append("  did not help: \(short(trial))")
      lines += reasonLines(trial.reasons)
    }
    return lines
  }

  /// Why a given field cannot be what it was.
  func misfit(_ field: Int) -> String {
    let declared = engine.program.events[decision.event].fields[field]
    let formatter = arithmetic.formatter
    if case .record(let kind) = declared.type.base {
      let word = arithmetic.words[field].map { ": \($0)" } ?? ""
      return "the account has no such \(kind.rawValue)\(word)"
    }
    let low = formatter.text(Arithmetic.clamp(declared.range.low), declared.type)
    let high = formatter.text(Arithmetic.clamp(declared.range.high), declared.type)
    return "\(formatter.text(decision.fields[field], declared.type)) is outside \(low) to \(high)"
  }

  /// What a bucket could not give.
  func shortage(_ draw: BucketDraw) -> String {
    "\(money(draw.available)) available < \(money(draw.due)) (short by \(money(draw.due - draw.gave)))"
      + why(draw.bucket)
  }

  /// Why less is available than is there, or nothing at all.
  private func why(_ bucket: Int) -> String {
    let held = arithmetic.reader.value(of: .held(bucket))
    let posted = arithmetic.reader.value(of: .posted(bucket))
    return (posted < 0 ? "; \(money(0 - posted)) is owed" : "") + (held > 0 ? "; \(money(held)) is held" : "")
  }

  private var paymentLines: [String] {
    var lines: [String] = []
    if settlement != nil {
      lines += settlementLines
    } else if let expiry = holdExpiry {
      let until = arithmetic.formatter.text(expiry, .time)
      lines.append("  reserves \(money(decision.covered)) until \(until): \(list(of: decision.drawn))")
      if draws.contains(where: { $0.gave < $0.due || $0.closedBy != nil }) { lines += drawLines }
    } else {
      if decision.amount > 0 { lines.append("  " + paid) }
      if draws.count > 0 { lines += drawLines }
    }
    for rule in decision.firedRules where isAnswer(rule) {
      let effects = effectLines(of: rule, arithmetic)
      if !effects.isEmpty { lines += ["  by \(engine.program.rules[rule].name)  \(place(of: rule))"] + effects }
    }
    if let rule = decision.rescueRule {
      lines.append("  after \(engine.program.rules[rule].name)  \(place(of: rule))")
      lines += rescueCharge(rule).map { ["     \(charge($0)), \($0.state)"] } ?? effectLines(of: rule, arithmetic)
    }
    return lines + reactionLines
  }

  /// What is paid; where a bucket has a rate of its own, beside what it costs without one.
  private var paid: String {
    guard draws.contains(where: { $0.due != $0.need }) else { return "pays \(money(decision.amount))" }
    let given = draws.reduce(Int64(0)) { $0 &+ $1.gave }
    return "costs \(money(decision.amount)) at standard rates; pays \(money(given))"
  }

  /// Until when a hold of this event reserves; nil for an event that holds nothing.
  private var holdExpiry: Int64? {
    for rule in decision.firedRules where isAnswer(rule) {
      for case .hold(_, let ttl) in engine.program.rules[rule].effects.flatMap(\.operations) {
        return decision.trace.now + max(0, arithmetic.reader.evaluate(ttl))
      }
    }
    return nil
  }

  var drawLines: [String] {
    draws.map { draw in
      let name = engine.program.buckets[draw.bucket].name
      if let gate = draw.closedBy { return "     \(name) gives nothing: \(engine.program.rules[gate].name) is closed" }
      var text = "     \(name) gives \(money(draw.gave)) of \(money(draw.due))"
      if draw.due != draw.need { text += " (\(money(draw.need)) at its rate)" }
      if draw.gave < draw.due {
        if let cap = draw.cap, max(0, cap.limit) < draw.available {
          text += ", capped by \(engine.program.rules[cap.rule].name)"
        } else {
          text += ", all it has"
        }
      }
      return text
    }
  }

  func short(_ trial: RuleTrial) -> String {
    let name = engine.program.rules[trial.rule].name
    return trial.arithmetic.isEmpty ? name : "\(name) (\(trial.arithmetic))"
  }

  /// Where names came from, a line each or more.
  func reasonLines(_ reasons: [ArithmeticText.Reason]) -> [String] {
    reasons.flatMap { list("   \($0.name):", $0.facts) }
  }

  /// A list that goes on below itself.
  func list(_ title: String, _ entries: [String]) -> [String] {
    var lines: [String] = []
    var line = "  " + title
    for (index, entry) in entries.enumerated() {
      let piece = " " + entry + (index + 1 < entries.count ? "," : "")
      if line.count + piece.count > 110, line.count > 20 {
        lines.append(line)
        line = "    "
      }
      line += piece
    }
    return lines + [line]
  }

  func money(_ nano: Int64) -> String { arithmetic.formatter.text(nano, .money) }
}

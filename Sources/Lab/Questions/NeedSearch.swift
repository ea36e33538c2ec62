import Engine
import Language
import Ledger
import Values

/// Tries every lever, keeps what turned the answer, and puts it in order.
struct NeedSearch {
  let question: Question
  let answer: Decision
  let prober: Prober
  let order: ReadingOrder
  let text: LineText
  private let explanation: Explanation
  private let levers: [Lever]
  private(set) var ways: [Way] = []
  private(set) var cannot: [Refused] = []
  private(set) var pair: TwoWays?
  private var ranks: [(way: Way, rank: [Int])] = []

  var isCutShort: Bool { prober.isSpent }
  private var wanted: Bool { !answer.isAllowed }

  init(_ question: Question, _ answer: Decision, _ explanation: Explanation, _ prober: Prober) {
    self.question = question
    self.answer = answer
    self.explanation = explanation
    self.prober = prober
    order = ReadingOrder(answer, by: question.engine, explanation)
    text = LineText(question.program, prober.account)
    levers = LeverList(question, prober.account, order).levers
  }

  /// Whether the event gets the same answer as something that was not asked before.
  var startsTheSame: Bool { prober.isAllowed([]) == answer.isAllowed }

  mutating func run() {
    for lever in levers where !prober.isSpent {
      // Another way of the same thing, such as with a card of its own, is for where the first does not help.
      if ranks.contains(where: { $0.way.kind == lever.kind && $0.way.name == lever.name }) { continue }
      attempt(lever)
    }
    wait()
    ranks.sort { left, right in
      left.rank == right.rank ? left.way.name < right.way.name : left.rank.lexicographicallyPrecedes(right.rank)
    }
    ways = unique(ranks.map(\.way))
    let helped = Set(ways.map(\.name))
    var seen = Set<String>()
    cannot = cannot.filter { !helped.contains($0.name) && seen.insert($0.name).inserted }
    if ways.isEmpty, !prober.isSpent { pair = TwoSearch(self).pair }
  }

  /// One way for each thing: no value at all only where no value helps, the same event once.
  private func unique(_ ways: [Way]) -> [Way] {
    var kept: [Way] = []
    for way in ways {
      if !kept.contains(where: { $0.kind == way.kind && $0.name == way.name }) { kept.append(way) }
    }
    return kept
  }

  func turns(_ changes: [Change]) -> Bool { prober.isAllowed(changes) == wanted }

  // MARK: - One lever

  private mutating func attempt(_ lever: Lever) {
    let before = ranks.count
    switch lever.domain {
    case .axis(let axis):
      if let find = axis.search({ turns([lever.change($0)]) }) { keep(lever, find) }
      if ranks.count == before { explain(lever, lever.kind == .event ? [axis.high] : [axis.low, axis.high]) }
    case .choices(let choices):
      for choice in choices where turns([lever.change(choice)]) {
        keep(lever, Axis.Find(value: choice, below: nil, step: 0, isUp: true, goesOn: false))
        // Of several keys, cards or words the first that helps is told.
        if ranks.count > before { break }
      }
      if ranks.count == before, let first = choices.first { explain(lever, [first]) }
    }
  }

  private mutating func keep(_ lever: Lever, _ find: Axis.Find) {
    guard let way = way(lever, find, beside: []) else { return }
    ranks.append((way, rank(lever, find)))
  }

  /// A find as it is told; nil where carrying it out does not confirm it.
  func way(_ lever: Lever, _ find: Axis.Find, beside others: [Change]) -> Way? {
    let change = lever.change(find.value)
    guard let at = prober.outcome(others + [change]), at.refusal == nil, at.decision.isAllowed == wanted else {
      return nil
    }
    var below: Prober.Outcome?
    if let value = find.below {
      guard let outcome = prober.outcome(others + [lever.change(value)]), outcome.decision.isAllowed != wanted else {
        return nil
      }
      below = outcome
    }
    func reading(_ value: Int64) -> Way.Reading {
      let number = lever.value(value)
      return Way.Reading(text: text.shown(number, lever.type, word: lever.word), number: number, type: lever.type)
    }
    let deeds = question.deeds(others + [change], text)
    let event = question.eventLine(others + [change], text)
    let nearer = others + (find.below.map { [lever.change($0)] } ?? [])
    var way = Way(
      kind: lever.kind, name: lever.name,
      from: present(lever),
      to: reading(find.value), step: nil, below: find.below.map(reading), atValue: at.decision,
      oneBelow: below?.decision ?? answer, refusedBelow: below?.refusal, isAtLeast: find.isUp, goesOn: find.goesOn,
      line: question.deeds([change], text).first ?? event, lines: deeds + [event],
      linesBelow: question.deeds(nearer, text) + [question.eventLine(nearer, text)], text: "",
      isRemote: lever.place == nil, isForAll: lever.isForAll)
    if find.step > 0, case .axis = lever.domain { way.step = step(find.step, lever) }
    way.text = told(lever, way)
    return way
  }

  /// How things stand; nil for something that did not happen.
  private func present(_ lever: Lever) -> Way.Reading? {
    if let present = lever.present {
      return Way.Reading(
        text: text.shown(present, lever.type, word: lever.presentWord), number: present, type: lever.type)
    }
    if lever.kind == .event { return nil }
    return lever.type.isOptional ? Way.Reading(text: "none", number: ValueType.none, type: lever.type) : nil
  }

  private func step(_ step: Int64, _ lever: Lever) -> Way.Reading {
    switch lever.type.base {
    case .time, .duration:
      let type = QualifiedType(.duration)
      return Way.Reading(text: text.shown(step, type), number: step, type: type)
    case .ratio: return Way.Reading(text: "1/100", number: Ratio(1, over: 100)?.packed ?? step, type: lever.type)
    default: return Way.Reading(text: text.shown(step, lever.type), number: step, type: lever.type)
    }
  }

  /// `limits.spending_limit ≥ $50.05   $50.05 → allowed, $50.04 → denied`
  private func told(_ lever: Lever, _ way: Way) -> String {
    let (yes, no) = wanted ? ("allowed", "denied") : ("denied" + denial(way), "allowed")
    let all = lever.isForAll ? ", for every account" : ""
    guard case .axis = lever.domain else {
      if lever.tellsLine { return "\(way.line)   → \(yes)\(rescue(way))" }
      let from = way.from?.text ?? "none"
      return "\(way.name) \(way.to.text)\(all)   \(way.to.text) → \(yes), \(from) → \(no)\(rescue(way))"
    }
    let head: String
    if lever.kind == .event {
      head = lever.tellsLine ? way.line : "\(way.name) \(way.to.text)"
    } else {
      // Counts of an event turn in a direction, though far out another rule may have a say about how they go together.
      let isCount = lever.kind == .field && lever.type.base == .tokens && way.below != nil
      let sign = way.goesOn || isCount ? (way.isAtLeast ? "≥ " : "≤ ") : ""
      head = "\(way.name) \(sign)\(way.to.text)\(all)"
    }
    let short = way.below?.text ?? way.from?.text
    let refused = way.refusedBelow == nil ? no : "refused"
    return "\(head)   \(way.to.text) → \(yes)" + (short.map { ", \($0) → \(refused)" } ?? "") + rescue(way)
  }

  /// Which denial an event gets that was allowed.
  private func denial(_ way: Way) -> String { way.atValue.code(in: question.program).map { " with \($0)" } ?? "" }

  /// A charge that came with it and nobody asked for.
  private func rescue(_ way: Way) -> String {
    guard wanted else { return "" }
    return way.atValue.rescueRule.map { ", after \(question.program.rules[$0].name)" } ?? ""
  }

  // MARK: - Order

  /// How early a way is told, the smallest first: what the deciding rule's own family says, then the event itself, then what
  /// would have averted the denial, then time, then what else it reads, then what it does not read at all.
  private func rank(_ lever: Lever, _ find: Axis.Find) -> [Int] {
    let distance = lever.isForAll ? 2 : lever.place == nil ? 1 : 0
    // None at all, a value where the event had none, and another past are larger steps than other ones.
    let isNone = lever.value(find.value) == ValueType.none
    let isAnother = lever.kind == .field && lever.present == nil && lever.type.base != .name
    let isPast = lever.kind == .setting && lever.type.base == .time
    let isFar = isNone || isAnother || isPast ? 1 : 0
    if !wanted { return [distance, isFar, nearness(lever, find), lever.place ?? Int.max] }
    let place = lever.place ?? Int.max
    let group: Int
    switch lever.kind {
    case .event, .card: group = place == 0 ? 0 : place >= order.averting ? 2 : 4
    case .setting: group = order.isOwn(lever.name) ? 0 : place >= order.averting ? 2 : 4
    case .field, .key: group = 1
    case .wait: group = 3
    }
    let kinds: [Way.Kind] = [.setting, .event, .card, .field, .key, .wait]
    return [
      distance, isFar, group, lever.tellsLine ? 1 : 0, lever.isPaidFor ? 0 : 1, place,
      kinds.firstIndex(of: lever.kind) ?? 0,
    ]
  }

  /// How far a number is moved, in thousandths of what it is.
  private func nearness(_ lever: Lever, _ find: Axis.Find) -> Int {
    guard case .axis(let axis) = lever.domain, let present = axis.present, lever.kind != .event else {
      return 1_000_000
    }
    let moved = (Int128(find.value) - Int128(present)).magnitude * 1_000
    return Int(clamping: moved / max(1, Int128(present).magnitude))
  }

  // MARK: - Time

  private mutating func wait() {
    let waiting = Waiting(question: question, account: prober.account, order: order)
    guard waiting.isWorthwhile, !prober.isSpent else { return }
    let now = question.input.at
    let lever = Lever(
      kind: .wait, name: "wait", type: QualifiedType(.time), present: now,
      domain: .axis(Axis(low: now, high: Instant.latest.microseconds, present: now, steps: [Instant.perSecond])),
      place: order.near.count, change: { .wait($0) })
    guard let found = waiting.search({ turns([.wait($0)]) }) else {
      guard wanted else { return }
      let (days, count) = (Waiting.horizon / Instant.perDay, waiting.moments.count)
      let tried = "at none of the \(ValueFormatter.grouped("\(count)")) times tried in \(days) days"
      cannot.append(Refused(kind: .wait, name: "waiting", reason: tried))
      return
    }
    let find = Axis.Find(value: found.time, below: found.before, step: Instant.perSecond, isUp: true, goesOn: false)
    guard var way = way(lever, find, beside: []) else { return }
    let (yes, no) = wanted ? ("allowed", "denied") : ("denied" + denial(way), "allowed")
    way.text =
      "wait until \(way.to.text)   then \(yes)" + (found.before == nil ? "" : ", one second before \(no)")
      + rescue(way)
    ranks.append((way, rank(lever, find)))
  }

  // MARK: - What cannot help

  /// Why the far ends of a lever do not turn the answer: told of what the decision reads early.
  private mutating func explain(_ lever: Lever, _ ends: [Int64]) {
    guard wanted, !lever.isForAll else { return }
    let isTold =
      switch (lever.kind, lever.domain) {
      case (.event, .axis): !lever.tellsLine
      case (.field, .axis): lever.place != nil
      case (.setting, _): lever.place != nil && order.isOwn(lever.name)
      default: false
      }
    guard isTold, lever.type.base != .time else { return }
    // How things stand is no attempt, and nobody asks whether more of the same would help.
    let ends = ends.filter { $0 != lever.present && (lever.kind != .field || $0 < lever.present ?? Int64.max) }
    var best: (outcome: Prober.Outcome, end: Int64)?
    for end in ends where !prober.isSpent {
      guard let outcome = prober.outcome([lever.change(end)]) else { continue }
      if let known = best {
        let isNearer =
          outcome.refusal == nil
          && (known.outcome.refusal != nil || outcome.decision.shortfall < known.outcome.decision.shortfall)
        if !isNearer { continue }
      }
      best = (outcome, end)
    }
    // Another mistake instead of this one says nothing about this one.
    guard let best, best.outcome.refusal != nil || best.outcome.decision.denial == answer.denial else { return }
    let value = text.shown(lever.value(best.end), lever.type, word: lever.word)
    let place = "at \(value) "
    let reason: String
    if let refusal = best.outcome.refusal {
      reason = "\(place)refused: \(refusal)"
    } else {
      let explained = Explanation(
        best.outcome.decision, by: best.outcome.engine, account: best.outcome.account, words: question.labels)
      let code = best.outcome.decision.code(in: question.program) ?? "denied"
      reason = "\(place)still \(code): \(explained.decisive ?? "")"
    }
    cannot.append(Refused(kind: lever.kind, name: lever.name, reason: reason))
  }

  /// The rank of another denial that changes lead to; nil where there is none, or the same one as before.
  func rank(after changes: [Change]) -> Int64? {
    guard let outcome = prober.outcome(changes), outcome.refusal == nil, let denial = outcome.decision.denial,
      denial != answer.denial
    else { return nil }
    return question.program.denials[denial].rank
  }

  /// The levers that are near enough, for trying two at once.
  var pairable: [Lever] {
    levers.filter {
      !$0.isForAll && ($0.place != nil || $0.kind == .event || $0.kind == .card || $0.type.base == .bool)
    }
  }
}

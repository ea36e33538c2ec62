import Engine
import Language
import Ledger
import Values

/// One limit of an account or of a key that is in force: a cap with a number, an allowance, a gate that is closed.
struct LimitView {
  /// The rule, or the bucket of an allowance.
  var name: String
  var key: String?
  /// Nano-dollars; nil where the rule says only what is left.
  var used: Int64?
  var most: Int64?
  var left: Int64
  /// When it is counted anew; nil: never.
  var resets: Int64?
  /// What may not be drawn at all, and the denial for it; nil for a number.
  var closed: (bucket: String, code: String)?
  /// What it has been counting since; the beginning of time where it never began anew.
  var since = Window.ever.start

  /// How full it is.
  var gauge: (part: Int64, whole: Int64)? {
    guard let used, let most, most > 0 else { return nil }
    return (used, most)
  }
}

/// Finds the limits of an account by what its rules say.
struct LimitFinder {
  let standing: World.Standing
  private let program: Program
  private let layout: LedgerLayout
  private let names: BucketNames

  init(_ standing: World.Standing) {
    self.standing = standing
    program = standing.engine.program
    layout = standing.engine.compiled.layout
    names = BucketNames(program)
  }

  /// Those of the account, then those of each key.
  func all() -> [LimitView] { account() + standing.state.keyNames.indices.flatMap { key($0) } }

  func account() -> [LimitView] {
    let reader = standing.engine.reader(standing.state, at: standing.at)
    return allowances(reader)
      + program.rules.indices.filter { !readsKey($0) && !readsEvent($0) }.compactMap { view(of: $0, nil, reader) }
  }

  func key(_ key: Int) -> [LimitView] {
    let reader = standing.engine.reader(standing.state, key: key, at: standing.at)
    return program.rules.indices.filter { readsKey($0) && !readsEvent($0) }.compactMap { view(of: $0, key, reader) }
  }

  private func allowances(_ reader: FactReader) -> [LimitView] {
    program.buckets.indices.compactMap { index in
      guard let resets = program.buckets[index].resets else { return nil }
      let most = reader.evaluate(resets.allowance)
      guard most > 0 else { return nil }
      let left = reader.value(of: .posted(index))
      let window = window(resets.window, nil, reader)
      return LimitView(
        name: program.buckets[index].name, used: most - left, most: most, left: left, resets: end(of: window),
        since: window?.start ?? Window.ever.start)
    }
  }

  private func view(of rule: Int, _ key: Int?, _ reader: FactReader) -> LimitView? {
    let declared = program.rules[rule]
    let holds = declared.clauses.allSatisfy { reader.evaluate($0) != 0 }
    let keyName = key.map { standing.state.keyNames[$0] }
    switch declared.kind {
    case .gate(let bucket, let denial):
      guard !holds else { return nil }
      return LimitView(
        name: declared.name, key: keyName, left: 0, closed: (names[bucket], program.denials[denial].code))
    case .cap(_, let limit, _):
      guard holds else { return nil }
      let left = reader.evaluate(limit)
      guard left != ValueType.none else { return nil }
      var view = LimitView(name: declared.name, key: keyName, left: left)
      var sum = chosen(limit, reader)
      if case .named(let index) = sum.kind { sum = chosen(program.lets[index].value, reader) }
      var counted = sum
      if case .subtract(let most, let used) = sum.kind {
        (view.used, view.most, counted) = (reader.evaluate(used), reader.evaluate(most), used)
      }
      let windows = meters(in: counted, reader).map {
        window(program.meters[$0].window, program.meters[$0].scope == .key ? key : nil, reader)
      }
      view.resets = windows.compactMap { end(of: $0) }.min()
      view.since = windows.map { $0?.start ?? Window.ever.start }.min() ?? Window.ever.start
      return view
    case .deny, .on, .beforeDenial, .after: return nil
    }
  }

  // MARK: - What rules read

  private func facts(_ expr: Expr) -> Set<Fact> {
    var facts: Set<Fact> = []
    var seen: Set<Int> = []
    var waiting = [expr]
    while let expr = waiting.popLast() {
      switch expr.kind {
      case .fact(let fact): facts.insert(fact)
      case .named(let index): if seen.insert(index).inserted { waiting.append(program.lets[index].value) }
      default: waiting += expr.operands
      }
    }
    return facts
  }

  private func facts(ofRule rule: Int) -> Set<Fact> {
    var found = program.rules[rule].clauses.reduce(into: Set<Fact>()) { $0.formUnion(facts($1)) }
    if case .cap(_, let limit, _) = program.rules[rule].kind { found.formUnion(facts(limit)) }
    return found
  }

  private func readsKey(_ rule: Int) -> Bool {
    facts(ofRule: rule).contains { fact in
      switch fact {
      case .setting(let index): program.settings[index].scope == .key
      case .meter(let index): program.meters[index].scope == .key
      case .eventKey: true
      default: false
      }
    }
  }

  /// Whether it is about one event: then there is nothing to say before there is one.
  private func readsEvent(_ rule: Int) -> Bool {
    facts(ofRule: rule).contains { fact in
      switch fact {
      case .field, .record, .drawn, .covered, .shortfall, .own: true
      default: false
      }
    }
  }

  /// The branch of an `if` that counts now.
  private func chosen(_ expr: Expr, _ reader: FactReader) -> Expr {
    var expr = expr
    while case .choose(let condition, let then, let otherwise) = expr.kind {
      expr = reader.evaluate(condition) != 0 ? then : otherwise
    }
    return expr
  }

  /// The meters that a number is made of now.
  private func meters(in expr: Expr, _ reader: FactReader) -> [Int] {
    let expr = chosen(expr, reader)
    switch expr.kind {
    case .fact(.meter(let index)): return [index]
    case .named(let index): return meters(in: program.lets[index].value, reader)
    default: return expr.operands.flatMap { meters(in: $0, reader) }
    }
  }

  func window(_ kind: WindowKind, _ key: Int?, _ reader: FactReader) -> Window? {
    let windows = key == nil ? layout.accountWindows : layout.keyWindows
    guard let row = key == nil ? reader.trace.row : reader.trace.keyRow,
      let place = windows.first(where: { $0.kind == kind }), row.indices.contains(place.endSlot)
    else { return nil }
    return Window(start: row[place.startSlot], end: row[place.endSlot])
  }

  private func end(of window: Window?) -> Int64? {
    window.flatMap { $0.end < Instant.latest.microseconds && $0.end > 0 ? $0.end : nil }
  }
}

import Values

/// Facts and values in the words of rule files, for messages.
struct AuthorTerms {
  let program: Program
  private let names: [Int64: String]
  private let shortBuckets: [String]

  init(_ program: Program) {
    self.program = program
    names = Dictionary(program.names.map { ($0.value, $0.key) }, uniquingKeysWith: { min($0, $1) })
    let short = program.buckets.map { Names.split($0.name).name }
    shortBuckets = zip(program.buckets, short).map { bucket, name in
      short.count { $0 == name } == 1 ? name : bucket.name
    }
  }

  // MARK: - Names

  func bucket(_ index: Int) -> String { shortBuckets.indices.contains(index) ? shortBuckets[index] : "bucket" }

  func event(_ index: Int) -> String { program.events.indices.contains(index) ? program.events[index].name : "event" }

  /// A fact as an author writes it. `event` is the one at hand, for what is paid or missing.
  func name(_ fact: Fact, event: Int?) -> String {
    let prefix = event.map { self.event($0) + "." } ?? ""
    switch fact {
    case .now: return "now"
    case .cycleStart: return "cycle.start"
    case .cycleEnd: return "cycle.end"
    case .field(let event, let field):
      guard program.events.indices.contains(event), program.events[event].fields.indices.contains(field) else {
        return "field"
      }
      return "\(self.event(event)).\(program.events[event].fields[field].name)"
    case .setting(let index): return program.settings.indices.contains(index) ? program.settings[index].name : "setting"
    case .posted(let index): return bucket(index)
    case .available(let index): return bucket(index) + ".available"
    case .held(let index): return bucket(index) + ".held"
    case .drawn(let index): return bucket(index) + ".drawn"
    case .meter(let index): return program.meters.indices.contains(index) ? program.meters[index].name : "meter"
    case .last(let index): return "last \(self.event(index))"
    case .covered: return prefix + "paid"
    case .shortfall: return prefix + "shortfall"
    case .rescued: return prefix + "rescued"
    case .eventKey: return prefix + "key"
    case .collecting: return "collecting"
    case .record(let event, let field, let number):
      return name(.field(event: event, field: field), event: nil) + "." + program.name(of: number, in: fact)
    case .own(let kind, let number): return "\(kind.rawValue).\(program.name(of: number, in: fact))"
    case .total(let index):
      let derived = program.paymentDerivations
      return "payments.\(derived.indices.contains(index) ? derived[index].name : "sum")"
    case .previous(let inner): return "previous " + name(inner, event: event)
    }
  }

  // MARK: - Values

  /// A value as a literal of the rule language.
  func literal(_ value: Int64, _ type: ValueType) -> String {
    if value == ValueType.none { return "none" }
    switch type {
    case .money: return dollars(value)
    case .rate: return Rate(pico: value).description
    case .tokens: return value == 1 ? "1 token" : "\(value) tokens"
    case .integer, .key, .card, .record: return String(value)
    case .ratio: return Int32(truncatingIfNeeded: value) > 0 ? Ratio(packed: value).description : String(value)
    case .bool: return value == 0 ? "off" : "on"
    case .time: return time(value)
    case .duration: return TimeSpan(microseconds: value).description
    case .name: return names[value].map { "\"\($0)\"" } ?? "a name no table lists"
    case .enumeration(let members):
      return members.indices.contains(Int(clamping: value)) ? members[Int(value)] : String(value)
    }
  }

  private func dollars(_ nano: Int64) -> String {
    let text = Money(nano: nano).description
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  private func time(_ microseconds: Int64) -> String {
    let instant = Instant(microseconds: microseconds)
    guard instant.isInRange else { return "\(microseconds) microseconds" }
    return microseconds % Instant.perDay == 0 ? instant.dateText : instant.description
  }

  /// `funding.subscribed is off`, `balance = $0`, `limits.spending_limit is none`.
  func statement(_ name: String, _ value: Int64, _ type: ValueType) -> String {
    if value == ValueType.none { return "\(name) is none" }
    switch type {
    case .bool, .enumeration, .name: return "\(name) is \(literal(value, type))"
    case .key, .card, .record: return "\(name) is set"
    default: return "\(name) = \(literal(value, type))"
    }
  }

  /// Statements shown of one example; more are counted.
  private static let shownStatements = 8

  /// The facts of a witness that matter to these conditions, by the names the conditions use. Empty: nothing matters.
  func text(_ witness: Witness, for exprs: [Expr], event: Int?) -> String {
    let evaluation = Evaluation(program) { [program] in witness.value(of: $0, in: program) }
    var seen: Set<String> = []
    var statements: [String] = []
    var waiting = Array(exprs.reversed())
    while let expr = waiting.popLast() {
      waiting += expr.operands.reversed()
      let name: String
      switch expr.kind {
      case .fact(let fact):
        guard witness.relevant.contains(fact) else { continue }
        name = self.name(fact, event: event)
      case .named(let index):
        guard program.lets.indices.contains(index) else { continue }
        let read = FactsRead([expr], in: program).facts
        guard read.contains(where: witness.relevant.contains) else { continue }
        name = program.lets[index].name
      default: continue
      }
      guard seen.insert(name).inserted, let value = evaluation.value(expr) else { continue }
      statements.append(statement(name, value, expr.type.base))
    }
    if statements.count > AuthorTerms.shownStatements {
      let more = statements.count - AuthorTerms.shownStatements
      statements = statements.prefix(AuthorTerms.shownStatements) + ["\(more) more"]
    }
    guard let last = statements.popLast() else { return "" }
    return statements.isEmpty ? last : statements.joined(separator: ", ") + " and " + last
  }
}

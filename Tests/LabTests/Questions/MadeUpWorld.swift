import Engine
import Language
import Ledger
import Standard
import Testing
import Values

@testable import Lab

/// The shipped rules with a short price list, compiled once.
enum QuestionStage {
  static let rules: Result<LoadedRules, Error> = Result { try load() }

  static func load(adding extra: [(name: String, text: String)] = []) throws -> LoadedRules {
    let list = """
      model,input,cached,output
      gpt-4o,2.5,1.25,10
      o1,15,7.5,60
      mini,0.15,,0.6
      free,0,,0

      """
    var texts = try RuleFolder(Place.rules).texts().replacing("pricing/prices.csv", Array(list.utf8))
    for (name, text) in extra { texts = try texts.replacing(name, Array(text.utf8)) }
    let rules = LoadedRules(texts, vocabulary: StandardPlugin.vocabulary)
    try #require(!rules.diagnostics.hasErrors, "\(rules.diagnostics)")
    return rules
  }
}

/// An account to which anything may have happened, and an event for it: made of what the program declares and nothing else.
struct MadeUpWorld {
  var engine: RuleEngine
  var account: AccountState
  var now: Int64
  var random: SeededGenerator
  private let anchors: [Int64]

  var program: Program { engine.program }

  init(_ engine: RuleEngine, seed: UInt64) {
    self.engine = engine
    random = SeededGenerator(seed: seed)
    now = 1_767_225_600_000_000 + Int64.random(in: 0..<700, using: &random) * Instant.perDay
    now += Int64.random(in: 0..<86_400, using: &random) * Instant.perSecond
    anchors = [now, now - 3 * Instant.perDay, now - 40 * Instant.perDay, now + 2 * Instant.perDay]
    account = engine.newAccount()
    for name in ["k1", "dev", "a key"].prefix(Int.random(in: 1...3, using: &random)) { account.addKey(name) }
    if Bool.random(using: &random) { account.addCard("visa") }
    settle()
    var journal = Journal()
    for bucket in program.buckets.indices where Int.random(in: 0..<4, using: &random) > 0 {
      let most: Int64 = [1, 5, 20, 200].randomElement(using: &random) ?? 1
      let amount = Int64.random(in: 0...most * 1_000, using: &random) * Money.nanoPerDollar / 1_000
      if program.buckets[bucket].keepsLots, Bool.random(using: &random) {
        try? engine.open(
          payment: "p1", amount: amount / Money.nanoPerCent * Money.nanoPerCent + Money.nanoPerDollar,
          card: account.cardNames.isEmpty ? nil : 0,
          bucket: bucket, in: &account, at: now, journal: &journal)
      } else if program.buckets[bucket].resets == nil {
        try? engine.adjust(bucket: bucket, to: amount, in: &account, at: now)
      }
    }
    for meter in program.meters.indices where program.meters[meter].type == .money && Bool.random(using: &random) {
      let key = program.meters[meter].scope == .key ? 0 : nil
      try? engine.adjust(
        meter: meter, to: Int64.random(in: 0...20_000, using: &random) * Money.nanoPerDollar / 1_000, key: key,
        in: &account, at: now)
    }
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      now += Int64.random(in: 0...7_200, using: &random) * Instant.perSecond
      take(event(ofKind: nil), id: "e\(Int.random(in: 0..<1_000_000, using: &random))")
    }
  }

  mutating func take(_ input: EventInput, id: String) {
    var input = input
    input.id = id
    var journal = Journal()
    var provider = ScriptedProvider()
    _ = try? engine.submit(input, to: &account, journal: &journal, asking: &provider)
  }

  /// Sets some settings to values of their types, as far as the rules allow.
  private mutating func settle() {
    for (index, setting) in program.settings.enumerated() where Int.random(in: 0..<3, using: &random) == 0 {
      // A switch of a key mostly takes it away.
      if setting.scope == .key, setting.type.base == .bool, Int.random(in: 0..<4, using: &random) > 0 { continue }
      let value = value(setting.type, setting.range)
      let key = setting.scope == .key ? Int.random(in: 0..<account.keyCount, using: &random) : nil
      try? engine.change(index, to: value, key: key, in: &account, at: now)
    }
  }

  mutating func value(_ type: QualifiedType, _ range: ValueRange) -> Int64 {
    if type.isOptional, Int.random(in: 0..<3, using: &random) == 0 { return ValueType.none }
    let (low, high) = (Int64(clamping: range.low), Int64(clamping: range.high))
    func within(_ value: Int64) -> Int64 { min(max(value, low), high) }
    switch type.base {
    case .money:
      let digits: [Int64] = [1, 100, 2_000, 10_000_000, 1_000_000_000]
      let unit = digits.randomElement(using: &random) ?? 1
      return within(Int64.random(in: 0...30, using: &random) * unit * (unit < 1_000_000 ? 50_000 : 1))
    case .tokens:
      return within(Int64.random(in: 0...[10, 5_000, 200_000].randomElement(using: &random)!, using: &random))
    case .integer: return within(Int64.random(in: 0...10, using: &random))
    case .rate: return within(Int64.random(in: 0...20, using: &random) * 1_000_000)
    case .ratio: return (Ratio(Int64.random(in: 1...20, using: &random), over: 20) ?? Ratio.one).packed
    case .bool: return Int64.random(in: 0...1, using: &random)
    case .time: return anchors.randomElement(using: &random) ?? now
    case .duration: return within(Int64.random(in: 1...48, using: &random) * Instant.perHour)
    case .name:
      return program.symbol(
        ["gpt-4o", "o1", "mini", "gpt-4o", "o1", "mini", "free", "nobody"].randomElement(using: &random)!)
    case .key: return Int64.random(in: 0..<Int64(account.keyCount), using: &random)
    case .card: return account.cardNames.isEmpty ? Int64(account.addCard("visa")) : 0
    case .record(let kind):
      let count =
        switch kind {
        case .hold: account.holds.count
        case .payment: account.payments.count
        case .refund: account.refunds.count
        }
      return count == 0 || Int.random(in: 0..<10, using: &random) == 0
        ? -1 : Int64(Int.random(in: 0..<count, using: &random))
    case .enumeration(let members): return Int64(Int.random(in: members.indices, using: &random))
    }
  }

  /// An event of a kind, or of any that is no answer of a provider.
  ///
  /// - Parameter isSound: what it names is mostly known, and its later counts are parts of its first.
  mutating func event(ofKind wanted: Int?, isSound: Bool = false) -> EventInput {
    let kinds = program.events.indices.filter { !program.roles.answers.contains($0) }
    let kind = wanted ?? kinds.randomElement(using: &random) ?? 0
    let declared = program.events[kind]
    var labels: [Transaction.Label] = []
    var fields: [Int64] = []
    var mostCounted: Int64?
    for field in declared.fields.prefix(declared.givenCount) {
      // What people mostly leave out is mostly left out.
      let usual = field.value ?? (field.type.isOptional ? ValueType.none : nil)
      if isSound, field.type.base == .key || field.type.base == .name {
        var named = value(QualifiedType(field.type.base), field.range)
        if field.type.base == .name, named < 0, Int.random(in: 0..<10, using: &random) > 0 {
          named = program.symbol("mini")
        }
        fields.append(named)
      } else if let usual, Int.random(in: 0..<5, using: &random) < 2 {
        fields.append(usual)
      } else {
        fields.append(value(field.type, field.range))
      }
      if isSound, field.type.base == .tokens {
        fields[fields.count - 1] = min(fields[fields.count - 1], mostCounted ?? Int64.max)
        mostCounted = mostCounted ?? fields.last
      }
      if field.type.base == .name, let value = fields.last, value != ValueType.none {
        labels.append(Transaction.Label(field.name, program.names.first { $0.value == value }?.key ?? "nobody"))
      }
    }
    return EventInput(event: kind, id: "", at: now, fields: fields, labels: labels)
  }
}

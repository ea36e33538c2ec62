import Engine
import Language
import Ledger
import Values

/// Writes what an account has as the `given` lines of a scenario, and what happens to it as `when` and `then` lines.
public struct ScenarioWriter {
  /// Where the clock of the scenario starts, in microseconds since 1970.
  public let start: Int64
  public private(set) var lines: [String] = []
  /// What a scenario has no words for, and the account has.
  public private(set) var unstated: [String] = []
  private let engine: RuleEngine
  private let account: AccountState
  private let text: LineText

  /// - Parameters:
  ///   - title: what the scenario shows.
  ///   - account: as it is before anything happens.
  public init(_ title: String, _ account: AccountState, by engine: RuleEngine, at start: Int64) {
    self.start = account.effectiveTime(start)
    self.engine = engine
    self.account = account
    text = LineText(engine.program, account)
    lines.append("scenario \(LineText.quoted(title))")
    lines.append("at     \(Instant(microseconds: self.start))")
    var givens = settings + keys + records
    givens += keyMeters
    for (place, given) in givens.enumerated() { lines.append((place == 0 ? "given  " : "       ") + given) }
  }

  private var program: Program { engine.program }
  private var reader: FactReader { engine.reader(account, at: start) }

  // MARK: - given

  private var settings: [String] {
    program.settings.enumerated().compactMap { index, setting in
      let stored: Int64
      switch setting.scope {
      case .global: stored = engine.globals[engine.compiled.layout.settings[index].slot]
      case .account: stored = account.stored(setting: index)
      case .key: return nil
      }
      guard stored != LedgerLayout.unset, stored != setting.value(at: start) else { return nil }
      return (setting.scope == .global ? "global " : "")
        + "\(setting.name) \(text.value(stored, setting.type, word: nil))"
    }
  }

  private var keys: [String] {
    account.keyNames.enumerated().map { key, name in
      var line = "key \(LineText.quoted(name))"
      let values = program.settings.enumerated().compactMap { index, setting -> String? in
        guard setting.scope == .key else { return nil }
        let stored = account.stored(setting: index, key: key)
        return stored == LedgerLayout.unset || stored == setting.value(at: start)
          ? nil : "\(setting.name) \(text.value(stored, setting.type, word: nil))"
      }
      if !values.isEmpty { line += " with " + values.joined(separator: " and ") }
      return line
    }
  }

  private var keyMeters: [String] {
    account.keyNames.enumerated().flatMap { key, name -> [String] in
      let facts = engine.reader(account, key: key, at: start)
      return program.meters.enumerated().compactMap { index, meter in
        guard meter.scope == .key else { return nil }
        return stated(meter, facts.value(of: .meter(index))).map { "\($0) for key \(LineText.quoted(name))" }
      }
    } + accountMeters
  }

  private var accountMeters: [String] {
    let facts = reader
    return program.meters.enumerated().compactMap { index, meter in
      meter.scope == .key ? nil : stated(meter, facts.value(of: .meter(index)))
    }
  }

  private func stated(_ meter: Meter, _ value: Int64) -> String? {
    value == 0 ? nil : "\(meter.name) is \(text.value(value, QualifiedType(meter.type), word: nil))"
  }

  /// Buckets, their lots and the payments these came from.
  private var records: [String] {
    mutating get {
      var lines: [String] = []
      let order = engine.burnOrder(at: start)
      for (index, bucket) in program.buckets.enumerated() {
        let posted = reader.value(of: .posted(index))
        guard bucket.keepsLots else {
          if posted != 0 || bucket.resets != nil { lines.append("\(bucket.name) is \(Money(nano: posted))") }
          continue
        }
        lines += lots(of: index, posted, order)
      }
      for hold in account.openHolds.map({ account.holds[$0] }) where hold.expiresAt > start {
        unstated.append("the open hold `\(hold.id)`")
      }
      for payment in account.payments {
        if payment.state == .pending { unstated.append("the payment `\(payment.id)`, which is not answered yet") }
        if payment.clawback != nil { unstated.append("the dispute of the payment `\(payment.id)`") }
        if payment.refunded > 0 {
          unstated.append("the refund of \(Money(nano: payment.refunded)) of the payment `\(payment.id)`")
        }
      }
      return lines
    }
  }

  private func lots(of bucket: Int, _ posted: Int64, _ order: BurnOrder) -> [String] {
    let name = program.buckets[bucket].name
    if posted < 0 { return ["\(name) is -\(Money(nano: -posted))"] }
    var lines: [String] = []
    for lot in account.lots(of: bucket, order: order) {
      let payment = account.payments.first { $0.lot == lot.number && $0.bucket == bucket && $0.state == .paid }
      if let payment, program.paidBucket == bucket {
        var line = "payment \(LineText.quoted(payment.id)) \(Money(nano: lot.amount))"
        if let card = payment.card, account.cardNames.indices.contains(card) {
          line += " card \(LineText.quoted(account.cardNames[card]))"
        }
        if lot.remaining < lot.amount { line += " with \(Money(nano: lot.amount - lot.remaining)) spent" }
        lines.append(line)
      } else if lot.remaining > 0 {
        let kind = program.lotKinds.indices.contains(lot.kind) ? program.lotKinds[lot.kind] : "paid"
        lines.append("\(name) is \(Money(nano: lot.remaining)) \(kind)")
      }
    }
    return lines
  }

  // MARK: - when and then

  /// An event, as a line of its own.
  public mutating func add(_ call: EventCall) {
    lines.append("when   \(ScenarioWriter.line(of: call, on: account, by: engine))")
  }

  /// An event as scenarios have it behind `when`, without its id and its time.
  public static func line(of call: EventCall, on account: AccountState, by engine: RuleEngine) -> String {
    var words: [Int: String] = [:]
    var fields: [Int64] = []
    var account = account
    let declared = engine.program.events[call.event]
    for (place, value) in call.fields.enumerated() {
      switch value {
      case .number(let number): fields.append(number)
      case .text(let word):
        words[place] = word
        fields.append(engine.number(of: value, declared.fields[place].type.base, in: &account) ?? ValueType.none)
      }
    }
    return LineText(engine.program, account).event(call.event, fields, words: words)
  }

  /// A change of a setting as scenarios have it behind `when`.
  public static func line(
    setting: Int, to value: EventCall.Value, key: String?, on account: AccountState, by engine: RuleEngine
  ) -> String {
    var account = account
    let declared = engine.program.settings[setting]
    let number = engine.number(of: value, declared.type.base, in: &account) ?? ValueType.none
    var word: String?
    if case .text(let text) = value { word = text }
    let whose = key.map { " for key \(LineText.quoted($0))" } ?? ""
    return
      "set \(declared.name) to \(LineText(engine.program, account).value(number, declared.type, word: word))\(whose)"
  }

  /// A deed as somebody typed it.
  public mutating func add(when line: String) { lines.append("when   \(line)") }

  /// What came of the last one: the answer, who paid, what was asked of the provider, and what the account has then.
  ///
  /// - Parameter after: the account as it was left, and the time it is.
  public mutating func add(_ answer: SimulatedAnswer, after: (account: AccountState, at: Int64)?) {
    guard let decision = answer.decision else {
      if let refusal = answer.refusal { lines.append("then   refused \(LineText.quoted(refusal))") }
      return
    }
    var checks: [String] = []
    switch decision.verdict {
    case .allowed: checks.append(decision.isReplay ? "replayed" : "allowed")
    case .conflict: checks.append("conflict")
    case .waiting: checks.append("waiting")
    case .denied:
      checks.append(
        "denied" + (answer.denial.map { " with \($0)" } ?? "") + (answer.decider.map { " by \($0)" } ?? ""))
    }
    for (bucket, drawn) in zip(program.buckets, decision.drawn) where drawn != 0 {
      checks.append("\(bucket.name) pays \(Money(nano: drawn))")
    }
    for asked in answer.collections {
      checks.append("collects \(asked.amount)" + (asked.card.map { " from \(LineText.quoted($0))" } ?? ""))
    }
    for asked in answer.refunds {
      checks.append("refunds \(asked.amount)" + (asked.card.map { " to \(LineText.quoted($0))" } ?? ""))
    }
    if decision.absorbed > 0 { checks.append("absorbs \(Money(nano: decision.absorbed))") }
    checks += answer.notices.map { "notified \($0)" }
    if let after {
      let facts = engine.reader(after.account, at: after.at)
      for (index, bucket) in program.buckets.enumerated() {
        let posted = facts.value(of: .posted(index))
        checks.append("\(bucket.name) is \(posted < 0 ? "-\(Money(nano: 0 - posted))" : "\(Money(nano: posted))")")
      }
    }
    for (place, check) in checks.enumerated() { lines.append((place == 0 ? "then   " : "       ") + check) }
  }

  /// What somebody expected.
  public mutating func add(then line: String) { lines.append("then   \(line)") }

  /// What the provider is going to say.
  public mutating func add(given line: String) { lines.append("given  \(line)") }

  /// The whole as a file has it.
  public var file: String { lines.joined(separator: "\n") + "\n" }
}

import Engine
import Language
import Ledger
import Values

/// One thing that can be tried otherwise.
struct Lever {
  var kind: Way.Kind
  var name: String
  var type: QualifiedType
  /// Nil: it is not there.
  var present: Int64?
  var domain: Domain
  /// How early the decision reads it; nil: only remotely.
  var place: Int?
  var isForAll = false
  /// The change that gives it a number of the domain.
  var change: (Int64) -> Change
  /// The number of the domain as a value of the type.
  var value: (Int64) -> Int64 = { $0 }
  /// What the value is called where the rules have no name for it.
  var word: String?
  /// What the caller called the value it has.
  var presentWord: String?
  /// It is told by its line, not by a value.
  var tellsLine = false
  /// Somebody pays for it.
  var isPaidFor = false

  enum Domain {
    case axis(Axis)
    case choices([Int64])
  }
}

/// Everything that can be tried otherwise with one event, found in the declarations of the program.
struct LeverList {
  let question: Question
  let account: AccountState
  let order: ReadingOrder
  let reader: FactReader
  private(set) var levers: [Lever] = []

  private var program: Program { question.program }

  init(_ question: Question, _ account: AccountState, _ order: ReadingOrder) {
    self.question = question
    self.account = account
    self.order = order
    reader = question.engine.reader(account, key: question.key, at: question.input.at)
    addFields()
    addSettings()
    addMoney()
    addSimpleEvents()
    addReleases()
  }

  // MARK: - Fields

  private mutating func addFields() {
    let event = program.events[question.input.event]
    for (place, field) in event.fields.prefix(event.givenCount).enumerated() {
      let value = question.input.fields[place]
      guard order.matters(.field(event: question.input.event, field: place)) || place == event.keyField else {
        continue
      }
      let near = order.place(.field(event: question.input.event, field: place))
      var word: String?
      var kind = Way.Kind.field
      var domain: Lever.Domain?
      switch field.type.base {
      case .key:
        let others = (0..<account.keyCount).map(Int64.init).filter { $0 != value }.prefix(16)
        (kind, domain) = (.key, .choices(Array(others)))
      case .card:
        (kind, word) = (.card, Question.newCard)
        domain = .choices(
          cards(but: value) + (field.type.isOptional && value != ValueType.none ? [ValueType.none] : []))
      case .name:
        guard field.type.isOptional else { continue }
        // Somebody is no name that rules know.
        (word, domain) = (Question.somebody, .choices([value == ValueType.none ? -1 : ValueType.none]))
      case .record(let kind):
        // An id that nobody knows may have been meant for another; what was named stays what it is.
        if value < 0, value != ValueType.none { domain = .choices(latest(kind)) }
        if field.type.isOptional, value != ValueType.none { domain = .choices([ValueType.none]) }
      default: domain = self.domain(field.type, field.range, present: value)
      }
      guard let domain else { continue }
      let number = encoding(field.type.base)
      levers.append(
        Lever(
          kind: kind, name: field.name, type: field.type, present: value == ValueType.none ? nil : value,
          domain: domain,
          place: near ?? (kind == .key && order.near.contains(.eventKey) ? 0 : nil),
          change: { .field(place, number($0), word: $0 == ValueType.none ? nil : word) }, value: number, word: word,
          presentWord: question.words[place]))
    }
  }

  /// The latest records of a kind that can be named.
  private func latest(_ kind: RecordKind) -> [Int64] {
    let names: [(Int, String)]
    switch kind {
    case .hold: names = account.holds.numbers.map { ($0, account.holds[$0].id) }
    case .payment: names = account.payments.indices.map { ($0, account.payments[$0].id) }
    case .refund: names = account.refunds.indices.map { ($0, account.refunds[$0].key) }
    }
    return names.suffix(4).reversed().filter { !$1.isEmpty && account.number(of: kind, named: $1) == $0 }.map {
      Int64($0.0)
    }
  }

  private func cards(but value: Int64) -> [Int64] {
    // The last one is nobody's yet.
    account.cardNames.indices.map(Int64.init).filter { $0 != value }.suffix(4).reversed()
  }

  // MARK: - Settings

  private mutating func addSettings() {
    for (index, setting) in program.settings.enumerated() where order.matters(.setting(index)) {
      let key = setting.scope == .key ? question.key : nil
      if setting.scope == .key, key == nil { continue }
      let value = reader.value(of: .setting(index))
      var kind = Way.Kind.setting
      let domain: Lever.Domain?
      switch setting.type.base {
      case .card:
        kind = .card
        domain = .choices(
          cards(but: value) + (setting.type.isOptional && value != ValueType.none ? [ValueType.none] : []))
      case .name, .key, .record:
        domain = setting.type.isOptional && value != ValueType.none ? .choices([ValueType.none]) : nil
      default: domain = self.domain(setting.type, setting.range, present: value)
      }
      guard let domain else { continue }
      let number = encoding(setting.type.base)
      let whose = key.map { " for key \(account.keyNames[$0])" } ?? ""
      levers.append(
        Lever(
          kind: kind, name: setting.name + whose, type: setting.type, present: value == ValueType.none ? nil : value,
          domain: domain, place: order.place(.setting(index)), isForAll: setting.scope == .global,
          change: { .setting(index, key: key, number($0)) }, value: number, word: Question.newCard))
      // No value at all, where one stands in the way.
      if setting.type.isOptional, value != ValueType.none, case .axis = domain {
        levers.append(
          Lever(
            kind: kind, name: setting.name + whose, type: setting.type, present: value,
            domain: .choices([ValueType.none]),
            place: order.place(.setting(index)), isForAll: setting.scope == .global,
            change: { .setting(index, key: key, $0) }))
      }
    }
  }

  /// What of a type can be tried; nil for a type nothing can be tried of.
  private func domain(_ type: QualifiedType, _ range: ValueRange, present value: Int64) -> Lever.Domain? {
    let present = value == ValueType.none ? nil : value
    let (low, high) = (Int64(clamping: range.low), Int64(clamping: range.high))
    switch type.base {
    case .bool: return .choices([0, 1].filter { $0 != value })
    case .enumeration(let members):
      let others = members.indices.map(Int64.init).filter { $0 != value }
      return .choices(others + (type.isOptional && present != nil ? [ValueType.none] : []))
    case .money: return axis(low, high, present, [1, Money.nanoPerUnit, Money.nanoPerCent], .money)
    case .tokens, .integer: return axis(low, high, present, [1], type.base)
    case .rate: return axis(low, high, present, [1, 1_000_000], .rate)
    case .duration: return axis(low, high, present, [Instant.perSecond], .duration)
    case .time: return axis(low, high, present, [Instant.perSecond], .time)
    case .ratio:
      // In hundredths.
      let hundredths = present.map { Ratio(packed: $0) }.map {
        Int64($0.numerator) * 100 / Int64(max(1, $0.denominator))
      }
      return .axis(
        Axis(low: 0, high: 100 * ValueType.largestRatio, present: hundredths, steps: [1], hints: [0, 1, 100]))
    case .name, .key, .card, .record: return nil
    }
  }

  private func axis(_ low: Int64, _ high: Int64, _ present: Int64?, _ steps: [Int64], _ type: ValueType) -> Lever.Domain
  {
    let known = order.numbers[type] ?? []
    var hints = known
    if type == .time { hints.insert(question.input.at) }
    for number in known.union(type == .money ? order.numbers[.money] ?? [] : []) {
      guard let present else { break }
      for (sum, overflow) in [present.addingReportingOverflow(number), present.subtractingReportingOverflow(number)]
      where !overflow { hints.insert(sum) }
    }
    let inside = hints.filter { $0 >= low && $0 <= high }
    return .axis(Axis(low: low, high: high, present: present, steps: steps, hints: Array(inside)))
  }

  private func encoding(_ type: ValueType) -> (Int64) -> Int64 {
    guard case .ratio = type else { return { $0 } }
    return { $0 == ValueType.none ? $0 : (Ratio($0, over: 100)?.packed ?? Ratio.one.packed) }
  }

  // MARK: - Events before it

  /// Events that bring as much money as one of their fields says: found by what their rules do.
  private mutating func addMoney() {
    for (index, event) in program.events.enumerated()
    where index != question.input.event && !program.roles.answers.contains(index) {
      let operations = onRules(of: index).flatMap(\.effects).flatMap(\.operations)
      var amounts: [(field: Int, bucket: Int, isPaidFor: Bool)] = []
      for operation in operations {
        let (amount, bucket, isPaidFor): (Expr, Int, Bool)
        switch operation {
        case .credit(let expr, let target, _): (amount, bucket, isPaidFor) = (expr, target, false)
        case .collect(let expr, _, let target, _): (amount, bucket, isPaidFor) = (expr, target, true)
        default: continue
        }
        guard let field = moneyField(amount, of: index), !amounts.contains(where: { $0.field == field }) else {
          continue
        }
        amounts.append((field, bucket, isPaidFor))
      }
      for (field, bucket, isPaidFor) in amounts {
        guard let usual = usualFields(of: index, but: field) else { continue }
        let low = Int64(clamping: max(0, event.fields[field].range.low))
        let high = Int64(clamping: event.fields[field].range.high)
        guard low <= high else { continue }
        var hints = order.numbers[.money] ?? []
        for fact in question.engine.compiled.factsDeciding(event: index) {
          guard case .setting(let setting) = fact, program.settings[setting].type.base == .money else { continue }
          let value = reader.value(of: fact)
          if value > ValueType.unset { hints.insert(value) }
        }
        let inside = hints.flatMap { [$0, Axis.rounded($0, to: Money.nanoPerCent, up: true) ?? $0] }
          .filter { $0 >= low && $0 <= high }
        let axis = Axis(
          low: low, high: high, present: 0, steps: [1, Money.nanoPerUnit, Money.nanoPerCent], hints: Array(Set(inside)))
        // With the card it would take by itself, else with one made up.
        for fields in [usual] + withCard(usual, of: index) {
          levers.append(
            Lever(
              kind: .event, name: event.name, type: event.fields[field].type, present: nil, domain: .axis(axis),
              place: order.buckets.contains(bucket) ? 0 : order.place(.available(bucket)),
              change: { amount in
                var fields = fields
                fields[field] = amount
                return .event(index, fields)
              }, tellsLine: fields != usual, isPaidFor: isPaidFor))
        }
      }
    }
  }

  private func onRules(of event: Int) -> [Rule] {
    program.rules.filter { rule in if case .on(let events) = rule.kind { events.contains(event) } else { false } }
  }

  /// The given field of an event that an amount is read from.
  private func moneyField(_ amount: Expr, of event: Int) -> Int? {
    var found: Int?
    amount.walk { expr in
      if case .fact(.field(event, let field)) = expr.kind, field < program.events[event].givenCount,
        program.events[event].fields[field].type.base == .money
      {
        found = found ?? field
      }
    }
    return found
  }

  /// The fields of an event that was given none but one; nil where another must be given.
  private func usualFields(of event: Int, but given: Int?) -> [Int64]? {
    let declared = program.events[event]
    var fields: [Int64] = []
    for (place, field) in declared.fields.prefix(declared.givenCount).enumerated() {
      if place == given {
        fields.append(0)
      } else if place == declared.keyField, let key = question.key {
        fields.append(Int64(key))
      } else if let value = field.value ?? (field.type.isOptional ? ValueType.none : nil) {
        fields.append(value)
      } else {
        return nil
      }
    }
    return fields
  }

  private func withCard(_ fields: [Int64], of event: Int) -> [[Int64]] {
    let declared = program.events[event]
    guard let place = (0..<declared.givenCount).first(where: { declared.fields[$0].type.base == .card }),
      fields[place] == ValueType.none, let card = cards(but: ValueType.none).first
    else { return [] }
    var fields = fields
    fields[place] = card
    return [fields]
  }

  /// Events that need nothing said, or only which of a few words.
  private mutating func addSimpleEvents() {
    for (index, event) in program.events.enumerated()
    where index != question.input.event && !program.roles.answers.contains(index) {
      guard moves(index) else { continue }
      var rows: [[Int64]] = [[]]
      var isSimple = true
      for (place, field) in event.fields.prefix(event.givenCount).enumerated() {
        let usual = field.value ?? (field.type.isOptional ? ValueType.none : nil)
        let choices: [Int64]
        switch field.type.base {
        case .bool: choices = [0, 1]
        case .enumeration(let members):
          choices = members.indices.map(Int64.init) + (field.type.isOptional ? [ValueType.none] : [])
        case .card where usual == nil: choices = cards(but: ValueType.none).suffix(1)
        case .key where place == event.keyField && question.key != nil: choices = question.key.map { [Int64($0)] } ?? []
        default:
          guard let usual else {
            isSimple = false
            continue
          }
          choices = [usual]
        }
        rows = rows.flatMap { row in choices.map { row + [$0] } }
        if rows.count > 32 { rows = Array(rows.prefix(32)) }
      }
      guard isSimple, !rows.isEmpty else { continue }
      // What says least comes first.
      let usual = event.fields.prefix(event.givenCount).map { $0.value ?? ($0.type.isOptional ? ValueType.none : nil) }
      func said(_ row: [Int64]) -> Int { zip(row, usual).count { $0 != $1 } }
      let kept = rows.enumerated().sorted { (said($0.element), $0.offset) < (said($1.element), $1.offset) }.map(
        \.element)
      levers.append(
        Lever(
          kind: event.fields.contains { $0.type.base == .card && $0.value == nil && !$0.type.isOptional }
            ? .card : .event,
          name: event.name, type: QualifiedType(.integer), present: nil, domain: .choices(kept.indices.map(Int64.init)),
          place: settingsMoved(by: index).compactMap { order.place(.setting($0)) }.min(),
          change: { .event(index, kept[Int($0)]) }, tellsLine: true))
    }
  }

  /// Whether the rules of an event change something that this decision reads.
  private func moves(_ event: Int) -> Bool {
    if order.all.contains(.last(event)) { return true }
    return onRules(of: event).flatMap(\.effects).flatMap(\.operations).contains { operation in
      switch operation {
      case .set(let setting, _): order.matters(.setting(setting))
      case .notify: false
      default: true
      }
    }
  }

  private func settingsMoved(by event: Int) -> [Int] {
    onRules(of: event).flatMap(\.effects).flatMap(\.operations).compactMap {
      if case .set(let setting, _) = $0 { setting } else { nil }
    }
  }

  /// Giving back what an open hold reserves.
  private mutating func addReleases() {
    let open = account.holds.numbers.filter { account.holds[$0].state == .open }.prefix(8)
    guard !open.isEmpty else { return }
    for (index, event) in program.events.enumerated() where index != question.input.event {
      for case .release(let hold) in onRules(of: index).flatMap(\.effects).flatMap(\.operations) {
        guard case .fact(.field(index, let field)) = hold.kind, let usual = usualFields(of: index, but: field) else {
          continue
        }
        let holds = open.filter {
          !account.holds[$0].id.isEmpty && account.number(of: .hold, named: account.holds[$0].id) == $0
        }
        guard !holds.isEmpty else { continue }
        levers.append(
          Lever(
            kind: .event, name: event.name, type: event.fields[field].type, present: nil,
            domain: .choices(holds.map(Int64.init)), place: order.near.count,
            change: { hold in
              var fields = usual
              fields[field] = hold
              return .event(index, fields)
            }, tellsLine: true))
      }
    }
  }
}

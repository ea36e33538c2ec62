import Backtest
import Engine
import Formats
import Language
import Ledger
import Store
import Values

/// One account's entries of a period, turned into occurrences.
///
/// What belongs to the conversation with the payment provider is told with the event that began it: answers that came at once,
/// and the event taken up again. Answers that came later are occurrences of their own.
struct AccountReading {
  /// Entries per batch.
  static let batch = 2_000

  let account: String
  private let traffic: StoreTraffic
  private(set) var isAtEnd = false
  /// The entry read last.
  private var place: Int64
  /// Global settings that are still to come.
  private var global: ArraySlice<StoredSettingChange>
  /// By the event that asked: requests nobody has told of yet.
  private var asks: [Asker: [Ask]] = [:]
  /// By the key of a request: what it was, once it is known that the answer came late.
  private var late: [String: LateAnswer] = [:]
  /// Events that wait: the entry that takes them up tells nothing new.
  private var waiting = Set<Asker>()
  private let answerKinds: Set<String>

  private struct Asker: Hashable {
    var kind: String
    var id: String
  }

  private struct Ask {
    var kind: ProviderRequest.Kind
    var key: String
    var answer: ProviderAnswer
  }

  init?(_ account: String, _ traffic: StoreTraffic, _ reader: StoreReader) throws {
    self.account = account
    self.traffic = traffic
    let window = traffic.window
    let first = try reader.events(
      account: account, before: traffic.last + 1, from: window.start, to: window.end, oldestFirst: true, limit: 1)
    guard let first = first.first else { return nil }
    place = first.seq - 1
    global = traffic.global.filter { $0.event > first.seq }[...]
    let isNew = try reader.events(account: account, before: first.seq, limit: 1).isEmpty
    let program = try reader.engine.program
    answerKinds = Set(program.roles.answers.map { program.events[$0].name })
    let state = try reader.account(account)
    var cards: [String: ProviderAnswer] = [:]
    for payment in state.payments {
      guard let answer = AccountReading.answer(payment.state) else { continue }
      if let card = payment.card, state.cardNames.indices.contains(card) { cards[state.cardNames[card]] = answer }
      guard program.events.indices.contains(payment.event) else { continue }
      asks[Asker(kind: program.events[payment.event].name, id: payment.origin), default: []]
        .append(Ask(kind: .collect, key: payment.key, answer: answer))
    }
    for refund in state.refunds where program.events.indices.contains(refund.event) {
      let answer: ProviderAnswer =
        switch refund.state {
        case .pending: .pending
        case .paid: .paid
        case .failed: .failed("")
        }
      asks[Asker(kind: program.events[refund.event].name, id: refund.origin), default: []]
        .append(Ask(kind: .refund, key: refund.key, answer: answer))
    }
    // What was asked before the period and answered in it.
    if !isNew { try findOlder(than: first.seq, reader) }
    cards = cards.filter { $0.value != .pending }
    traffic.begin(account, StoreTraffic.Beginning(first: first.seq, isNew: isNew, cards: cards))
  }

  private static func answer(_ state: Payment.State) -> ProviderAnswer? {
    switch state {
    case .pending: .pending
    case .paid: .paid
    case .declined: .declined("")
    case .failed: .failed("")
    }
  }

  private mutating func findOlder(than first: Int64, _ reader: StoreReader) throws {
    for (asker, requests) in asks {
      let before = try reader.events(account: account, kind: asker.kind, id: asker.id, before: first, limit: 1)
      guard !before.isEmpty else { continue }
      var numbers: [ProviderRequest.Kind: Int] = [:]
      for ask in requests {
        let number = numbers[ask.kind, default: 0]
        numbers[ask.kind] = number + 1
        guard let answered = try answerEntry(ask.key, after: 0, reader), answered.seq >= first else { continue }
        late[ask.key] = LateAnswer(
          event: asker.kind, id: asker.id, number: number, said: RecordedAnswer(ask.kind, ask.answer))
        if before.first?.verdict == "waiting" { waiting.insert(asker) }
      }
      asks[asker] = nil
    }
  }

  /// The entry that told what was said to a request: known by the request's key, or naming it.
  private func answerEntry(_ key: String, after seq: Int64, _ reader: StoreReader) throws -> StoredEvent? {
    let known = try reader.events(
      account: account, id: key, before: traffic.last + 1, after: seq, oldestFirst: true, limit: 8)
    if let found = known.first(where: { answerKinds.contains($0.kind) }) { return found }
    var first: StoredEvent?
    for kind in answerKinds.sorted() {
      let found = try reader.events(
        account: account, kind: kind, before: traffic.last + 1, after: seq, oldestFirst: true, limit: 1_000
      ).first { names(key, $0) }
      if let found, found.seq < first?.seq ?? Int64.max { first = found }
    }
    return first
  }

  private func names(_ key: String, _ entry: StoredEvent) -> Bool {
    guard entry.fields.contains(key), let fields = try? JsonReader.read(Array(entry.fields.utf8)) else { return false }
    return fields.members.contains { $0.value.text == key }
  }

  // MARK: - Batches

  mutating func next(_ reader: StoreReader) throws -> [Occurrence] {
    let entries = try reader.events(
      account: account, before: traffic.last + 1, after: place, oldestFirst: true, limit: AccountReading.batch)
    var found: [Occurrence] = []
    found.reserveCapacity(entries.count)
    for entry in entries {
      // What counts as of after the period ends it: time never runs backwards for an account.
      if (entry.countedAt ?? entry.at) >= traffic.window.end {
        isAtEnd = true
        break
      }
      place = entry.seq
      takeGlobals(before: entry, &found)
      try take(entry, reader, &found)
    }
    if entries.count < AccountReading.batch { isAtEnd = true }
    if isAtEnd { found.append(Occurrence(account: account, at: found.last?.at ?? traffic.window.start, .end)) }
    return found
  }

  private mutating func takeGlobals(before entry: StoredEvent, _ found: inout [Occurrence]) {
    while let change = global.first, change.event < entry.seq {
      global.removeFirst()
      let value: Occurrence.SettingValue
      switch change.after {
      case .standard: value = .byDefault
      case .none: value = .value(.number(ValueType.none))
      case .value(let call): value = .value(call)
      }
      found.append(Occurrence(account: account, at: change.at, .global(change.name, to: value)))
    }
  }

  private mutating func take(_ entry: StoredEvent, _ reader: StoreReader, _ found: inout [Occurrence]) throws {
    guard let fields = try? JsonReader.read(Array(entry.fields.utf8)) else {
      traffic.leaveOut("their fields cannot be read")
      return
    }
    if entry.kind.hasPrefix("@") {
      if let deed = own(entry.kind, fields) { found.append(Occurrence(account: account, at: entry.at, deed)) }
      return
    }
    if answerKinds.contains(entry.kind) {
      let keys = [entry.id] + fields.members.compactMap(\.value.text)
      for key in keys {
        if let answer = late.removeValue(forKey: key) {
          found.append(Occurrence(account: account, at: entry.at, .answer(answer)))
          return
        }
        if told.remove(key) != nil { return }
      }
    }
    let asker = Asker(kind: entry.kind, id: entry.id)
    if waiting.contains(asker) {
      if entry.verdict != "waiting" { waiting.remove(asker) }
      return
    }
    guard let call = call(entry, fields) else {
      traffic.leaveOut("the policy of today has no event `\(entry.kind)`")
      return
    }
    let said = try said(to: asker, from: entry.seq, reader)
    if entry.verdict == "waiting" { waiting.insert(asker) }
    found.append(Occurrence(account: account, at: entry.at, .event(call, said: said)))
  }

  /// Keys of requests, whose answers were told with what asked for them.
  private var told = Set<String>()

  /// What the provider said to all requests of an event, those of later attempts included.
  private mutating func said(to asker: Asker, from seq: Int64, _ reader: StoreReader) throws -> [RecordedAnswer] {
    guard let requests = asks.removeValue(forKey: asker) else { return [] }
    var numbers: [ProviderRequest.Kind: Int] = [:]
    return try requests.map { ask in
      let number = numbers[ask.kind, default: 0]
      numbers[ask.kind] = number + 1
      guard ask.answer != .pending, let answered = try answerEntry(ask.key, after: seq, reader) else {
        return RecordedAnswer(ask.kind, .pending)
      }
      guard try cameAtOnce(answered.seq, after: asker, from: seq, reader) else {
        late[ask.key] = LateAnswer(
          event: asker.kind, id: asker.id, number: number, said: RecordedAnswer(ask.kind, ask.answer))
        return RecordedAnswer(ask.kind, .pending)
      }
      told.insert(ask.key)
      return RecordedAnswer(ask.kind, ask.answer)
    }
  }

  /// Whether nothing else happened to the account between an attempt of the event and the answer.
  private func cameAtOnce(_ answer: Int64, after asker: Asker, from seq: Int64, _ reader: StoreReader) throws -> Bool {
    let attempt = try reader.events(account: account, kind: asker.kind, id: asker.id, before: answer, limit: 1).first
    let between = try reader.events(account: account, before: answer, after: attempt?.seq ?? seq, limit: 8)
    return between.allSatisfy { answerKinds.contains($0.kind) }
  }

  // MARK: - Reading entries

  private func own(_ kind: String, _ fields: Json) -> Occurrence.Deed? {
    switch kind {
    case "@key": return fields["key"]?.text.map { .key($0) }
    case "@adjust":
      guard let bucket = fields["bucket"]?.text, let amount = fields["to"]?.integer else { return nil }
      return .adjustment(bucket: bucket, to: amount, lotKind: fields["lot"]?.text ?? "paid")
    case "@set":
      guard let name = fields["setting"]?.text else { return nil }
      let value: Occurrence.SettingValue
      switch fields["to"] {
      case .null?: value = .value(.number(ValueType.none))
      case .integer(let number)?: value = .value(.number(number))
      case .bool(let isOn)?: value = .value(.number(isOn ? 1 : 0))
      case .text(let text)?: value = .value(.text(text))
      default: value = .byDefault
      }
      return .setting(name, key: fields["key"]?.text, to: value)
    default: return nil
    }
  }

  private func call(_ entry: StoredEvent, _ fields: Json) -> EventCall? {
    guard let index = traffic.program.events.firstIndex(where: { $0.name == entry.kind }) else { return nil }
    return EventCall(index, of: traffic.program, id: entry.id, at: entry.at, fields: fields)
  }
}

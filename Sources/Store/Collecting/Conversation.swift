import Engine

/// What is said between a store and a payment provider about one event: requests, answers, requests that answers lead to.
///
/// Each step is a transaction of its own and the provider is asked between them, so that no writer waits for a bank and a
/// crash at any point loses nothing: what was not answered is still in the outbox, under the same key.
struct Conversation {
  let store: AccountStore
  let provider: any PaymentProvider
  private(set) var asked: [Asked] = []
  /// The key of every request it was about, sent or not.
  private(set) var keys: [String] = []
  /// The final answer to the event that waited, once it was taken up.
  private(set) var outcome: StoredAnswer?
  private var waiting: WaitingEvent?
  private var queue: ArraySlice<Question> = []

  private struct Question {
    var key: String
    /// When the answer counts; nil: when it comes.
    var at: Int64?
  }

  init(_ store: AccountStore, _ provider: any PaymentProvider) {
    self.store = store
    self.provider = provider
  }

  /// Asks for the charge that an event waits for and for everything that follows, then takes the event up and asks for what
  /// that leads to.
  ///
  /// An event that asked for the charge itself goes on waiting while there is no answer.
  ///
  /// - Parameter time: when answers count: the time of the event; nil for now.
  mutating func ask(_ keys: [String], for event: WaitingEvent?, at time: Int64?) throws {
    waiting = event
    add(keys, at: time)
    try askAll()
    if let left = waiting { try takeUp(left) }
    guard let outcome, !outcome.requests.isEmpty else { return }
    let further = try store.read { reader in try reader.requests(madeBy: outcome) }
    add(further.filter { !self.keys.contains($0) }, at: outcome.decision.at)
    try askAll()
  }

  private mutating func add(_ keys: [String], at time: Int64?) {
    self.keys += keys
    queue += keys.map { Question(key: $0, at: time) }
  }

  private mutating func askAll() throws {
    while let question = queue.popFirst() {
      guard asked.count < EngineLimits.providerRequests else { return }
      guard let entry = try store.write({ writer in try writer.beginSending(question.key) }) else { continue }
      let answer: ProviderAnswer
      do throws(ProviderFault) {
        answer = try provider.send(entry.request)
      } catch {
        try fail(entry, error.message)
        continue
      }
      do {
        try take(answer, to: question, entry)
      } catch let fault as StoreFault where fault.isAboutRules {
        try fail(entry, "the provider said `\(answer.word)`: \(fault.message)")
      }
    }
  }

  /// Keeps an answer. Where it is the last, what waits for it is taken up in the same transaction.
  private mutating func take(_ answer: ProviderAnswer, to question: Question, _ entry: OutboxEntry) throws {
    func keep(takingUp event: WaitingEvent?) throws -> (told: StoredAnswer?, taken: StoredAnswer?) {
      try store.write { writer in
        let told = try writer.answer(answer, to: question.key, at: question.at)
        guard let event, told?.requests.isEmpty ?? true else { return (told, nil) }
        return (told, try writer.takeUp(event))
      }
    }
    let last = queue.isEmpty ? waiting : nil
    var told: StoredAnswer?
    do {
      let taken: StoredAnswer?
      (told, taken) = try keep(takingUp: last)
      if let taken { (outcome, waiting) = (taken, nil) }
    } catch let fault as StoreFault where fault.isAboutRules && last != nil {
      // Whatever becomes of the event, the money has moved.
      told = try keep(takingUp: nil).told
    }
    asked.append(Asked(entry, said: answer, as: told?.event))
    if let told { add(told.requests, at: told.decision.at) }
  }

  private mutating func takeUp(_ event: WaitingEvent) throws {
    waiting = nil
    do {
      outcome = try store.write { writer in try writer.takeUp(event) }
    } catch let fault as StoreFault where fault.isAboutRules {
      // It goes on waiting, until the rules can take it up.
      return
    }
  }

  private mutating func fail(_ entry: OutboxEntry, _ reason: String) throws {
    try store.write { writer in try writer.note(fault: reason, of: entry.request.key) }
    asked.append(Asked(entry, .unknown, reason))
  }
}

/// An event that waits for the charge of a card.
struct WaitingEvent: Sendable, Hashable {
  /// Its number in the history.
  var event: Int64
  var account: String
  /// The payment, by its index in the account.
  var payment: Int
}

extension StoreWriter {
  /// Notes that a request is about to be sent; nil for one that has its answer by now.
  func beginSending(_ key: String) throws(StoreFault) -> OutboxEntry? {
    guard let entry = try openEntry(key) else { return nil }
    try noteSending(key)
    return entry
  }

  /// Takes up an event that waits. Nil for one that has to go on waiting.
  ///
  /// Where somebody else has taken it up meanwhile, it is the answer of then.
  func takeUp(_ waiting: WaitingEvent) throws(StoreFault) -> StoredAnswer? {
    if let taken = try answer(toWaiting: waiting) { return taken }
    let cached = try memory.account(waiting.account)
    guard cached.state.payments.indices.contains(waiting.payment) else { return nil }
    let payment = cached.state.payments[waiting.payment]
    // A request cannot wait for a bank: it is denied as it was without its rescue.
    if payment.state == .pending, !payment.isAutomatic { return nil }
    var answer = try resume(event: waiting.event)
    if payment.state == .pending {
      answer.decision.collections.insert(waiting.payment, at: 0)
      answer.requests.insert(worldKey(payment.key, cached), at: 0)
    }
    return answer
  }
}

extension StoreFault {
  /// The rules in force do not take something: for people to see. Anything else is about the store itself.
  var isAboutRules: Bool {
    switch kind {
    case .engine, .refused: true
    default: false
    }
  }
}

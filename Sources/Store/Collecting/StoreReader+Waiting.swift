import Engine

extension StoreReader {
  /// A request that has no answer yet; nil for one that has, and for a key nobody knows.
  func openEntry(_ key: String) throws(StoreFault) -> OutboxEntry? {
    guard let (entry, answer) = try entry(key), answer == nil else { return nil }
    return entry
  }

  /// The requests that an event has newly made, without those of an earlier attempt: an event that is sent again asks for
  /// nothing again.
  func requests(madeBy answer: StoredAnswer) throws(StoreFault) -> [String] {
    if answer.decision.isReplay { return [] }
    var keys: [String] = []
    for key in answer.requests where try openEntry(key)?.event == answer.event { keys.append(key) }
    return keys
  }

  /// What an answer waits for; nil for one that is final.
  func waiting(_ answer: StoredAnswer) -> WaitingEvent? {
    guard answer.decision.verdict == .waiting, let payment = answer.decision.collections.first else { return nil }
    return WaitingEvent(event: answer.event, account: answer.account, payment: payment)
  }

  /// The event that waits for the answer to a request; nil where none does.
  func waitingEvent(behind key: String) throws(StoreFault) -> WaitingEvent? {
    try statements[StoreReader.waiting("o.key = ?")].bind(1, key).first { WaitingEvent($0) }
  }

  /// The events whose charge was answered, and which were not taken up: the program ended in between.
  func strandedEvents() throws(StoreFault) -> [WaitingEvent] {
    var found: [WaitingEvent] = []
    try statements[StoreReader.waiting("o.answer IS NOT NULL") + " ORDER BY e.seq"]
      .forEach { found.append(WaitingEvent($0)) }
    return found
  }

  private static func waiting(_ condition: String) -> String {
    """
    SELECT e.seq, a.name, o.n FROM outbox o JOIN decision d ON d.event = o.event
    JOIN event e ON e.seq = o.event JOIN account a ON a.id = o.account
    WHERE o.kind = 'collect' AND d.verdict = 'waiting' AND \(condition) AND NOT EXISTS (
      SELECT 1 FROM event later WHERE later.id = e.id AND later.account = e.account AND later.kind = e.kind
        AND (later.attempt = 0 OR later.resumes = o.n))
    """
  }

  /// The answer that an event got after it waited; nil while it waits.
  func answer(toWaiting waiting: WaitingEvent) throws(StoreFault) -> StoredAnswer? {
    let found = try statements[
      """
      SELECT later.seq, later.id FROM event e
      JOIN event later ON later.id = e.id AND later.account = e.account AND later.kind = e.kind
      WHERE e.seq = ? AND (later.attempt = 0 OR later.resumes = ?) ORDER BY later.attempt, later.seq LIMIT 1
      """
    ].bind(1, waiting.event).bind(2, waiting.payment + 1).first { ($0.integer(0), $0.text(1)) }
    guard let (seq, id) = found, let decided = try decision(of: seq) else { return nil }
    return StoredAnswer(
      account: waiting.account, event: seq, id: id, decision: decided.decision, requests: [])
  }
}

extension WaitingEvent {
  fileprivate init(_ row: RawStatement) {
    self.init(event: row.integer(0), account: row.text(1), payment: row.index(2))
  }
}

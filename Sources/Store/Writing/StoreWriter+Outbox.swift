import Engine
import Language
import Ledger
import Values

extension StoreWriter {
  func worldKey(_ key: String, _ account: CachedAccount) -> String {
    WorldKey.key(key, account: account.name, store: store.id)
  }

  /// Keeps a request, before anybody is asked.
  func ask(
    _ request: ProviderRequest, record: Int, _ event: Int64, _ cached: CachedAccount
  ) throws(StoreFault) -> String {
    let key = worldKey(request.key, cached)
    try statements[
      """
      INSERT INTO outbox (key, account, kind, n, amount, card, payment, event) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """
    ].bind(1, key).bind(2, cached.id).bind(3, request.kind.rawValue).bind(4, record + 1).bind(5, request.amount)
      .bind(6, request.card).bind(7, request.payment).bind(8, event).run()
    return key
  }

  /// What a replayed event still waits for.
  func openRequests(
    _ decision: Decision, _ account: AccountState, _ cached: CachedAccount
  ) throws(StoreFault) -> [String] {
    decision.collections.map { worldKey(account.payments[$0].key, cached) }
      + decision.refunds.filter { account.refunds[$0].state == .pending }
      .map { worldKey(account.refunds[$0].key, cached) }
  }

  /// Submits what the provider said to a request of the outbox: the answer event. Nil for one that is pending still, and for
  /// one that was answered before.
  ///
  /// - Parameter at: when; now, where nothing is said.
  /// - Throws: `refused` where the policy in force has no event for such an answer, or denies it: the request stays.
  @discardableResult
  public func answer(_ answer: ProviderAnswer, to key: String, at: Int64? = nil) throws(StoreFault) -> StoredAnswer? {
    guard let (entry, given) = try entry(key) else {
      throw fault(.refused("there is no request `\(key)`", help: "payg pay list"))
    }
    if given != nil { return nil }
    if answer == .pending {
      try note(fault: "the provider has not said yet", of: key)
      return nil
    }
    let engine = try engine
    let cached = try memory.account(entry.request.account)
    let time = try checked(at)
    let input =
      switch entry.request.kind {
      case .collect: engine.answer(answer, toPayment: entry.record, of: cached.state, at: time)
      case .refund: engine.answer(answer, toRefund: entry.record, of: cached.state, at: time)
      }
    guard let input else {
      throw fault(.refused("the policy in force has no event for the answer `\(answer.word)`", help: nil))
    }
    let before = cached.state
    let known = try earlier(input.event, input.id, of: cached)
    let came = try carryOut(input, said: nil, on: cached, as: before, known, resuming: nil)
    guard came.decision.isAllowed else {
      let code = came.decision.code(in: engine.program) ?? "no code"
      let refusal = fault(.refused("the policy in force does not take the answer `\(answer.word)`: \(code)", help: nil))
      // The denied answer is written already: whoever is told of this must not keep it.
      statements.health.fault = statements.health.fault ?? refusal
      throw refusal
    }
    try statements["UPDATE outbox SET answer = ?, reason = ?, answered_at = ?, fault = NULL WHERE key = ?"]
      .bind(1, answer.word).bind(2, answer.reason).bind(3, time).bind(4, key).run()
    return came
  }

  /// Keeps in the outbox what an answer event said, so that nobody is asked again: it may have come another way than by asking,
  /// from the provider's own call back. Money that arrives after a "no" has arrived.
  func noteAnswer(_ input: EventInput, in cached: CachedAccount) throws(StoreFault) {
    for told in try memory.activePolicy().map.told(input.event, input.fields, cached.state) {
      try statements[
        """
        UPDATE outbox SET answer = ?1, reason = NULL, answered_at = ?2, fault = NULL
        WHERE key = ?3 AND (answer IS NULL OR kind = 'collect' AND answer <> ?1)
        """
      ].bind(1, told.state).bind(2, input.at).bind(3, worldKey(told.key, cached)).run()
    }
  }

  /// Notes that a request is about to be sent.
  public func noteSending(_ key: String) throws(StoreFault) {
    try statements["UPDATE outbox SET sent = sent + 1, sent_at = ? WHERE key = ?"].bind(1, now).bind(2, key).run()
  }

  /// Notes that nobody knows what came of a request.
  public func note(fault text: String, of key: String) throws(StoreFault) {
    try statements["UPDATE outbox SET fault = ? WHERE key = ? AND answer IS NULL"].bind(1, text).bind(2, key).run()
  }
}

import Engine

extension AccountStore {
  /// Goes on with an event that was submitted inside of ``write(_:)``: asks the payment provider what it has to be asked because
  /// of it, as ``exchange(_:with:asking:)`` does. What is final already comes back as it is.
  ///
  /// - Parameter provider: nil: nobody is asked. What was asked for stays in the outbox, and a request that was to be rescued
  ///   by a charge is denied as it was without.
  public func goOn(
    with answer: StoredAnswer, asking provider: (any PaymentProvider)?
  ) throws -> StoredExchange {
    var exchange = StoredExchange(answer: answer)
    if answer.requests.isEmpty, answer.decision.verdict != .waiting { return exchange }
    do {
      try converse(&exchange, asking: provider)
    } catch let fault as StoreFault {
      // The event is on the disk, whatever becomes of the rest.
      exchange.interruption = fault
    }
    return exchange
  }

  private func converse(_ exchange: inout StoredExchange, asking provider: (any PaymentProvider)?) throws {
    let answer = exchange.answer
    let (waiting, keys) = try read { reader in (reader.waiting(answer), try reader.requests(madeBy: answer)) }
    guard let provider, !keys.isEmpty else {
      if let waiting, let taken = try write({ writer in try writer.takeUp(waiting) }) { exchange.answer = taken }
      return try name(openRequests: keys, in: &exchange)
    }
    var conversation = Conversation(self, provider)
    do {
      try conversation.ask(keys, for: waiting, at: answer.decision.at)
    } catch let fault as StoreFault {
      exchange.interruption = fault
    }
    exchange.asked = conversation.asked
    if let outcome = conversation.outcome { exchange.answer = outcome }
    if exchange.interruption == nil { try name(openRequests: conversation.keys, in: &exchange) }
  }

  /// Names the requests that wait for an answer.
  private func name(openRequests keys: [String], in exchange: inout StoredExchange) throws {
    let keys = keys + exchange.answer.requests.filter { !keys.contains($0) }
    guard !keys.isEmpty else { return }
    exchange.answer.requests = try read { reader in try keys.filter { key in try reader.openEntry(key) != nil } }
  }
}

import Engine

extension AccountStore {
  /// Submits an event and carries the whole conversation with the payment provider, as simulations do: asks what it collects
  /// and sends back, submits the answers, takes the event up again.
  ///
  /// A request that is to be rescued by a charge is not kept waiting: where the charge is not answered at once, it is denied
  /// as it was without. An event that asked for the charge itself waits. What was not answered stays in the outbox.
  ///
  /// - Parameter provider: nil: nobody is asked, and everything stays in the outbox.
  public func submit(
    _ call: EventCall, to account: String, asking provider: (any PaymentProvider)?
  ) throws -> StoredAnswer {
    let exchange = try exchange(call, with: account, asking: provider)
    if let interruption = exchange.interruption { throw interruption }
    return exchange.answer
  }

  /// The same, with what was asked and said.
  ///
  /// - Throws: where the event was not kept. What goes wrong after it was is the exchange's ``StoredExchange/interruption``.
  public func exchange(
    _ call: EventCall, with account: String, asking provider: (any PaymentProvider)?
  ) throws -> StoredExchange {
    let answer = try write { writer in
      let answer = try writer.submit(call, to: account)
      guard provider == nil, let waiting = writer.waiting(answer) else { return answer }
      return try writer.takeUp(waiting) ?? answer
    }
    return try goOn(with: answer, asking: provider)
  }

  /// Asks the payment provider for everything that waits in the outbox, the oldest first, each with the key it had before, and
  /// takes up what waited for it.
  ///
  /// Several programs may do so at once: whoever comes second hears the same answer, which counts once.
  ///
  /// - Parameters:
  ///   - limit: how many requests of the outbox at most. What their answers lead to is asked in turn.
  ///   - progress: is told of each request how many of how many there were, and what came of it.
  public func drain(
    asking provider: any PaymentProvider, limit: Int = .max, progress: (Int, Int, Asked) -> Void = { _, _, _ in }
  ) throws -> DrainReport {
    var report = DrainReport()
    for stranded in try read({ reader in try reader.strandedEvents() }) {
      do {
        if try write({ writer in try writer.takeUp(stranded) }) != nil { report.resumed += 1 }
      } catch let fault as StoreFault where fault.isAboutRules {
        continue
      }
    }
    let waiting = try read { reader in try reader.outbox().prefix(max(0, limit)) }
    for (number, entry) in waiting.enumerated() {
      let event = try read { reader in try reader.waitingEvent(behind: entry.request.key) }
      var conversation = Conversation(self, provider)
      try conversation.ask([entry.request.key], for: event, at: nil)
      if conversation.outcome != nil { report.resumed += 1 }
      report.asked += conversation.asked
      for asked in conversation.asked { progress(number + 1, waiting.count, asked) }
    }
    return report
  }
}

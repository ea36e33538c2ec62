import Engine

/// One request to the payment provider, and what came of it.
public struct Asked: Sendable, Hashable {
  public var request: ProviderRequest
  public var outcome: Outcome
  /// The provider's own words, or why nobody knows; nil where nothing was said.
  public var reason: String?
  /// The event that asked, and the one that told the account what the provider said; nil while there is none.
  public var event: Int64
  public var answer: Int64?

  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// The money has moved.
    case paid
    /// The card said no.
    case declined
    /// The provider could not do it, and nothing has moved.
    case failed
    /// The provider will know later.
    case pending
    /// Nobody knows: the way to the provider is broken, or its answer could not be kept. It is asked again with the same key.
    case unknown
  }

  init(_ entry: OutboxEntry, _ outcome: Outcome, _ reason: String? = nil, answer: Int64? = nil) {
    request = entry.request
    event = entry.event
    self.outcome = outcome
    self.reason = reason
    self.answer = answer
  }

  init(_ entry: OutboxEntry, said answer: ProviderAnswer, as event: Int64?) {
    switch answer {
    case .paid: self.init(entry, .paid, answer: event)
    case .declined(let reason): self.init(entry, .declined, reason, answer: event)
    case .failed(let reason): self.init(entry, .failed, reason, answer: event)
    case .pending: self.init(entry, .pending, answer: event)
    }
  }
}

/// An event with everything that the payment provider was asked because of it.
public struct StoredExchange: Sendable {
  /// The final answer to the event, with the requests that nobody has answered yet.
  public var answer: StoredAnswer
  /// What the provider was asked, in order.
  public var asked: [Asked] = []
  /// Why the conversation ended early. The event itself is kept, and ``AccountStore/drain(asking:limit:progress:)`` goes on
  /// from where this stopped.
  public var interruption: StoreFault?
}

/// What came of asking the provider for everything that waits.
public struct DrainReport: Sendable, Hashable {
  /// Every request that was sent, in order.
  public var asked: [Asked] = []
  /// Events that waited for a payment and were taken up.
  public var resumed = 0

  /// The requests with this outcome.
  public func asked(_ outcome: Asked.Outcome) -> [Asked] { asked.filter { $0.outcome == outcome } }

  public var sent: Int { asked.count }
  public var paid: [Asked] { asked(.paid) }
  public var declined: [Asked] { asked(.declined) }
  public var failed: [Asked] { asked(.failed) }
  /// The provider has not decided.
  public var pending: [Asked] { asked(.pending) }
  /// Nobody knows; each says why.
  public var faults: [Asked] { asked(.unknown) }
}

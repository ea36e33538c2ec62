/// An account, its policy, and what happens to it.
public struct AuditCase: Hashable, Sendable {
  public var opening: AuditOpening
  public var policy: AuditPolicy
  public var events: [AuditEvent]

  public init(opening: AuditOpening, policy: AuditPolicy = AuditPolicy(), events: [AuditEvent] = []) {
    self.opening = opening
    self.policy = policy
    self.events = events
  }

  /// What the auditor says of each event.
  public func answers() -> [AuditAnswer] {
    var auditor = Auditor(opening, policy: policy)
    return events.map { auditor.take($0) }
  }
}

/// Stories whose last events find the balance as it was, although something before them has changed.
enum Compensation {
  /// A candidate with one of its last `tail` requests made dearer or cheaper by what has become of the balance: the
  /// next one, the dearest, or the last.
  static func stories(_ candidate: AuditCase, insteadOf best: AuditCase, tail: Int) -> [AuditCase] {
    let places = candidate.events.indices.suffix(tail).filter { cost(candidate.events[$0]) != nil }
    guard let next = places.first, let last = places.last,
      let dearest = places.max(by: { cost(candidate.events[$0]) ?? 0 < cost(candidate.events[$1]) ?? 0 })
    else { return [] }
    var stories: [AuditCase] = []
    for place in [next, dearest, last] {
      let before = balance(best, until: place + best.events.count - candidate.events.count)
      let more = balance(candidate, until: place) - before
      var story = candidate
      guard more != 0, case .request(var usage) = story.events[place].act, let cost = usage.costing, cost + more >= 0
      else { continue }
      usage.costing = cost + more
      story.events[place].act = .request(usage)
      if !stories.contains(story) { stories.append(story) }
    }
    return stories
  }

  private static func cost(_ event: AuditEvent) -> Int64? {
    if case .request(let usage) = event.act { usage.costing } else { nil }
  }

  private static func balance(_ story: AuditCase, until place: Int) -> Int64 {
    var auditor = Auditor(story.opening, policy: story.policy)
    for event in story.events.prefix(place) { _ = auditor.take(event) }
    return auditor.balance
  }
}

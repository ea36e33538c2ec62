/// Makes a failing story short: fewer events, then simpler ones.
///
/// It asks the same question of the same stories in the same order, so the same failure always shrinks to the same
/// story.
public struct Shrinker {
  /// How often the question may be asked.
  public let mostTrials: Int
  public private(set) var trials = 0
  private let fails: (AuditCase) -> Bool

  public init(mostTrials: Int = 10_000, fails: @escaping (AuditCase) -> Bool) {
    self.mostTrials = mostTrials
    self.fails = fails
  }

  /// The shortest failing story that was found; the story itself if it does not fail.
  public mutating func shrink(_ story: AuditCase) -> AuditCase {
    guard ask(story) else { return story }
    var best = story
    var isSmaller = true
    while isSmaller, trials < mostTrials {
      isSmaller = false
      if removeEvents(&best) { isSmaller = true }
      if simplifySetting(&best) { isSmaller = true }
      if simplifyEvents(&best) { isSmaller = true }
    }
    return best
  }

  private mutating func ask(_ story: AuditCase) -> Bool {
    guard trials < mostTrials else { return false }
    trials += 1
    return fails(story)
  }

  private mutating func accept(_ candidate: AuditCase, _ best: inout AuditCase) -> Bool {
    guard ask(candidate) else { return false }
    best = candidate
    return true
  }

  /// Accepts a story that differs from the best so far in the events before `tail`, counted from the end. Where a
  /// failure hangs on an exact balance, what changes early is made up for later: one request costs as much more as
  /// there is more.
  private mutating func accept(_ candidate: AuditCase, _ best: inout AuditCase, tail: Int) -> Bool {
    if accept(candidate, &best) { return true }
    for other in Compensation.stories(candidate, insteadOf: best, tail: tail)
    where other.events.count < best.events.count || Simplification.weight(other) < Simplification.weight(best) {
      if accept(other, &best) { return true }
    }
    return false
  }

  // MARK: - Fewer events

  /// Leaves out stretches of events, long ones first, down to single events.
  private mutating func removeEvents(_ best: inout AuditCase) -> Bool {
    let before = best.events.count
    var length = best.events.count
    while length >= 1, trials < mostTrials {
      // From the end: what comes after the failure is of no use.
      var end = best.events.count
      while end > 0, trials < mostTrials {
        let start = max(0, end - length)
        var candidate = best
        candidate.events.removeSubrange(start..<end)
        _ = accept(candidate, &best, tail: best.events.count - end)
        end = min(start, best.events.count)
      }
      length /= 2
    }
    return best.events.count < before
  }

  // MARK: - A simpler account

  private mutating func simplifySetting(_ best: inout AuditCase) -> Bool {
    var isSmaller = false
    let usual = AuditPolicy()
    let changes: [(inout AuditCase) -> Void] = [
      { $0.policy = usual }, { $0.policy.trigger = usual.trigger }, { $0.policy.rescue = usual.rescue },
      { $0.policy.monthCap = nil }, { $0.policy.overrun = usual.overrun }, { $0.policy.burn = usual.burn },
      { $0.policy.keyScope = usual.keyScope }, { $0.policy.rounding = usual.rounding }, { $0.opening.lots = [] },
      { if !$0.opening.lots.isEmpty { $0.opening.lots.removeLast() } },
      { if !$0.opening.lots.isEmpty { $0.opening.lots.removeFirst() } },
      { $0.opening.subscription = nil },
      { story in story.opening.prices = story.opening.prices.filter { story.usesModel($0.key) } },
      { story in story.opening.keys = story.opening.keys.map { AuditOpening.Key($0.name) } },
      { story in story.opening.keys = story.opening.keys.filter { story.usesKey($0.name) } },
    ]
    for change in changes {
      var candidate = best
      change(&candidate)
      if candidate != best, accept(candidate, &best) { isSmaller = true }
    }
    return isSmaller
  }

  // MARK: - Simpler events

  private mutating func simplifyEvents(_ best: inout AuditCase) -> Bool {
    var isSmaller = false
    for index in best.events.indices {
      var isSimpler = true
      while isSimpler, trials < mostTrials {
        isSimpler = false
        let earliest = index == 0 ? best.opening.time : best.events[index - 1].time
        let latest = index + 1 < best.events.count ? best.events[index + 1].time : Int64.max
        for event in Simplification.simpler(best.events[index], earliest: earliest, latest: latest) {
          var candidate = best
          candidate.events[index] = event
          if accept(candidate, &best, tail: best.events.count - index - 1) {
            isSimpler = true
            isSmaller = true
            break
          }
        }
      }
    }
    return isSmaller
  }
}

extension AuditCase {
  /// Whether any event names a model.
  func usesModel(_ name: String) -> Bool {
    events.contains { event in
      switch event.act {
      case .request(let usage), .hold(let usage, _): usage.model == name
      default: false
      }
    }
  }

  /// Whether any event names a key.
  func usesKey(_ name: String) -> Bool {
    events.contains { event in
      switch event.act {
      case .request(let usage), .hold(let usage, _): usage.key == name
      case .setKeyLimit(name, _), .deleteKey(name): true
      default: false
      }
    }
  }
}

import Audit
import Testing

@Suite("The shrinker and the printer")
struct ShrinkerTests {
  /// Two auditors that differ in one knob disagree about a story.
  static func disagree(_ story: AuditCase, _ change: (inout AuditPolicy) -> Void) -> Bool {
    var other = story
    change(&other.policy)
    return story.answers() != other.answers()
  }

  static func disagreeing(_ change: @escaping (inout AuditPolicy) -> Void) throws -> AuditCase {
    let stories = (UInt64(1)...60).lazy.map { Workload.story(seed: $0, length: 300) }
    return try #require(stories.first { disagree($0, change) }, "no seed shows the difference")
  }

  @Test("a difference in one knob shrinks to the few events that show it")
  func shrinksKnobs() throws {
    let changes: [(inout AuditPolicy) -> Void] = [
      { $0.trigger = $0.trigger == .below ? .atOrBelow : .below }, { $0.rescue.toggle() },
      { $0.burn = $0.burn == .fifo ? .promoFirst : .fifo }, { $0.overrun = $0.overrun == .debt ? .absorb : .debt },
      { $0.mostDeclines = 2 }, { $0.retryAfter += AuditCalendar.second },
    ]
    for (number, change) in changes.enumerated() {
      let story = try Self.disagreeing(change)
      var shrinker = Shrinker { Self.disagree($0, change) }
      let short = shrinker.shrink(story)
      #expect(Self.disagree(short, change))
      #expect(short.events.count <= 10, "knob \(number): \(ScenarioPrinter.text(short, title: "short"))")
      #expect(shrinker.trials <= shrinker.mostTrials)
      var again = Shrinker { Self.disagree($0, change) }
      #expect(again.shrink(story) == short)
    }
  }

  @Test("amounts, times and fields become plain")
  func simplifies() {
    let opening = AuditOpening(at: 0, keys: [.init("a"), .init("b", limit: 7)])
    var story = AuditCase(opening: opening)
    story.events = [
      AuditEvent(.grant(amount: 4_123_456_789), id: "g1", at: 1_234_567),
      AuditEvent(
        .request(AuditUsage(key: "b", model: "m", input: 17, costing: 3_987_654_321)), id: "r1", at: 98_765_432),
      AuditEvent(.cancel, id: "e1", at: 99_999_999),
    ]
    var shrinker = Shrinker { story in
      story.events.contains {
        if case .request(let usage) = $0.act { return usage.costing ?? 0 > 2_500_000_000 }
        return false
      }
    }
    let short = shrinker.shrink(story)
    #expect(short.events == [AuditEvent(.request(AuditUsage(key: "a", costing: 3 * Auditor.dollar)), id: "r1", at: 0)])
    #expect(short.opening.keys.isEmpty, "the one key left stands in the events alone")
  }

  @Test("the question is asked no more often than allowed, and a story that does not fail stays as it is")
  func isBounded() {
    let story = Workload.story(seed: 3, length: 200)
    var shrinker = Shrinker(mostTrials: 25) { $0.events.count > 3 }
    let short = shrinker.shrink(story)
    #expect(shrinker.trials == 25 && short.events.count > 3 && short.events.count < 200)
    var content = Shrinker { _ in false }
    #expect(content.shrink(story) == story && content.trials == 1)
  }

  @Test("a story reads as a scenario")
  func prints() {
    var opening = AuditOpening(at: AuditCalendar.days(AuditCalendar.Day(2026, 1, 10)) * AuditCalendar.day)
    opening.keys = [.init("a", limit: 5 * Auditor.dollar)]
    opening.lots = [.init(id: "p1", amount: 100 * Auditor.dollar)]
    var story = AuditCase(opening: opening)
    story.policy.trigger = .atOrBelow
    let hour = opening.time + AuditCalendar.hour
    story.events = [
      AuditEvent(.hold(AuditUsage(key: "a", costing: Auditor.dollar), ttl: AuditCalendar.hour), id: "h1", at: hour),
      AuditEvent(.settle(hold: "h1", AuditUsage(costing: 500 * Auditor.unit)), id: "h1", at: hour),
      AuditEvent(.topUp(amount: 20 * Auditor.dollar, card: nil, outcome: .declined), id: "t1", at: hour),
      AuditEvent(.setSpendingLimit(80 * Auditor.dollar), at: hour),
      AuditEvent(.dispute(payment: "p1"), id: "p1", at: hour),
    ]
    #expect(
      ScenarioPrinter.text(story, title: "A story") == """
        scenario "A story"
        at     2026-01-10T00:00:00Z
        given  key a with key_limit $5
               card card_1
               global topup.trigger at_or_below
               payment "p1" $100 card card_1
        when   hold key a, estimate $1, ttl 1 hour as "h1" at 2026-01-10T01:00:00Z
        then   allowed, quota pays $0, balance pays $1, no notice, collects nothing, balance is $100
        when   settle hold "h1", actual $0.001 as "h1"
        then   allowed, quota pays $0, balance pays $0.001, no notice, collects nothing, balance is $99.999
        given  provider declines
        when   topup amount $20 as "t1"
        then   denied with card_declined, balance is $99.999
        when   set limits.spending_limit to $80
        then   allowed, balance is $99.999
        when   dispute payment "p1" as "p1"
        then   allowed, balance is -$0.001
        then   quota is $0, payg_spent is $0.001, payments.refundable is $0, charges_suspended is on

        """)
  }

  @Test("every event of a workload can be written down")
  func printsAll() {
    for seed in UInt64(1)...10 {
      let text = ScenarioPrinter.text(Workload.story(seed: seed, length: 200), title: "seed \(seed)")
      #expect(!text.contains("Optional") && !text.contains("nil") && text.count > 1_000)
    }
  }
}

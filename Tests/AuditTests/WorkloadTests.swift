import Audit
import Testing

@Suite("The workload")
struct WorkloadTests {
  static let seeds: [UInt64] = Array(1...40)

  @Test("the same seed tells the same story")
  func isDeterministic() {
    #expect(Workload.story(seed: 7, length: 300) == Workload.story(seed: 7, length: 300))
    #expect(Workload.story(seed: 7, length: 300) != Workload.story(seed: 8, length: 300))
  }

  @Test("what must always be true is true after every event", arguments: seeds)
  func laws(_ seed: UInt64) {
    var workload = Workload(seed: seed)
    var auditor = Auditor(workload.opening, policy: workload.policy)
    var expected = auditor.balance
    for number in 0..<500 {
      let before = auditor
      let event = workload.next(for: auditor)
      let answer = auditor.take(event)
      let place: Comment = "seed \(seed), event \(number + 1): \(event)"
      #expect(auditor.faults == [], place)
      #expect(event.time >= before.now, place)

      // What an answer tells is what has moved.
      if !answer.isReplay {
        expected += answer.credited + (answer.automatic?.charged ?? 0) + answer.reinstated - answer.clawback
        if event.kind != .hold { expected -= answer.payg }
        if case .refund(_, .failed) = event.act {} else { expected -= answer.refunded }
        if event.kind == .refundFailed { expected += auditor.balance - before.balance }
      }
      #expect(auditor.balance == expected, place)
      expected = auditor.balance

      let changesNothing = !answer.isAllowed || answer.isReplay
      if changesNothing, answer.automatic == nil, event.kind != .topUp {
        #expect(auditor.balance == before.balance && auditor.payments == before.payments, place)
        #expect(auditor.keys.mapValues(\.spent) == before.keys.mapValues(\.spent), place)
      }
      if event.kind == .request, answer.verdict == .allow, !answer.isReplay {
        #expect(auditor.available >= 0 || answer.payg == 0, place)
        if let limit = auditor.spendingLimit, auditor.plan.isSubscribed, answer.payg > 0 {
          #expect(auditor.cycle.spent + auditor.cycle.held <= limit, place)
        }
      }
      if event.kind == .settle, answer.verdict == .settled, auditor.policy.overrun == .debt {
        #expect(answer.absorbed == 0, place)
      }
      // One charge for one event.
      #expect(auditor.payments.count <= before.payments.count + 1, place)
      #expect(auditor.payments.count { $0.state == .pending && $0.isAutomatic } <= 1, place)
    }
  }

  @Test("every kind of event, every code, every knob and every outcome comes up")
  func reach() {
    var kinds: [AuditEvent.Kind: Int] = [:]
    var codes: [AuditCode: Int] = [:]
    var verdicts: [AuditAnswer.Verdict: Int] = [:]
    var outcomes: [AuditAnswer.Automatic.Outcome: Int] = [:]
    var reasons: [AuditAnswer.Automatic.Why: Int] = [:]
    var notices: [AuditLevel: Int] = [:]
    var replays: [AuditEvent.Kind: Int] = [:]
    var rare: [String: Int] = [:]
    var policies: [AuditPolicy] = []
    for seed in Self.seeds {
      let story = Workload.story(seed: seed, length: 500)
      policies.append(story.policy)
      var auditor = Auditor(story.opening, policy: story.policy)
      for event in story.events {
        let owed = auditor.balance < 0
        let answer = auditor.take(event)
        kinds[event.kind, default: 0] += 1
        verdicts[answer.verdict, default: 0] += 1
        if let code = answer.code { codes[code, default: 0] += 1 }
        if let charge = answer.automatic {
          outcomes[charge.outcome, default: 0] += 1
          reasons[charge.why, default: 0] += 1
        }
        if let notice = answer.notice { notices[notice, default: 0] += 1 }
        if answer.isReplay { replays[event.kind, default: 0] += 1 }
        if answer.parts.count > 1 { rare["a refund in parts", default: 0] += 1 }
        if answer.absorbed > 0 { rare["an overrun absorbed", default: 0] += 1 }
        if answer.sub > 0, answer.payg > 0 { rare["quota and balance", default: 0] += 1 }
        if answer.verdict == .allow, event.kind == .request, auditor.available == 0, answer.payg > 0 {
          rare["the last unit", default: 0] += 1
        }
        if owed, answer.credited > 0 { rare["a debt repaid", default: 0] += 1 }
        if owed, answer.reinstated > 0 { rare["a dispute won in debt", default: 0] += 1 }
        if event.kind == .settle, answer.verdict == .settled, answer.payg > 0, auditor.balance < 0 {
          rare["an overrun owed", default: 0] += 1
        }
      }
      if auditor.holds.contains(where: { $0.state == .expired }) { rare["a hold expired", default: 0] += 1 }
      if auditor.statements.count > 2 { rare["several months", default: 0] += 1 }
      if auditor.cycle.number > 3 { rare["several cycles", default: 0] += 1 }
    }
    for kind in AuditEvent.Kind.allCases { #expect(kinds[kind, default: 0] >= 5, "\(kind)") }
    for code in AuditCode.allCases { #expect(codes[code, default: 0] >= 3, "\(code)") }
    for verdict in AuditAnswer.Verdict.allCases { #expect(verdicts[verdict, default: 0] >= 5, "\(verdict)") }
    for outcome in AuditAnswer.Automatic.Outcome.allCases { #expect(outcomes[outcome, default: 0] >= 3, "\(outcome)") }
    for why in AuditAnswer.Automatic.Why.allCases { #expect(reasons[why, default: 0] >= 10, "\(why)") }
    for level in AuditLevel.allCases.dropFirst() { #expect(notices[level, default: 0] >= 5, "\(level)") }
    for kind in [AuditEvent.Kind.request, .hold, .settle, .topUp, .refund, .collectPaid, .collectDeclined, .dispute] {
      #expect(replays[kind, default: 0] >= 1, "\(kind) again")
    }
    for name in [
      "a refund in parts", "an overrun absorbed", "quota and balance", "the last unit", "a debt repaid",
      "a dispute won in debt", "an overrun owed", "a hold expired", "several months", "several cycles",
    ] { #expect(rare[name, default: 0] >= 3, "\(name): \(rare)") }

    #expect(Set(policies.map(\.trigger)).count == 2 && Set(policies.map(\.rescue)).count == 2)
    #expect(Set(policies.map(\.overrun)).count == 2 && Set(policies.map(\.burn)).count == 2)
    #expect(Set(policies.map(\.keyScope)).count == 2 && Set(policies.map(\.rounding)).count == 4)
    #expect(policies.contains(AuditPolicy()))
  }
}

import Engine
import Language
import Testing
import Values

@testable import Lab

@Suite("Why not, trace and review")
struct WhyNotTests {
  @Test("every denial that holds is told, not only the first")
  func denials() throws {
    let asked = try Asked(["card visa, payment \"p1\" $40 card visa with $12.35 spent"], "refund $40, payment \"p1\"")
    let whyNot = try WhyNot(asked.question)
    #expect(whyNot.objections.map(\.name) == ["refunds.needs_approval", "refunds.says_why", "refunds.more_than_left"])
    #expect(whyNot.objections.map(\.decided) == [true, false, false])
    #expect(whyNot.objections[2].arithmetic == "refund.amount $40.00 > refund.refundable $27.65, refund.up_to is off")
    #expect(whyNot.objections.allSatisfy { $0.place.contains("policy.rules:") })
  }

  @Test("the waterfall goes on as if nothing had stood before it")
  func waterfall() throws {
    let given = [
      "plan_quota $10, subscription_start 2025-12-15, quota is $0.60, balance is $0.20, spending_limit $1, payg_spent is $0.90",
      "key dev with key_limit $1",
    ]
    let asked = try Asked(given, "request costing $3, key dev")
    let whyNot = try WhyNot(asked.question)
    // The key's cap decides. Behind it the gate is closed, and behind that the limit and the balance would not do.
    let names = whyNot.objections.map(\.name)
    #expect(
      names == [
        "teams.key_limit_on_all", "subscription.quota", "fallback.fallback_is_on", "limits.cycle_limit",
        "funding.balance",
      ], "\(names)")
    #expect(whyNot.objections.map(\.isHypothetical) == [false, true, true, true, true])
    #expect(whyNot.objections[4].arithmetic == "$0.20 available < $2.40 (short by $2.20)")
    let text = whyNot.text()
    #expect(text.contains("had nothing stood before them, these would have denied it as well:\n"), "\(text)")
    #expect(text.hasPrefix("  by teams.key_limit_on_all"), "\(text)")
  }

  @Test("what another bucket makes up for stands against nothing")
  func enough() throws {
    let asked = try Asked(
      [
        "plan_quota $10, subscription_start 2025-12-15, fallback.enabled on, quota is $0.60, balance is $9",
        "key dev with deleted on",
      ],
      "request costing $3, key dev")
    #expect(try WhyNot(asked.question).objections.map(\.name) == ["teams.key_is_active"])
    #expect(try WhyNot(Asked(["balance is $9"], "request costing $3").question).text() == "nothing stood against it")
  }

  @Test("fields outside their ranges are all told")
  func fields() throws {
    let asked = try Asked([], "request input 2000000000, output 3000000000")
    let whyNot = try WhyNot(asked.question)
    #expect(whyNot.objections.map(\.name) == ["request.input", "request.output"])
    #expect(whyNot.objections[0].arithmetic == "2,000,000,000 tokens is outside 0 tokens to 1,000,000,000 tokens")
  }

  @Test("a denial says when its meter begins anew, what is not the cause, and what did not help")
  func circumstances() throws {
    let limited = try Asked(NeedTests.limited, NeedTests.long)
    let why = try limited.payg.when(NeedTests.long).why
    #expect(why.contains("     limits.payg_spent resets 2026-01-15 00:00 UTC\n"), "\(why)")
    #expect(why.contains("     funding.balance is not the cause: $200.00 available\n"), "\(why)")
    let poor = try Simulation(QuestionStage.rules.get()).when("request costing $1234.50").why
    #expect(poor.contains("$0.00 available < $1,234.50 (short by $1,234.50)"), "\(poor)")
    #expect(
      poor.contains(
        "  did not help: topup.rescue_with_one_topup (topup.can_charge is off)\n     topup.can_charge: topup.enabled is off\n"
      ),
      "\(poor)")
  }

  @Test("a trace has every rule once, with its clauses and their places")
  func trace() throws {
    let asked = try Asked(NeedTests.limited, NeedTests.long)
    let trace = try RuleTrace(asked.question)
    let names = trace.steps.map(\.rule)
    #expect(Set(names).count == names.count, "\(names)")
    #expect(trace.steps(.fails).map(\.rule) == ["limits.cycle_limit"])
    #expect(trace.steps(.notes).isEmpty)
    let price = try #require(trace.steps.first { $0.rule == "pricing.model_has_a_price" })
    #expect(price.outcome == .passed && price.clauses.map(\.holds) == [true, false])
    #expect(price.clauses.allSatisfy { $0.place.contains("pricing/policy.rules:") })
    #expect(trace.steps.first { $0.rule == "funding.charge_usage" }?.outcome == .held)
    let text = trace.text(.full)
    #expect(
      text.contains("limits.payg_spent $49.70 + $0.35 = $50.05 > limits.spending_limit $50.00 (over by $0.05)"),
      "\(text)")
    let allowed = try RuleTrace(Asked(["balance is $10"], "request costing $6").question)
    #expect(allowed.steps(.notes).map(\.rule) == ["funding.charge_usage", "warnings.fell_to_critical"])
    #expect(allowed.steps.first { $0.rule == "warnings.fell_to_low" }?.outcome == .idle)
    let capped = try RuleTrace(
      Asked(["key dev with key_limit $1, balance is $5"], "request costing $3, key dev").question)
    #expect(capped.steps.first { $0.rule == "limits.cycle_limit" }?.untried == "`teams.key_limit_on_all` had decided")
  }

  @Test("a review says what goes back, why so much, and what could")
  func review() throws {
    let given = [
      "card visa, payment \"p1\" $40 card visa with $12.35 spent, payment \"p2\" $20 card amex, balance is $4 promo"
    ]
    let sound = try Asked(given, "refund $100, approved_by \"sup\", reason \"closed\", up_to on")
    let review = try Review(sound.question)
    #expect(review.decision.isAllowed && review.sent == 4_765 * Money.nanoPerCent)
    #expect(review.parts.map(\.payment) == ["p2", "p1"] && review.parts.map(\.card) == ["amex", "visa"])
    #expect(review.payments.map(\.refundable) == [20 * Money.nanoPerDollar, 2_765 * Money.nanoPerCent])
    #expect(review.most?.text == "$47.65")
    let deciding = review.terms.filter(\.decides).map(\.name)
    #expect(deciding.contains("refund.refundable") && !deciding.contains("refund.amount"), "\(review.terms)")
    let text = review.text()
    #expect(
      text.contains("RESULT  $47.65 goes back") && text.contains("the most that would be allowed is $47.65"), "\(text)")
    #expect(
      text.contains("p1  2026-01-01  $40.00 paid, $0.00 refunded, $27.65 unspent: $27.65 refundable to visa"), "\(text)"
    )
    // Nothing of it happened.
    #expect(sound.payg.money("balance") == Money(nano: 5_165 * Money.nanoPerCent))
    let denied = try Review(Asked(given, "refund $40, payment \"p1\", approved_by \"sup\", reason \"closed\"").question)
    #expect(
      denied.sent == 0 && denied.most?.text == "$27.65"
        && denied.whyNot.objections.map(\.name) == ["refunds.more_than_left"])
    let other = try Review(Asked(["balance is $10"], "request costing $20").question)
    #expect(other.asked == nil && other.most?.text == "$10.00" && other.payments.isEmpty)
  }
}

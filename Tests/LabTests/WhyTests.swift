import Lab
import Testing

/// What people read about decisions of the shipped rules, where names and rounding are in it.
@Suite("Why")
struct WhyTests {
  private func payg(_ given: String...) throws -> Simulation {
    let payg = try Simulation(rules: Place.rules)
    for line in given { try payg.given(line) }
    return payg
  }

  @Test("what a name was before the event is said by its name")
  func previous() throws {
    let payg = try payg("balance is $12")
    let why = try payg.when("request costing $3").why
    #expect(why.contains("warnings.level is warning, previous warnings.level is low\n     notifies warning"), "\(why)")
  }

  @Test("what the caller wrote is shown where the rules have no name for it")
  func words() throws {
    let payg = try payg("payment \"p1\" $20")
    let why = try payg.when("refund $5, approved_by \"sup\", reason \"account closed\"").why
    #expect(why.contains("approved_by sup, reason account closed, refundable $20.00"), "\(why)")
    #expect(why.contains("refunds.needs_approval (refund.approved_by is sup)"), "\(why)")
    let unknown = try payg.when("dispute payment \"p9\"").why
    #expect(unknown.contains("DENIED  dispute  2026-01-01T00:00:00Z  payment p9\n"), "\(unknown)")
    #expect(unknown.contains("     the account has no such payment: p9"), "\(unknown)")
  }

  @Test("a row that is missing is asked for by its cells")
  func lookups() throws {
    let why = try payg().when("request model \"nobody-sells-this\", input 5").why
    #expect(why.contains("request.costing is none, pricing.price(request.model nobody-sells-this) is none"), "\(why)")
  }

  @Test("a rounding is told as one")
  func rounding() throws {
    let why = try payg("card visa").when("topup $5.005").why
    #expect(why.contains("     topup.amount $5.005 rounded down to $5.00 ≠ topup.amount $5.005\n"), "\(why)")
    #expect(!why.contains("%"))
    // No gate and no cap has anything to do with it.
    #expect(why.hasSuffix("not tried: topup.add_funds"), "\(why)")
  }

  @Test("a charge says on what numbers its names stand")
  func reasons() throws {
    let payg = try payg("card visa, topup.enabled on, balance is $10.50")
    let why = try payg.when("request costing $1").why
    #expect(why.contains("     topup.is_low: funding.balance $9.50 < topup.threshold $10.00\n"), "\(why)")
    #expect(why.contains("     topup.can_charge: topup.enabled is on, funding.card is visa, "), "\(why)")
    #expect(why.split(separator: "\n").allSatisfy { $0.count <= 120 }, "\(why)")
  }

  @Test("a rescue says what became of its charge")
  func rescues() throws {
    let payg = try payg("card visa, topup.enabled on, topup.threshold $0, topup.amount $20", "provider declines")
    let declined = try payg.when("request costing $5").why
    #expect(declined.contains(": auto-1: $20.00 from visa was declined\n"), "\(declined)")
    try payg.when("clock forward 2 hours")
    try payg.given("provider waits")
    let waiting = try payg.when("request \"r1\" costing $5").why
    #expect(waiting.contains(": auto-2: $20.00 from visa waits for its answer\n"), "\(waiting)")
    try payg.when("collect_paid payment \"auto-2\" as \"n1\"")
    let twice = try payg.when("collect_paid payment \"auto-2\" as \"n2\"").why
    #expect(twice.contains("     payment auto-2 was received before: nothing changes\n"), "\(twice)")
    let late = try payg.when("collect_declined payment \"auto-2\" as \"n3\"").why
    #expect(late.contains("     payment auto-2 is paid already: nothing changes\n"), "\(late)")
    try payg.when("request costing $20")
    let rescued = try payg.when("request costing $1").why
    #expect(rescued.contains("\n     auto-3: $20.00 from visa, paid\n"), "\(rescued)")
  }

  @Test("a top-up that is sent again while it waits says so, and one that was charged says what was asked before")
  func topups() throws {
    let payg = try payg("card visa", "provider waits")
    try payg.when("topup \"t1\" $20")
    let again = try payg.when("topup \"t1\" $20").why
    #expect(
      again.hasSuffix("  waits for the payment provider, which was asked before\n     t1: $20.00 from visa"), "\(again)"
    )
    let paid = try payg.when("topup $20").why
    #expect(
      paid.contains("passed before the charge: topup.at_least_the_minimum, topup.in_whole_cents, topup.with_a_card"),
      "\(paid)")
    #expect(!paid.contains("not tried"))
  }

  @Test("what is held or owed stands beside what is available")
  func available() throws {
    let payg = try payg("payment \"p1\" $10")
    try payg.when("hold estimate $6")
    let held = try payg.when("request costing $5").why
    #expect(held.contains("$4.00 available < $5.00 (short by $1.00); $6.00 is held"), "\(held)")
    let other = try self.payg("payment \"p1\" $10")
    try other.when("request costing $8")
    try other.when("dispute payment \"p1\"")
    let owed = try other.when("request costing $1").why
    #expect(owed.contains("$0.00 available < $1.00 (short by $1.00); $8.00 is owed"), "\(owed)")
  }

  @Test("what a rule puts, sets and notifies is told, and what stays as it was is not")
  func effects() throws {
    let payg = try payg("balance is $500")
    #expect(try payg.when("grant $5").why.contains("     puts $5.00 into funding.balance as promo\n"))
    let why = try payg.when("auto_topup enabled on, preset light").why
    #expect(
      why.contains("     sets topup.enabled to on, from off\n     sets topup.threshold to $5.00, from $10.00\n"),
      "\(why)")
    #expect(!(try payg.when("auto_topup enabled on, preset light").why.contains("sets")))
  }

  @Test("nothing is compared with none, and a rate of its own is told")
  func plans() throws {
    let payg = try payg(
      "plan_quota 1000 units, plan_rate 4/5, subscription_start 2026-01-01", "quota is 100 units, balance is $20",
      "fallback.enabled on")
    let why = try payg.when("request costing 150 units").why
    #expect(why.contains("limits.spending_limit is none"), "\(why)")
    #expect(why.contains("subscription.quota gives $0.0002 of $0.00024 ($0.0003 at its rate), all it has"), "\(why)")
  }
}

import Engine
import Language
import Ledger
import Testing
import Values

@testable import Lab

/// A question about an account that lines describe.
struct Asked {
  let payg: Simulation
  let question: Question

  init(_ given: [String], _ event: String, rules: LoadedRules? = nil) throws {
    payg = try Simulation(rules ?? QuestionStage.rules.get())
    for line in given {
      if line.hasPrefix("when ") { try payg.when(String(line.dropFirst(5))) } else { try payg.given(line) }
    }
    // Lines about events give an account without keys its first.
    if payg.account.keyCount == 0 { try payg.given("key k1") }
    let call = try LineReader(payg.program).event(event, keys: payg.account.keyNames, now: payg.clock).call
    question = try Question(call, of: payg.account, by: payg.engine)
  }

  func allowed(_ lines: [String]) throws -> Bool {
    let copy = Simulation(payg.account, engine: payg.engine, at: payg.clock)
    for line in lines.dropLast() { try copy.when(line) }
    return try copy.when(lines.last ?? "").isAllowed
  }
}

@Suite("Need")
struct NeedTests {
  static let limited = [
    "subscription_start 2025-12-15, fallback.enabled on, spending_limit $50, balance is $200, payg_spent is $49.70"
  ]
  static let long = "request model \"gpt-4o\", input 60000, output 20000"

  @Test("a limit: what would have let it pass, in the order people try it")
  func limit() throws {
    let asked = try Asked(Self.limited, Self.long)
    let need = try Need(asked.question)
    #expect(need.ways.first?.text == "limits.spending_limit ≥ $50.05   $50.05 → allowed, $50.04 → denied")
    #expect(need.ways.first?.line == "set limits.spending_limit to $50.05")
    #expect(
      need.ways.first?.wholeLine
        == "set limits.spending_limit to $50.05 then request key \"k1\", model \"gpt-4o\", input 60000 tokens, output 20000 tokens"
    )
    #expect(need.ways.first?.step?.text == "$0.01" && need.ways.first?.from?.text == "$50.00")
    let texts = need.ways.map(\.text)
    let wanted = [
      "output ≤ 15,000 tokens   15,000 tokens → allowed, 15,001 tokens → denied",
      "wait until 2026-01-15 00:00 UTC   then allowed, one second before denied",
    ]
    for text in wanted { #expect(texts.contains(text), "\(texts)") }
    let output = try #require(texts.firstIndex(of: wanted[0]))
    let wait = try #require(texts.firstIndex(of: wanted[1]))
    #expect(output < wait)
    let grant = need.cannot.first { $0.name == "grant" }
    #expect(grant?.reason.contains("still spending_limit_exceeded: limits.cycle_limit: ") == true, "\(need.cannot)")
    #expect(need.probes < 2_000 && !need.isCutShort)
    #expect(need.text().hasPrefix("any one of these would have it allowed"))
    #expect(need.text(all: true).contains("–  grant cannot help: at $1,000,000.00 still"))
  }

  @Test("short of money: a top-up as the rules take it, and what would have charged a card by itself")
  func balance() throws {
    let asked = try Asked(["card visa, balance is $0.64"], "request model \"o1\", input 40000, output 8000")
    let need = try Need(asked.question)
    let topup = try #require(need.ways.first)
    #expect(topup.text == "topup $5.00   $5.00 → allowed, $4.99 → refused" && topup.line == "topup amount $5.00")
    #expect(topup.refusedBelow == "The minimum top-up is $5.00" && topup.step?.number == Money.nanoPerCent)
    let grant = need.ways.first { $0.name == "grant" }
    #expect(grant?.to.number == 44 * Money.nanoPerCent && grant?.text.hasPrefix("grant $0.44") == true)
    let enabled = need.ways.first { $0.name == "topup.enabled" }
    #expect(enabled?.text.hasSuffix("after topup.rescue_with_one_topup") == true, "\(need.ways.map(\.text))")
  }

  @Test("a top-up that needs a card comes with one")
  func card() throws {
    let need = try Need(Asked(["balance is $0.64"], "request costing $1").question)
    let topup = need.ways.first { $0.name == "topup" }
    #expect(topup?.line == "topup amount $5.00, card \"card\"", "\(need.ways.map(\.text))")
  }

  @Test("a key's limit, and another key")
  func keys() throws {
    let asked = try Asked(
      [
        "key dev with key_limit $15 and key_window week, key ops, balance is $140",
        "key_spent_week is $14.60 for key dev",
      ],
      "request costing $0.50, key dev")
    let need = try Need(asked.question)
    #expect(need.ways.first?.text == "teams.key_limit for key dev ≥ $15.10   $15.10 → allowed, $15.09 → denied")
    #expect(need.ways.first?.line == "set teams.key_limit to $15.10 for key \"dev\"")
    #expect(need.ways.contains { $0.kind == .key && $0.to.text == "ops" }, "\(need.ways.map(\.text))")
    #expect(need.ways.contains { $0.text.hasPrefix("wait until 2026-01-05 00:00 UTC") })
    // What serves every account is told last.
    #expect(need.ways.last?.isForAll == true)
  }

  @Test("a switch of the deciding rule's own family comes first")
  func gate() throws {
    let asked = try Asked(
      ["plan_quota $10, subscription_start 2025-12-15, quota is $0.60, balance is $3"], "request costing $1.08")
    let need = try Need(asked.question)
    #expect(need.ways.first?.text == "fallback.enabled on   on → allowed, off → denied")
    #expect(need.ways.contains { $0.name == "costing" && $0.to.text == "$0.60" })
    let rate = need.ways.first { $0.name == "subscription.plan_rate" }
    #expect(rate?.from?.text == "1/1" && rate?.to.text == "11/20", "\(need.ways.map(\.text))")
  }

  @Test("money that is held comes back: by a void, and when the hold expires")
  func holds() throws {
    let asked = try Asked(["balance is $10", "when hold estimate $6 as \"h1\""], "request costing $5")
    let need = try Need(asked.question)
    #expect(need.ways.contains { $0.line == "void hold \"h1\"" }, "\(need.ways.map(\.text))")
    let wait = try #require(need.ways.first { $0.kind == .wait })
    #expect(
      wait.line == "clock to 2026-01-01T01:00:00Z" && wait.to.number - (wait.below?.number ?? 0) == Instant.perSecond)
  }

  @Test("the time after which a card may be charged again is found to the second")
  func cooldown() throws {
    let asked = try Asked(
      [
        "card visa, topup.enabled on, topup.threshold $0, topup.amount $20, balance is $1", "provider declines",
        "when request costing $5",
      ],
      "request costing $5")
    let wait = try #require(Need(asked.question).ways.first { $0.kind == .wait })
    #expect(wait.line == "clock to 2026-01-01T01:00:00Z", "\(wait.text)")
  }

  @Test("of an allowed event it is told what would have denied it")
  func allowed() throws {
    let asked = try Asked(["balance is $10"], "request costing $5")
    let need = try Need(asked.question)
    #expect(need.answer.isAllowed)
    let texts = need.ways.map(\.text)
    #expect(
      texts.contains("costing ≥ $10.01   $10.01 → denied with insufficient_balance, $10.00 → allowed"), "\(texts)")
    #expect(need.ways.allSatisfy { !$0.atValue.isAllowed && $0.oneBelow.isAllowed })
  }

  @Test("what the caller called something is what it is called")
  func words() throws {
    let asked = try Asked(["payment \"p1\" $40"], "refund $10, approved_by \"sup\", reason \"r\"")
    let texts = try Need(asked.question).ways.map(\.text)
    #expect(
      texts.contains("approved_by none   none → denied with needs_support_approval, sup → allowed"), "\(texts)")
  }

  @Test("two things are looked for where no single one helps")
  func pairs() throws {
    let asked = try Asked(["balance is $10"], "topup $3")
    let need = try Need(asked.question)
    let pair = try #require(need.pair)
    #expect(need.ways.isEmpty && pair.atValue.isAllowed)
    #expect(try asked.allowed(pair.lines))
    #expect(pair.parts.contains { $0.name == "amount" && $0.to.text == "$5.00" }, "\(pair.text)")
    #expect(need.text().hasPrefix("no single change would have it allowed; two together would:"))
  }

  @Test("an answer that hangs on its id is not searched")
  func replays() throws {
    let asked = try Asked(["balance is $10", "when request costing $1 as \"r1\""], "request costing $1 as \"r1\"")
    let need = try Need(asked.question)
    #expect(need.ways.isEmpty && need.text().hasPrefix("the id `r1` was answered before"))
  }

  @Test("a search that is cut short says so")
  func cutShort() throws {
    let need = try Need(Asked(Self.limited, Self.long).question, mostProbes: 30)
    #expect(need.isCutShort && need.probes < 60)
    #expect(need.text().contains("the search ended after"))
    let whole = try Need(Asked(Self.limited, Self.long).question)
    #expect(!whole.text().contains("the search ended after"))
  }

  @Test("nothing smaller would do: every amount below was tried")
  func bruteForce() throws {
    // A limit, in cents.
    for spent in stride(from: Int64(4_950), through: 5_000, by: 7) {
      for cost in [Int64(3), 51, 77] {
        let given = "subscription_start 2025-12-15, fallback.enabled on, spending_limit $50, balance is $200"
        let asked = try Asked([given, "payg_spent is \(Money.cents(spent))"], "request costing \(Money.cents(cost))")
        let need = try Need(asked.question)
        guard !need.answer.isAllowed else { continue }
        let way = try #require(need.ways.first { $0.name == "limits.spending_limit" })
        let least = try (Int64(5_000)...5_100).first { limit in
          try asked.allowed([
            "set limits.spending_limit to \(Money.cents(limit))", "request costing \(Money.cents(cost))",
          ])
        }
        #expect(least.map { Money.cents($0).nano } == way.to.number, "\(spent) \(cost)")
      }
    }
    // Tokens, one by one.
    for balance in [2, 3, 5, 9] as [Int64] {
      let event = "request model \"gpt-4o\", input 40, output 60"
      let asked = try Asked(["balance is \(balance * 25) units"], event)
      let way = try #require(Need(asked.question).ways.first { $0.name == "output" })
      let most = try (0...60).last { output in
        try asked.allowed(["request model \"gpt-4o\", input 40, output \(output)"])
      }
      #expect(most.map(Int64.init) == way.to.number)
    }
    // A grant, unit by unit.
    for missing in [1, 2, 40] as [Int64] {
      let asked = try Asked(["balance is 100 units"], "request costing \(100 + missing) units")
      let way = try #require(Need(asked.question).ways.first { $0.name == "grant" })
      let least = try (1...60).first { amount in
        try asked.allowed(["grant \(amount) units", "request costing \(100 + missing) units"])
      }
      #expect(least.map { Money.units(Int64($0)).nano } == way.to.number)
    }
  }

  @Test("a family nobody has heard of is asked about like the others")
  func sixthFamily() throws {
    let extra = """
      policy tickets "Requests need tickets."

      setting cap: integer in 0..1000 = 3
      meter used = count of request each day
      event ticket_sale "more of them"
        price: money in $0..$100
      bucket purse draw 10 keeps lots else out_of_tickets
      denial too_many 429 rank 33 "No more requests today"
      denial out_of_tickets 402 rank 88 "No tickets left"
      deny request rule daily
        when used >= cap
        with too_many
      on ticket_sale rule sell
        credit ticket_sale.price to purse as lot paid

      """
    let rules = try QuestionStage.load(adding: [("tickets/policy.rules", extra)])
    let asked = try Asked(
      ["balance is $10, cap 2", "when request costing $1", "when request costing $1"], "request costing $1",
      rules: rules)
    let need = try Need(asked.question)
    #expect(need.answer.code(in: asked.payg.program) == "too_many")
    #expect(need.ways.first?.text == "tickets.cap ≥ 3   3 → allowed, 2 → denied", "\(need.ways.map(\.text))")
    #expect(need.ways.contains { $0.line == "clock to 2026-01-02T00:00:00Z" })
    let poor = try Asked(["balance is $1"], "request costing $4", rules: rules)
    let sale = try #require(Need(poor.question).ways.first { $0.name == "ticket_sale" })
    #expect(sale.to.text == "$3.00")
  }
}

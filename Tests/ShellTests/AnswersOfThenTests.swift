import Testing

@testable import Shell

/// Questions about the history agree with it, whatever they are called by.
@Suite("Answers of then")
struct AnswersOfThenTests {
  @Test(
    "an id that is an event and a payment is reviewed as the payment",
    arguments: [
      ("review lark-2", "$0.00 refundable: it is pending"), ("review fable-1", "$0.00 refundable: it was declined"),
      ("review auto-1 of fable", "$0.00 refundable: it was declined"), ("review juno-1", "the most that would be"),
      ("review ada", "RESULT  $7.12 goes back"), ("review juno", "the latest refund of `juno`"),
    ])
  func reviews(line: String, wanted: String) throws {
    let typed = try Typed()
    let text = typed.type(line)
    #expect(typed.status == .answered && text.contains(wanted), "\(line)\n\(text)")
  }

  @Test("what sends nothing back is nothing to review")
  func nothingToReview() throws {
    let typed = try Typed()
    let text = typed.type("review s0626-158")
    #expect(typed.status == .failed && text.contains("there is nothing to review"), "\(text)")
    #expect(!text.contains("the most that would be allowed"))
  }

  @Test("a declined card goes on declining, and another card is a way out")
  func declined() throws {
    let typed = try Typed()
    for line in ["why fable-1", "why not fable-1", "trace fable-1", "need fable-1", "why fable-1 under current"] {
      let text = typed.type(line)
      #expect(text.contains("DENIED  fable-1") && !text.contains("ALLOWED"), "\(line)\n\(text)")
    }
    let text = typed.type("need fable-1")
    #expect(text.contains("a card that pays → allowed"), "\(text)")
    #expect(text.contains("try it: what if fable topup amount $20.00, card \"card\" @fable-1"), "\(text)")
    #expect(typed.type("why not fable-1").contains("card_declined"))
  }

  @Test("every denial of a declined card is a denial in each question about it")
  func agree() throws {
    let typed = try Typed(isTerminal: false)
    let ids = typed.type(
      "select '#' || seq from events where code = 'card_declined' or verdict = 'waiting' limit 20; --csv"
    )
    .split(separator: "\n").dropFirst().map(String.init)
    for id in ids {
      let was = typed.type("why \(id)").prefix { $0 != " " }
      for verb in ["why not", "trace", "need"] {
        let text = typed.type("\(verb) \(id)")
        #expect(text.prefix { $0 != " " } == was, "\(verb) \(id)\n\(text)")
      }
    }
    #expect(!ids.isEmpty)
  }

  @Test("payments that share an id say so, and are told apart by their account")
  func shared() throws {
    let typed = try Typed()
    #expect(typed.type("show auto-1").contains("fable has a payment `auto-1` too: show auto-1 of fable"))
    #expect(typed.type("why auto-1").contains("fable has a payment `auto-1` too: why auto-1 of fable"))
    #expect(typed.type("show auto-1 of ember").contains("paid  $50.00 from mastercard"))
    let fable = typed.type("show auto-1 of fable")
    #expect(fable.contains("declined  $20.00 from visa-declined") && !fable.contains("too:"), "\(fable)")
  }

  @Test(
    "an account alone means its latest denied event",
    arguments: ["need of delta", "need delta", "need last denied of delta", "why not delta", "why of delta"])
  func latest(line: String) throws {
    let typed = try Typed()
    let text = typed.type(line)
    #expect(typed.status == .answered && text.contains("DENIED  s0683-26"), "\(text)")
  }

  @Test("`_` after an account is no event")
  func lastIsAccount() throws {
    let typed = try Typed()
    typed.type("show delta")
    let text = typed.type("need _")
    #expect(typed.status == .failed && text.contains("the last answer is about the account `delta`"), "\(text)")
  }

  @Test("a cap that stops an account before its money is gone is named, and balances are exact")
  func caps() throws {
    let text = try Typed().type("when delta runs out")
    #expect(text.contains("funding.balance  $30.049622"), "\(text)")
    #expect(
      text.contains("before that limits.cycle_limit stops it: $0.049622 of $20.00 left until 2026-11-01 08:00"),
      "\(text)")
  }

  @Test("what is spent at standard rates and what is paid are told apart")
  func rates() throws {
    let typed = try Typed()
    #expect(typed.type("why s0706-41").contains("costs $0.071826 at standard rates; pays $0.057462"))
    #expect(typed.type("keys iris").contains("spent (standard rates)"))
    #expect(typed.type("limits iris").contains("an allowance counts what it gave"))
    #expect(!typed.type("keys delta").contains("standard rates"))
  }

  @Test("needs say how they are asked for in full, and in which direction counts go")
  func needs() throws {
    let typed = try Typed()
    let text = typed.type("need s0310-48")
    #expect(text.contains("input ≤ 104,416 tokens") && text.contains("cached ≥ 104,188 tokens"), "\(text)")
    #expect(text.contains("more: need … --all"), "\(text)")
    #expect(!typed.type("need s0310-48 --all").contains("more: need"))
  }

  @Test("a statement without a period is about the month of the last movement, and empty days are shown")
  func periods() throws {
    let typed = try Typed()
    #expect(typed.type("statement juno").contains("2026-10-01 .. 2026-10-31"))
    let days = typed.type("spend lark by day").split(separator: "\n").filter { $0.contains("2026-10-1") }
    #expect(days.contains { $0.contains("2026-10-15") }, "\(days)")
  }

  @Test("a reformed rule is shown with what the reform says, and a code with how often it was given")
  func explains() throws {
    let typed = try Typed()
    let text = typed.type("explain limits.cycle_limit under 'limits.cycle_limit at $1'")
    #expect(
      text.contains("cap balance rule cycle_limit") && text.contains("reformed: limits.cycle_limit at $1"), "\(text)")
    let code = typed.type("explain quota_exceeded")
    #expect(code.contains("times in the latest"), "\(code)")
  }

  @Test("under another policy an event stands on the rules and the id memory of its moment")
  func under() throws {
    let typed = try Typed()
    for id in ["lark-settle-1", "lark-void-2", "juno-refund-2", "s0626-158"] {
      let plain = typed.type("why \(id) --json")
      let asked = typed.type("why \(id) under 'warnings.fell_to_low when off' --json")
      func verdict(_ text: String) -> Substring? { text.firstMatch(of: #/"verdict": "(\w+)"/#)?.output.1 }
      #expect(verdict(plain) == verdict(asked) && verdict(plain) != nil, "\(id)\n\(asked)")
    }
  }
}

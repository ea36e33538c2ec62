import Foundation
import Testing

@testable import Shell

/// What the demo's store answers to why, and what would have been otherwise.
@Suite("Why")
struct WhyTests {
  /// The transcripts of the shell, a file each: what is typed, and what is printed.
  static let transcripts: [(name: String, lines: [String])] = [
    // Why was it denied?
    ("transcript-01", ["why s0310-48", "why not s0310-48"]),
    // The smallest change that would have let it pass.
    ("transcript-02", ["need s0310-48", "what if fable topup $5 then again s0310-48 @s0310-48"]),
    // A top-up, then a request.
    (
      "transcript-03",
      [
        "use lark", "what if topup $20, card visa then request model claude-opus-4-6, input 1200, output 300", "why _",
        "balance",
      ]
    ),
    // The quota first, then the balance.
    (
      "transcript-04",
      [
        "what if iris topup $5, card visa then set fallback.enabled to on then request costing $60 then request costing $0.5",
        "why ~3",
        "what if lark settle hold lark-stream-3, input 90000, output 4000",
      ]
    ),
    // A spending limit.
    (
      "transcript-05",
      [
        "why s0626-158", "need _", "spend delta for 2026-10 by week --chart",
        "what if delta set limits.spending_limit to $80 then again s0626-158 @s0626-158",
      ]
    ),
    // Automatic charges.
    (
      "transcript-06",
      [
        "branch month-end", "use ember",
        "apply 30 x request key prod, model claude-opus-4-6, input 400000, output 8000", "balance", "undo",
        "balance", "redo", "diff", "switch main", "balance",
      ]
    ),
    // Refunds.
    (
      "transcript-07",
      [
        "review juno-refund-1", "review juno-refund-2", "review haven-1", "review kite-1",
        "review juno-1 as of 2026-10-15",
      ]
    ),
    // A key over its limit.
    ("transcript-08", ["why s0047-12", "keys birch --markdown", "need s0047-12"]),
    // A reform on last month's traffic.
    (
      "transcript-09",
      [
        "compare current 'limits.spending_limit default $10' on 2026-10", "affected", "examples 3 of allow->deny",
        "examples of deny->allow", "compare current 'limits.spending_limit default $9999' on last month", "examples",
        "compare 'pricing.rounding default half_even' on 2026-10-06", "affected", "examples 1 of paid differs",
      ]
    ),
    // The same as SQL.
    (
      "transcript-10",
      [
        "why grove under 'limits.spending_limit default $10'",
        "compare current 'limits.spending_limit default $10' on 2026-10",
        "select account, count(*) as newly_denied, max(rule_b) as rule from compare_rows where change = 'allow→deny'\ngroup by account order by newly_denied desc limit 3;",
        "why _1 under 'limits.spending_limit default $10'", "need _ under 'limits.spending_limit default $10'",
        "select id, at, amount_b_nano from compare_rows where account = 'grove' order by at desc limit 2;", "why _2",
      ]
    ),
    // As it was.
    (
      "transcript-11",
      ["use delta", "as of 2026-10-15", "balance", "as of now", "statement for 2026-10", "as of 2026-13-01"]
    ),
    // A script.
    (
      "transcript-12",
      [
        "as of 2026-10-09 21:00", "what if delta again s0626-158", "expect denied by limits.cycle_limit",
        "expect denied with quota_exceeded", "expect limits.payg_spent is $14.941452",
      ]
    ),
    // Another model, a limit, a cache; a plan instead.
    (
      "transcript-13",
      [
        "compare 'model is gpt-4o-mini where model is claude-opus-4-5-20251101' on 2026-10", "affected",
        "examples 1 of paid differs",
        "compare 'first cancel, never subscribe' 'never subscribe, first subscribe quota $20 rate 4/5, first fallback.enabled on, fee $16 each month' on 2026-10",
        "affected 5", "affected 2 --json",
      ]
    ),
    (
      "compare-mistakes",
      [
        "compare current 'model is gpt-4o-mni' on 2026-10", "compare 'outptu at most 500' on 2026-10",
        "compare current \"fee $20 each week\" on 2026-10", "compare current model is gpt-4o on 2026-10",
        "compare current 'first subscribe qota $20' on 2026-10",
        "compare current 'first cancel,, fee $1 each month' on all",
        "compare current 'limits.spending_limt default $5' on 2026-10", "balance ada under 'model is gpt-4o'",
        "compare current nowhere on 2026-10", "compare current beef on 2026-10",
      ]
    ),
    // Trouble.
    (
      "why-mistakes",
      [
        "wy s0626-158", "why s0626-15x", "why _", "why ~1", "why s0626-158 of dleta", "what if dleta topup $5",
        "what if delta topop $5",
        "what if delta request modl x", "what if delta", "what if delta topup $5 then",
        "set limits.spending_limit to $5", "undo", "diff",
        "switch nowhere", "drop main", "branch main", "need grant", "when nobody runs out", "why at 2026-10-30",
        "apply delta topup $5",
        "what if delta 20000 x topup $5", "policy no-such-folder", "reform limits.spending_limt default $25",
        ".record stop", "next",
        "what if delta replay", "expect allowed",
      ]
    ),
    (
      "why-forms",
      [
        "why #3744", "why last denied of delta", "why cedar at 2026-10-30 14:03", "why delta at 2026-10-09 21:00",
        "why auto-1 of ember",
        "why haven-gift", "why lark-2", "why juno-refund-1", "why s0260-1", "trace s0626-158 fails",
        "trace s0652-2 notes",
        "why s0626-158 under current", "why s0626-158 under 'limits.spending_limit default $25'",
        "why s0626-158 under 'without limits.cycle_limit'", "when ada runs out", "when haven runs out",
        "need request key laptop, model claude-opus-4-6, input 400000, output 90000 of ada",
      ]
    ),
    (
      "what-if-forms",
      [
        "what if lark clock forward 2 days", "what if delta clock to 2026-11-05",
        "what if account zoe with web then topup $20, card visa then 3 x request costing $7",
        "why ~3", "what if lark given balance is $5 then request costing $7",
        "what if fable given provider declines then topup $20",
        "what if fable topup $20 then replay as of 2026-10-10",
        "what if delta set limits.spending_limit to $20 then replay @s0626-158",
        "what if ember reform topup.trigger default at_or_below then clock forward 1 hour",
        "what if ada edit rule limits.cycle_limit to \"cap balance rule cycle_limit\\n  at $1\\n  else spending_limit_exceeded\" then request costing $2, key laptop",
        "what if haven refund $5, payment haven-1, approved_by mia, reason moved under 'funding.lot_order default oldest_first'",
        "what if set topup.minimum to $30", "what if delta set topup.amount to $1",
      ]
    ),
  ]

  @Test("lines print what they did", arguments: WhyTests.transcripts.indices)
  func golden(index: Int) throws {
    let (name, lines) = WhyTests.transcripts[index]
    try LookTests.expect(try Typed().transcript(lines), name)
  }

  @Test("every question about why and what if is answered by one line")
  func questions() throws {
    let questions = [
      ("402 at 14:03 with $20 on the account: which rule said no?", "why cedar at 2026-10-29 19:52"),
      (
        "If I raise the limit from $15 to $80, does the job that just failed go through?",
        "what if delta set limits.spending_limit to $80 then again s0626-158 @s0626-158"
      ),
      ("How much of the $30 from October can I refund, and to which card?", "review haven-1"),
      ("The balance is near the threshold of $20: why was there no top-up?", "why not s0652-1"),
      ("The balance is below the threshold: why was there no top-up?", "why not s0310-48"),
      ("Why was this card charged?", "why auto-1 of ember"),
      ("Where did the money of the deleted key go?", "why birch-bob"),
      (
        "What would this account look like if the top-up on the 10th had gone through?",
        "what if fable topup $20 then replay as of 2026-10-10"
      ),
      ("How long will $7 last at this week's pace?", "when ada runs out"),
      ("What is the least that would have let it pass?", "need s0626-158"),
      ("Would this request pass now?", "need request key laptop, costing $8 of ada"),
      ("Minimum top-up $30: which settings become invalid?", "what if set topup.minimum to $30"),
      ("What happens when the month ends?", "what if delta clock to 2026-11-02"),
      (
        "Which answers would a limit of $25 have given delta?",
        "what if delta set limits.spending_limit to $25 then replay as of 2026-10-05"
      ),
    ]
    let typed = try Typed()
    var text = ""
    // What the costs of usage depend on: each is compared, and then told account by account.
    let usage = [
      ("What if everybody had used a cheaper model?", "compare 'model is gpt-4o-mini' on 2026-10"),
      ("What if no answer had been longer than 500 tokens?", "compare 'output at most 500' on 2026-10"),
      ("What if six of ten tokens of input had been cached?", "compare 'cached at least 60% of input' on 2026-10"),
    ]
    let asked = questions + usage.flatMap { [$0, ("And each account?", "affected 3")] }
    for (question, line) in asked {
      let answer = typed.type(line)
      #expect(typed.status == .answered, "\(line)\n\(answer)")
      text += "# \(question)\npayg> \(line)\n\(answer)\n"
    }
    try LookTests.expect(text, "questions-why")
  }

  @Test("each example runs, where it says it is for")
  func examples() throws {
    for verb in Verbs.why + Verbs.whatIf where !["edit rule", "policy"].contains(verb.name) {
      #expect(!verb.examples.isEmpty || !verb.isQuery, "\(verb.name) shows nothing to type")
      for example in verb.examples {
        let typed = try Typed()
        switch verb.name {
        case "apply", "set", "clock", "account", "undo", "redo", "reset", "drop", "diff", "switch":
          typed.type("use lark")
          typed.type("branch trial")
          typed.type("apply topup $5, card visa")
          if verb.name == "redo" { typed.type("undo") }
        case "review": typed.type("use juno")
        default: break
        }
        let text = typed.type(example)
        #expect(typed.status == .answered, "\(example)\n\(text)")
      }
    }
  }

  @Test("every mode prints every question, and JSON has its schema")
  func modes() throws {
    for verb in Verbs.why + [.whatIf] {
      guard let line = verb.examples.first else { continue }
      for mode in Mode.allCases {
        let typed = try Typed(isTerminal: false)
        let text = typed.type("\(line) --\(mode.rawValue)")
        #expect(typed.status == .answered && !text.isEmpty, "\(line) --\(mode.rawValue)\n\(text)")
        if mode == .json { #expect(text.hasPrefix("{\"schema\": \"payg."), "\(line)\n\(text)") }
      }
    }
  }

  @Test("what `need` offers to try turns the answer, and one step below does not")
  func flips() throws {
    for id in ["s0626-158", "s0047-12", "s0310-48", "s0314-7", "s0032-1", "s0487-1", "s0029-116"] {
      let typed = try Typed()
      let text = typed.type("need \(id)")
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("try it: ") }?.dropFirst(8), "\(text)")
      typed.type(String(line))
      #expect(typed.type("expect allowed").hasPrefix("ok"), "\(line)\n\(text)")
    }
    let typed = try Typed()
    typed.type("what if delta set limits.spending_limit to $15.016356 then again s0626-158 @s0626-158")
    #expect(typed.type("expect denied by limits.cycle_limit").hasPrefix("ok"))
  }

  @Test("an event explained in fact and one decided again come to the same")
  func again() throws {
    let typed = try Typed()
    for id in ["s0626-158", "s0047-12", "haven-gift", "s0652-2", "juno-refund-2"] {
      let plain = typed.type("why \(id) --json")
      let asked = typed.type("why \(id) under current --json")
      func verdict(_ text: String) -> Substring? { text.firstMatch(of: #/"verdict": "(\w+)"/#)?.output.1 }
      #expect(verdict(plain) == verdict(asked) && verdict(plain) != nil, "\(id)\n\(plain)\n\(asked)")
    }
  }
}

import Diagnostics
import Language
import Testing
import Values

/// Small policies and what is said about them.
@Suite struct AnalysisTests {
  /// A policy that nothing is wrong with, to which a row adds.
  static let base = """
    policy p "A policy."
    setting on_sale : bool = off
    setting ceiling : money or none = none
    setting plan : free | pro = free
    let subscribed = plan is pro
    bucket quota draw 10 resets each month to $10
    bucket balance draw 20 else broke
    denial broke 402 rank 90 "No money"
    denial refused 402 rank 10 "Refused"
    denial refused_too 402 rank 20 "Refused too"
    event request "a call"
      cost: money in $0..$50
    event other "something else"
      amount: money in $0..$50
    gate quota rule open when subscribed else broke
    cap balance rule most at ceiling when on_sale else broke
    deny request rule large when request.cost > $40 with refused
    deny other rule blocked when other.amount > $45 and on_sale with refused_too
    on other rule gift credit other.amount to balance

    """

  static let rows: [(text: String, findings: [String])] = [
    ("on request rule charge pay request.cost", []),
    // Unreachable.
    (
      "on request rule charge when request.cost > $10 and balance < $5 and request.cost < $10 pay request.cost",
      [
        "P0301 rule `p.charge` never applies | no values within the declared ranges make the condition true"
      ]
    ),
    (
      "on request rule charge pay request.cost\nafter request rule never when balance.drawn < $0 notify low",
      ["P0301 rule `p.never` never applies | no values within the declared ranges make the condition true"]
    ),
    (
      "on request rule charge when request.cost <= $50 pay request.cost",
      ["P0302 `request.cost <= $50` always holds | every value the facts may have makes it true"]
    ),
    ("on request rule charge when request.cost < $50 pay request.cost", []),
    (
      "on request rule charge pay request.cost\nbefore denial broke rule help when request.shortfall < $0 credit $5 to balance",
      ["P0301 rule `p.help` never comes to the rescue | no values within the declared ranges make the condition true"]
    ),
    // Shadowed.
    (
      "on request rule charge pay request.cost\ndeny request rule larger when request.cost > $45 with refused_too",
      ["P0303 rule `p.larger` never decides: `p.large` denies whenever it does"]
    ),
    ("on request rule charge pay request.cost\ndeny request rule larger when request.cost > $39 with refused_too", []),
    // Two rules on another event each cover a part, but not all of it.
    ("on request rule charge pay request.cost\ndeny request, other rule sale when on_sale with refused_too", []),
    // Two payments.
    (
      """
      on request rule charge when subscribed pay request.cost
      on request rule charge_others when balance >= $0 pay request.cost
      """,
      [
        "P0311 `p.charge` and `p.charge_others` both pay for one `request` | both hold when p.subscribed is on and balance = $0"
      ]
    ),
    (
      """
      on request rule charge when subscribed pay request.cost
      on request rule charge_others when not subscribed pay request.cost
      """, []
    ),
    (
      """
      on request rule charge when request.cost < $5 pay request.cost
      on request rule charge_more when request.cost in $5..$20 pay request.cost
      on request rule charge_most when request.cost > $20 pay request.cost
      """, []
    ),
    (
      "on request rule charge pay request.cost\non request, other rule again pay $1",
      ["P0311 `p.charge` and `p.again` both pay for one `request` | both always hold"]
    ),
    // Settings.
    (
      "on request rule charge pay request.cost\non other rule start set plan = pro\non other rule stop when on_sale set plan = free",
      ["P0312 `p.start` and `p.stop` set `p.plan` to different values | both hold when p.on_sale is on"]
    ),
    (
      "on request rule charge pay request.cost\non other rule start set plan = pro\non other rule same when on_sale set plan = pro",
      []
    ),
    (
      "on request rule charge pay request.cost\non other rule start set plan = pro\nafter other rule stop set plan = free",
      []
    ),
    (
      "on request rule charge pay request.cost\non other rule start set ceiling = other.amount set ceiling = other.amount + $1",
      ["P0312 rule `p.start` sets `p.ceiling` to two values | this always happens"]
    ),
    (
      "on request rule charge pay request.cost\non other rule start set ceiling = other.amount set ceiling = max(other.amount, $0)",
      []
    ),
    // Rescues.
    (
      """
      on request rule charge pay request.cost
      before denial broke rule help when on_sale credit $5 to balance
      before denial broke rule help_more when subscribed credit $5 to balance
      """,
      [
        "P0313 `p.help` and `p.help_more` both act before `broke` | both hold when p.on_sale is on and p.subscribed is on"
      ]
    ),
    (
      """
      on request rule charge pay request.cost
      before denial broke rule help when on_sale credit $5 to balance
      before denial broke rule help_more when not on_sale and subscribed credit $5 to balance
      """, []
    ),
    // Gates and caps.
    (
      "on request rule charge pay request.cost\ngate quota rule also when not subscribed else broke",
      ["P0337 nothing is ever drawn from bucket `quota`"]
    ),
    (
      "on request rule charge pay request.cost\ngate balance rule shut when subscribed and plan is free else broke",
      [
        "P0304 gate `p.shut` is always closed: `balance` is never drawn | no values within the declared ranges make the condition true"
      ]
    ),
    (
      "on request rule charge pay request.cost\ncap total rule negative at request.cost - $51 else broke",
      ["P0305 cap `p.negative` lets nothing through: its limit is always below $0"]
    ),
    ("on request rule charge pay request.cost\ncap total rule nothing at request.cost - $50 else broke", []),
    (
      "on request rule charge pay request.cost\ncap total rule uncapped at ceiling - $1 when ceiling is none else broke",
      ["P0306 cap `p.uncapped` never caps anything"]
    ),
    // Buckets.
    (
      "bucket reserve draw 30 keeps lots\non request rule charge pay request.cost",
      [
        "P0314 nobody decides when bucket `reserve` runs out | what the last bucket cannot pay must be denied with a code"
      ]
    ),
    ("", ["P0337 nothing is ever drawn from bucket `quota`", "P0337 nothing is ever drawn from bucket `balance`"]),
    // Unused.
    (
      "on request rule charge pay request.cost\nsetting idle : money = $0 must idle >= $0 else \"no\"",
      ["P0331 setting `p.idle` is not used"]
    ),
    ("on request rule charge pay request.cost\nsetting idle : money = $0\nalways idle >= $0 \"never negative\"", []),
    (
      "on request rule charge pay request.cost\nsetting written : bool = off\non other rule write set written = on",
      ["P0331 setting `p.written` is not used"]
    ),
    (
      "on request rule charge pay request.cost\nsetting minimum : money = $1\ndenial tiny 400 rank 1 \"at least {minimum}\"\ndeny request rule tiny when request.cost < $1 with tiny",
      []
    ),
    ("on request rule charge pay request.cost\nlet idle = balance > $5", ["P0332 let `p.idle` is not used"]),
    (
      "on request rule charge pay request.cost\nlet poor = balance < $5\nafter request rule tell when previous poor notify low",
      []
    ),
    ("on request rule charge pay request.cost\ndenial idle 402 rank 3 \"Idle\"", ["P0333 denial `idle` is not used"]),
    (
      "on request rule charge pay request.cost\ndenial idle 402 rank 3 \"Idle\"\nbefore denial idle rule help credit $1 to balance",
      ["P0333 denial `idle` is not used"]
    ),
    (
      "on request rule charge pay request.cost\nmeter idle = sum of payments ever", ["P0334 meter `p.idle` is not used"]
    ),
    (
      "on request rule charge pay request.cost\ntable idle unique by k: bool gives v: integer\n  row on -> 1\n  row off -> 2",
      ["P0335 table `p.idle` is not used"]
    ),
    ("on request rule charge pay request.cost\nevent idle \"nothing\"", ["P0336 event `idle` is not used"]),
    (
      "on request rule charge pay request.cost\nevent seen \"something\"\ndeny request rule once when last seen is set with refused_too",
      []
    ),
  ]

  @Test(arguments: rows.indices)
  func saysWhatIsWrong(_ index: Int) {
    let row = AnalysisTests.rows[index]
    let analysed = AnalysedText(AnalysisTests.base + row.text + "\n")
    #expect(analysed.lines == row.findings, "\(row.text)\n\(analysed.rendered)")
  }

  @Test func gapsShowTheSmallestValueAndTheRowThatClosesIt() {
    let rows: [(rows: String, message: String, help: String)] = [
      ("row <= $20 -> low\n  row > $30 -> fine", "amount = $20.000000001", "row $20.000000001 to $30 -> low"),
      ("row $0 to $20 -> low\n  row > $20 -> fine", "amount = -$1000000000", "row <= -$0.000000001 -> low"),
      ("row < $20 -> low\n  row $20 to below $50 -> fine", "amount = $50", "row >= $50 -> fine"),
    ]
    for row in rows {
      let table = "table band unique by amount: money gives level: low | fine\n  \(row.rows)\n"
      let use = "on request rule charge when band(balance) is low pay request.cost\n"
      let analysed = AnalysedText(AnalysisTests.base + table + use)
      #expect(
        analysed.lines == ["P0321 table `p.band` has a gap: nothing covers \(row.message)"], "\(analysed.rendered)")
      #expect(analysed.findings.first?.help == row.help)
      // The row of the help closes the gap.
      let closed = table + "  \(row.help)\n" + use
      #expect(
        AnalysedText(AnalysisTests.base + closed).lines.isEmpty, "\(AnalysedText(AnalysisTests.base + closed).rendered)"
      )
    }
  }

  @Test func doesNotDependOnTheOrderOfFiles() throws {
    let parts = [
      "policy a \"A.\"\nbucket balance draw 20 else broke\ndenial broke 402 rank 90 \"No\"\nevent request \"call\"\n  cost: money in $0..$50\non request rule charge pay request.cost\nsetting idle : bool = off\n",
      "policy b \"B.\"\nsetting sale : bool = off\non request rule charge when sale pay request.cost\nlet idle = sale\n",
      "policy c \"C.\"\nsetting odd : integer = 1\non request rule charge when odd > 2 pay $1\nsetting idle : bool = off\n",
    ]
    let names = ["a", "b", "c"]
    func lines(_ order: [Int]) -> [String] {
      AnalysedText(order.map { parts[$0] }, names: order.map { names[$0] }).lines
    }
    let expected = lines([0, 1, 2])
    #expect(expected.count == 6)
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] { #expect(lines(order) == expected) }
  }

  @Test func hostileProgramsEnd() {
    // Lets that double at each step, in value and in condition.
    var doubling = AnalysisTests.base + "let v0 = balance\nlet c0 = on_sale\n"
    for index in 1...300 {
      doubling +=
        "let v\(index) = if c\(index - 1) then min(v\(index - 1), $\(index)) else max(v\(index - 1), -$\(index))\n"
      doubling += "let c\(index) = (c\(index - 1) and v\(index - 1) > $1) or (not c\(index - 1) and subscribed)\n"
    }
    doubling += "on request rule charge when c300 and v300 > $2 pay request.cost\n"
    doubling += "on request rule charge_too when not c300 or v300 <= $2 pay request.cost\n"
    let first = AnalysedText(doubling)
    #expect(!first.mistakes.contains { $0.severity == .error }, "\(first.rendered.prefix(2_000))")
    #expect(first.findings.allSatisfy { $0.code == "P0311" }, "\(first.rendered.prefix(2_000))")
    // A puzzle with more cases than anyone would try.
    var puzzle = AnalysisTests.base
    for index in 0..<24 { puzzle += "setting s\(index) : integer = 0\n" }
    let sum = (0..<24).map { "(if s\($0) > 0 then 2 else 4)" }.joined(separator: " + ")
    puzzle += "on request rule charge when \(sum) = 77 pay request.cost\n"
    let second = AnalysedText(puzzle)
    #expect(second.all.isEmpty, "\(second.rendered.prefix(2_000))")
  }

  @Test func manyRulesEnd() {
    var text = AnalysisTests.base
    for index in 0..<300 {
      text +=
        "on request rule charge\(index) when request.cost in $0.\(1000 + index)..$0.\(1000 + index) pay request.cost\n"
    }
    let analysed = AnalysedText(text)
    #expect(analysed.lines.map { $0.prefix(5) } == ["P0315"], "\(analysed.rendered.prefix(2_000))")
  }
}

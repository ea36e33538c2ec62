import Diagnostics
import Language
import Testing

/// What is said about policies that hold, collect and send back.
@Suite struct RecordAnalysisTests {
  static let base = """
    policy p "A policy."
    setting sale: bool = off
    setting enabled: bool = on
    bucket balance draw 20 keeps lots else broke
    denial broke 402 rank 90 "No money"
    denial gone 404 rank 1 "Gone"
    denial refused 402 rank 2 "Refused"
    event begin cost: money in $0..$50
    event finish hold: hold else gone, cost: money in $0..$50
    event add amount: money in $0..$50, card: card, payment: payment or none
    event arrived payment: payment
    event turned_down payment: payment
    on begin rule reserve hold begin.cost for 1 hour
    on arrived rule receive_it receive arrived.payment
    on turned_down rule close_it close turned_down.payment as declined
    deny add rule too_much when add.amount > $45 with refused
    deny begin rule closed when not enabled with refused
    deny begin rule too_dear when begin.cost > $40 and sale with refused

    """

  static let rows: [(text: String, findings: [String])] = [
    ("on finish rule charge settle finish.cost of finish.hold", []),
    (
      """
      on finish rule charge settle finish.cost of finish.hold
      on finish rule free when sale release finish.hold
      """, ["P0311 `p.charge` and `p.free` both resolve the hold of one `finish` | both hold when p.sale is on"]
    ),
    (
      """
      on finish rule charge when not sale settle finish.cost of finish.hold
      on finish rule free when sale release finish.hold
      """, []
    ),
    (
      "on finish rule charge when finish.hold.state is open and finish.hold.state is settled release finish.hold",
      ["P0301 rule `p.charge` never applies | no values within the declared ranges make the condition true"]
    ),
    (
      "on finish rule charge when finish.hold.reserved >= $0 and finish.hold.cost <= $50 release finish.hold",
      [
        "P0302 `finish.hold.reserved >= $0` always holds | every value the facts may have makes it true",
        "P0302 `finish.hold.cost <= $50` always holds | every value the facts may have makes it true",
      ]
    ),
    (
      "on finish rule a when finish.hold.cost > $5 release finish.hold\non finish rule b when finish.hold.cost < $9 release finish.hold",
      ["P0311 `p.a` and `p.b` both resolve the hold of one `finish` | both hold when finish.hold.cost = $6"]
    ),
    (
      """
      on finish rule done release finish.hold
      after arrived, finish rule first when balance < $5 notify low
      on add rule ask collect add.amount from add.card for balance
      on add rule ask_too when sale collect $5 from add.card for balance else refused
      """, ["P0311 `p.ask` and `p.ask_too` both charge a card for one `add` | both hold when p.sale is on"]
    ),
    (
      """
      on finish rule done release finish.hold
      after add rule ask when not collecting collect add.amount from add.card for balance
      after add rule ask_too when collecting collect $5 from add.card for balance
      """, []
    ),
    (
      """
      on finish rule done release finish.hold
      derive payment.left = max($0, payment.unspent)
      on add rule back when payments.left < $0 refund add.amount from balance by payment.left
      """, ["P0301 rule `p.back` never applies | no values within the declared ranges make the condition true"]
    ),
    (
      """
      on finish rule done release finish.hold
      derive payment.left = max($0, payment.unspent)
      on add rule back when payments.left > $5 refund add.amount from balance by payment.left
      on add rule back_too when add.payment is set refund add.amount of add.payment from balance by payment.left
      """,
      [
        "P0311 `p.back` and `p.back_too` both send money back for one `add` | both hold when payments.left = $6 and add.payment is set"
      ]
    ),
    (
      """
      on finish rule done release finish.hold
      on arrived rule take clawback arrived.payment.paid of arrived.payment
      on arrived rule give when arrived.payment.disputed reinstate arrived.payment
      """,
      [
        "P0311 `p.take` and `p.give` both move the disputed money of one `arrived` | both hold when arrived.payment.disputed is on"
      ]
    ),
    (
      "on finish rule done release finish.hold\ndenial idle 402 rank 5 \"Idle\"\nevent late hold: hold else idle\non late rule void release late.hold",
      []
    ),
    (
      "on finish rule done release finish.hold\ndenial idle 402 rank 5 \"Idle\"\non add rule ask collect $5 from add.card for balance else idle",
      []
    ),
    (
      "on finish rule done release finish.hold\nsetting told: bool = off\non finish rule tell set told = on",
      ["P0331 setting `p.told` is not used"]
    ),
    (
      "on finish rule done release finish.hold\nbucket late draw 50",
      ["P0314 nobody decides when bucket `late` runs out | what the last bucket cannot pay must be denied with a code"]
    ),
  ]

  @Test(arguments: rows.indices)
  func saysWhatIsWrong(_ index: Int) {
    let row = Self.rows[index]
    let analysed = AnalysedText(Self.base + row.text + "\n")
    #expect(analysed.lines == row.findings, "\(row.text)\n\(analysed.rendered)")
  }

  @Test func whatAFamilyKeepsForOthersIsUsedByWhoWritesIt() {
    let other = "policy q \"Another.\"\nsetting seen: bool = off\n"
    let writes = Self.base + "on finish rule done release finish.hold set seen = on\n"
    #expect(AnalysedText([writes, other]).lines == [])
    #expect(AnalysedText([Self.base + "on finish rule done release finish.hold\n", other]).lines.count == 1)
  }
}

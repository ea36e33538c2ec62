import Diagnostics
import Language
import Testing

@Suite("Checked records")
struct RecordTests {
  @Test("the fixture itself is right")
  func fixtureIsRight() {
    let rules = CheckedRules(RecordRows.fixture)
    #expect(rules.diagnostics.isEmpty, "\(rules.rendered)")
  }

  @Test("each is right, or its author reads what is wrong", arguments: RecordRows.all)
  func isReported(_ row: (text: String, report: String)) {
    let rules = CheckedRules(RecordRows.fixture + row.text + "\n")
    let report = rules.diagnostics.map { "! \($0.code) \($0.message)" + ($0.help.map { "\n? \($0)" } ?? "") }
    #expect(report.joined(separator: "\n") == row.report, "\(row.text)")
  }

  @Test("a number of a hold's event is read where it stands in the record, as it was derived")
  func numbersOfAHold() throws {
    let rules = CheckedRules(
      RecordRows.fixture + "let held = settle.hold.pinned\nlet began = settle.hold.at\nlet its_key = settle.hold.key\n")
    #expect(rules.diagnostics.isEmpty, "\(rules.rendered)")
    let program = rules.program
    let settle = try #require(program.events.firstIndex { $0.name == "settle" })
    let begin = try #require(program.events.firstIndex { $0.name == "begin" })
    #expect(program.roles.hold == begin)
    func number(_ name: String) throws -> Int {
      guard case .fact(.record(settle, 0, let number)) = try #require(rules.constant(name)).kind else { return -1 }
      return number
    }
    let pinned = try #require(program.events[begin].fields.firstIndex { $0.name == "pinned" })
    #expect(try number("held") == RecordKind.hold.numbers.count + pinned)
    #expect(try number("began") == 3)
    #expect(try number("its_key") == RecordKind.hold.numbers.count)
    #expect(rules.constant("held")?.range == program.events[begin].fields[pinned].range)
    #expect(rules.constant("its_key")?.type == QualifiedType(.key, isOptional: true))
  }

  @Test("what is derived of each payment is written out where one is read, and summed where all are")
  func numbersOfPayments() throws {
    let rules = CheckedRules(
      RecordRows.fixture + "let one = arrived.payment.left\nlet all = payments.left\nlet odd = payments.odd\n")
    #expect(rules.diagnostics.isEmpty, "\(rules.rendered)")
    var read: [Fact] = []
    try #require(rules.constant("one")).walk { if case .fact(let fact) = $0.kind { read.append(fact) } }
    let arrived = try #require(rules.program.events.firstIndex { $0.name == "arrived" })
    #expect(
      read == [.record(event: arrived, field: 0, number: 4), .record(event: arrived, field: 0, number: 3)])
    let names = rules.program.paymentDerivations.map(\.name)
    #expect(names == ["left", "odd", "open"])
    for (name, low) in [("all", 0), ("odd", ValueType.money.naturalRange.low)] as [(String, Int128)] {
      let total = try #require(rules.constant(name))
      var isTotal = false
      if case .fact(.total) = total.kind { isTotal = true }
      #expect(isTotal)
      #expect(total.range.low == low)
    }
  }

  @Test("classes are the events whose rules do it, and may be none")
  func classesExpand() throws {
    let rules = CheckedRules(
      RecordRows.fixture
        + """
        deny charge rule charged when admission_free with over
        after admission rule admitted when charge_free notify low
        let admission_free = saved is none
        let charge_free = saved is none
        always saved is none on charge "nothing saved"

        """)
    #expect(rules.diagnostics.isEmpty, "\(rules.rendered)")
    let program = rules.program
    func names(_ events: [Int]) -> [String] { events.map { program.events[$0].name } }
    for rule in program.rules {
      switch rule.kind {
      case .deny(let events, _): #expect(names(events) == ["request", "settle"])
      case .after(let events): #expect(names(events) == ["begin", "request"])
      default: break
      }
    }
    #expect(names(try #require(program.promises.first).events) == ["request", "settle"])

    let empty = CheckedRules(
      """
      policy lone "Nobody pays."
      setting deleted: bool = off per key
      denial gone 401 rank 1 "Gone"
      event note "nothing"
      deny admission rule there when admission.key is none or deleted with gone
      always charge.paid >= $0 on charge "never below"
      on note rule r set told = on
      setting told: bool = off
      always not told or told on note "told"

      """)
    #expect(empty.diagnostics.isEmpty, "\(empty.rendered)")
    // A promise about no event at all would be one about every event.
    #expect(empty.program.promises.count == 1)
    #expect(Analysis.diagnose(empty.program).isEmpty)
  }

  @Test("an expression asked of a finished program knows records, sums and classes")
  func askedAfterwards() throws {
    var program = CheckedRules(RecordRows.fixture).program
    let arrived = try #require(program.events.firstIndex { $0.name == "arrived" })
    let settle = try #require(program.events.firstIndex { $0.name == "settle" })
    for (text, event, isRight) in [
      ("payments.left = $0", nil, true), ("arrived.payment.left = $0", arrived, true),
      ("settle.hold.pinned = $0", settle, true), ("charge.paid = $0", settle, true),
      ("settle.shortfall = $0", settle, true),
      ("admission.paid = $0", settle, false), ("charge.paid = $0", nil, false), ("payment.left = $0", arrived, false),
      ("collecting", nil, true),
    ] as [(String, Int?, Bool)] {
      let number = program.sources.add(Source(name: "asked", text: text))
      let (syntax, _) = Parser.parseExpression(source: number, in: program.sources)
      let (expr, found) = Checker.checkExpression(syntax, in: program, policy: "wallet", event: event)
      #expect((expr != nil) == isRight, "\(text): \(found.map(\.message))")
    }
  }

  @Test("an effect whose operations draw otherwise than it says is refused")
  func effectsSayHowTheyDraw() {
    for (says, does) in [(nil, .pay), (.hold, .pay), (.pay, nil)] as [(Draw?, Draw?)] {
      let sly = EffectDefinition(
        verb: "bill", summary: "", fields: [.init(nil, "amount", .value(.money))], example: "", draws: says,
        lower: { arguments in does == nil ? [] : arguments.values["amount"].map { [.pay($0)] } ?? [] })
      var vocabulary = Vocabulary.forTests
      vocabulary.effects.append(sly)
      let rules = CheckedRules(
        [("test.rules", RecordRows.fixture + "on add rule r bill $5\n")], vocabulary: vocabulary)
      #expect(rules.codes.contains("P0223"), "\(rules.rendered)")
    }
  }

  @Test("a broken answer is one mistake, not two")
  func brokenAnswers() {
    let text = """
      policy wallet "Money collected."
      denial broke 402 rank 90 "No money"
      bucket balance draw 10 keeps lots else broke
      event add amount: money in $0..$1000, card: card
      event paid payment: payment
      event declined payment: payment
      on add rule add_funds collect add.amount from add.card for balance
      on paid rule arrived receive paid.payment
      on declined rule refused close declined.payment as declined

      """
    for (right, wrong, code) in [
      ("receive", "recieve", "P0222"), ("as declined", "as refused", "P0223"), ("as declined", "", "P0223"),
      ("on paid", "on payed", "P0216"), ("paid.payment", "paid.paymnt", "P0203"),
    ] {
      let rules = CheckedRules(text.replacing(right, with: wrong))
      #expect(rules.codes == [code], "\(rules.rendered)")
    }
  }

  @Test("who collects must hear the answer, and an answer brings nothing else")
  func answersAreHeard() {
    let text = """
      policy wallet "Money collected."
      denial broke 402 rank 90 "No money"
      bucket balance draw 10 keeps lots else broke
      event add amount: money in $0..$1000, card: card
      on add rule add_funds collect add.amount from add.card for balance

      """
    let rules = CheckedRules(text)
    #expect(rules.codes == ["P0246", "P0246"], "\(rules.rendered)")
    #expect(
      rules.diagnostics.map(\.help) == [
        "on collect_paid rule when_paid receive collect_paid.payment",
        "on collect_declined rule when_declined close collect_declined.payment as declined",
      ])
    var pasted = text
    for diagnostic in rules.diagnostics {
      let note = diagnostic.notes.first ?? ""
      pasted += note.split(separator: "`").dropFirst().first.map { "\($0)\n" } ?? ""
      pasted += (diagnostic.help ?? "") + "\n"
    }
    let mended = CheckedRules(pasted)
    #expect(mended.diagnostics.isEmpty, "\(mended.rendered)")
    #expect(
      mended.program.roles.paid != nil && mended.program.roles.declined != nil && mended.program.roles.failed == nil)
  }

  @Test("long chains of what is derived of payments, and of what doubles, meet their limits")
  func chainsEnd() {
    var chain = RecordRows.fixture
    for step in 0..<2_000 { chain += "derive payment.p\(step) = payment.p\(step + 1)\n" }
    let long = CheckedRules(chain + "derive payment.p2000 = payment.left\n")
    #expect(long.diagnostics.isEmpty, "\(long.codes)")
    var double = RecordRows.fixture
    for step in 0..<40 { double += "derive payment.d\(step + 1) = min(payment.d\(step), payment.d\(step) + $1)\n" }
    let doubled = CheckedRules(double + "derive payment.d0 = $0\n")
    #expect(Set(doubled.codes).isSubset(of: ["P0241", "P0212"]) && !doubled.codes.isEmpty, "\(doubled.codes)")
  }
}

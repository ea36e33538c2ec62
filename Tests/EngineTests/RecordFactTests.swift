import Language
import Ledger
import Testing
import Values

@testable import Engine

/// What rules may read of holds, payments and refunds, and where.
@Suite struct RecordFactTests {
  let dollar = SmallPolicy.dollar

  /// The small policy, with a stream that is held and settled, a payment, a refund and a dispute.
  private var program: Program {
    var program = SmallPolicy.program
    func field(_ name: String, _ type: ValueType, isOptional: Bool = false) -> Event.Field {
      Event.Field(
        name: name, type: QualifiedType(type, isOptional: isOptional), range: type.naturalRange, span: .none)
    }
    func event(_ name: String, _ fields: [Event.Field]) -> Event {
      Event(name: name, policy: 0, summary: "", fields: fields, givenCount: fields.count, span: .none)
    }
    program.settings.append(SmallPolicy.setting("limits.key_limit", .money, 0, scope: .key))
    program.events += [
      event("begin", [field("cost", .money), field("ttl", .duration)]),
      event("settle", [field("hold", .record(.hold))]),
      event("refund", [field("payment", .record(.payment), isOptional: true)]),
    ]
    program.events[settle].keyThrough = 0
    program.roles.hold = begin
    program.paymentDerivations = [PaymentDerivation(name: "left", value: unspent, span: .none)]
    program.rules.append(
      rule("hold", .on(events: [begin]), .hold(SmallPolicy.fact(.field(event: begin, field: 0)), ttl: ttl)))
    program.rules.append(
      rule("settle", .on(events: [settle]), .settle(reserved, hold: hold, owed: false)))
    return program
  }

  private let begin = 2
  private let settle = 3
  private let refund = 4
  private var ttl: Expr { SmallPolicy.fact(.field(event: begin, field: 1), .duration) }
  private var hold: Expr { SmallPolicy.fact(.field(event: settle, field: 0), .record(.hold)) }
  private var payment: Expr { SmallPolicy.fact(.field(event: refund, field: 0), .record(.payment), isOptional: true) }
  private var reserved: Expr { SmallPolicy.fact(.record(event: settle, field: 0, number: 1)) }
  private var unspent: Expr { SmallPolicy.fact(.own(.payment, number: 4)) }
  private var one: Expr { SmallPolicy.constant(1) }
  private var card: Expr { SmallPolicy.constant(ValueType.none, .card) }

  private func rule(_ name: String, _ kind: Rule.Kind, _ operations: Operation...) -> Rule {
    Rule(
      name: "limits.\(name)", policy: 0, kind: kind, clauses: [],
      effects: operations.map { Effect(verb: "do", operations: [$0], span: .none) }, span: .none)
  }

  @Test func theProgramItselfIsSound() throws {
    var program = program
    program.rules.append(
      rule("refund", .on(events: [refund]), .refund(one, bucket: 1, payment: payment, limit: unspent)))
    program.rules.append(rule("ask", .beforeDenial(denial: 3), .collect(one, card: card, bucket: 1, denial: nil)))
    program.rules[program.rules.count - 1].effects.append(SmallPolicy.effect(.notify(level: "low")))
    program.lets = [Let(name: "limits.total", value: SmallPolicy.fact(.total(0)), span: .none)]
    #expect(throws: Never.self) { try RuleEngine(program) }
  }

  @Test func whatIsOutOfPlaceIsRefused() {
    func refused(_ name: String, _ change: (inout Program) -> Void, _ place: SourceLocation = #_sourceLocation) {
      var program = program
      change(&program)
      #expect(throws: CompileError.self, "\(name)", sourceLocation: place) { try CompiledProgram.guardShape(program) }
    }
    let ledger: [Operation] = [
      .release(hold: hold), .receive(payment: payment), .close(payment: payment, asDeclined: true),
      .refund(one, bucket: 1, payment: nil, limit: one), .confirm(refund: one), .restore(refund: one),
      .clawBack(one, payment: payment), .reinstate(payment: payment), .pay(one), .hold(one, ttl: ttl),
      .settle(one, hold: hold, owed: true), .collect(one, card: card, bucket: 1, denial: 0),
    ]
    for operation in ledger {
      refused("\(operation) reacts") { $0.rules.append(rule("r", .after(events: [settle]), operation)) }
      refused("\(operation) rescues") { $0.rules.append(rule("r", .beforeDenial(denial: 3), operation)) }
    }
    refused("an effect of a denial") { program in
      program.rules.append(rule("r", .deny(events: [0], denial: 0), .notify(level: "low")))
    }
    let collect = Operation.collect(one, card: card, bucket: 1, denial: nil)
    for other in [Operation.credit(one, bucket: 1, lotKind: "paid"), .set(setting: 0, one), collect] {
      refused("a rescue that collects and more") {
        $0.rules.append(rule("r", .beforeDenial(denial: 3), collect, other))
      }
    }
    refused("an unknown bucket") { program in
      program.rules.append(rule("r", .on(events: [0]), .collect(one, card: card, bucket: 9, denial: nil)))
    }
    refused("a number no hold has") { program in
      program.rules[0].clauses = [SmallPolicy.fact(.record(event: settle, field: 0, number: 99), .bool)]
    }
    refused("a record that is none") { program in
      program.rules[0].clauses = [SmallPolicy.fact(.record(event: begin, field: 0, number: 0), .bool)]
    }
    refused("a payment at hand in a rule") { $0.rules[0].clauses = [unspent] }
    refused("a payment at hand in a name") { $0.lets = [Let(name: "limits.own", value: unspent, span: .none)] }
    refused("a payment at hand as an amount") { program in
      program.rules.append(rule("r", .on(events: [refund]), .refund(unspent, bucket: 1, payment: nil, limit: one)))
    }
    refused("a hold at hand in a limit") { program in
      let limit = SmallPolicy.fact(.own(.hold, number: 1))
      program.rules.append(rule("r", .on(events: [refund]), .refund(one, bucket: 1, payment: nil, limit: limit)))
    }
    for fact in [Fact.posted(1), .meter(0), .total(0), .setting(6), .field(event: 0, field: 0), .covered] {
      refused("a derivation of \(fact)") { $0.paymentDerivations[0].value = SmallPolicy.fact(fact) }
    }
    refused("an unknown derivation") { $0.rules[0].clauses = [SmallPolicy.fact(.total(1), .bool)] }
    refused("the payment before the event") {
      $0.paymentDerivations[0].value = SmallPolicy.fact(.previous(.own(.payment, number: 1)))
    }
    refused("a key through a payment") { $0.events[refund].keyThrough = 0 }
    refused("a key through no field") { $0.events[settle].keyThrough = 4 }
    refused("an answer that is no event") { $0.roles.paid = 17 }
    refused("a denial that is none") { $0.events[begin].fields[0].outOfRange = 44 }
  }

  /// Which key an event came with is known of every event; what belongs to the key is not.
  @Test func readingTheKeyNeedsNone() {
    var scan = ExprScan(program)
    scan.visit(SmallPolicy.fact(.eventKey, .key, isOptional: true))
    #expect(!scan.readsKey && scan.events.isEmpty)
    scan.visit(SmallPolicy.fact(.setting(6)))
    #expect(scan.readsKey)
    scan.visit(reserved)
    #expect(scan.events == [settle])
    let keyed = program.events.map { $0.hasKey }
    #expect(keyed == [false, false, false, true, false])
  }

  @Test func aRuleOnTheKeySpeaksOfEventsWithout() throws {
    var program = program
    program.rules.append(
      Rule(
        name: "limits.key", policy: 0, kind: .deny(events: [0], denial: 0),
        clauses: [
          SmallPolicy.condition(
            .not(SmallPolicy.condition(.isSet(SmallPolicy.fact(.eventKey, .key, isOptional: true)))))
        ], span: .none))
    let engine = try RuleEngine(program)
    var (account, twin) = (engine.newAccount(), engine.newAccount())
    let input = EventInput(event: 0, at: 0, fields: [0])
    #expect(try engine.submit(input, to: &account).code(in: program) == "bad")
    #expect(try ReferenceEngine(engine.compiled).submit(input, to: &twin).code(in: program) == "bad")
  }

  @Test func rowsFollowTheirNumbers() throws {
    var engine = try RuleEngine(program)
    var account = engine.newAccount()
    try engine.change(SmallPolicy.start, to: 0, in: &account, at: 0)
    account.addCard("visa")
    var journal = Journal()
    try engine.open(
      payment: "p", amount: 9 * dollar, remaining: 5 * dollar, card: 0, bucket: 1, in: &account, at: 3,
      journal: &journal)
    _ = try engine.submit(EventInput(event: begin, id: "h", at: 7, fields: [2 * dollar, 60]), to: &account)
    func row(_ kind: RecordKind, _ index: Int) -> [Int64]? {
      RecordRows.row(of: kind, at: index, in: account, program: engine.program, order: .grantsFirst)
    }
    #expect(row(.hold, 0) == [0, 2 * dollar, 67, 7, 2 * dollar, 60])
    #expect(row(.payment, 0) == [1, 9 * dollar, 9 * dollar, 0, 5 * dollar, 0, 0, 0, 0, 3])
    #expect(row(.hold, 0)?.count == RecordKind.hold.numbers.count + program.events[begin].fields.count)
    #expect(row(.payment, 0)?.count == RecordKind.payment.numbers.count)
    for kind in RecordKind.allCases { #expect(row(kind, -1) == nil && row(kind, 1) == nil) }
    #expect(row(.refund, 0) == nil)
    let named = RecordRows.records(
      of: refund, fields: [0], in: account, program: engine.program, order: .grantsFirst)
    #expect(named == [row(.payment, 0)])
    #expect(
      RecordRows.records(
        of: refund, fields: [ValueType.none], in: account, program: engine.program, order: .grantsFirst) == [[]])
  }

  @Test func sumsOverPaymentsStayInRange() {
    var program = program
    var walker = TreeWalker(program) { _, _ in 0 }
    let most = Money.largest.nano
    func row(_ left: Int64) -> [Int64] { [1, 0, 0, 0, left, 0, 0, 0, ValueType.none, 0] }
    #expect(RecordRows.total(0, of: [], by: &walker) == 0)
    #expect(RecordRows.total(0, of: [row(3), row(4)], by: &walker) == 7)
    #expect(RecordRows.total(0, of: Array(repeating: row(most), count: 20), by: &walker) == most)
    #expect(RecordRows.values(unspent, of: [row(3), row(4)], by: &walker) == [3, 4])
    #expect(walker.own.isEmpty)
    program.paymentDerivations[0].value = SmallPolicy.expr(.negate(unspent))
    walker = TreeWalker(program) { _, _ in 0 }
    #expect(RecordRows.total(0, of: Array(repeating: row(most), count: 20), by: &walker) == -most)
  }
}

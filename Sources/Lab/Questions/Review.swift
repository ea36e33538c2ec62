import Engine
import Language
import Ledger
import Values

/// What would come of sending money back, without doing it: how much goes to which card, what made the sum what it is, the most
/// that would be allowed, and what could go back of each payment now.
public struct Review: Sendable {
  /// One number that a sum was made of.
  public struct Term: Sendable, Hashable {
    /// `refund.refundable`
    public var name: String
    /// Nano-dollars.
    public var amount: Int64
    /// It made the sum what it is.
    public var decides: Bool
    /// How far it stands below the sum itself, from 0.
    public var depth: Int
  }

  /// A payment of the account.
  public struct Refundable: Sendable, Hashable {
    public var payment: String
    public var at: Int64
    /// Nano-dollars.
    public var paid: Int64
    public var refunded: Int64
    public var unspent: Int64
    /// What could go back of it now.
    public var refundable: Int64
    public var card: String?
  }

  /// A part of what goes back.
  public struct Part: Sendable, Hashable {
    public var payment: String
    public var card: String?
    /// Nano-dollars.
    public var amount: Int64
  }

  public let decision: Decision
  /// What goes back in all, newest payment first.
  public let parts: [Part]
  /// What the rules would send, nil for an event that sends nothing back.
  public let asked: Int64?
  /// The sum and what it is made of, outer first.
  public let terms: [Term]
  /// Paid payments, the newest first.
  public let payments: [Refundable]
  /// The most that would be allowed and sent in full; nil where nothing would, or the event names no amount.
  public let most: Way.Reading?
  /// How often an amount was tried to find that.
  public let probes: Int
  /// What stands against it.
  public let whyNot: WhyNot
  private let explained: String

  /// What goes back in all, in nano-dollars.
  public var sent: Int64 { parts.reduce(0) { $0 + $1.amount } }

  public init(_ question: Question) throws(EngineFault) {
    let (exchange, after) = try question.answer()
    let program = question.program
    let decision = exchange.decision
    self.decision = decision
    let explanation = Explanation(decision, by: question.engine, account: after, words: question.labels)
    explained = explanation.text()
    whyNot = WhyNot(explanation, program)
    func card(_ payment: Payment) -> String? {
      payment.card.flatMap { after.cardNames.indices.contains($0) ? after.cardNames[$0] : nil }
    }
    parts = decision.refunds.filter(after.refunds.indices.contains).map { index in
      let payment = after.payments[after.refunds[index].payment]
      return Part(payment: payment.id, card: card(payment), amount: after.refunds[index].amount)
    }

    let rules = program.rules.filter { rule in
      if case .on(let events) = rule.kind { events.contains(decision.event) } else { false }
    }
    var refund: (amount: Expr, limit: Expr, bucket: Int)?
    for case .refund(let amount, let bucket, _, let limit) in rules.flatMap(\.effects).flatMap(\.operations) {
      refund = refund ?? (amount, limit, bucket)
    }
    guard let refund else {
      (asked, terms, payments) = (nil, [], [])
      (most, probes) = try Review.most(question, decision, sends: false)
      return
    }
    let facts = ReviewFacts(question, decision)
    asked = max(0, facts.value(refund.amount))
    terms = facts.terms(refund.amount)
    let limits = question.engine.numbers(refund.limit, ofPaymentsOf: question.account, at: question.input.at)
    let order = question.engine.burnOrder(at: question.account.effectiveTime(question.input.at))
    payments = question.account.payments.indices.reversed().filter { question.account.payments[$0].state == .paid }.map
    {
      let payment = question.account.payments[$0]
      return Refundable(
        payment: payment.id, at: payment.at, paid: payment.paid, refunded: payment.refunded,
        unspent: question.account.unspent(payment: $0, order: order), refundable: max(0, limits[$0]),
        card: card(payment))
    }
    (most, probes) = try Review.most(question, decision, sends: true)
  }

  /// The most of the first amount of the event that is allowed; where it sends money back, in full.
  private static func most(
    _ question: Question, _ decision: Decision, sends: Bool
  ) throws(EngineFault) -> (reading: Way.Reading?, probes: Int) {
    let event = question.program.events[question.input.event]
    guard let field = (0..<event.givenCount).first(where: { event.fields[$0].type.base == .money }) else {
      return (nil, 0)
    }
    let prober = Prober(question, limit: Need.mostProbes)
    var tried = 0
    func passes(_ amount: Int64) -> Bool {
      tried += 1
      guard prober.isAllowed([.field(field, amount)]) == true else { return false }
      if !sends { return true }
      guard let outcome = prober.outcome([.field(field, amount)]) else { return false }
      let sum = outcome.decision.refunds.reduce(Int64(0)) { $0 &+ outcome.account.refunds[$1].amount }
      return sum == amount
    }
    let (low, high) = (Int64(clamping: event.fields[field].range.low), Int64(clamping: event.fields[field].range.high))
    guard low <= high else { return (nil, 0) }
    let type = event.fields[field].type
    let text = LineText(question.program, prober.account)
    func reading(_ amount: Int64) -> Way.Reading {
      Way.Reading(text: text.shown(amount, type), number: amount, type: type)
    }
    if passes(high) { return (reading(high), tried) }
    let explanation = Explanation(decision, by: question.engine)
    let order = ReadingOrder(decision, by: question.engine, explanation)
    let hints = (order.numbers[.money] ?? []).filter { $0 >= low && $0 <= high }
    let axis = Axis(
      low: low, high: high, present: high, steps: [1, Money.nanoPerUnit, Money.nanoPerCent], hints: Array(hints))
    let found = axis.search(passes).map { reading($0.value) }
    return (found, tried)
  }

  // MARK: - Text

  public func text() -> String {
    func money(_ nano: Int64) -> String { ValueFormatter.grouped(Money(nano: nano).description) }
    func to(_ card: String?) -> String { card.map { " to \($0)" } ?? "" }
    var lines = explained.split(separator: "\n").prefix(1).map(String.init)
    if decision.verdict == .denied { lines.append(whyNot.text()) }
    if !terms.isEmpty {
      let width = terms.map { $0.name.count + 2 * $0.depth }.max() ?? 0
      for term in terms {
        let name = String(repeating: "  ", count: term.depth) + term.name
        let pad = String(repeating: " ", count: width - name.count)
        lines.append("  \(name)\(pad)  \(money(term.amount))\(term.decides && term.depth > 0 ? "  decides" : "")")
      }
    }
    for payment in payments {
      lines.append(
        "  \(payment.payment)  \(Instant(microseconds: payment.at).dateText)  \(money(payment.paid)) paid, "
          + "\(money(payment.refunded)) refunded, \(money(payment.unspent)) unspent: "
          + "\(money(payment.refundable)) refundable\(to(payment.card))")
    }
    if let most {
      lines.append("  the most that would be allowed is \(most.text)")
    } else if asked != nil, probes > 0 {
      lines.append("  at none of the \(ValueFormatter.grouped("\(probes)")) amounts tried would it be allowed")
    }
    for part in parts { lines.append("  \(money(part.amount)) of \(part.payment)\(to(part.card))") }
    if decision.isAllowed, asked != nil { lines.append("RESULT  \(money(sent)) goes back") }
    if decision.verdict == .denied { lines.append("RESULT  nothing goes back") }
    return lines.joined(separator: "\n")
  }
}

/// The sums behind an amount, as the decision saw them.
private struct ReviewFacts {
  let program: Program
  let reader: FactReader
  let event: Int

  init(_ question: Question, _ decision: Decision) {
    program = question.program
    event = decision.event
    var trace = decision.trace
    let declared = program.events[event]
    while trace.fields.count < declared.fields.count { trace.fields.append(ValueType.none) }
    // What no rule had asked for before it was denied is computed now.
    if decision.field == nil {
      for field in declared.derivationOrder {
        guard let derivation = declared.fields[field].derivation else { continue }
        trace.fields[field] = FactReader(question.engine.compiled, trace).evaluate(derivation)
      }
    }
    reader = FactReader(question.engine.compiled, trace)
  }

  func value(_ expr: Expr) -> Int64 { reader.evaluate(expr) }

  /// The sum, then what a smallest, a largest, a rounding or a name is made of, a level each.
  func terms(_ expr: Expr) -> [Review.Term] {
    var found = [Review.Term(name: "sends back", amount: max(0, value(expr)), decides: true, depth: 0)]
    add(expr, 1, true, &found)
    return found
  }

  private func add(_ expr: Expr, _ depth: Int, _ decides: Bool, _ found: inout [Review.Term]) {
    guard depth < 8, found.count < 40, expr.type.base == .money else { return }
    switch expr.kind {
    case .constant: return
    case .roundedScale(let inner, _, _, _): add(inner, depth, decides, &found)
    case .choose(let condition, let then, let otherwise):
      add(value(condition) != 0 ? then : otherwise, depth, decides, &found)
    case .minimum(let left, let right):
      let (a, b) = (value(left), value(right))
      add(left, depth, decides && a <= b, &found)
      add(right, depth, decides && b <= a, &found)
    case .maximum(let left, let right):
      let (a, b) = (value(left), value(right))
      add(left, depth, decides && a >= b, &found)
      add(right, depth, decides && b >= a, &found)
    case .add, .subtract, .negate, .scale: for operand in expr.operands { add(operand, depth, decides, &found) }
    case .named(let index):
      found.append(Review.Term(name: program.lets[index].name, amount: value(expr), decides: decides, depth: depth))
      add(program.lets[index].value, depth + 1, decides, &found)
    case .fact(let fact): add(fact, expr, depth, decides, &found)
    default: return
    }
  }

  private func add(_ fact: Fact, _ expr: Expr, _ depth: Int, _ decides: Bool, _ found: inout [Review.Term]) {
    found.append(Review.Term(name: name(fact), amount: value(expr), decides: decides, depth: depth))
    if case .field(event, let field) = fact, let derivation = program.events[event].fields[field].derivation {
      add(derivation, depth + 1, decides, &found)
    }
  }

  private func name(_ fact: Fact) -> String {
    switch fact {
    case .field(let event, let field): "\(program.events[event].name).\(program.events[event].fields[field].name)"
    case .setting(let index): program.settings[index].name
    case .posted(let bucket): program.buckets[bucket].name
    case .available(let bucket): "\(program.buckets[bucket].name).available"
    case .held(let bucket): "\(program.buckets[bucket].name).held"
    case .meter(let meter): program.meters[meter].name
    case .total(let index): "payments.\(program.paymentDerivations[index].name)"
    case .record(let event, let field, _):
      "\(program.events[event].fields[field].name).\(program.number(of: fact)?.name ?? "number")"
    default: "\(fact)"
    }
  }
}

import Language
import Ledger
import Values

extension Explanation {
  /// What rules did to holds, payments and refunds, as they acted on the facts of `text`.
  func effectLines(of rule: Int, _ text: ArithmeticText) -> [String] {
    var lines: [String] = []
    for operation in engine.program.rules[rule].effects.flatMap(\.operations) {
      if let line = line(operation, of: rule, text) { lines.append("     " + line) }
      if case .refund = operation { lines += refundLines }
      if case .clawBack(_, let payment) = operation { lines += clawbackLines(text.reader.evaluate(payment)) }
    }
    return lines
  }

  private func line(_ operation: Operation, of rule: Int, _ text: ArithmeticText) -> String? {
    func name(_ expr: Expr) -> String { text.value(expr) }
    func amount(_ payment: Expr) -> Int64? { self.payment(text.reader.evaluate(payment))?.amount }
    switch operation {
    case .release(let hold): return "gives back what \(name(hold)) reserved"
    case .collect(let amount, let card, let bucket, let denial):
      let value = text.reader.evaluate(amount)
      guard value > 0 else { return nil }
      let from = text.reader.evaluate(card) == ValueType.none ? "a card" : text.value(card)
      let charge = "\(from) \(money(value)) for \(engine.program.buckets[bucket].name)"
      // What the event waited for was paid, or it would not have been allowed.
      if denial != nil { return "charged \(charge)\(awaited.map { ": \($0.id), paid" } ?? "")" }
      return "charges \(charge)\(collection(of: value, by: rule).map { ": \($0.id)" } ?? "")"
    case .receive(let payment):
      if state(of: payment, text) == .paid { return "\(name(payment)) was received before: nothing changes" }
      return "receives \(amount(payment).map { money($0) + " of " } ?? "")\(name(payment))"
    case .close(let payment, let asDeclined):
      if let state = state(of: payment, text), state != .pending {
        return "\(name(payment)) is \(state) already: nothing changes"
      }
      return "closes \(name(payment)): \(asDeclined ? "declined" : "failed")"
    case .refund(let amount, let bucket, _, _):
      return "sends up to \(money(max(0, text.reader.evaluate(amount)))) of \(engine.program.buckets[bucket].name) back"
    case .confirm(let refund): return "\(name(refund)) has arrived"
    case .restore(let refund): return "\(name(refund)) did not arrive: its money is back"
    case .clawBack(let amount, let payment):
      return "takes \(money(max(0, text.reader.evaluate(amount)))) of \(name(payment)) back"
    case .reinstate(let payment): return "gives back what was taken of \(name(payment))"
    case .credit(let amount, let bucket, let kind):
      let lot = engine.program.buckets[bucket].keepsLots && !kind.isEmpty ? " as \(kind)" : ""
      return "puts \(money(max(0, text.reader.evaluate(amount)))) into \(engine.program.buckets[bucket].name)\(lot)"
    case .debit(let amount, let bucket):
      return "takes up to \(money(max(0, text.reader.evaluate(amount)))) out of \(engine.program.buckets[bucket].name)"
    case .set(let setting, let value):
      let declared = engine.program.settings[setting]
      let (old, new) = (text.reader.value(of: .setting(setting)), text.reader.evaluate(value))
      guard old != new else { return nil }
      return "sets \(declared.name) to \(text.formatter.text(new, declared.type))"
        + ", from \(text.formatter.text(old, declared.type))"
    case .notify(let level): return "notifies \(level)"
    case .pay, .hold, .settle: return nil
    }
  }

  /// What a payment was when the event came.
  private func state(of payment: Expr, _ text: ArithmeticText) -> Payment.State? {
    guard case .fact(.field(let event, let field)) = payment.kind else { return nil }
    return Payment.State(rawValue: text.reader.value(of: .record(event: event, field: field, number: 0)))
  }

  /// The parts of a refund, newest payment first.
  private var refundLines: [String] {
    guard let account else { return [] }
    return decision.refunds.filter(account.refunds.indices.contains).map { index in
      let refund = account.refunds[index]
      let payment = account.payments[refund.payment]
      let card = payment.card.map { " to \(arithmetic.formatter.text(Int64($0), .card))" } ?? ""
      return "       \(money(refund.amount)) of \(payment.id)\(card)"
    }
  }

  /// Where a bank's money came from.
  private func clawbackLines(_ number: Int64) -> [String] {
    guard let account, let payment = payment(number), let clawback = payment.clawback else { return [] }
    let lots = account.lots(of: payment.bucket)
    var (own, paid, granted) = (Int64(0), Int64(0), Int64(0))
    for part in clawback.parts {
      if part.lot == payment.lot {
        own += part.amount
      } else if lots.first(where: { $0.number == part.lot })?.isPaid ?? true {
        paid += part.amount
      } else {
        granted += part.amount
      }
    }
    let parts = [
      (own, "of its own"), (paid, "of other payments"), (granted, "of grants"), (clawback.debt, "is owed now"),
    ]
    return parts.filter { $0.0 > 0 }.map { "       \(money($0.0)) \($0.1)" }
  }

  private func payment(_ number: Int64) -> Payment? {
    guard let account, number >= 0, number < Int64(account.payments.count) else { return nil }
    return account.payments[Int(number)]
  }

  /// The payment that a rule asked for.
  private func collection(of amount: Int64, by rule: Int) -> Payment? {
    var isAutomatic = true
    if case .on = engine.program.rules[rule].kind { isAutomatic = false }
    return decision.collections.lazy.compactMap { payment(Int64($0)) }
      .first { $0.amount == amount && $0.isAutomatic == isAutomatic }
  }

  // MARK: - Charges that an answer hangs on

  /// `auto-1: $20.00 from visa`
  func charge(_ payment: Payment) -> String {
    let card = payment.card.map { " from \(arithmetic.formatter.text(Int64($0), .card))" } ?? ""
    return "\(payment.id): \(money(payment.amount))\(card)"
  }

  /// What an event waits for, and which rule asked for it.
  var waitingLines: [String] {
    var lines = ["  waits for the payment provider" + (isAskedAgain ? ", which was asked before" : "")]
    for index in decision.collections {
      if let payment = payment(Int64(index)) { lines.append("     \(charge(payment))") }
    }
    if let rule = decision.rescueRule ?? decision.rule { lines += actingLines(rule, "asked by", arithmetic) }
    if decision.rescueRule != nil, let denial = decision.denial {
      lines.append("  else \(engine.program.denials[denial].status) \(engine.program.denials[denial].code)")
    }
    return lines
  }

  /// The latest charge that this event asked for itself.
  var awaited: Payment? {
    account?.payments.last { $0.event == decision.event && $0.origin == decision.id && !$0.isAutomatic }
  }

  /// The charge that was not paid, as far as the account knows it.
  var refusalLines: [String] {
    guard let awaited else { return ["     what it charged was not paid"] }
    return ["     \(charge(awaited)) was not paid"]
  }

  /// The charge that a rescue of this event asked for, as far as the account knows it.
  func rescueCharge(_ rule: Int) -> Payment? {
    for case .collect(let amount, _, _, _) in engine.program.rules[rule].effects.flatMap(\.operations) {
      let value = arithmetic.reader.evaluate(amount)
      return account?.payments.last {
        $0.isAutomatic && $0.event == decision.event && $0.origin == decision.id && $0.amount == value
      }
    }
    return nil
  }

  /// Why a rescue did not help.
  func rescueOutcome(_ rule: Int) -> String {
    guard let payment = rescueCharge(rule), payment.at == decision.at, payment.amount >= decision.shortfall else {
      return "it would not have been enough"
    }
    return switch payment.state {
    case .pending: "\(charge(payment)) waits for its answer"
    case .paid: "\(charge(payment)) was paid, and it was not enough"
    case .declined, .failed: "\(charge(payment)) \(payment.state == .declined ? "was declined" : "failed")"
    }
  }

  // MARK: - Reactions

  /// A rule that acted: where it stands, what it saw, what it did.
  func actingLines(_ rule: Int, _ word: String, _ text: ArithmeticText?) -> [String] {
    var lines = ["  \(word) \(engine.program.rules[rule].name)  \(place(of: rule))"]
    guard let text else { return lines }
    let clauses = clauses(of: rule, text).map(\.arithmetic)
    if !clauses.isEmpty { lines += list("  ", clauses) }
    return lines + reasonLines(reasons(of: rule, text))
  }

  /// The rules that reacted, on the facts they saw.
  var reactionLines: [String] {
    let text = decision.afterwards.map { after in
      ArithmeticText(
        program: engine.program, reader: FactReader(engine.compiled, after, previous: decision.trace),
        formatter: arithmetic.formatter)
    }
    var lines: [String] = []
    for rule in decision.firedRules {
      guard case .after = engine.program.rules[rule].kind else { continue }
      lines += actingLines(rule, "then", text)
      if let text { lines += effectLines(of: rule, text) }
    }
    return lines
  }
}

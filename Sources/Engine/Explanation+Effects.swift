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
      return "receives \(amount(payment).map { money($0) + " of " } ?? "")\(name(payment))"
    case .close(let payment, let asDeclined):
      return "closes \(name(payment)): \(asDeclined ? "declined" : "failed")"
    case .refund(let amount, let bucket, _, _):
      return "sends up to \(money(max(0, text.reader.evaluate(amount)))) of \(engine.program.buckets[bucket].name) back"
    case .confirm(let refund): return "\(name(refund)) has arrived"
    case .restore(let refund): return "\(name(refund)) did not arrive: its money is back"
    case .clawBack(let amount, let payment):
      return "takes \(money(max(0, text.reader.evaluate(amount)))) of \(name(payment)) back"
    case .reinstate(let payment): return "gives back what was taken of \(name(payment))"
    case .pay, .hold, .settle, .credit, .debit, .set, .notify: return nil
    }
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

  /// What an event waits for, and which rule asked for it.
  var waitingLines: [String] {
    var lines = ["  waits for the payment provider"]
    for index in decision.collections {
      guard let payment = payment(Int64(index)) else { continue }
      let card = payment.card.map { " from \(arithmetic.formatter.text(Int64($0), .card))" } ?? ""
      lines.append("     \(payment.id): \(money(payment.amount))\(card)")
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
    let card = awaited.card.map { " from \(arithmetic.formatter.text(Int64($0), .card))" } ?? ""
    return ["     \(awaited.id): \(money(awaited.amount))\(card) was not paid"]
  }

  // MARK: - Reactions

  /// A rule that acted: where it stands, what it saw, what it did.
  func actingLines(_ rule: Int, _ word: String, _ text: ArithmeticText?) -> [String] {
    var lines = ["  \(word) \(engine.program.rules[rule].name)  \(place(of: rule))"]
    guard let text else { return lines }
    let clauses = clauses(of: rule, text).map(\.arithmetic)
    if !clauses.isEmpty { lines += list("  ", clauses) }
    return lines
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

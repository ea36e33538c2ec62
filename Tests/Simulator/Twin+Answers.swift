import Audit
import Engine
import Language
import Ledger

extension Twin {
  /// What the engine decided, in the auditor's words.
  func answer(to event: AuditEvent, _ exchange: Exchange) -> AuditAnswer {
    let decision = exchange.decision
    var answer = AuditAnswer(verdict(decision, event), code(of: decision))
    answer.isReplay = decision.isReplay
    answer.automatic = automatic(exchange)
    answer.notice = decision.notices.last.flatMap { notice in
      AuditLevel.allCases.first { $0.name == notice.level }
    }
    let isAllowed = decision.verdict == .allowed
    switch event.act {
    case .request, .hold:
      if isAllowed {
        answer.sub = decision.drawn[words.quota]
        answer.payg = decision.drawn[words.balance]
        answer.cost = decision.amount
      }
      if decision.verdict == .waiting { answer.payment = decision.collections.last }
    case .settle:
      if isAllowed {
        answer.sub = decision.drawn[words.quota]
        answer.payg = decision.drawn[words.balance]
        answer.cost = decision.amount
        answer.absorbed = decision.absorbed
      }
    case .topUp(let amount, _, _):
      answer.payment =
        account.payments.lastIndex { $0.origin == event.id && !event.id.isEmpty && !$0.isAutomatic }
        ?? exchange.followed.last?.payment ?? decision.collections.last
      if isAllowed, !decision.isReplay, exchange.followed.contains(where: { $0.answer == .paid }) {
        answer.credited = amount
      }
      if decision.code(in: engine.program) != AuditCode.cardDeclined.rawValue, !isAllowed, decision.verdict != .waiting
      {
        answer.payment = nil
      }
    case .paymentAnswer(let key, _):
      answer.payment = account.payments.lastIndex { $0.key == key }
      if isAllowed, !decision.isReplay { answer.credited = credited }
    case .grant(let amount): if isAllowed, !decision.isReplay { answer.credited = amount }
    case .refund:
      if isAllowed {
        let parts = account.refunds.filter { $0.origin == event.id && $0.event == decision.event }
        let made = event.id.isEmpty ? decision.refunds.map { account.refunds[$0] } : parts
        answer.refunded = made.reduce(0) { $0 + $1.amount }
        answer.parts = made.map { part in
          let payment = account.payments[part.payment]
          return AuditAnswer.Part(
            payment: payment.id, card: payment.card.map { account.cardNames[$0] } ?? "", amount: part.amount)
        }
      }
      let field = engine.program.events[decision.event].fields.firstIndex { $0.name == "refundable" }
      let looked = isAllowed || answer.code == .exceedsRefundable
      if looked, !decision.isReplay, let field, decision.fields.indices.contains(field) {
        answer.refundable = decision.fields[field]
      }
    case .dispute: if isAllowed, !decision.isReplay { answer.clawback = moved(.disputes) }
    case .disputeWon: if isAllowed, !decision.isReplay { answer.reinstated = -moved(.disputes) }
    default: break
    }
    return answer
  }

  private func verdict(_ decision: Decision, _ event: AuditEvent) -> AuditAnswer.Verdict {
    switch decision.verdict {
    case .conflict: .conflict
    case .waiting: .waiting
    case .denied: decision.status(in: engine.program) == 400 ? .reject : .deny
    case .allowed:
      switch event.act {
      case .settle: .settled
      case .void: .voided
      default: .allow
      }
    }
  }

  private func code(of decision: Decision) -> AuditCode? {
    decision.code(in: engine.program).flatMap { AuditCode(rawValue: $0) }
  }

  /// The automatic charge that an event led to.
  private func automatic(_ exchange: Exchange) -> AuditAnswer.Automatic? {
    for followed in exchange.followed where followed.request.kind == .collect {
      guard let payment = followed.payment, account.payments[payment].isAutomatic else { continue }
      let isSuspended = words.settings["funding.charges_suspended"].map { account.stored(setting: $0) == 1 } ?? false
      let outcome: AuditAnswer.Automatic.Outcome =
        switch followed.answer {
        case .paid: .ok
        case .declined: isSuspended ? .suspended : .declined
        case .pending: .pending
        case .failed: .failed
        }
      var isRescue = false
      if let rule = followed.rule, case .beforeDenial = engine.program.rules[rule].kind { isRescue = true }
      return AuditAnswer.Automatic(
        charged: outcome == .ok ? followed.request.amount : 0, outcome: outcome,
        why: isRescue ? .beforeDenial : .threshold, payment: payment)
    }
    return nil
  }

  /// What the last transaction moved out of the balance into a contra account.
  private func moved(_ contra: Contra) -> Int64 {
    journal.transactions.last?.postings.reduce(0) { $1.book == .contra(contra) ? $0 + $1.amount : $0 } ?? 0
  }

  /// What the last transaction took in from cards.
  private var credited: Int64 { -moved(.cards) }
}

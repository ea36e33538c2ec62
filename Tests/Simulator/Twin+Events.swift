import Audit
import Engine
import Language
import Ledger
import Values

extension Twin {
  /// Lets one event happen, and says what came of it in the auditor's words.
  ///
  /// - Throws: where the engine could not go on; a value that rules refuse to take is an answer (`refuse`).
  public mutating func take(_ event: AuditEvent) -> AuditAnswer {
    now = max(now, event.time)
    // As before any event; here also before those that the engine is not told of.
    try? engine.expire(&account, by: now, journal: &journal)
    switch event.act {
    case .script(let outcome):
      provider.script.append(outcome)
      return AuditAnswer(.ok)
    case .wait: return AuditAnswer(.ok)
    case .addKey(let name, let limit):
      account.addKey(name)
      return setLimit(limit, ofKey: name)
    case .setKeyLimit(let name, let limit): return setLimit(limit, ofKey: name)
    case .setFallback(let isOn): return change("fallback.enabled", isOn ? 1 : 0)
    case .setSpendingLimit(let limit): return change("limits.spending_limit", limit ?? ValueType.none)
    case .setMonthCap(let limit): return change("topup.month_cap", limit ?? ValueType.none)
    case .setPrice(let model, let price): return reprice(model, price)
    default: return submitted(event)
    }
  }

  private mutating func setLimit(_ limit: Int64?, ofKey name: String) -> AuditAnswer {
    guard let key = account.keyIndex(named: name) else { return AuditAnswer(.refuse) }
    return change("teams.key_limit", limit ?? ValueType.none, key: key)
  }

  private mutating func reprice(_ model: String, _ price: AuditPrice) -> AuditAnswer {
    do throws(TwinFault) {
      var repriced = try Twin.engine(Twin.priced(engine.program, [model: price]))
      repriced.takeGlobals(of: engine)
      repriced.checksPromises = engine.checksPromises
      engine = repriced
      return AuditAnswer(.ok)
    } catch {
      return AuditAnswer(.refuse)
    }
  }

  /// An event of the rules.
  private mutating func submitted(_ event: AuditEvent) -> AuditAnswer {
    let call = call(for: event)
    guard let call else { return AuditAnswer(.refuse) }
    provider.byHand = call.outcome
    provider.refund = call.outcome
    let exchange: Exchange
    do throws(TwinFault) {
      exchange = try submit(call.event, call.id, call.values, label: call.model)
    } catch {
      // A value outside its range, for which the rules name no denial: refused, and nothing has changed.
      return AuditAnswer(.refuse)
    }
    broken += exchange.decision.brokenPromises.map { engine.program.promises[$0].text }
    for followed in exchange.followed {
      broken += (followed.decision?.brokenPromises ?? []).map { engine.program.promises[$0].text }
    }
    return answer(to: event, exchange)
  }

  private struct Call {
    var event: String
    var id: String
    var values: [String: Int64]
    var model: String?
    var outcome = AuditOutcome.paid
  }

  /// The event as the rules declare it; nil where it names a card or a key in a way the rules cannot be asked about.
  private mutating func call(for event: AuditEvent) -> Call? {
    let id = event.id
    switch event.act {
    case .request(let usage):
      return Call(
        event: "request", id: id, values: values(usage, asked: "costing", output: "output"), model: usage.model)
    case .hold(let usage, let ttl):
      var values = values(usage, asked: "estimate", output: "max_output")
      values["cached"] = nil
      values["ttl"] = ttl
      return Call(event: "hold", id: id, values: values, model: usage.model)
    case .settle(let hold, let usage):
      var values = values(usage, asked: "actual", output: "output")
      values["key"] = nil
      values["model"] = nil
      values["hold"] = account.hold(hold).map(Int64.init) ?? -1
      return Call(event: "settle", id: id, values: values)
    case .void(let hold):
      return Call(event: "void", id: id, values: ["hold": account.hold(hold).map(Int64.init) ?? -1])
    case .topUp(let amount, let card, let outcome):
      let card = card.map { Int64(account.addCard($0)) }
      return Call(
        event: "topup", id: id, values: ["amount": amount, "card": card ?? ValueType.none], outcome: outcome)
    case .paymentAnswer(let key, let outcome):
      guard let payment = account.payments.lastIndex(where: { $0.key == key }), outcome != .pending else { return nil }
      let role =
        switch outcome {
        case .paid, .pending: engine.program.roles.paid
        case .declined: engine.program.roles.declined
        case .failed: engine.program.roles.failed
        }
      guard let role else { return nil }
      return Call(event: engine.program.events[role].name, id: id, values: ["payment": Int64(payment)])
    case .configure(let choice):
      let presets = AuditTopUpChoice.Preset.allCases
      return Call(
        event: "auto_topup", id: id,
        values: [
          "enabled": choice.isEnabled ? 1 : 0, "threshold": choice.threshold ?? ValueType.none,
          "amount": choice.amount ?? ValueType.none,
          "preset": choice.preset.flatMap { presets.firstIndex(of: $0) }.map(Int64.init) ?? ValueType.none,
        ])
    case .newCard(let name): return Call(event: "new_card", id: id, values: ["card": Int64(account.addCard(name))])
    case .grant(let amount): return Call(event: "grant", id: id, values: ["amount": amount])
    case .refund(let choice, let outcome):
      let payment = choice.payment.map { account.payment($0).map(Int64.init) ?? -1 }
      return Call(
        event: "refund", id: id,
        values: [
          "amount": choice.amount, "payment": payment ?? ValueType.none,
          "approved_by": choice.approvedBy == nil ? ValueType.none : -1,
          "reason": choice.reason == nil ? ValueType.none : -1, "up_to": choice.upTo ? 1 : 0,
        ], outcome: outcome)
    case .refundAnswer(let refund, let part, let arrived):
      let parts = account.refunds.indices.filter { account.refunds[$0].origin == refund }
      guard part >= 1, part <= parts.count,
        let role = arrived ? engine.program.roles.refundPaid : engine.program.roles.refundFailed
      else { return nil }
      let key = account.refunds[parts[part - 1]].key
      // The story names an answer by refund and part, the engine by the key of the refund.
      let isUsual = id == Auditor.answerId(refund: refund, part: part)
      return Call(
        event: engine.program.events[role].name, id: isUsual ? key : id, values: ["refund": Int64(parts[part - 1])])
    case .dispute(let payment):
      return Call(event: "dispute", id: id, values: ["payment": account.payment(payment).map(Int64.init) ?? -1])
    case .disputeWon(let payment):
      return Call(event: "dispute_won", id: id, values: ["payment": account.payment(payment).map(Int64.init) ?? -1])
    case .subscribe(let quota, let rate, let start):
      return Call(
        event: "subscribe", id: id,
        values: ["quota": quota, "rate": Twin.ratio(rate), "start": start ?? ValueType.none])
    case .cancel: return Call(event: "cancel", id: id, values: [:])
    case .renewalFailed: return Call(event: "renewal_failed", id: id, values: [:])
    case .renewed: return Call(event: "renewed", id: id, values: [:])
    case .changeOwner: return Call(event: "change_owner", id: id, values: [:])
    case .deleteKey(let name):
      guard let key = account.keyIndex(named: name) else { return nil }
      return Call(event: "delete_key", id: id, values: ["key": Int64(key)])
    case .addKey, .setKeyLimit, .setFallback, .setSpendingLimit, .setMonthCap, .setPrice, .wait, .script: return nil
    }
  }

  private func values(_ usage: AuditUsage, asked: String, output: String) -> [String: Int64] {
    [
      "key": usage.key.flatMap { account.keyIndex(named: $0) }.map(Int64.init) ?? ValueType.none,
      "model": usage.model.map { engine.program.symbol($0) } ?? ValueType.none,
      "input": usage.input, "cached": usage.cached, output: usage.output,
      asked: usage.costing ?? ValueType.none,
    ]
  }
}

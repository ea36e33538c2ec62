import Audit
import Foundation

/// One worked case, carried out by the auditor and told in the words of the cases: units, `sub`, `payg`.
struct ConformanceCase {
  typealias Object = [String: Any]

  let id: String
  let title: String
  let policy: AuditPolicy
  let json: Object

  /// The worked cases that the engine is tested with, too.
  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../LabTests/Fixtures/cases.json").standardized

  /// Cases of the engine's own tests go into ways of saying things that the auditor has no words for.
  static let ownPrefix = "own-"

  static func all() throws -> [ConformanceCase] {
    let text = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? Object
    let cases = (text?["scenarios"] as? [Object]) ?? []
    return try cases.filter { ($0["id"] as? String)?.hasPrefix(ownPrefix) == false }.map(ConformanceCase.init)
  }

  struct Unknown: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
  }

  init(_ json: Object) throws {
    self.json = json
    id = json["id"] as? String ?? ""
    title = json["title"] as? String ?? ""
    policy = try ConformanceCase.policy(json["policy"] as? Object ?? [:])
  }

  private static func policy(_ knobs: Object) throws -> AuditPolicy {
    var policy = AuditPolicy()
    for (name, value) in knobs {
      let word = value as? String ?? ""
      switch name {
      case "trigger": policy.trigger = try known(AuditPolicy.Trigger(rawValue: word), name)
      case "topup_before_deny": policy.rescue = value as? Bool ?? true
      case "topup_month_cap": policy.monthCap = units(value)
      case "overrun": policy.overrun = try known(AuditPolicy.Overrun(rawValue: word), name)
      case "burn": policy.burn = try known(AuditPolicy.Burn(rawValue: word), name)
      case "key_scope": policy.keyScope = word == "total" ? .total : .balance
      case "rounding":
        let words: [String: AuditPolicy.Rounding] = ["ceil": .up, "half_even": .halfEven, "floor": .down]
        policy.rounding = try known(words[word], name)
      default: throw Unknown("the knob \(name)")
      }
    }
    return policy
  }

  private static func known<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else { throw Unknown(name) }
    return value
  }

  /// Units in the cases are nano-dollars here.
  private static func units(_ value: Any?) -> Int64? {
    (value as? NSNumber).map { $0.int64Value * Auditor.unit }
  }

  private func number(_ object: Object, _ name: String) -> Int64 { (object[name] as? NSNumber)?.int64Value ?? 0 }

  private func units(_ object: Object, _ name: String) -> Int64 { ConformanceCase.units(object[name]) ?? 0 }

  // MARK: - Given

  func opening() throws -> AuditOpening {
    let given = json["given"] as? Object ?? [:]
    var opening = AuditOpening(at: try time(given["at"]) ?? 0)
    if let keys = given["keys"] as? [String: Object] {
      opening.keys = keys.map {
        AuditOpening.Key($0.key, limit: ConformanceCase.units($0.value["limit"]), spent: units($0.value, "used"))
      }
    }
    for lot in given["lots"] as? [Object] ?? [] {
      opening.lots.append(
        AuditOpening.Lot(
          id: lot["id"] as? String ?? "", isPaid: lot["kind"] as? String == "paid", amount: units(lot, "amount"),
          remaining: ConformanceCase.units(lot["remaining"])))
    }
    for (model, price) in given["prices"] as? [String: Object] ?? [:] { opening.prices[model] = self.price(price) }
    if let choice = given["auto_topup"] as? Object {
      opening.autoTopUp = AuditTopUpChoice(
        isEnabled: choice["enabled"] as? Bool ?? false, threshold: units(choice, "threshold"),
        amount: units(choice, "amount"))
    }
    opening.script = (given["card_outcomes"] as? [String] ?? []).map { $0 == "decline" ? .declined : .paid }
    if let object = given["subscription"] as? Object { opening.subscription = try subscription(object) }
    return opening
  }

  private func price(_ object: Object) -> AuditPrice {
    AuditPrice(
      input: number(object, "in"), cached: (object["cached"] as? NSNumber)?.int64Value, output: number(object, "out"))
  }

  private func time(_ value: Any?) throws -> Int64? {
    guard let text = value as? String else { return nil }
    guard let time = AuditCalendar.time(text) else { throw Unknown("the time \(text)") }
    return time
  }

  private func subscription(_ object: Object) throws -> AuditOpening.Subscription {
    var subscription = AuditOpening.Subscription()
    subscription.plan.quota = units(object, "quota")
    subscription.plan.start = try time(object["anchor"])
    if let rate = object["rate"] as? [NSNumber] {
      subscription.plan.rate = AuditRate(rate[0].int64Value, over: rate[1].int64Value)
    }
    subscription.used = units(object, "used")
    subscription.spent = units(object, "spent")
    subscription.fallback = object["fallback"] as? Bool ?? false
    subscription.limit = ConformanceCase.units(object["limit"])
    return subscription
  }

  // MARK: - Events

  func run() throws -> (decisions: [Object], final: Object) {
    var auditor = Auditor(try opening(), policy: policy)
    var decisions: [Object] = []
    for event in json["events"] as? [Object] ?? [] {
      decisions.append(try take(event, &auditor))
      if !auditor.faults.isEmpty { throw Unknown(auditor.faults.joined(separator: ", ")) }
    }
    return (decisions, final(auditor))
  }

  private func take(_ json: Object, _ auditor: inout Auditor) throws -> Object {
    let at = try time(json["at"]) ?? auditor.now
    let type = json["type"] as? String ?? ""
    if type == "status" || type == "statement" || type == "subscribe" {
      _ = auditor.take(AuditEvent(.wait, at: at))
      if type == "status" { return status(auditor) }
      if type == "statement" { return try statement(json, auditor) }
      auditor.adopt(try subscription(json["subscription"] as? Object ?? [:]))
      return ["decision": "ok", "balance": units(auditor.balance)]
    }
    // What resolves a hold or a dispute has no id of its own: it can happen once.
    let id = json["id"] as? String ?? json["hold"] as? String ?? json["payment"] as? String ?? ""
    let answer = auditor.take(AuditEvent(try act(type, json), id: id, at: at))
    return told(answer, type, auditor)
  }

  private func act(_ type: String, _ json: Object) throws -> AuditEvent.Act {
    let usage = AuditUsage(
      key: json["key"] as? String ?? "k1", model: json["model"] as? String, input: number(json, "in"),
      cached: number(json, "cached"), output: number(json, json["max_out"] == nil ? "out" : "max_out"),
      costing: ConformanceCase.units(json["cost"] ?? json["est"] ?? json["actual"]))
    let amount = units(json, "amount")
    switch type {
    case "request": return .request(usage)
    case "hold": return .hold(usage, ttl: AuditCalendar.hour)
    case "settle": return .settle(hold: json["hold"] as? String ?? "", usage)
    case "void": return .void(hold: json["hold"] as? String ?? "")
    case "topup":
      return .topUp(amount: amount, card: nil, outcome: json["outcome"] as? String == "declined" ? .declined : .paid)
    case "grant": return .grant(amount: amount)
    case "refund":
      let choice = AuditRefundChoice(
        payment: json["payment"] as? String, amount: amount, approvedBy: json["approved_by"] as? String,
        upTo: json["mode"] as? String == "up_to")
      return .refund(choice, outcome: .paid)
    case "dispute": return .dispute(payment: json["payment"] as? String ?? "")
    case "dispute_won": return .disputeWon(payment: json["payment"] as? String ?? "")
    case "set_card": return .newCard(json["card"] as? String ?? "")
    case "set_fallback": return .setFallback(json["enabled"] as? Bool ?? false)
    case "set_limit": return .setSpendingLimit(ConformanceCase.units(json["limit"]))
    case "set_key": return .setKeyLimit(json["key"] as? String ?? "", ConformanceCase.units(json["limit"]))
    case "delete_key": return .deleteKey(json["key"] as? String ?? "")
    case "set_price": return .setPrice(model: json["model"] as? String ?? "", price(json))
    case "sub_status":
      switch json["status"] as? String {
      case "past_due": return .renewalFailed
      case "canceled": return .cancel
      default: return .renewed
      }
    default: throw Unknown("the event \(type)")
    }
  }

  // MARK: - Telling

  private func units(_ nano: Int64) -> Any {
    nano % Auditor.unit == 0 ? NSNumber(value: nano / Auditor.unit) : "\(nano) nano-dollars"
  }

  private func told(_ answer: AuditAnswer, _ type: String, _ auditor: Auditor) -> Object {
    let changes: Set = ["delete_key", "sub_status", "set_card"]
    var told: Object = ["decision": changes.contains(type) ? "ok" : answer.verdict.rawValue]
    told["balance"] = units(auditor.balance)
    if answer.isReplay { told["replay"] = true }
    if let code = answer.code {
      told["code"] = code.rawValue
      told["http"] = code.status
    }
    switch type {
    case "request", "hold", "settle":
      if answer.isAllowed {
        told["http"] = 200
        told["cost"] = units(answer.cost)
        if type == "settle" { told["absorbed"] = units(answer.absorbed) }
        if type == "hold" { told["available"] = units(auditor.available) }
      }
      told["sub"] = units(answer.sub)
      told["payg"] = units(answer.payg)
      if let charge = answer.automatic {
        told["auto_topup"] = [
          "charged": units(charge.charged), "outcome": charge.outcome.rawValue, "why": charge.why.rawValue,
        ]
      }
    case "void":
      told["http"] = 200
      told["available"] = units(auditor.available)
    case "topup", "grant": told["credited"] = units(answer.credited)
    case "refund":
      told["refunded"] = units(answer.refunded)
      if answer.isAllowed {
        told["parts"] = answer.parts.map {
          ["payment": $0.payment, "method": $0.card, "amount": units($0.amount)] as Object
        }
      } else if let refundable = answer.refundable {
        told["refundable"] = units(refundable)
      }
    case "dispute": told["clawback"] = units(answer.clawback)
    case "dispute_won": told["reinstated"] = units(answer.reinstated)
    default: break
    }
    return told
  }

  private func status(_ auditor: Auditor) -> Object {
    var told: Object = ["decision": "ok", "level": auditor.level.name, "available": units(auditor.available)]
    told["balance"] = units(auditor.balance)
    told["quota_field"] = told["balance"]
    if let cycle = auditor.cycleBounds {
      told["cycle_start"] = AuditCalendar.text(cycle.start)
      told["cycle_end"] = AuditCalendar.text(cycle.end)
      told["quota_left"] = units(auditor.quotaLeft)
      told["payg_spent"] = units(auditor.cycle.spent)
    }
    return told
  }

  private func statement(_ json: Object, _ auditor: Auditor) throws -> Object {
    guard let first = AuditCalendar.time((json["month"] as? String ?? "") + "-01") else { throw Unknown("month") }
    let statement = auditor.statement(of: AuditCalendar.month(first))
    let lines: Object = [
      "opening": units(statement.opening), "closing": units(statement.closing), "topups": units(statement.topUps),
      "grants": units(statement.grants), "usage": units(statement.usage), "refunds": units(statement.refunds),
      "clawbacks": units(statement.clawbacks), "reinstated": units(statement.reinstated),
      "usage_by_model": statement.usageByModel.mapValues { units($0) },
    ]
    return ["decision": "ok", "statement": lines, "balance": units(auditor.balance)]
  }

  private func final(_ auditor: Auditor) -> Object {
    let given = json["given"] as? Object ?? [:]
    var final: Object = [
      "balance_units": units(auditor.balance), "balance_micro": auditor.balance / 1_000,
      "balance_usd": ConformanceCase.dollars(auditor.balance), "available_units": units(auditor.available),
      "level": auditor.level.name, "absorbed_units": units(auditor.absorbed), "invoices": auditor.invoices,
      "card_in_units": units(auditor.cardIn), "keys_used": auditor.keys.mapValues { units($0.spent) },
    ]
    let subscribes = (json["events"] as? [Object] ?? []).contains { $0["type"] as? String == "subscribe" }
    if given["subscription"] != nil || subscribes {
      final["quota_left_units"] = units(auditor.quotaLeft)
      final["payg_spent_cycle_units"] = units(auditor.cycle.spent)
    }
    if given["auto_topup"] != nil { final["auto_suspended"] = auditor.autoTopUp.isSuspended }
    return final
  }

  /// `$19.999900`, `-$1.000000`
  private static func dollars(_ nano: Int64) -> String {
    let micro = nano.magnitude / 1_000
    let fraction = String(String(micro % 1_000_000 + 1_000_000).dropFirst())
    return "\(nano < 0 ? "-" : "")$\(micro / 1_000_000).\(fraction)"
  }
}

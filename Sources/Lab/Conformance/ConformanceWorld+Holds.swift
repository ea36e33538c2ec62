import Engine
import Formats
import Language
import Ledger

extension ConformanceWorld {
  mutating func hold(_ event: Json) throws(ConformanceFault) -> Json {
    var values = try usage(
      event, ["in": "input", "input": "input", "max_out": "max_output", "max_output": "max_output"])
    try add(event["est"] ?? event["estimate"] ?? event["cost"], as: "estimate", to: &values)
    if let seconds = (event["ttl_s"] ?? event["ttl"] ?? event["ttl_seconds"])?.integer {
      values["ttl"] = ConformanceWorld.microseconds(seconds) ?? Int64.max
    }
    let labels = addCaller(event, to: &values)
    let exchange = try exchanged("hold", event, values, labels)
    var answer = try answer(exchange, to: "hold \(event["id"]?.text ?? "")")
    if exchange.decision.isAllowed { answer.add("available", try available()) }
    return answer
  }

  /// A hold is settled once, so its id is that of the settlement, too.
  mutating func settle(_ event: Json) throws(ConformanceFault) -> Json {
    let id = try holdID(event)
    var values = try usage(event, ConformanceWorld.tokens)
    try add(event["actual"] ?? event["cost"], as: "actual", to: &values)
    values["hold"] = Int64(account.hold(id) ?? -1)
    let own = event["id"]?.text ?? id
    let exchange = try exchanged("settle", event, id: own, values)
    var answer = try answer(exchange, to: "settle \(own)", allowed: "settled")
    if exchange.decision.isAllowed { answer.add("absorbed", units(exchange.decision.absorbed)) }
    return answer
  }

  mutating func void(_ event: Json) throws(ConformanceFault) -> Json {
    let id = try holdID(event)
    let decision = try exchanged("void", event, ["hold": Int64(account.hold(id) ?? -1)]).decision
    var members = verdict(decision, allowed: "voided")
    members.append(.init("available", try available()))
    if decision.isReplay { members.append(.init("replay", true)) }
    members.append(.init("balance", try balance()))
    return .object(members)
  }

  private func holdID(_ event: Json) throws(ConformanceFault) -> String {
    guard let id = event["hold"]?.text else { throw ConformanceFault("an event about a hold lacks its `hold`") }
    return id
  }

  /// What is posted less what is held; below zero where the customer owes.
  func available() throws(ConformanceFault) -> Json { units(try fact("balance") - fact("balance.held")) }

  /// A meter without what open holds count in it.
  func posted(_ meter: String, key: Int? = nil) throws(ConformanceFault) -> Int64 {
    guard let index = engine.compiled.meter(named: meter) else {
      throw ConformanceFault("the rules have no `\(meter)`")
    }
    let trace = engine.reader(account, key: key, at: clock).trace
    let place = engine.compiled.layout.meters[index]
    guard let row = place.isPerKey ? trace.keyRow : trace.row else { return 0 }
    return row[place.slot] - row[place.heldSlot]
  }
}

extension Json {
  /// Puts a member behind the others of an object.
  mutating func add(_ name: String, _ value: Json) {
    guard case .object(let members) = self else { return }
    self = .object(members + [Member(name, value)])
  }
}

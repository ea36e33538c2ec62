import Engine
import Language
import Ledger
import Values

extension Simulation {
  /// What there is instead of what a check wants; nil where it came true.
  func judge(_ check: ScenarioPlan.Check) -> String? {
    let answer = last
    switch check {
    case .allowed: return answer?.isAllowed == true && answer?.isReplay == false ? nil : summary
    case .conflict: return answer?.isConflict == true ? nil : summary
    case .replayed: return answer?.isReplay == true ? nil : summary
    case .waiting: return answer?.isWaiting == true ? nil : summary
    case .refused(let text):
      guard let refusal = answer?.refusal else { return summary }
      return text == nil || text == refusal ? nil : summary
    case .denied(let denial, let decider):
      guard let decision = answer?.decision, decision.verdict == .denied else { return summary }
      if let denial, decision.denial != denial { return summary }
      switch decider {
      case nil: return nil
      case .rule(let rule): return decision.rule == rule ? nil : summary
      case .bucket(let bucket): return decision.rule == nil && decision.bucket == bucket ? nil : summary
      }
    case .pays(let bucket, let amount):
      let paid = answer?.pays(bucket: bucket) ?? .zero
      return paid.nano == amount ? nil : "\(NameIndex.bare(program.buckets[bucket].name)) pays \(paid)"
    case .collects(let amount, let card):
      let asked = (answer?.collections ?? []).filter { card == nil || $0.card == card }
      return asked.sum == amount ? nil : answer?.collectionText ?? "collects nothing"
    case .refunds(let amount, let card):
      let asked = (answer?.refunds ?? []).filter { card == nil || $0.card == card }
      return asked.sum == amount ? nil : answer?.refundText ?? "refunds nothing"
    case .absorbs(let amount):
      let absorbed = answer?.absorbed ?? .zero
      return absorbed.nano == amount ? nil : absorbed == .zero ? "absorbs nothing" : "absorbs \(absorbed)"
    case .number(let asked, let comparison, let value): return judge(asked, comparison, number(value, asked.type))
    case .notified(let level):
      return answer?.notices.contains(level) == true ? nil : notices
    case .noNotice: return answer?.notices.isEmpty ?? true ? nil : notices
    case .fired(let rule, let wanted):
      let fired = answer?.fired.contains(rule) ?? false
      return fired == wanted ? nil : "\(program.rules[rule].name) \(fired ? "fired" : "did not fire")"
    case .holds(let expression, let key, let event): return judge(expression, key: key, event: event)
    }
  }

  private func judge(_ number: ScenarioPlan.RecordNumber, _ comparison: Comparison, _ wanted: Int64) -> String? {
    let name = "\(number.kind.rawValue) \"\(number.id)\""
    guard let index = account.number(of: number.kind, named: number.id),
      let row = RecordRows.row(
        of: number.kind, at: index, in: account, program: program, order: engine.burnOrder)
    else { return "there is no \(name)" }
    let found: Int64
    switch number.place {
    case .stored(let place): found = row[place]
    case .derived(let derivation):
      var walker = reader(key: nil, event: nil).walker
      walker.own = row
      found = walker.evaluate(program.paymentDerivations[derivation].value)
    }
    let isComparable = found != ValueType.none && wanted != ValueType.none
    if comparison == .equal || comparison == .notEqual || isComparable, comparison.holds(found, wanted) { return nil }
    return "\(name) has \(engine.formatter(for: account).text(found, number.type))"
  }

  private var summary: String { last?.summary ?? "nothing has happened yet" }

  private var notices: String {
    let levels = last?.notices ?? []
    return levels.isEmpty ? "no notice" : "notified " + levels.joined(separator: ", ")
  }

  private func judge(_ expression: Expr, key: Int?, event: Int?) -> String? {
    let reader = self.reader(key: key, event: event)
    if event != nil, last?.decision == nil, readsFields(expression) { return summary }
    guard reader.evaluate(expression) == 0 else { return nil }
    return arithmetic(of: expression, reader)
  }

  /// The facts a condition about the last event is read from: the state now, with that event's own numbers.
  func reader(key: Int?, event: Int?) -> FactReader {
    // Without a word about whose it is, a value of a key is that of the event's key, else of the first.
    let usual = last?.decision?.key ?? (account.keyCount > 0 ? 0 : nil)
    var trace = engine.reader(account, key: key ?? usual, at: clock).trace
    guard event != nil, let decision = last?.decision else { return FactReader(engine.compiled, trace) }
    trace.take(decision)
    trace.records = records(of: decision)
    return FactReader(engine.compiled, trace, previous: decision.trace)
  }

  private func readsFields(_ expression: Expr) -> Bool {
    var found = false
    expression.walk { node in
      switch node.kind {
      case .fact(.field), .fact(.record): found = true
      default: break
      }
    }
    return found
  }

  /// `balance is $19.9998`: every fact a condition reads, with its value.
  private func arithmetic(of expression: Expr, _ reader: FactReader) -> String {
    let formatter = engine.formatter(for: account)
    var parts: [String] = []
    expression.walk { node in
      switch node.kind {
      case .fact, .named, .lookup, .call:
        let text = sources.text(node.span)
        guard !text.isEmpty else { return }
        let part = "\(text) is \(formatter.text(reader.evaluate(node), node.type))"
        if !parts.contains(part) { parts.append(part) }
      default: break
      }
    }
    return parts.isEmpty ? "it is not so" : parts.joined(separator: ", ")
  }
}

import Engine
import Language
import Ledger
import Values

extension Simulation {
  /// What could not be stated, and its place in the list.
  struct RefusedGiven {
    var index: Int
    var text: String
  }

  /// Makes statements so. Their order does not matter: settings come first, since the others depend on them.
  func state(_ givens: [ScenarioPlan.Given]) -> [RefusedGiven] {
    var refused = stateSettings(givens)
    var stated: [Int: Int64] = [:]
    for (index, given) in givens.enumerated() {
      do throws(EngineFault) {
        switch given {
        case .setting: break
        case .bucket(let bucket, let amount, let lotKind):
          if let text = overfull(bucket, amount) {
            refused.append(RefusedGiven(index: index, text: text))
            continue
          }
          let keepsLots = program.buckets[bucket].keepsLots
          if keepsLots, stated[bucket] == nil { try engine.adjust(bucket: bucket, to: 0, in: &account, at: clock) }
          // Several statements about one bucket with lots are several lots.
          let (total, overflow) = (keepsLots ? stated[bucket] ?? 0 : 0).addingReportingOverflow(amount)
          if overflow { throw EngineFault.timeOutOfRange(amount) }
          stated[bucket] = total
          try engine.adjust(
            bucket: bucket, to: total, lotKind: program.lotKinds[lotKind], in: &account, at: clock, journal: &journal)
        case .meter(let meter, let key, let value):
          try engine.adjust(meter: meter, to: value, key: key, in: &account, at: clock)
        }
      } catch {
        refused.append(RefusedGiven(index: index, text: error.message))
      }
    }
    return refused.sorted { $0.index < $1.index }
  }

  /// One setting may only be allowed once another is set, so what is refused is tried again while anything changes.
  private func stateSettings(_ givens: [ScenarioPlan.Given]) -> [RefusedGiven] {
    var waiting: [(index: Int, setting: Int, key: Int?, value: Int64)] = []
    for (index, given) in givens.enumerated() {
      if case .setting(let setting, let key, let value) = given { waiting.append((index, setting, key, value)) }
    }
    while true {
      var refused: [RefusedGiven] = []
      var rest: [(index: Int, setting: Int, key: Int?, value: Int64)] = []
      for entry in waiting {
        do throws(Refusal) {
          try engine.change(entry.setting, to: entry.value, key: entry.key, in: &account, at: clock)
        } catch {
          refused.append(RefusedGiven(index: entry.index, text: error.text))
          rest.append(entry)
        }
      }
      if rest.isEmpty || rest.count == waiting.count { return refused }
      waiting = rest
    }
  }

  /// Why a resetting bucket cannot have this much left; nil where it can.
  private func overfull(_ bucket: Int, _ amount: Int64) -> String? {
    guard let resets = program.buckets[bucket].resets else { return nil }
    let allowance = engine.evaluate(resets.allowance, account, at: clock)
    guard amount > allowance || amount < 0 else { return nil }
    let name = NameIndex.bare(program.buckets[bucket].name)
    return amount < 0
      ? "`\(name)` cannot be below $0.00"
      : "`\(name)` is filled to \(Money(nano: allowance)), so \(Money(nano: amount)) cannot be left of it"
  }

  // MARK: - Deeds

  func perform(_ deed: ScenarioPlan.Deed) -> SimulatedAnswer {
    var answer = SimulatedAnswer(engine: engine, at: clock, keyNames: account.keyNames)
    switch deed {
    case .clockTo(let time): clock = max(clock, time)
    case .clockForward(let span): clock = min(clock &+ span, Instant.latest.microseconds)
    case .change(let setting, let key, let value):
      do throws(Refusal) {
        try engine.change(setting, to: value, key: key, in: &account, at: clock, journal: &journal)
      } catch {
        answer.refusal = error.text
      }
    case .event(let call): answer = submit(call)
    }
    last = answer
    return answer
  }

  private func submit(_ call: ScenarioPlan.EventCall) -> SimulatedAnswer {
    let time = call.time ?? clock
    var answer = SimulatedAnswer(engine: engine, at: time, keyNames: account.keyNames)
    answer.event = call.event
    let input = EventInput(
      event: call.event, id: call.id, at: time, fields: call.fields,
      labels: call.labels.map { Transaction.Label($0.name, $0.text) })
    clock = max(clock, time)
    do throws(EngineFault) {
      let decision = try engine.submit(input, to: &account, journal: &journal)
      answer.decision = decision
      let after = afterwards(decision)
      answer.after = after
      coverage?.record(decision, after: after, by: engine)
    } catch {
      answer.refusal = error.message
    }
    return answer
  }

  /// The facts right after a decision: the account as it is now, with what the event paid.
  private func afterwards(_ decision: Decision) -> Trace {
    var trace = engine.reader(account, key: decision.key, at: decision.at).trace
    trace.event = decision.event
    trace.fields = decision.fields
    trace.amount = decision.amount
    trace.drawn = decision.drawn
    trace.covered = decision.covered
    trace.shortfall = decision.shortfall
    return trace
  }
}

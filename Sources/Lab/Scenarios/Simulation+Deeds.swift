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
        case .answers(let answer, let count): provider.answers += Array(repeating: answer, count: count)
        case .payment(let payment):
          if account.payment(payment.id) != nil {
            refused.append(RefusedGiven(index: index, text: "there is a payment `\(payment.id)` already"))
            continue
          }
          let bucket = payment.bucket
          if stated[bucket] == nil { try engine.adjust(bucket: bucket, to: 0, in: &account, at: clock) }
          // Its unspent part is a lot of the bucket, like any other that is stated.
          let (total, overflow) = (stated[bucket] ?? 0).addingReportingOverflow(payment.amount - payment.spent)
          if overflow { throw EngineFault.timeOutOfRange(payment.amount) }
          stated[bucket] = total
          try open(payment)
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
      if case .setting(let setting, let key, let value) = given {
        waiting.append((index, setting, key, number(value, program.settings[setting].type)))
      }
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
    var answer = SimulatedAnswer(engine: engine, at: clock, account: account)
    switch deed {
    case .clockTo(let time): answer.refusal = moveClock(to: max(clock, time))
    case .clockForward(let span):
      answer.refusal = moveClock(to: min(clock &+ span, Instant.latest.microseconds))
    case .change(let setting, let key, let value):
      do throws(Refusal) {
        let value = number(value, program.settings[setting].type)
        try engine.change(setting, to: value, key: key, in: &account, at: clock, journal: &journal)
      } catch {
        answer.refusal = error.text
      }
    case .event(let call): answer = submit(call)
    }
    last = answer
    return answer
  }

  /// Lets time pass: holds that are over by then are free again, so that whoever looks sees it.
  ///
  /// - Returns: why it could not be; nil when all is well.
  private func moveClock(to time: Int64) -> String? {
    clock = time
    do throws(EngineFault) {
      try engine.expire(&account, by: time, journal: &journal)
      return nil
    } catch {
      return error.message
    }
  }

  private func submit(_ call: EventCall) -> SimulatedAnswer {
    var answer = SimulatedAnswer(engine: engine, at: call.at, account: account)
    answer.event = call.event
    for (field, value) in zip(program.events[call.event].fields, call.fields) {
      guard case .text(let text) = value else { continue }
      switch field.type.base {
      case .name, .record: answer.words.append(Transaction.Label(field.name, text))
      default: break
      }
    }
    clock = max(clock, call.at)
    do throws(EngineFault) {
      let input = try engine.input(call, in: &account)
      let exchange = try engine.submit(input, to: &account, journal: &journal, asking: &provider)
      answer.take(exchange, account: account)
      record(exchange)
    } catch {
      answer.refusal = error.message
    }
    return answer
  }

  /// Counts the rules of an event and of the answers that followed from it.
  private func record(_ exchange: Exchange) {
    guard coverage != nil else { return }
    let asked = Set(exchange.followed.compactMap(\.rule))
    let decision = exchange.decision
    coverage?.record(decision, after: decision.afterwards ?? afterwards(decision), asked: asked, by: engine)
    for decision in exchange.followed.compactMap(\.decision) {
      coverage?.record(decision, after: decision.afterwards ?? afterwards(decision), by: engine)
    }
  }

  /// The facts right after a decision: the account as it is now, with what the event paid.
  private func afterwards(_ decision: Decision) -> Trace {
    var trace = engine.reader(account, key: decision.key, at: decision.at).trace
    trace.take(decision)
    trace.records = records(of: decision)
    return trace
  }

  /// The numbers of the record that each given field of an event names, as they are now.
  func records(of decision: Decision) -> [[Int64]] {
    RecordRows.records(
      of: decision.event, fields: decision.fields, in: account, program: program, order: engine.burnOrder)
  }

  // MARK: - What the account names

  /// What a value is in this account. A card nobody has named yet is named by it; an id nobody knows is −1, for the rules
  /// to answer.
  func number(_ value: EventCall.Value, _ type: QualifiedType) -> Int64 {
    engine.number(of: value, type.base, in: &account) ?? ValueType.none
  }

  private func open(_ payment: ScenarioPlan.OpeningPayment) throws(EngineFault) {
    let card = payment.card.map { account.addCard($0) }
    try engine.open(
      payment: payment.id, amount: payment.amount, remaining: payment.amount - payment.spent, card: card,
      bucket: payment.bucket, in: &account, at: clock, journal: &journal)
  }
}

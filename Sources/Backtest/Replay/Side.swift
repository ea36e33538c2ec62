import Engine
import Language
import Ledger

/// An account under one candidate.
struct Side {
  /// Which candidate.
  let entrant: Int
  var account: AccountState
  /// With the global settings as they are by now.
  var engine: RuleEngine
  var provider: RecordedProvider
  /// As it began, and at the beginning of the day.
  let opening: Books
  var morning: Books

  /// A decision that is handed on without a count for every list in it.
  final class Kept {
    let decision: Decision

    init(_ decision: consuming Decision) { self.decision = decision }
  }

  /// What became of one event.
  struct Answered {
    var outcome: Outcome
    /// By bucket of the candidate.
    var drawn: [Int64] = []
    /// The answer, for telling why; nil where nothing was decided.
    var decision: Kept?
    /// The same for one that can be made once more; to be asked before the next event.
    var earlier: (() -> (Decision, [Transaction.Label])?)?
    var labels: [Transaction.Label] = []
    /// Why it could not be taken.
    var problem: String?
    /// Promises that did not hold after it or what followed.
    var broken: [Int] = []
    /// It is supposed never to have come: there is nothing to compare.
    var isLeftOut = false

    /// Makes the answer once more where it was not kept.
    mutating func settle() {
      guard let made = earlier?() else { return }
      (decision, labels, earlier) = (Kept(made.0), made.1, nil)
    }
  }

  // MARK: - Events

  /// Submits an event and carries the conversation with the provider.
  mutating func submit(_ call: EventCall, _ entrant: Entrant) -> Answered {
    let before = (charged: account.contra(.cards), sentBack: account.contra(.refunds))
    var answered: Answered
    do throws(EngineFault) {
      let input = try engine.input(call, in: &account)
      let known = (account.payments.count, account.refunds.count)
      var decision = try engine.submit(input, to: &account)
      var broken = decision.brokenPromises
      if decision.verdict == .waiting || !decision.collections.isEmpty || !decision.refunds.isEmpty {
        var following = Following(payments: known.0, refunds: known.1)
        decision = try following.goOn(from: decision, of: input, &self)
        broken = following.broken
      }
      account.letGoOfAnswers()
      answered = Answered(outcome: outcome(of: decision, entrant), drawn: decision.drawn, labels: input.labels)
      answered.broken = broken
      answered.decision = Kept(consume decision)
    } catch {
      account.letGoOfAnswers()
      answered = Answered(outcome: Outcome(.impossible), problem: error.message)
    }
    answered.outcome.charged = before.charged &- account.contra(.cards)
    answered.outcome.sentBack = account.contra(.refunds) &- before.sentBack
    return answered
  }

  /// Tells the account what the provider said later.
  ///
  /// - Returns: what became of the event that waited for it; nil where none did.
  mutating func take(_ late: LateAnswer, at time: Int64, _ entrant: Entrant) -> (Answered?, broken: [Int]) {
    let key = RecordedProvider.Asker(event: late.event, id: late.id)
    guard
      let record = provider.pending.removeValue(
        forKey: RecordedProvider.Request(asker: key, kind: late.said.kind, number: late.number))
    else { return (nil, []) }
    let before = (charged: account.contra(.cards), sentBack: account.contra(.refunds))
    var following = Following(payments: account.payments.count, refunds: account.refunds.count)
    do throws(EngineFault) {
      let input =
        late.said.kind == .collect
        ? engine.answer(late.said.answer, toPayment: record, of: account, at: time)
        : engine.answer(late.said.answer, toRefund: record, of: account, at: time)
      guard let input else { return (nil, []) }
      try following.tell(input, &self)
      guard late.said.kind == .collect, let waiting = provider.waiting[key], waiting.payment == record,
        account.payments[record].state != .pending
      else {
        account.letGoOfAnswers()
        return (nil, following.broken)
      }
      provider.waiting[key] = nil
      let decision = try following.takeUp(waiting.input, after: record, &self)
      account.letGoOfAnswers()
      var answered = Answered(outcome: outcome(of: decision, entrant), drawn: decision.drawn, decision: Kept(decision))
      answered.outcome.charged = before.charged &- account.contra(.cards)
      answered.outcome.sentBack = account.contra(.refunds) &- before.sentBack
      return (answered, following.broken)
    } catch {
      account.letGoOfAnswers()
      return (Answered(outcome: Outcome(.impossible), problem: error.message), following.broken)
    }
  }

  /// What moved since the morning; the next one begins.
  mutating func closeDay(quotas: [Int]) throws(BacktestFault) -> MoneyMoved {
    let books = Books(account, quotas: quotas)
    let money = try books.moved(since: morning)
    morning = books
    return money
  }

  private func outcome(of decision: borrowing Decision, _ entrant: Entrant) -> Outcome {
    let verdict: Outcome.Verdict =
      switch decision.verdict {
      case .allowed: decision.isReplay ? .repeated : .allowed
      case .denied: .denied
      case .conflict: .conflict
      case .waiting: .waiting
      }
    var outcome = Outcome(verdict)
    outcome.amount = decision.amount
    outcome.paid = decision.isAllowed ? decision.covered : 0
    outcome.absorbed = decision.absorbed
    guard verdict == .denied else { return outcome }
    if let denial = decision.denial { outcome.code = entrant.codes[denial] }
    if let rule = decision.rule {
      outcome.decider = entrant.rules[rule]
    } else if let bucket = decision.bucket {
      outcome.decider = entrant.buckets[bucket]
    }
    return outcome
  }

  /// A key of the account as a field names it. Mutating, so that the account is not copied for a look at it.
  mutating func key(named name: String) -> Int64 { account.keyIndex(named: name).map(Int64.init) ?? ValueType.none }

  // MARK: - From outside

  /// Changes a setting.
  ///
  /// - Returns: why it was not changed, in the policy's words; nil when it was.
  mutating func set(
    _ name: String, key: String?, to value: Occurrence.SettingValue, at time: Int64, _ entrant: Entrant
  ) -> String? {
    guard let setting = entrant.settings[name] else { return "there is no setting `\(name)`" }
    var index: Int?
    if let key {
      guard let found = account.keyIndex(named: key) else { return "there is no key `\(key)`" }
      index = found
    }
    var number = LedgerLayout.unset
    if case .value(let value) = value {
      guard let found = engine.number(of: value, engine.program.settings[setting].type.base, in: &account) else {
        return "`\(name)` has no such value"
      }
      number = found
    }
    do throws(Refusal) {
      try engine.change(setting, to: number, key: index, in: &account, at: time)
      return nil
    } catch {
      return error.text
    }
  }

  mutating func adjust(_ bucket: String, to amount: Int64, lotKind: String, at time: Int64) -> String? {
    guard let index = engine.program.buckets.firstIndex(where: { $0.name == bucket }) else {
      return "there is no bucket `\(bucket)`"
    }
    do throws(EngineFault) {
      try engine.adjust(bucket: index, to: amount, lotKind: lotKind, in: &account, at: time)
      return nil
    } catch {
      return error.message
    }
  }
}

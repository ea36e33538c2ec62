import Language
import Ledger
import Values

/// Carries out ordinary events without making a ``Decision`` of each: for replays, which look closely at few answers.
///
/// It goes the way of ``RuleEngine/submit(_:to:)``, with the same evaluator, as long as nothing out of the ordinary comes up.
/// Where something does – a hold whose time is over, an id that is known, a rescue, a charge, lots, a fault –, it leaves the
/// account as it was and has no answer: `submit` has. It remembers no answers: whoever asks it knows which ids came before.
///
/// One runner serves one thread at a time.
public final class EventRunner {
  public let compiled: CompiledProgram
  private let evaluator: Evaluator
  private let checksPromises: Bool
  private var globals: [Int64]
  /// By event, the number of its given fields.
  private let givenCounts: [Int]
  /// Rows as they were before the last event that was carried out.
  private let ownRow: UnsafeMutablePointer<Int64>
  private var keyRows: [Int64] = []
  private var keyStart = -1
  private var sequence: Int64 = 0
  private var isCarriedOut = false
  private let forgetsKeyCycles: Bool

  public init(_ engine: RuleEngine) {
    compiled = engine.compiled
    evaluator = Evaluator(engine.compiled)
    checksPromises = engine.checksPromises
    globals = engine.globals
    evaluator.setGlobals(engine.globals)
    givenCounts = engine.program.events.map(\.givenCount)
    ownRow = .allocate(capacity: max(1, engine.compiled.layout.accountStride))
    forgetsKeyCycles = engine.compiled.layout.keyWindows.contains { $0.kind == .cycle }
  }

  deinit { ownRow.deallocate() }

  /// Whether it answers as this engine does.
  public func serves(_ engine: borrowing RuleEngine) -> Bool {
    engine.compiled === compiled && engine.globals == globals && engine.checksPromises == checksPromises
  }

  /// Decides an event and carries it out, if it is an ordinary one.
  ///
  /// - Parameters:
  ///   - event: the event, by index.
  ///   - fields: its given fields, in the order of their declaration.
  /// - Returns: the answer, allowed or denied; nil where the account is as it was and `submit` has to be asked.
  public func run(
    _ event: Int, id: borrowing String, at time: Int64, fields: UnsafeBufferPointer<Int64>,
    on account: inout AccountState
  ) -> Evaluator.Outcome? {
    isCarriedOut = false
    guard event >= 0, event < givenCounts.count, fields.count == givenCounts[event], time >= 0,
      time <= Instant.latest.microseconds, account.layout === compiled.layout,
      account.nextExpiry > account.effectiveTime(time), !account.answers.knows(event: event, id: id)
    else { return nil }
    let outcome = evaluator.decide(account, event: event, at: time, fields: fields)
    switch outcome.verdict {
    case .twoPayments, .functionFault: return nil
    case .fieldOutOfRange: return outcome.denial < 0 || tries(outcome, account) ? nil : outcome
    case .denied: return tries(outcome, account) ? nil : outcome
    case .allowed: return carryOut(event, on: &account) ? outcome : nil
    }
  }

  /// What each bucket gave of the last event that was allowed.
  public var drawn: UnsafeBufferPointer<Int64> { evaluator.drawnNow }

  /// The promises that did not hold after the last event that was allowed. To be read before the next one.
  public private(set) var brokenPromises: [Int] = []

  /// An account as it was before the last event, which was one of its own.
  public func before(_ account: AccountState) -> AccountState {
    guard isCarriedOut else { return account }
    var earlier = account
    putBack(&earlier)
    return earlier
  }

  // MARK: - Parts

  /// Whether a rule acts before this denial. Only a denial by a rule can be averted.
  private func tries(_ outcome: Evaluator.Outcome, _ account: borrowing AccountState) -> Bool {
    outcome.verdict == .denied && outcome.denial >= 0 && evaluator.canRescue(denial: outcome.denial)
      && evaluator.rescue(denial: outcome.denial, on: account)
  }

  private func carryOut(_ event: Int, on account: inout AccountState) -> Bool {
    guard evaluator.concernsRowsOnly else { return false }
    keep(account)
    do throws(LedgerFault) {
      try evaluator.apply(to: &account)
      _ = account.nextSequence()
      if evaluator.reacts(to: event), evaluator.findReactions(to: account) {
        guard evaluator.verdict == .allowed, evaluator.concernsRowsOnly else { return isPutBack(&account) }
        try evaluator.apply(to: &account)
        if evaluator.hasActed { _ = account.nextSequence() }
      }
    } catch {
      return isPutBack(&account)
    }
    if !brokenPromises.isEmpty { brokenPromises = [] }
    if checksPromises {
      if evaluator.breaksPromises(on: account) { brokenPromises = evaluator.fired }
      guard evaluator.verdict == .allowed else { return isPutBack(&account) }
    }
    isCarriedOut = true
    return true
  }

  /// Keeps what the event may change.
  private func keep(_ account: borrowing AccountState) {
    let count = compiled.layout.accountStride
    account.row.withUnsafeBufferPointer { row in
      if let row = row.baseAddress { ownRow.update(from: row, count: count) }
    }
    sequence = account.sequence
    let stride = compiled.layout.keyStride
    let key = evaluator.key
    keyStart = forgetsKeyCycles ? 0 : key < 0 ? -1 : key * stride
    guard keyStart >= 0 else { return }
    let length = forgetsKeyCycles ? account.keyRows.count : stride
    if keyRows.count != length { keyRows = Array(repeating: 0, count: length) }
    account.keyRows.withUnsafeBufferPointer { rows in
      keyRows.withUnsafeMutableBufferPointer { kept in
        guard let rows = rows.baseAddress, let kept = kept.baseAddress else { return }
        kept.update(from: rows + keyStart, count: length)
      }
    }
  }

  private func isPutBack(_ account: inout AccountState) -> Bool {
    putBack(&account)
    return false
  }

  private func putBack(_ account: inout AccountState) {
    account.putBack(
      row: UnsafeBufferPointer(start: ownRow, count: compiled.layout.accountStride), keyRows: keyRows,
      from: keyStart, sequence: sequence)
  }
}

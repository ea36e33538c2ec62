import Language
import Ledger
import Values

/// Decides events and carries them out: the one engine behind requests, scenarios, what-if questions and backtests.
///
/// An engine holds no account: the caller keeps account states and passes them in. It does hold the global settings. Copying
/// it is cheap and gives an independent one.
public struct RuleEngine: Sendable {
  public let compiled: CompiledProgram
  /// Global settings by slot, `LedgerLayout.unset` where the default holds. Change them with `change`.
  public internal(set) var globals: [Int64]
  /// Which lot a payment burns first.
  public var burnOrder = BurnOrder.grantsFirst
  /// Whether `submit` evaluates the promises (`always …`) of the policy after each event that took effect.
  public var checksPromises = false

  private let evaluators = EvaluatorPool()

  public var program: Program { compiled.program }

  public init(_ program: Program) throws(CompileError) {
    self.init(try CompiledProgram(program))
  }

  public init(_ compiled: CompiledProgram) {
    self.compiled = compiled
    globals = Array(repeating: LedgerLayout.unset, count: compiled.layout.globalCount)
  }

  /// Takes over the global settings of an engine whose program declares the same ones: the same rules with other table rows.
  public mutating func takeGlobals(of other: RuleEngine) {
    precondition(other.globals.count == globals.count, "global settings are taken over between versions of one program")
    globals = other.globals
  }

  /// A new account, with nothing in it.
  public func newAccount() -> AccountState { AccountState(layout: compiled.layout) }

  /// Decides one event and, if it is allowed, carries it out: all of it or nothing.
  ///
  /// Nothing of the account changes on a denial, a replay, a conflict or a fault.
  public func submit(_ input: EventInput, to account: inout AccountState) throws(EngineFault) -> Decision {
    var journal: Journal?
    return try submit(input, to: &account, recording: &journal)
  }

  /// The same, and records what it did in a journal.
  public func submit(
    _ input: EventInput, to account: inout AccountState, journal: inout Journal
  ) throws(EngineFault) -> Decision {
    var recorder: Journal? = journal
    journal = Journal()
    defer { journal = recorder ?? Journal() }
    return try submit(input, to: &account, recording: &recorder)
  }

  /// Decides an event and leaves the account as it was.
  public func decide(_ input: EventInput, for account: AccountState) throws(EngineFault) -> Decision {
    var copy = account
    return try submit(input, to: &copy)
  }

  private func submit(
    _ input: EventInput, to account: inout AccountState, recording journal: inout Journal?
  ) throws(EngineFault) -> Decision {
    try check(input, account)
    let evaluator = evaluators.take() ?? Evaluator(compiled)
    defer { evaluators.give(evaluator) }
    if !evaluator.usesGlobals(globals) { evaluator.setGlobals(globals) }
    var submission = Submission(engine: self, evaluator: evaluator, input: input)
    return try submission.run(on: &account, recording: &journal)
  }

  func check(_ input: EventInput, _ account: AccountState) throws(EngineFault) {
    guard program.events.indices.contains(input.event) else { throw .unknownEvent("\(input.event)") }
    let event = program.events[input.event]
    guard input.fields.count == event.givenCount else {
      throw .field(
        event: event.name, field: event.fields.first?.name ?? "fields",
        problem: "and the others are \(event.givenCount), not \(input.fields.count)")
    }
    guard input.at >= 0, input.at <= Instant.latest.microseconds else { throw .timeOutOfRange(input.at) }
    guard account.layout == compiled.layout else { throw .foreignAccount }
  }
}

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
  /// Whether `submit` evaluates the promises (`always …`) of the policy after each event that took effect.
  public var checksPromises = false

  let evaluators = EvaluatorPool()

  public var program: Program { compiled.program }

  public init(_ program: Program) throws(CompileError) {
    self.init(try CompiledProgram(program))
  }

  public init(_ compiled: CompiledProgram) {
    self.compiled = compiled
    globals = Array(repeating: LedgerLayout.unset, count: compiled.layout.globalCount)
  }

  /// Puts a global setting back as it was kept. Whether it may be changed to that is not asked: see `change`.
  ///
  /// - Parameter value: in its type's unit; `LedgerLayout.unset` while its default holds.
  public mutating func keep(global setting: Int, _ value: Int64) {
    let place = compiled.layout.settings[setting]
    if place.scope == .global { globals[place.slot] = value }
  }

  /// Takes over the global settings of an engine whose program declares the same ones: the same rules with other table rows.
  public mutating func takeGlobals(of other: RuleEngine) {
    precondition(other.globals.count == globals.count, "global settings are taken over between versions of one program")
    globals = other.globals
  }

  /// Which lots burn first, as the global settings say at a time; where no bucket says it, grants before paid ones.
  public func burnOrder(at time: Int64) -> BurnOrder { compiled.burnOrder(globals, at: time) }

  /// The same from the last dated default on.
  public var burnOrder: BurnOrder { burnOrder(at: Instant.latest.microseconds) }

  /// A new account, with nothing in it.
  public func newAccount() -> AccountState { AccountState(layout: compiled.layout) }

  /// Decides one event and, if it is allowed, carries it out: all of it or nothing.
  ///
  /// Nothing of the account changes on a denial, a replay, a conflict or a fault, except that holds whose time is over are
  /// released before. Where the answer depends on the payment provider, only the charge that is asked for is kept.
  public func submit(_ input: EventInput, to account: inout AccountState) throws(EngineFault) -> Decision {
    var journal: Journal?
    return try submit(input, to: &account, recording: &journal)
  }

  /// The same, and records what it did in a journal.
  public func submit(
    _ input: EventInput, to account: inout AccountState, journal: inout Journal
  ) throws(EngineFault) -> Decision {
    try journal.lend { journal throws(EngineFault) in try submit(input, to: &account, recording: &journal) }
  }

  /// Decides an event and leaves the account as it was.
  public func decide(_ input: EventInput, for account: AccountState) throws(EngineFault) -> Decision {
    var copy = account
    return try submit(input, to: &copy)
  }

  private func submit(
    _ input: EventInput, to account: inout AccountState, recording journal: inout Journal?
  ) throws(EngineFault) -> Decision {
    var submission = try submission(of: input, to: account)
    defer { evaluators.give(submission.evaluator) }
    return try submission.run(on: &account, recording: &journal)
  }

  /// Gets an evaluator ready for an event; to be given back to `evaluators`.
  func submission(of input: EventInput, to account: borrowing AccountState) throws(EngineFault) -> Submission {
    try check(input, account)
    let evaluator = evaluators.take() ?? Evaluator(compiled)
    if !evaluator.usesGlobals(globals) { evaluator.setGlobals(globals) }
    return Submission(
      engine: self, evaluator: evaluator, input: input, order: burnOrder(at: account.effectiveTime(input.at)))
  }

  func check(_ input: EventInput, _ account: borrowing AccountState) throws(EngineFault) {
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

import Engine
import Language
import Ledger
import Values

/// Events and the accounts they meet, for the engine.
final class EventStream {
  let engine: RuleEngine
  let evaluator: Evaluator
  /// The accounts as every run finds them.
  let opening: [AccountState]
  private(set) var accounts: [AccountState]
  /// Which account each event is for.
  let targets: [Int]
  let inputs: [EventInput]
  private let events: [Event]
  /// The fields of all events, one after another.
  private let fields: [Int64]

  /// An event as the hot path takes it.
  struct Event {
    var target: Int
    var index: Int
    var at: Int64
    /// Its place in `fields`.
    var fields: Range<Int>
  }

  init(_ engine: RuleEngine, accounts: [AccountState], targets: [Int], inputs: [EventInput]) {
    self.engine = engine
    evaluator = Evaluator(engine.compiled)
    evaluator.setGlobals(engine.globals)
    opening = accounts
    self.accounts = accounts
    self.targets = targets
    self.inputs = inputs
    var fields: [Int64] = []
    events = zip(targets, inputs).map { target, input in
      fields += input.fields
      let range = fields.count - input.fields.count..<fields.count
      return Event(target: target, index: input.event, at: input.at, fields: range)
    }
    self.fields = fields
  }

  /// Brings all accounts back to where they were, each in memory of its own again.
  func reopen() {
    for index in accounts.indices {
      accounts[index] = opening[index]
      let nothing = UnsafeMutableBufferPointer<LedgerChange>(start: nil, count: 0)
      for key in -1..<accounts[index].keyCount { try? accounts[index].apply(nothing, key: key, now: 0) }
    }
  }

  enum Depth: Sendable {
    case decide
    case apply
    case react
  }

  /// Runs all events in order, as far as asked. The sum of what was covered, so that nothing can be left out.
  func run(_ depth: Depth) -> Int {
    let evaluator = evaluator
    return accounts.withUnsafeMutableBufferPointer { accounts in
      events.withUnsafeBufferPointer { events in
        fields.withUnsafeBufferPointer { fields in
          guard let accounts = accounts.baseAddress else { return 0 }
          var sum = 0
          for event in events {
            let given = UnsafeBufferPointer(rebasing: fields[event.fields])
            sum &+= EventStream.carryOut(event, given, &accounts[event.target], evaluator, depth)
          }
          return sum
        }
      }
    }
  }

  /// Hands the first events with their accounts to some other way of carrying them out.
  func run(first count: Int, _ body: (borrowing EventInput, inout AccountState) -> Int) -> Int {
    var sum = 0
    for place in 0..<count { sum &+= body(inputs[place], &accounts[targets[place]]) }
    return sum
  }

  /// The same for events that differ from its own in what does not matter to the account they meet, such as their id.
  func run(_ inputs: [EventInput], _ body: (borrowing EventInput, inout AccountState) -> Int) -> Int {
    var sum = 0
    for (input, target) in zip(inputs, targets) { sum &+= body(input, &accounts[target]) }
    return sum
  }

  // The account comes `inout`, which promises that nobody else looks at it, so that none of it is copied.
  @inline(__always)
  private static func carryOut(
    _ event: Event, _ fields: UnsafeBufferPointer<Int64>, _ account: inout AccountState, _ evaluator: Evaluator,
    _ depth: Depth
  ) -> Int {
    let outcome = evaluator.decide(account, event: event.index, at: event.at, fields: fields)
    let sum = Int(outcome.covered) &+ Int(outcome.denial)
    guard depth != .decide, outcome.verdict == .allowed else { return sum }
    do throws(LedgerFault) {
      try evaluator.apply(to: &account)
      if depth == .react { try evaluator.react(on: &account) }
      return sum
    } catch {
      // Nothing in a stream is near the end of a range: the check before the clock starts would have met it.
      return sum &+ 1
    }
  }
}

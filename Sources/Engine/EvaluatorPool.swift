import Synchronization

/// Evaluators at rest, so that an engine used from several threads makes one for each, once.
final class EvaluatorPool: Sendable {
  // An evaluator is used by whoever took it out, and by nobody while it is in here.
  private struct Resting: @unchecked Sendable { var evaluators: [Evaluator] = [] }

  private let resting = Mutex(Resting())

  func take() -> Evaluator? { resting.withLock { $0.evaluators.popLast() } }

  func give(_ evaluator: Evaluator) {
    let box = Box(evaluator: evaluator)
    resting.withLock { $0.evaluators.append(box.evaluator) }
  }

  private struct Box: @unchecked Sendable { let evaluator: Evaluator }
}

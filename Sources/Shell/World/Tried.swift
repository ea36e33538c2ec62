import Engine
import Lab

/// What was tried last: its answers are `~1`, `~2` …, and what `expect` speaks of.
struct Tried {
  var steps: [Branch.Step]
  /// The account afterwards, with its last answer.
  var simulation: Simulation?

  var count: Int { steps.reduce(0) { $0 + $1.answers.count } }

  /// One answer by its number, from 1, and which time of its step it was, from 0.
  func answer(_ number: Int) -> (step: Branch.Step, time: Int)? {
    var rest = number - 1
    guard rest >= 0 else { return nil }
    for step in steps {
      if rest < step.answers.count { return (step, rest) }
      rest -= step.answers.count
    }
    return nil
  }
}

/// What came of many.
public struct Tally: Sendable {
  public var allowed = 0
  public var waiting = 0
  /// By the code of the denial, `conflict`, or the words of a refusal; in the order they first came.
  public var denied: [(code: String, count: Int)] = []
  /// What was paid, in nano-dollars at standard rates.
  public var covered: Int64 = 0
  /// Charges that were paid, by amount in nano-dollars.
  public var charges: [(amount: Int64, count: Int)] = []
  public var firstDenied: Int?

  public var deniedCount: Int { denied.reduce(0) { $0 + $1.count } }

  mutating func add(_ answer: SimulatedAnswer, number: Int) {
    for asked in answer.collections where asked.outcome == .paid {
      if let place = charges.firstIndex(where: { $0.amount == asked.amount.nano }) {
        charges[place].count += 1
      } else {
        charges.append((asked.amount.nano, 1))
      }
    }
    if answer.isWaiting {
      waiting += 1
    } else if answer.isAllowed {
      allowed += 1
      let (sum, overflow) = covered.addingReportingOverflow(answer.decision?.covered ?? 0)
      covered = overflow ? Int64.max : sum
    } else {
      let code = answer.denial ?? "refused"
      if let place = denied.firstIndex(where: { $0.code == code }) {
        denied[place].count += 1
      } else {
        denied.append((code, 1))
      }
      firstDenied = firstDenied ?? number
    }
  }
}

/// The answers an account remembers, so that an event sent twice takes effect once.
///
/// Only allowed answers are kept: one that was denied is evaluated again.
public struct AnswerMemory: Sendable, Hashable {
  private var answers: [Question: Answer] = [:]

  private struct Question: Sendable, Hashable {
    var event: Int
    var id: String
  }

  /// What an event contained and what came of it.
  public struct Answer: Sendable, Hashable {
    public var fields: [Int64]
    public var labels: [Transaction.Label]
    public var covered: Int64
    /// What the platform bore of it.
    public var absorbed: Int64
    /// Per bucket.
    public var drawn: [Int64]
    /// All fields, derived ones too.
    public var results: [Int64]
    public var firedRules: [Int]
    public var at: Int64

    public init(
      fields: [Int64], labels: [Transaction.Label], covered: Int64, drawn: [Int64], results: [Int64],
      firedRules: [Int], at: Int64, absorbed: Int64 = 0
    ) {
      self.fields = fields
      self.labels = labels
      self.covered = covered
      self.absorbed = absorbed
      self.drawn = drawn
      self.results = results
      self.firedRules = firedRules
      self.at = at
    }
  }

  public init() {}

  public var count: Int { answers.count }

  public func answer(event: Int, id: String) -> Answer? { answers[Question(event: event, id: id)] }

  public mutating func remember(_ answer: Answer, event: Int, id: String) {
    answers[Question(event: event, id: id)] = answer
  }
}

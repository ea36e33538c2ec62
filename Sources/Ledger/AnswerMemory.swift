/// The answers an account remembers, so that an event sent twice takes effect once.
///
/// Only allowed answers are kept: one that was denied is evaluated again. While there is no answer, the charge of a card that
/// it may depend on is known instead.
public struct AnswerMemory: Sendable, Hashable {
  private var answers: [Question: Answer] = [:]
  private(set) var charges = Charges()

  /// The latest payment that each event without an answer asked for. Few, so that putting them back is no work.
  typealias Charges = [Question: Int]

  struct Question: Sendable, Hashable {
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

  /// Whether an event of this id has an answer, or has asked for a charge.
  public func knows(event: Int, id: borrowing String) -> Bool {
    if answers.isEmpty && charges.isEmpty { return false }
    let question = Question(event: event, id: copy id)
    return answers[question] != nil || charges[question] != nil
  }

  public mutating func remember(_ answer: Answer, event: Int, id: String) {
    let question = Question(event: event, id: id)
    answers[question] = answer
    if !charges.isEmpty { charges[question] = nil }
  }

  /// The latest payment, by its index in the account, that an event asked for which has no answer yet.
  public func charge(event: Int, id: String) -> Int? { charges[Question(event: event, id: id)] }

  /// Notes what an event asked for. One without an id is never sent again, nor one that has its answer.
  mutating func note(charge payment: Int, event: Int, id: String) {
    let question = Question(event: event, id: id)
    if !id.isEmpty, answers[question] == nil { charges[question] = payment }
  }

  /// Lets go of all answers. Charges stay.
  mutating func letGo() {
    if !answers.isEmpty { answers.removeAll(keepingCapacity: answers.count < 64) }
  }

  mutating func putBack(_ charges: Charges) { self.charges = charges }
}

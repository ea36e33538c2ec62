/// What one policy made of one event.
public struct Outcome: Sendable, Hashable {
  public var verdict: Verdict
  /// The code of the denial, by its number among the words of the result; -1 for none.
  public var code: Int32 = -1
  /// The rule that decided against it, or the bucket that fell short, in the same way.
  public var decider: Int32 = -1
  /// Nano-dollars: what had to be paid, and what was.
  public var amount: Int64 = 0
  public var paid: Int64 = 0
  public var absorbed: Int64 = 0
  /// What cards were charged because of it, and what was sent back to them.
  public var charged: Int64 = 0
  public var sentBack: Int64 = 0

  public init(_ verdict: Verdict) { self.verdict = verdict }

  public enum Verdict: UInt8, Sendable, Hashable, CaseIterable {
    case allowed
    case denied
    /// The id was used before for something else.
    case conflict
    /// It waits for the payment provider.
    case waiting
    /// It was known and allowed already: nothing happened.
    case repeated
    /// The policy cannot take it: it has no such event, or a field is out of every range.
    case impossible

    /// `allowed`
    public var word: String { "\(self)" }

    /// Whether whoever asked may go on.
    public var isYes: Bool { self == .allowed || self == .repeated }
  }
}

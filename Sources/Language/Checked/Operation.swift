/// The closed set of ledger instructions an effect can ask for.
public enum Operation: Sendable {
  /// Through the waterfall: whole or not at all. At most one per decision.
  case pay(Expr)
  /// Puts money into a bucket, as a lot of this kind where the bucket keeps lots.
  case credit(Expr, bucket: Int, lotKind: String)
  /// Takes money out of a bucket, at most what is posted.
  case debit(Expr, bucket: Int)
  case set(setting: Int, Expr)
  case notify(level: String)
  /// Reserves through the waterfall, for so long. An event pays, holds or settles, and does one of them once.
  case hold(Expr, ttl: Expr)
  /// Charges what something did cost: from what hold `hold` reserved, then through the waterfall. What nobody may be charged
  /// is absorbed by the platform, or owed: the last bucket with lots goes below zero.
  case settle(Expr, hold: Expr, owed: Bool)
  /// Gives back what a hold reserved.
  case release(hold: Expr)
  /// Asks the payment provider to charge a card for a bucket; the answer comes as an event. With a denial, this event waits
  /// for it and is denied when nothing was paid.
  case collect(Expr, card: Expr, bucket: Int, denial: Int?)
  /// The money of a payment is there: into its bucket, as a paid lot.
  case receive(payment: Expr)
  /// Nothing was paid.
  case close(payment: Expr, asDeclined: Bool)
  /// Sends money of a bucket back to the cards it came from, newest payment first, or of one payment only; of each payment at
  /// most `limit`.
  case refund(Expr, bucket: Int, payment: Expr?, limit: Expr)
  /// A refund has arrived.
  case confirm(refund: Expr)
  /// A refund has not arrived: its money goes back to where it was.
  case restore(refund: Expr)
  /// A bank took this much of a payment back: its own lot, other paid lots, grants, then below zero.
  case clawBack(Expr, payment: Expr)
  /// Exactly what was clawed back of a payment returns.
  case reinstate(payment: Expr)
}

extension Operation {
  /// Every expression in it.
  public var expressions: [Expr] {
    switch self {
    case .pay(let amount), .credit(let amount, _, _), .debit(let amount, _), .set(_, let amount): [amount]
    case .notify: []
    case .hold(let amount, let ttl): [amount, ttl]
    case .settle(let amount, let hold, _): [amount, hold]
    case .release(let record), .receive(let record), .close(let record, _), .confirm(let record), .restore(let record),
      .reinstate(let record):
      [record]
    case .collect(let amount, let card, _, _): [amount, card]
    case .refund(let amount, _, let payment, let limit): [amount, limit] + (payment.map { [$0] } ?? [])
    case .clawBack(let amount, let payment): [amount, payment]
    }
  }
}

import Diagnostics
import Values

/// What may be read where the state of an account itself is worked out: reading what depends on it would go in a circle.
enum Settling {
  /// `cycle from EXPR`: where windows of time begin.
  case anchor
  /// `resets each WINDOW to EXPR`: what is in a bucket.
  case allowance
  /// `rate EXPR`: how much a bucket is drawn.
  case rate
  /// `sum of EXPR on EVENT`: what a meter counts.
  case sum
  /// `keeps lots by EXPR`: which lots burn first.
  case lotOrder
  /// `derive payment.NAME = EXPR`: a number of each payment.
  case ofPayment

  /// The words a message begins with, and what may be read instead.
  var words: (subject: String, instead: String) {
    switch self {
    case .anchor: ("a billing cycle is counted from", "settings and `last EVENT`")
    case .allowance: ("an allowance is made of", "settings, meters and times")
    case .rate: ("a bucket's rate is made of", "settings, meters and times")
    case .sum: ("a meter sums", "fields of its event and settings")
    case .lotOrder: ("which lots burn first follows from", "global settings")
    case .ofPayment: ("what is derived of each payment is made of", "its numbers, settings and `now`")
    }
  }

  func allows(_ fact: Fact) -> Bool {
    switch (self, fact) {
    case (_, .setting): true
    case (.anchor, .last), (.allowance, .last), (.rate, .last): true
    case (.allowance, .meter), (.allowance, .now), (.allowance, .cycleStart), (.allowance, .cycleEnd): true
    case (.rate, .now), (.rate, .cycleStart), (.rate, .cycleEnd), (.rate, .meter): true
    case (.sum, .field), (.sum, .record), (.sum, .now): true
    case (.ofPayment, .own), (.ofPayment, .now): true
    default: false
    }
  }
}

extension Checking {
  /// Whether an expression reads only what is settled before it; reports what is not.
  func isSettled(_ expr: Expr, as settling: Settling) -> Bool {
    let needs = needs(of: expr)
    if settling != .sum, needs.keys {
      report(
        .noKey, "this is about an account, and reads what belongs to one of its keys", expr.span,
        label: "which key's would count?", help: "make the setting or meter `per account`")
      return false
    }
    guard let fact = needs.facts.first(where: { !settling.allows($0) }) else { return true }
    report(
      .unsettled, "\(settling.words.subject) \(settling.words.instead), not \(Checking.kind(of: fact))",
      place(of: fact, in: expr),
      label: "reads \(Checking.kind(of: fact))",
      notes: [.anchor, .allowance, .rate].contains(settling)
        ? ["what depends on itself would have no first value"] : [],
      help: "read \(settling.words.instead) only")
    return false
  }

  private func place(of fact: Fact, in expr: Expr) -> Span {
    var span: Span?
    expr.walk { node in
      switch node.kind {
      case .fact(fact): span = span ?? node.span
      case .named(let index): if knownLets[index].needs.facts.contains(fact) { span = span ?? node.span }
      default: break
      }
    }
    return span ?? expr.span
  }

  private static func kind(of fact: Fact) -> String {
    switch fact {
    case .now: "the time of the event"
    case .cycleStart, .cycleEnd: "the billing cycle"
    case .field: "an event's field"
    case .setting: "a setting"
    case .posted, .available, .held: "what is in a bucket"
    case .meter: "a meter"
    case .last: "when something happened"
    case .drawn, .covered, .shortfall, .rescued: "a decision"
    case .eventKey: "the key of an event"
    case .collecting: "a charge on its way"
    case .record, .own: "a record"
    case .total: "a sum over all payments"
    case .previous: "an earlier state"
    }
  }
}

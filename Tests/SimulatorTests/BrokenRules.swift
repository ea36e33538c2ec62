import Testing

/// A mistake somebody could make in the shipped rules: one text of one policy in place of another.
///
/// Each is a mistake that was made somewhere in earnest: limits overspent, cards charged twice, refunds above what was paid.
struct BrokenRules: Sendable, CustomTestStringConvertible {
  var title: String
  var family: String
  var original: String
  var mistake: String

  var testDescription: String { title }

  init(_ title: String, _ family: String, _ original: String, _ mistake: String) {
    self.title = title
    self.family = family
    self.original = original
    self.mistake = mistake
  }

  static let all: [BrokenRules] = [
    .init(
      "tops up at the threshold, not below it", "topup", "let is_low = balance < threshold",
      "let is_low = balance <= threshold"),
    .init("charges twice for one request", "topup", " and not charge.rescued", ""),
    .init("charges again while a charge is on its way", "topup", " and not collecting", ""),
    .init("hammers a declined card", "topup", "now - declined_at >= retry_after", "now >= declined_at"),
    .init("goes on after three declines", "topup", "when declines >= most_declines", "when declines > most_declines"),
    .init("forgets nothing when a card is paid", "topup", "  set declines = 0\n  set declined_at = none\non", "on"),
    .init(
      "passes the monthly cap", "topup", "charged_automatically + amount <= month_cap",
      "charged_automatically <= month_cap"),
    .init(
      "takes fractions of a cent from a card", "topup", "round down to 1 cent (topup.amount) != topup.amount",
      "topup.amount < $0"),
    .init(
      "one unit over the limit", "limits", "at spending_limit - payg_spent", "at spending_limit - payg_spent + 1 unit"),
    .init("limits everybody, subscribed or not", "limits", "  when subscribed\n  else spending", "  else spending"),
    .init(
      "counts spending by the calendar month", "limits", "balance payments each cycle", "balance payments each month"),
    .init(
      "ignores the fallback switch", "fallback", "not subscribed or enabled", "not subscribed or enabled or not enabled"
    ),
    .init(
      "leaves a plan that was not paid its quota", "subscription", "subscribed and subscription_status is active",
      "subscribed"),
    .init("serves deleted keys", "teams", "admission.key is none or deleted", "admission.key is none"),
    .init("the old owner's card stays", "teams", "set card = none", "set subscription_status = subscription_status"),
    .init("refunds what a bank took back", "refunds", "if payment.disputed then $0\n  else round", "round"),
    .init(
      "refunds what was spent", "refunds", "min(payment.unspent, payment.paid - payment.refunded)",
      "payment.paid - payment.refunded"),
    .init(
      "refunds without asking support", "refunds", "when refund.approved_by is none",
      "when refund.approved_by is none and refund.amount < $0"),
    .init(
      "takes back what was refunded already", "disputes", "dispute.payment.paid - dispute.payment.refunded",
      "dispute.payment.paid"),
    .init("charges a card that disputes", "disputes", "\n  set charges_suspended = on", ""),
    .init(
      "settles a stream twice", "holds", "settle.hold.state is settled or settle.hold.state is voided",
      "settle.hold.state is voided"),
    .init(
      "reserves the prompt only", "holds", " + hold.max_output * hold.output_rate", " + 0 tokens * hold.output_rate"),
    .init(
      "owes what should be absorbed", "holds", "settle settle.cost of settle.hold\n",
      "settle settle.cost of settle.hold as owed\n"),
    .init("charges a unit too much", "funding", "pay request.cost", "pay min($1_000_000, request.cost) + 1 unit"),
    .init(
      "gives every gift twice", "funding", "  credit grant.amount to balance as lot promo",
      "  credit grant.amount to balance as lot promo\n  credit grant.amount to balance as lot promo"),
    .init(
      "cached input at the full rate", "pricing",
      "+ request.cached * (if price(request.model).cached is set then price(request.model).cached else price(request.model).input)",
      "+ request.cached * price(request.model).input"),
    .init("rounds down", "pricing", "round up to 1 unit (exact_cost)", "round down to 1 unit (exact_cost)"),
    .init(
      "says nothing when the level falls twice at once", "warnings",
      "level is warning and (previous level is normal or previous level is low)",
      "level is warning and previous level is low"),
  ]
}

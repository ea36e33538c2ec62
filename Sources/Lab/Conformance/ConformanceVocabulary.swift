import Formats
import Values

/// The events the cases speak of: how each may be spelled, and the members it is read for.
///
/// A member nothing is made of could matter, so it is told and fails the case; the case is answered all the same.
enum ConformanceVocabulary {
  /// An event under the name the cases use most.
  struct Word {
    var name: String
    var spellings: Set<String> = []
    var members: Set<String> = []
  }

  /// Members of any event that change nothing: who did it and what people wrote about it.
  static let asides: Set = [
    "id", "type", "at", "by", "actor", "user", "note", "comment", "why", "title", "source", "description",
  ]
  /// The time at which late usage happened, and the time at which it became known.
  static let ownTimes = ["occurred_at", "happened_at", "used_at", "usage_at", "usage_time"]
  static let postingTimes = ["posted_at", "received_at", "arrived_at", "reported_at"]

  private static let tokens: Set = ["key", "model", "in", "input", "cached", "cached_in", "cost"]
  private static let plan: Set = [
    "quota", "used", "anchor", "start", "fallback", "limit", "spent", "rate", "status",
    // Plans are monthly inside: these name the commitment and what it costs.
    "plan", "name", "period", "interval", "term", "commitment", "price",
  ]

  static let words: [Word] = [
    Word(name: "request", spellings: ["usage"], members: tokens.union(["out", "output"])),
    Word(
      name: "hold", spellings: ["reserve", "authorize"],
      members: tokens.union(["max_out", "max_output", "est", "estimate", "ttl", "ttl_s", "ttl_seconds"])),
    Word(name: "settle", spellings: ["capture"], members: tokens.union(["hold", "out", "output", "actual"])),
    Word(name: "void", spellings: ["release", "cancel_hold"], members: ["hold"]),
    Word(name: "expire", spellings: ["expire_hold"], members: ["hold"]),
    Word(name: "tick", spellings: ["clock", "advance", "wait", "sweep", "noop"], members: ["to", "seconds"]),
    Word(name: "topup", spellings: ["top_up", "manual_topup"], members: ["amount", "card", "method", "outcome"]),
    Word(
      name: "webhook",
      spellings: [
        "payment_result", "payment_event", "payment_webhook", "charge_result", "card_result", "topup_result",
        "auto_topup_result", "confirm_payment", "resolve_pending", "payment_succeeded", "charge_succeeded",
        "payment_failed", "payment_declined", "charge_failed", "charge_declined",
      ],
      members: ["payment", "charge", "topup", "outcome", "result", "status", "amount"]),
    Word(name: "grant", spellings: ["promo", "credit", "redeem"], members: ["amount", "kind", "code"]),
    Word(
      name: "set_auto_topup",
      spellings: [
        "auto_topup", "configure_auto_topup", "enable_auto_topup", "disable_auto_topup", "config_auto_topup",
      ],
      members: ["auto_topup", "enabled", "threshold", "amount", "preset", "card", "method", "payment_method"]),
    Word(
      name: "set_card", spellings: ["new_card", "add_card", "change_card", "replace_card", "card_change"],
      members: ["card", "method"]),
    Word(
      name: "refund",
      members: ["amount", "payment", "approved_by", "approved", "reason", "mode", "up_to", "outcome"]),
    Word(
      name: "refund_requested", spellings: ["refund_request", "request_refund"],
      members: ["amount", "payment", "reason"]),
    Word(name: "refund_paid", spellings: ["refund_arrived", "refund_succeeded"], members: ["refund"]),
    Word(name: "refund_failed", spellings: ["refund_returned", "refund_bounced"], members: ["refund"]),
    Word(name: "dispute", spellings: ["chargeback", "dispute_opened"], members: ["payment", "reason"]),
    Word(name: "dispute_won", spellings: ["chargeback_reversed", "win_dispute"], members: ["payment"]),
    Word(name: "dispute_lost", spellings: ["lose_dispute"], members: ["payment"]),
    Word(name: "status", spellings: ["balance", "dashboard"], members: ["key"]),
    Word(name: "statement", members: ["month"]),
    Word(
      name: "subscribe", spellings: ["change_plan", "upgrade", "downgrade", "resubscribe"],
      members: plan.union(["subscription"])),
    Word(
      name: "sub_status",
      spellings: ["set_sub_status", "subscription_status", "renewal_failed", "renewed", "cancel", "unsubscribe"],
      members: ["status"]),
    Word(
      name: "set_fallback", spellings: ["fallback", "toggle_fallback", "enable_fallback", "disable_fallback"],
      members: ["enabled", "on", "limit"]),
    Word(name: "set_limit", spellings: ["set_spending_limit", "spending_limit"], members: ["limit"]),
    Word(
      name: "set_key", spellings: ["add_key", "create_key", "set_key_limit", "update_key"],
      members: ["key", "limit", "used", "disabled", "deleted", "window", "reset"]),
    Word(name: "delete_key", spellings: ["disable_key", "revoke_key", "remove_key"], members: ["key"]),
    Word(
      name: "change_owner",
      spellings: ["set_owner", "owner_change", "new_owner", "transfer_owner", "transfer_ownership", "transfer"],
      members: ["owner", "new_owner", "to", "from", "card"]),
    Word(
      name: "set_price", spellings: ["price", "change_price", "price_change"],
      members: ["model", "in", "input", "out", "output", "cached", "cached_in", "cache_read"]),
  ]

  /// The word behind a spelling.
  static func word(_ type: String) -> Word? { words.first { $0.name == type || $0.spellings.contains(type) } }

  /// The members of what a case is given, by where they stand.
  static let given: [String: Set<String>] = [
    "given": [
      "at", "lots", "keys", "prices", "subscription", "auto_topup", "card_outcomes", "card", "owner", "note",
    ],
    "lots": ["id", "kind", "amount", "remaining", "card", "method", "at"],
    "keys": ["limit", "used", "disabled", "deleted", "window", "reset", "member", "owner"],
    "subscription": plan,
    "auto_topup": ["enabled", "threshold", "amount", "preset", "suspended", "card", "method", "payment_method"],
  ]
}

extension ConformanceWorld {
  /// Tells every member nothing is made of. Null and the asides of any event are none of them.
  mutating func remark(_ json: Json, known: Set<String>, _ place: String) {
    for member in json.members where !member.value.isNull && !known.contains(member.name) {
      remarks.append("\(place): nothing is made of `\(member.name)`")
    }
  }

  /// A time with `Z`, or with the distance of its zone from it, such as `+02:00`.
  static func moment(_ text: String) -> Instant? {
    if let time = try? Instant(parsing: text) { return time }
    let zone = text.suffix(6)
    guard zone.count == 6, text.contains("T"), let sign = zone.first, sign == "+" || sign == "-",
      zone.dropFirst(3).first == ":", let hours = Int64(zone.dropFirst().prefix(2)),
      let minutes = Int64(zone.suffix(2)),
      hours < 24, minutes < 60, let local = try? Instant(parsing: text.dropLast(6) + "Z")
    else { return nil }
    let distance = (hours * 60 + minutes) * 60 * Instant.perSecond
    return Instant(microseconds: local.microseconds + (sign == "+" ? -distance : distance))
  }
}

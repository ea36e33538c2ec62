import Diagnostics
import Language

/// The small set of rules that the examples of scenario diagnostics are read against.
public enum ScenarioDemo {
  public static let files: [(name: String, text: String)] = [
    (
      "wallet/policy.rules",
      """
      policy wallet "Requests are paid from a balance."
      setting enabled : bool = on
      setting key_limit : money or none = none per key
      bucket balance draw 10 keeps lots else insufficient_balance
      meter key_spent = sum of payments ever per key
      denial insufficient_balance 402 rank 90 "Insufficient balance"
      denial key_quota_exceeded 402 rank 40 "API key quota exhausted"
      event request "one call"
        key: key or none
        costing: money in $0..$1_000_000
      event grant "a gift"
        amount: money in $0..$1_000_000
      on request rule charge
        pay request.costing
      on grant rule give
        credit grant.amount to balance
      cap total rule key_limit_on_all
        at key_limit - key_spent
        else key_quota_exceeded
      after request rule fell_low
        when balance < $5 and previous balance >= $5
        notify low
      """
    ),
    (
      "prices/policy.rules",
      """
      policy prices "A price list and a switch."
      setting enabled : bool = off
      table price by model: name gives input: rate
        row "mini" -> $0.15 per 1M tokens
      """
    ),
  ]
}

/// Whole rule files of the kind the product ships, each of which must be read without a word of complaint.
enum FamilyTexts {
  static let funding = """
    policy funding "Who pays: the subscription first, then the account balance."
    bucket quota   draw 20  resets each cycle to plan.quota  rate plan.rate
    bucket balance draw 30  keeps lots
    denial quota_exceeded       402 rank 70 "Subscription quota exhausted and PAYG fallback is off"
    denial insufficient_balance 402 rank 90 "Insufficient account balance"
    on request rule charge_usage  pay request.cost
    always balance >= $0 "usage never makes a balance negative"

    """

  static let fallback = """
    policy fallback "Once a subscription's quota is used up, go on from the account balance, if the customer said so."
    setting enabled : bool = off
    gate balance rule fallback_is_on
      when not subscribed or enabled
      else quota_exceeded

    """

  static let limits = """
    policy limits "Cap what PAYG may spend in one billing cycle."
    setting spending_limit : money or none = none        # none: until the balance is exhausted; $0: same as fallback off
    gate balance rule zero_means_off
      when not subscribed or spending_limit is not $0
      else quota_exceeded
    meter payg_spent = sum of balance payments each cycle
    denial spending_limit_exceeded 402 rank 80 "PAYG spending limit for this billing cycle reached"
    cap balance rule cycle_limit
      at spending_limit - payg_spent
      when subscribed
      else spending_limit_exceeded
    always payg_spent <= spending_limit on request "no request takes PAYG spending past the limit"

    """

  static let topup = """
    # Top-ups, asked for and automatic.
    policy topup "Keep the balance above a threshold by charging the saved card."

    setting enabled : bool = off
    setting threshold : money = $10
    setting amount : money = $50   must amount >= minimum else "the minimum top-up is {minimum}"
    setting minimum : money = $5 global
    setting rescue : bool = on global


    meter failures = count of collect_declined ever since collect_paid
    denial below_minimum 400 rank 10 "The minimum top-up is {minimum}"
    deny topup rule minimum  when topup.amount < minimum  with below_minimum
    on topup rule add_funds  collect topup.amount from topup.card for balance
    after request, settle rule threshold_reached
      # The card is charged at most once per event.
      when enabled and balance < threshold and can_charge
      collect amount from card for balance
    before denial insufficient_balance rule rescue_with_one_topup
      when rescue and enabled and can_charge and balance.available + amount >= request.shortfall
      collect amount from card for balance
    let can_charge = card is set and not collect_pending and failures < 3 and (last collect_declined is none or now - last collect_declined >= 1 hour)

    """

  static let teams = """
    policy teams "Members share one balance; each key may have its own limit; the owner is billed."
    setting key_limit : money or none = none per key
    meter key_spent = sum of payments ever per key
    denial key_quota_exceeded 402 rank 40 "API key quota exhausted"
    cap total rule key_limit  at key_limit - key_spent  else key_quota_exceeded

    """

  static let holds = """
    policy holds "Reserve what a stream may cost; settle what it did cost."
    event hold    estimate: money, ttl: duration
    event settle "a stream has ended"
      hold: key
      actual: money in $0..$1000 = $0
      otherwise bad_amount
    event void    hold: key
    on hold   rule reserve      hold hold.estimate for hold.ttl       # the same waterfall, gates and caps as a payment
    on settle rule charge       settle settle.actual with absorbed
    on void   rule release_all  release
    always settle.paid + settle.absorbed = settle.actual "a settled stream is accounted for to the last unit"

    """

  static let prices = """
    policy prices "What a token costs."
    cycle from 2026-07-01
    table price unique by model: name, tier: free | pro gives input: rate, output: rate
      row "gpt-4o", any -> $2.50 per 1M tokens, $10 per 1M tokens
      row "gpt-4o-mini", pro -> $0.15 per 1M tokens, $0.60 per 1M tokens
    table fee first by amount: money gives fee: money
      row < $5 -> 10 cents
      row $5 to below $100 -> 1 cent
      row any -> $0
    derive request.cost = round up to 1 cent (price(request.model, tier).input * request.tokens_in)
    let refundable = round down to 1 cent (min(paid - refunded, balance.available))
    reform "Default limit of $20" over "rules"
      limits.spending_limit default $20
      topup.threshold_reached when balance <= topup.threshold
      limits.cycle_limit at $5
      limits.cycle_limit else quota_exceeded
      without fallback.rescue

    """

  static let all = [funding, fallback, limits, topup, teams, holds, prices]

  static let scenario = """
    # Hybrid billing.
    scenario "Hybrid billing: 100 of quota left, the request needs 150"
    given  plan quota 1000 units, quota is 100 units, balance is $20, fallback.enabled on
    when   request costing 150 units
    then   allowed
           quota pays 100 units, balance pays 50 units
           balance is $19.9999

    """
}

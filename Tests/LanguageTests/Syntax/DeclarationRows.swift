/// Declarations and the trees they are read as, one block each; the lines of a tree begin with a bracket.
enum DeclarationRows {
  static let all: [(text: String, tree: String)] =
    blocks.split(separator: "\n\n").map { block in
      let lines = block.split(separator: "\n").map(String.init)
      return (
        lines.filter { !$0.hasPrefix("(") }.joined(separator: "\n"),
        lines.filter { $0.hasPrefix("(") }.joined(separator: "\n")
      )
    } + [
      ("policy a \"b\\nc\"", "(policy a \"b\nc\")"),
      ("let a =\r\n\tb\r\nlet c = d\r\n", "(let a b)\n(let c d)"),
      ("\u{FEFF}let a = b", "(let a b)"),
      ("", ""),
      ("# only a comment", ""),
      ("let a = b\n\n# note\n\nlet c = d", "(let a b)\n(let c d)"),
    ]

  private static let blocks = #"""
    policy a "b \"c\" \\"
    (policy a "b "c" \")

    setting a: money = $5
    (setting a money $5.00)

    setting a : money or none = none per key
    (setting a money? none key)

    setting mode: up | down = up global
    (setting mode up|down up global)

    setting mode: up | down | off_peak or none = up
    (setting mode up|down|off_peak? up)

    setting a: money = $5 must a > $1 else "x" must a < $9 else "y"
    (setting a money $5.00 (must (> a $1.00) "x") (must (< a $9.00) "y"))

    setting a: money = $5 per account
      from 2026-07-01 $6
      from 2026-08-01 10:00 a + $1
    (setting a money $5.00 account (from 2026-07-01T00:00:00Z $6.00) (from 2026-08-01T10:00:00Z (+ a $1.00)))

    setting a: money = $5
      from 2026-07-01 $6 per key
    (setting a money $5.00 key (from 2026-07-01T00:00:00Z $6.00))

    setting r: rate = $2.50 per 1M tokens per account
    (setting r rate [$2.50 per 1M tokens] account)

    setting a: bool = if b then on else off must a else "no"
    (setting a bool (if b on off) (must a "no"))

    setting a: money or none in $0..$5 = none per key must a > $1 else "x"
    (setting a money? (in $0.00 $5.00) none key (must (> a $1.00) "x"))

    bucket b draw 5
    (bucket b 5)

    bucket b draw 5 keeps lots by order else broke
    (bucket b 5 lots (by order) (else broke))

    bucket b draw 5 keeps lots by if a then oldest_first else grants_first else broke
    (bucket b 5 lots (by (if a oldest_first grants_first)) (else broke))

    bucket b keeps lots else broke draw 5
    (bucket b 5 lots (else broke))

    bucket b draw 5 resets each day to $1 + bonus rate 4 / 5
    (bucket b 5 (resets day (+ $1.00 bonus)) (rate (/ 4 5)))

    bucket b draw 5 rate share round up to 1 unit else broke
    (bucket b 5 (rate share) (step $0.000002) (else broke))

    meter m = sum of payments
    (meter m payments)

    meter m = sum of payments each hour per key
    (meter m payments hour key)

    meter m = sum of quota payments per account each month
    (meter m (payments quota) month account)

    meter m = sum of request.cost on request each cycle
    (meter m (sum request.cost request) cycle)

    meter m = sum of payments + 1 on request
    (meter m (sum (+ payments 1) request))

    meter m = sum of payments on request
    (meter m (sum payments request))

    meter m = sum of if a then 1 else 2 on request
    (meter m (sum (if a 1 2) request))

    meter m = count of collect_declined ever since collect_paid
    (meter m (count collect_declined) ever (since collect_paid))

    event e
    (event e)

    event e "why" a: money, b: time or none
    (event e "why" (a money) (b time?))

    event e
      a: integer in 0..100
      tokens: tokens = 5 tokens,
      on_time: bool = on
      otherwise bad
    (event e (a integer (in 0 100)) (tokens tokens (= 5tok)) (on_time bool (= on)) (otherwise bad))

    event e "why" a: hold else gone, b: money or none in $0..$5 else wrong
      c: integer in 0..9 = if d then 1 else 2 else wrong
      otherwise bad
    (event e "why" (a hold (else gone)) (b money? (in $0.00 $5.00) (else wrong)) (c integer (in 0 9) (= (if d 1 2)) (else wrong)) (otherwise bad))

    event e otherwise: money
    (event e (otherwise money))

    event e
      cap: money
      table: name
    (event e (cap money) (table name))

    event e a: integer in -5..-1 = -2
    (event e (a integer (in (- 5) (- 1)) (= (- 2))))

    derive request.cost = price(request.model).input * request.tokens
    (derive request.cost (* (.input (price() request.model)) request.tokens))

    let a = b
    (let a b)

    cycle from none
    (cycle none)

    cycle from account.since
    (cycle account.since)

    denial broke 402 rank 90 "Nothing left"
    (denial broke 402 90 "Nothing left")

    always a >= $0 "x"
    (always (>= a $0.00) "x")

    always a is on on request, settle "x"
    (always (= a on) (on request settle) "x")

    always balance = previous balance - paid on request "x"
    (always (= balance (- (previous balance) paid)) (on request) "x")

    deny a, b rule c when d with e
    (rule c (deny a b) (with e) (when d))

    deny a
      rule c
      when if d then on else off
      with e
    (rule c (deny a) (with e) (when (if d on off)))

    gate b rule c when if d then e else f else g
    (rule c (gate b) (else g) (when (if d e f)))

    cap total rule c at $5 else d
    (rule c (cap total) (at $5.00) (else d))

    cap b rule c at limit - spent when on else d
    (rule c (cap b) (at (- limit spent)) (else d) (when on))

    on a rule b pay c
    (rule b (on a) (pay c))

    on a rule b release
      notify low
    (rule b (on a) (release) (notify low))

    on a rule b when c
      release
      pay (d + e)
    (rule b (on a) (when c) (release) (pay (+ d e)))

    after a rule b credit $5 to promo as lot gift
      set topup.suspended = on
      notify low, "text" because c
    (rule b (after a) (credit $5.00 to:promo as:gift) (set (= topup.suspended on)) (notify low "text" because:c))

    on a rule b set c = d and e > 1 or f
    (rule b (on a) (set (= c (or (and d (> e 1)) f))))

    on a rule b set c = d = e
    (rule b (on a) (set (= c (= d e))))

    on a rule b credit x as lot
    (rule b (on a) (credit x as:lot))

    on a rule b collect c from a.card
        for balance else declined
      hold d for 1 hour
      settle e of a.hold as owed
      close a.payment as declined
    (rule b (on a) (collect c from:a.card for:balance else:declined) (hold d for:[1 hour]) (settle e of:a.hold as:owed) (close a.payment as:declined))

    on a rule b refund if c then d else e of a.payment from balance by payment.left
    (rule b (on a) (refund (if c d e) of:a.payment from:balance by:payment.left))

    on a rule b emit c(d, e)
    (rule b (on a) (emit (c() d e)))

    on a rule b pay previous x
      release
    (rule b (on a) (pay (previous x)) (release))

    on a rule b pay last
      release
    (rule b (on a) (pay last) (release))

    before denial a rule b pay c
    (rule b (before a) (pay c))

    reform "x" over "rules"
      without a.b
      a.c default $5
    (reform "x" (over "rules") (without a.b) (default a.c $5.00))

    reform "x"
      cap.on_x when on
      without.c at 5
      a.b with c
    (reform "x" (when cap.on_x on) (at without.c 5) (code a.b c))

    table t by a: name gives b: money from "p.csv"
    (table t (a:name) (b:money) (from "p.csv"))

    table t first by a: money, b: up | down or none gives c: money, d: bool
      row any, none -> $1, on
      row = $5, up -> $2, off
      row $1 to below $2, != up -> x + $1, a > b
    (table t first (a:money b:up|down?) (c:money d:bool) (row any none -> $1.00 on) (row $5.00 up -> $2.00 off) (row (below $1.00 $2.00) (!= up) -> (+ x $1.00) (> a b)))

    table t unique by a: time gives b: rate row 2026-01-01 to 2026-02-01 -> $0 per token
    (table t unique (a:time) (b:rate) (row (to 2026-01-01T00:00:00Z 2026-02-01T00:00:00Z) -> [$0.00 per 1M tokens]))

    policy rule "x"
    setting setting: money = setting
    let when = limit
    (policy rule "x")
    (setting setting money setting)
    (let when limit)
    """#
}

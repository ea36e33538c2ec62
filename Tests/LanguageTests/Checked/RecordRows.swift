/// What may be said of cards, holds, payments, refunds and of several events at once: each block is added to `fixture`, and
/// says with `!` and `?` what its author then reads: code and message, and help. A block without them is right.
enum RecordRows {
  static let all: [(text: String, report: String)] = blocks.split(separator: "\n\n").map { block in
    let lines = block.split(separator: "\n").map(String.init)
    let isReport = { (line: String) in line.hasPrefix("! ") || line.hasPrefix("? ") }
    return (lines.filter { !isReport($0) }.joined(separator: "\n"), lines.filter(isReport).joined(separator: "\n"))
  }

  static let fixture = """
    policy wallet "Money reserved, collected and sent back."
    setting ceiling: money in $0..$1000 = $5
    setting raw: money = $5
    setting blocked: bool = off per key
    setting key_limit: money = $1 per key
    setting saved: card or none = none
    setting order: grants_first | oldest_first = oldest_first global
    setting own_order: grants_first | oldest_first = oldest_first
    denial broke 402 rank 90 "No money"
    denial over 402 rank 80 "Over the limit"
    denial gone 404 rank 1 "Gone"
    bucket quota draw 5 resets each month to ceiling else over
    bucket plain draw 8 else over
    bucket balance draw 10 keeps lots by order else broke
    event request "a call"
      key: key or none
      cost: money in $0..$1000
    event begin "a stream begins"
      key: key or none
      estimate: money or none in $0..$1000
    derive begin.pinned = 2 * begin.cost
    derive begin.cost = if begin.estimate is set then begin.estimate else ceiling
    event settle hold: hold else gone, cost: money in $0..$1000
    event void hold: hold else gone
    event end hold: hold, amount: money
    event begin2 amount: money in $0..$5, ttl: duration
    event add amount: money in $0..$1000, card: card, key: key or none
    event back payment: payment or none else gone, amount: money in $0..$1000
    event arrived payment: payment
    event refused payment: payment, note: name or none
    event more payment: payment, note: name
    event done refund: refund, payment: payment or none
    on request rule charge pay request.cost
    on begin rule reserve hold begin.cost for 1 hour
    on settle rule charge_it settle settle.cost of settle.hold
    on arrived rule receive_it receive arrived.payment
    on refused rule refuse_it close refused.payment as declined
    derive payment.left = max($0, payment.unspent - payment.refunded)
    derive payment.odd = payment.paid - payment.refunded
    derive payment.open = payment.state is pending


    """

  private static let blocks = #"""
    setting p: payment or none = none
    ! P0245 a setting cannot be a payment
    ? give an event a field: `payment: payment`

    setting c: card = none
    ! P0245 a card has no value until somebody names one
    ? card or none = none

    setting c: card or none = none global
    ! P0245 a card belongs to an account, so it cannot serve all
    ? per account

    setting c: card or none = "visa"
    ! P0206 expected card or none, found name
    ? a card is a field of an event, or a setting of type `card or none`

    setting top: money in $5..$1 = $2
    ! P0211 no value lies in this range
    ? $1..$5

    setting top: money in $1..$5 = $9
    ! P0211 this value is outside the setting's range
    ? change the value or the range

    table t unique by c: card gives v: money row any -> $1
    ! P0245 a table cannot have a card in it
    ? use a `name`, or words joined by `|`

    table t unique by n: integer gives h: hold row any -> $1
    ! P0245 a table cannot have a hold in it
    ? use a `name`, or words joined by `|`

    event gift card: card, payment: payment or none = none

    event gift payment: payment = "x"
    ! P0206 expected payment, found name
    ? whoever sends the event names the payment: leave the value out

    deny arrived rule r when arrived.payment is "p1" with over
    ! P0206 payment cannot be compared with name
    ? compare a number of it, such as `arrived.payment.state`

    after charges rule r when balance < $1 set ceiling = $1
    ! P0216 unknown event `charges`
    ? did you mean `charge`?

    deny admision rule r when balance < $1 with over
    ! P0216 unknown event `admision`
    ? did you mean `admission`?

    derive admision.x = $1
    ! P0216 unknown event `admision`
    ? declare it: `event admision "what happened"`

    deny add rule r when colecting with over
    ! P0203 unknown name `colecting`
    ? did you mean `collecting`?

    deny add rule r when is_blue with over
    ! P0203 unknown name `is_blue`
    ? declare it: `setting is_blue: bool = off`

    on begin2 rule r hold begin2.amount for 3600
    ! P0206 expected duration, found integer
    ? write a unit, such as `3600 seconds`

    event gift money: money, rescued: bool
    ! P0202 every event has a `rescued` of its own
    ? choose another name, such as `rescued_amount`

    event payment amount: money
    ! P0202 `payment` is a word of the language
    ? choose another name, such as `payment_value`

    event charge amount: money
    ! P0202 `charge` is a word of the language
    ? choose another name, such as `charge_value`

    bucket admission draw 99
    ! P0202 `admission` is a word of the language
    ? choose another name, such as `admission_value`

    setting collecting: bool = on
    ! P0202 `collecting` is a word of the language
    ? choose another name, such as `collecting_value`

    event two first: hold, second: hold
    ! P0244 event `two` names two holds, and each may have a key
    ? say whose key counts: `key: key or none`

    event hold2 key: key, hold: hold

    deny settle rule r when settle.hold.state is settled with over

    deny settle rule r when settle.hold.state is setled with over
    ! P0238 `setled` is not one of open, expired, settled, voided
    ? did you mean `settled`?

    deny settle rule r when settle.hold.reserve > $5 with over
    ! P0203 a hold has no `reserve`
    ? did you mean `reserved`?

    deny settle rule r when settle.hold.estimate > $5 with over
    ! P0208 `settle.hold.estimate` may be none here
    ? settle.hold.estimate is set and settle.hold.estimate > $5

    deny settle rule r when settle.hold.estimate is set and settle.hold.estimate > $5 with over

    deny settle rule r when settle.hold.pinned > $5 with over

    deny settle rule r when settle.hold.key is none with over

    deny settle rule r when settle.hold > settle.hold with over
    ! P0207 hold has no order
    ? settle.hold is settle.hold

    deny settle rule r when settle.cost.state is open with over
    ! P0203 `settle.cost` has no numbers of its own
    ? only a hold, a payment or a refund has some: `settle.hold.reserved`

    deny settle rule r when settle.held.state is open with over
    ! P0203 event `settle` has no field `held`
    ? did you mean `settle.hold`?

    deny settle, void rule r when settle.hold.state is open with over
    ! P0224 a rule on several events cannot read the fields of one
    ? write one rule for each of `settle` and `void`

    deny request rule r when settle.hold.state is open with over
    ! P0224 `settle.hold` is known only while `settle` is decided
    ? use the fields of `request`, or keep what `settle` said in a setting

    deny back rule r when back.payment.unspent > $5 with over
    ! P0208 `back.payment` may be none here
    ? back.payment is set and back.payment.unspent > $5

    deny back rule r when back.payment is set and back.payment.unspent > $5 with over

    deny back rule r when back.payment is set and back.payment.card is none with over

    deny back rule r when back.payment is set and back.payment.card is add.card with over
    ! P0224 `add.card` is known only while `add` is decided
    ? use the fields of `back`, or keep what `add` said in a setting

    deny arrived rule r when arrived.payment.left > $5 with over

    deny arrived rule r when arrived.payment.odd > $5 with over

    deny arrived rule r when payment.left > $5 with over
    ! P0225 `payment.left` is about each payment in turn, and none is at hand
    ? write `arrived.payment.left`

    deny add rule r when payment.amount > $5 with over
    ! P0225 `payment.amount` is about each payment in turn, and none is at hand
    ? derive payment.each_amount = payment.amount, and read the sum: `payments.each_amount`

    deny add rule r when payments.left > $5 with over

    deny add rule r when payments.open > $5 with over
    ! P0206 `payment.open` is on or off, which does not add up
    ? derive an amount instead: `derive payment.each = if payment.open then payment.amount else $0`

    deny add rule r when payments.unspent > $5 with over
    ! P0203 no `payment.unspent` is derived, so there is no sum of it
    ? derive payment.each_unspent = payment.unspent

    deny add rule r when payments.lefft > $5 with over
    ! P0203 no `payment.lefft` is derived, so there is no sum of it
    ? did you mean `payments.left`?

    deny add rule r when collecting with over

    setting roof2: money = $1 must collecting or payments.left > $2 else "no"
    ! P0237 a setting's condition reads settings only
    ? ask for it in a rule instead: `deny EVENT rule NAME when … with CODE`
    ! P0237 a setting's condition reads settings only
    ? state a promise instead: `always CONDITION "what it promises"`

    setting roof2: money = $1 must charge.paid > $2 else "no"
    ! P0237 a setting's condition reads settings only
    ? state a promise instead: `always CONDITION on charge "what it promises"`

    derive payment.left = $5
    ! P0228 `payment.left` is derived twice
    ? remove one of them: a fact has one derivation

    derive payment.unspent = $5
    ! P0202 every payment has a `unspent` of its own
    ? derive a number of another name

    derive payment.loop = payment.loop2
    derive payment.loop2 = payment.loop
    ! P0226 `payment.loop2` is derived from itself
    ? derive it from the numbers every payment has

    derive payment.a = payment.at
    ! P0206 what is derived of each payment is money, a count or on and off
    ? derive an amount, or a condition about it

    derive payment.a = balance
    ! P0243 what is derived of each payment is made of its numbers, settings and `now`, not what is in a bucket
    ? read its numbers, settings and `now` only

    derive payment.a = request.cost
    ! P0224 `request.cost` is known only while `request` is decided
    ? keep what an event says in a setting, or sum it in a meter

    derive payment.a = payment.card
    ! P0208 `payment.card` may be none here
    ? test it before: `payment.card is set`

    derive payment.a = if payment.card is set then $1 else $2

    derive payment.a = key_limit
    ! P0242 this is about an account, and reads what belongs to one of its keys
    ? make the setting or meter `per account`

    derive payment.a = payments.left
    ! P0243 what is derived of each payment is made of its numbers, settings and `now`, not a sum over all payments
    ? read its numbers, settings and `now` only

    derive request.h = settle.hold
    ! P0224 `settle.hold` is known only while `settle` is decided
    ? use the fields of `request`, or keep what `settle` said in a setting

    derive settle.h = settle.hold
    ! P0245 a hold is named by a field given with an event, not by a derived one
    ? derive one of its numbers, such as `settle.hold.state`

    let h = payment.left
    ! P0225 `payment.left` is about each payment in turn, and none is at hand
    ? read the sum over all: `payments.left`

    let paid_of_all = charge.paid

    on end rule r when charge.paid > $1 set ceiling = $1
    ! P0224 `charge.paid` is known only while an event that pays or settles is decided
    ? use it in rules on `charge`

    deny admission rule r when admission.key is none or blocked with over

    deny admission rule r when request.cost > $5 with over
    ! P0224 a rule on several events cannot read the fields of one
    ? write one rule for each of `begin` and `request`

    deny charge rule r when blocked with over

    deny charge rule r when charge.paid > $5 with over
    ! P0225 what was paid is known only after the decision
    ? use it in `after` rules and `always` promises

    deny add rule r when admission.key is none with over
    ! P0224 `admission.key` is known only while an event that pays or holds is decided
    ? use it in rules on `admission`

    after charge rule r when charge.shortfall > $1 and charge.rescued notify low

    after charge rule r when charge.spent > $1 notify low
    ! P0203 `charge` has no `spent`
    ? write a rule for each event, and read its own field

    after charge rule r when request.paid > $1 notify low
    ! P0224 a rule on several events cannot read the fields of one
    ? write `charge.paid`, which every one of them has

    after admission, request rule r when admission.paid > $1 notify low

    after request, request rule r when admission.paid > $1 notify low
    ! P0202 event `request` stands twice in this list
    ? remove one

    after add rule r when add.rescued notify low

    always charge.paid >= $0 "none below"
    ! P0224 `charge.paid` is known only while an event that pays or settles is decided
    ? say which events the promise is about: `on charge`

    always charge.paid >= $0 on charge "none below"

    always admission.shortfall = $0 on admission "none short"

    before denial broke rule r when ceiling >= admission.shortfall credit $5 to balance

    before denial broke rule r when ceiling >= charge.shortfall credit $5 to balance
    ! P0224 `charge.shortfall` is known only while an event that pays or settles is decided
    ? use it in rules on `charge`

    before denial broke rule r when admission.rescued credit $5 to balance
    ! P0225 whether a rescue helped is known only after the decision
    ? use it in `after` rules and `always` promises

    cap balance rule r at ceiling when admission.key is none else over

    meter m = count of charge ever
    ! P0216 `charge` stands for every event that pays or settles, and one is wanted here
    ? write `request` or `settle`

    meter m = sum of $1 on admission
    ! P0216 `admission` stands for every event that pays or holds, and one is wanted here
    ? write `begin` or `request`

    meter m = sum of (if arrived.payment.automatic then arrived.payment.amount else $0) on arrived each month

    meter m = sum of $1 on settle ever per key

    meter m = sum of $1 on add ever per key

    deny add rule r when last charge is set with over
    ! P0216 `charge` stands for every event that pays or settles, and one is wanted here
    ? write `request` or `settle`

    derive charge.x = $1
    ! P0216 `charge` stands for every event that pays or settles, and one is wanted here
    ? write `request` or `settle`

    on void rule r set blocked = on

    on add rule r set blocked = on

    bucket spare draw 50 keeps lots by ceiling
    ! P0206 expected grants_first | oldest_first, found money
    ? write one of grants_first, oldest_first

    bucket spare draw 50 keeps lots by oldest_first

    bucket spare draw 50 keeps lots by order

    bucket spare draw 50 keeps lots by own_order
    ! P0243 lots burn in one order for all accounts, and `wallet.own_order` is set per account
    ? make the setting `global`

    bucket spare draw 50 keeps lots by newest_first
    ! P0238 `newest_first` is not one of grants_first, oldest_first
    ? write one of grants_first, oldest_first

    bucket spare draw 50 keeps lots by if balance > $1 then oldest_first else grants_first
    ! P0243 which lots burn first follows from global settings, not what is in a bucket
    ? read global settings only

    on request rule r hold $5 for 1 hour
    ! P0228 `wallet.charge` pays and `wallet.r` holds for one `request`
    ? do one of them on an event of its own
    ! P0228 rules on `begin` and `request` both hold money
    ? let rules on one event hold money

    on begin rule r settle $5 of settle.hold
    ! P0224 `settle.hold` is known only while `settle` is decided
    ? use the fields of `begin`, or keep what `settle` said in a setting

    on void rule r hold $5 for 1 hour
    ! P0228 rules on `begin` and `void` both hold money
    ? let rules on one event hold money

    on begin, end rule r hold $5 for 1 hour
    ! P0228 rules on `begin` and `end` both hold money
    ? let rules on one event hold money

    on end rule r settle $5 of end.hold
      settle $6 of end.hold
    ! P0228 this rule settles twice for one event
    ? keep one of them

    on end rule r settle $5 of end.hold as owd
    ! P0223 `settle` does not know `owd` here
    ? did you mean `owed`?

    on end rule r settle $5 of end.hold as owed

    on end rule r settle $5 of void.hold
    ! P0224 `void.hold` is known only while `void` is decided
    ? use the fields of `end`, or keep what `void` said in a setting

    on end rule r settle $5 of balance
    ! P0223 a field of the event that names a hold is wanted here
    ? end.hold

    on end rule r settle $5 of none
    ! P0223 a field of the event that names a hold is wanted here
    ? end.hold

    on end rule r settle end.amount of end.hold
    ! P0233 this amount may be below zero
    ? max($0, end.amount)

    on end rule r release
    ! P0223 `release` needs its hold
    ? release HOLD

    on end rule r release end.hold for 1 hour
    ! P0223 `release` does not take `for …`
    ? release HOLD

    on begin2 rule r hold begin2.amount for begin2.ttl
    ! P0233 a hold lasts for some time, and this may be none
    ? max(1 second, begin2.ttl)

    after request rule r hold $5 for 1 hour
    ! P0223 `hold` belongs in an `on` rule
    ? write `on EVENT rule …`

    after end rule r release end.hold
    ! P0223 `release` belongs in an `on` rule
    ? write `on EVENT rule …`

    before denial broke rule r settle $5 of settle.hold
    ! P0224 a rule on several events cannot read the fields of one
    ? a rescue is about every event that can be denied: read what they all have, such as `admission.shortfall`

    on back rule r receive back.payment
    ! P0208 `back.payment` may be none here
    ? test it before: `back.payment is set`

    on back rule r when back.payment is set receive back.payment
    ! P0228 rules on `arrived` and `back` both receive a payment
    ? let rules on one event receive a payment

    on refused rule r receive refused.payment
    ! P0228 rules on `arrived` and `refused` both receive a payment
    ? let rules on one event receive a payment

    on refused rule r close refused.payment as refused
    ! P0223 `close` does not know `refused` here
    ? close PAYMENT as declined|failed

    on refused rule r close refused.payment as failed
    ! P0228 one event, `refused`, is to close a payment as declined and to close a payment as failed
    ? declare another event, and close a payment as failed there

    on more rule r close more.payment as failed
    ! P0246 the answer to a payment brings nothing but the payment, so nobody can give `note`
    ? let it have a value of its own: `note: name or none`

    on done rule r confirm done.refund

    on done rule r restore done.refund

    on done rule r confirm done.payment
    ! P0223 a field of the event that names a refund is wanted here
    ? done.refund

    on add rule r collect add.amount from saved for balance
    ! P0208 `saved` may be none here
    ? test it before: `saved is set`

    on add rule r when saved is set collect add.amount from saved for balance else cardd
    ! P0217 unknown denial `cardd`
    ? declare it: `denial cardd 402 rank 50 "what the caller reads"`

    on add rule r when saved is set collect add.amount from saved for quota
    ! P0223 `wallet.quota` is filled by its allowance, not by effects
    ? change the setting its allowance reads

    on add rule r when saved is set collect add.amount from saved for plain
    ! P0223 bucket `plain` keeps no lots, so nothing would tell one payment's money from another's
    ? bucket plain draw 8 keeps lots

    on add rule r collect $5 from add.key for balance
    ! P0206 expected card, found key or none
    ? a card is a field of an event, or a setting of type `card or none`

    on add rule r collect raw from add.card for balance
    ! P0233 this amount may be below zero
    ? max($0, raw)

    after add rule r collect $5 from add.card for balance else over
    ! P0223 nothing can be denied here any more, so `else` has no meaning
    ? leave `else …` out

    before denial broke rule r when saved is set collect $5 from saved for balance else over
    ! P0223 nothing can be denied here any more, so `else` has no meaning
    ? leave `else …` out

    on add rule r collect $5 for balance
    ! P0223 `collect` needs `from …`
    ? collect AMOUNT from CARD for BUCKET [else CODE]

    on back rule r refund $5 of back.payment from balance by payment.left

    on back rule r refund $5 from balance by payment.left

    on back rule r refund $5 from plain by payment.left
    ! P0223 bucket `plain` keeps no lots, so nothing would tell one payment's money from another's
    ? bucket plain draw 8 keeps lots

    on back rule r refund $5 from balance by $5 - payment.left
    ! P0233 this amount may be below zero
    ? max($0, $5 - payment.left)

    on back rule r refund $5 from balance by payment.odd
    ! P0233 this amount may be below zero
    ? max($0, payment.odd)

    after back rule r refund $5 from balance by payment.left
    ! P0223 `refund` belongs in an `on` rule
    ? write `on EVENT rule …`

    on back rule r refund $5 from balance by back.payment.left
    ! P0208 `back.payment` may be none here
    ? test it before: `back.payment is set`

    on arrived rule r clawback raw of arrived.payment
    ! P0233 this amount may be below zero
    ? max($0, raw)

    after arrived rule r reinstate arrived.payment
    ! P0223 `reinstate` belongs in an `on` rule
    ? write `on EVENT rule …`

    on add rule r pay $5 else over
    ! P0223 `pay` does not take `else …`
    ? pay AMOUNT

    on add rule r bill $5
    ! P0222 unknown effect `bill`
    ? write one of these effects

    always previous collecting "what"
    ! P0225 nothing remembers what `collecting` was before an event
    ? collecting

    always previous payments.left = $0 "what"
    ! P0225 nothing remembers what `payments.left` was before an event
    ? payments.left

    on charge rule r pay $5
    ! P0228 `pay` in a rule on a word for several events, which each pay, hold or settle already
    ? name the event: `on EVENT rule …`

    on admission rule r set saved = none

    before denial broke rule r when request.key is none credit $1 to balance
    ! P0224 a rule on several events cannot read the fields of one
    ? write `admission.key`, which every one of them has

    before denial broke rule r when request.cost > $1 credit $1 to balance
    ! P0224 a rule on several events cannot read the fields of one
    ? a rescue is about every event that can be denied: read what they all have, such as `admission.shortfall`
    """#
}

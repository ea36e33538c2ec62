/// Broken texts and what their authors read, one block each: the text, then `!` before a code, a place and a message,
/// and `?` before its help.
enum MistakeRows {
  static let all: [(text: String, report: String)] = blocks.split(separator: "\n\n").map { block in
    let lines = block.split(separator: "\n").map(String.init)
    let isReport = { (line: String) in line.hasPrefix("! ") || line.hasPrefix("? ") }
    return (
      lines.filter { !isReport($0) }.joined(separator: "\n"), lines.filter(isReport).joined(separator: "\n")
    )
  }

  private static let blocks = #"""
    let a = b == c
    ! P0017 1:11 `==` is not an operator here
    ? write `=`

    let a = b === c
    ! P0017 1:11 `===` is not an operator here
    ? write `=`

    let a = b <> c
    ! P0017 1:11 `<>` is not an operator here
    ? write `!=`

    let a = b || !c
    ! P0017 1:11 `||` is not an operator here
    ? write `or`
    ! P0017 1:14 `!` is not an operator here
    ? write `not`

    let a = b && c
    ! P0017 1:11 `&&` is not an operator here
    ? write `and`

    let a = b ≥ c
    ! P0017 1:11 `≥` is not an operator here
    ? write `>=`

    let a = b − c
    ! P0017 1:11 `−` is not an operator here
    ? write `-`

    let a := b
    ! P0017 1:7 `:=` is not an operator here
    ? write `=`

    let a = b in 1...5
    ! P0017 1:15 `...` is not an operator here
    ? write `..`

    let a = b =< c
    ! P0017 1:11 `=<` is not an operator here
    ? write `<=`

    table t by a: money gives b: bool
      row $1 => on
    ! P0017 2:10 `=>` is not an operator here
    ? write `->` before a row's values, `>=` to compare

    let a = true and b
    ! P0123 1:9 `true` is a word of another language
    ? write `on`

    let a = null
    ! P0123 1:9 `null` is a word of another language
    ? write `none`

    let a = b AND c
    ! P0114 1:11 `AND` does not go on with this definition
    ? write `and`

    let a = if b then c elif d then e else f
    ! P0123 1:21 `elif` is a word of another language
    ? write `else if`

    let a = b not in 1..2
    ! P0135 1:11 `not` stands before what it negates
    ? write `not b in LOW..HIGH`

    let a = b in (1, 2)
    ! P0117 1:16 expected `)`, found `,`
    ? write `)` before it

    let a = b in c
    ! P0108 1:15 expected `..` and the upper end of the range, found the end of the file
    ? write a range, or `b = … or b = …`

    let a = b = not c
    ! P0107 1:13 `not` behind `=` needs brackets
    ? write `(not c)`

    let a = b < c < d
    ! P0116 1:15 comparisons cannot be chained
    ? write `b < c and c < d`

    let a = b < c <= d < e
    ! P0116 1:15 comparisons cannot be chained
    ? write `b < c and c <= d`

    let a = b + 1 = c is set
    ! P0116 1:19 comparisons cannot be chained
    ? write `b + 1 = c and c is set`

    let a = 1.5M
    ! P0011 1:9 `1.5M` has decimals but no unit
    ? write the whole number `1500000`

    let a = 5x
    ! P0012 1:9 `5x` is neither a number nor a name
    ? write `5 x`

    let a = 1h
    ! P0012 1:9 `1h` is neither a number nor a name
    ? write `1 hour`

    let a = 5m
    ! P0012 1:9 `5m` is neither a number nor a name
    ? write `5 minutes` or `5M`

    let a = $5k
    ! P0012 1:9 `$5k` is neither a number nor a name
    ? write `$5_000`

    let a = 5_
    ! P0012 1:9 `5_` is neither a number nor a name
    ? write digits, with `_` only between them

    let a = $
    ! P0014 1:9 `$` has no amount behind it
    ? write the amount right behind it, such as `$5`

    let a = $.50
    ! P0014 1:9 `$` has no amount behind it
    ? write `$0.50`

    let a = $-5
    ! P0014 1:9 `$` has no amount behind it
    ? write `-$5`

    let a = $ 5 + b
    ! P0014 1:9 `$` has no amount behind it
    ? write `$5`

    let a = £5.50 + b
    ! P0015 1:9 `£` is not a currency here: all amounts are US dollars
    ? write `$5.50`

    let a = $1,234,567
    ! P0018 1:9 commas part the entries of a list, so `$1,234,567` is not one amount
    ? write `$1234567`

    let a = $1000000001
    ! P0010 1:9 `$1000000001` is too large
    ? write a smaller amount, such as `$1000`

    let a = 9223372036854775807 units
    ! P0010 1:9 `9223372036854775807 units` is too large
    ? write a smaller amount, such as `$1000`

    let a = 99999999999999999999999999999
    ! P0010 1:9 `99999999999999999999999999999` is too large
    ? write a smaller number, such as `100M`

    let a = 10000000000G
    ! P0010 1:9 `10000000000G` is too large
    ? write a smaller number, such as `100M`

    let a = $20000 per 1M tokens
    ! P0010 1:9 `$20000 per 1M tokens` is too large
    ? write it per 1M tokens, such as `$2.50 per 1M tokens`

    let a = 99999999999%
    ! P0010 1:9 `99999999999%` is too large for a percentage
    ? write a smaller one, such as `100%`

    let a = 0.00000001%
    ! P0013 1:9 `0.00000001%` has more than 7 decimals
    ? write it as a fraction, such as `1 / 3`

    let a = $1 per 0 tokens
    ! P0121 1:9 `$1 per 0 tokens` is not a whole number of millionths of a dollar per 1M tokens
    ? write it per 1M tokens with at most six decimals, such as `$2.50 per 1M tokens`

    let a = 5 dollars
    ! P0122 1:9 `dollars` is not a unit here
    ? write `$5`

    let a = 7 business days
    ! P0122 1:9 `7 business days` has no fixed length
    ? write days, such as `7 days`

    let a = 2026-13-01
    ! P0016 1:9 `2026-13-01` is not a day of the calendar
    ? write a day that exists, such as `2026-07-01`, or a time, such as `2026-07-01 10:00`

    let a = 2026-07-01T25:00
    ! P0016 1:9 `2026-07-01T25:00` is not a time of day
    ? write a time from `00:00` to `23:59:59`

    let a = 2026-07-01 10:61
    ! P0016 1:9 `2026-07-01 10:61` is not a time of day
    ? write a time from `00:00` to `23:59:59`

    policy a "b
    ! P0006 1:10 this text is not closed on its line
    ? end it with `"`

    policy a 'b'
    ! P0019 1:10 texts stand in straight double quotes
    ? write `"b"`

    policy a “b”
    ! P0019 1:10 texts stand in straight double quotes
    ? write `"b"`

    policy a "b\t"
    ! P0008 1:12 `\t` is not an escape
    ? write `\\` for a backslash; the others are `\"` and `\n`

    let a = b /* c */
    ! P0020 1:11 comments begin with `#`
    ? write `# …`

    let naïve = b
    ! P0005 1:5 `naïve` is not a name
    ? names use the letters `a` to `z`; anything else goes in quotes, such as `"…"`

    let a-b = c
    ! P0130 1:5 a name cannot contain `-`, which is the minus sign
    ? write `a_b`

    let if = c
    ! P0129 1:5 `if` cannot be a name
    ? choose another, such as `if_value`

    let a = b.
    ! P0104 1:11 expected a name after `.`, found the end of the file
    ? write it like `limits.spending_limit`

    buckt b draw 3
    ! P0101 1:1 `buckt` does not begin a declaration
    ? did you mean `bucket`?

    Setting a: money = $5
    ! P0101 1:1 `Setting` does not begin a declaration
    ? did you mean `setting`?

    wibble a
    ! P0101 1:1 `wibble` does not begin a declaration
    ? indent the line if it goes on with the declaration above

    when a
    ! P0128 1:1 `when` belongs to a scenario, and this is a rule file
    ? put it in a file whose name ends in `.scenario`

    = a
    ! P0101 1:1 a declaration begins with a word such as `setting`, found `=`
    ? indent the lines that go on with the declaration above

    let a = b
      let c = d
    ! P0102 2:3 `let` begins a declaration, so it starts in the first column
    ? start it in the first column

    on a rule b pay c
      deny a rule d when e with f
    ! P0102 2:3 `deny` begins a declaration, so it starts in the first column
    ? start it in the first column

    let a = b
    + c
    ! P0103 2:1 `+` goes on with the declaration above, so its line is indented
    ? put two spaces before it

    setting a money = $5
    ! P0112 1:11 expected `:` and a type after `a`, found `money`
    ? setting a: money = $5

    setting a: money = $5 must a > $1
    ! P0108 1:34 expected `else` after the condition, found the end of the file
    ? must a > $1 else "what the caller reads"

    setting a: money = $5 mst a
    ! P0114 1:23 `mst` does not go on with this setting
    ? did you mean `must`?

    setting a: money = $5 global per key
    ! P0115 1:30 the scope is given twice
    ? delete one of the two

    bucket b keeps lots
    ! P0108 1:8 the bucket `b` has no place in the drawing order
    ? bucket b draw 30

    bucket b drw 5
    ! P0114 1:10 `drw` does not go on with this bucket
    ? did you mean `draw`?

    bucket b draw 5 resets cycle to $1
    ! P0108 1:24 expected `each` after `resets`, found `cycle`
    ? resets each cycle to $20

    meter m sum of payments
    ! P0108 1:9 expected `=` after `m`, found `sum`
    ? meter m = sum of payments each cycle

    meter m = sum of request.cost
    ! P0108 1:30 expected `on` after `request.cost`, found the end of the file
    ? write `sum of request.cost on EVENT`, or `sum of BUCKET payments`

    event e a money
    ! P0112 1:11 expected `:` and a type after `a`, found `money`
    ? a: money

    denial d 402 "x"
    ! P0108 1:14 expected `rank` after the status, found `"x"`
    ? denial d 402 rank 70 "what the caller reads"

    denial d 402 rnk 5 "x"
    ! P0108 1:14 expected `rank` after the status, found `rnk`
    ? write `rank`

    always a > $0
    ! P0105 1:14 expected the promise in words in quotes, found the end of the file
    ? always … "usage never makes a balance negative"

    deny a when b with c
    ! P0109 1:8 expected `rule` and a name, found `when`
    ? write `rule NAME` here

    deny a rul b when c with d
    ! P0109 1:8 expected `rule` and a name, found `rul`
    ? write `rule`

    deny a rule b with c
    ! P0110 1:15 expected `when` and a condition, found `with`
    ? write `when …` before it

    deny a rule b wehn c with d
    ! P0110 1:15 expected `when` after the rule's name, found `wehn`
    ? write `when`

    deny a rule b when with c
    ! P0107 1:20 expected an expression, found `with`
    ? write a name, an amount such as `$5` or a condition behind `when`

    deny a rule b when c else d
    ! P0111 1:22 a `deny` rule names its denial with `with`, not `else`
    ? write `with`

    gate a rule b when c with d
    ! P0111 1:22 a `gate` rule names its denial with `else`, not `with`
    ? write `else`

    cap a rule b when c else d
    ! P0108 1:14 expected `at` after the rule's name, found `when`
    ? write the limit, such as `at limit - spent`

    cap a rule b at c
    ! P0111 1:18 expected `else` after the rule's condition, found the end of the file
    ? write `else CODE`, a denial's code

    on a rule b
    ! P0126 1:11 the rule `b` does nothing
    ? add an effect, such as `pay request.cost`

    before a rule b pay c
    ! P0108 1:8 expected `denial` after `before`, found `a`
    ? before denial insufficient_balance rule NAME …

    on a rule b set c on
    ! P0108 1:19 expected `=` after the setting's name, found `on`
    ? set c = on

    let a = min(b, c
    ! P0117 1:17 expected `)`, found the end of the file
    ? write `)` before it

    let a = b)
    ! P0114 1:10 this `)` closes nothing
    ? delete it

    let a = b c
    ! P0114 1:11 `c` does not go on with this definition
    ? write an operator such as `and`, `+` or `*` before `c`, or delete it

    let a = if b then c
    ! P0124 1:20 expected `else`, found the end of the file
    ? write `if … then … else …`

    let a = round (b)
    ! P0120 1:9 `round` does not say which way
    ? write `round up`, `round down`, `round half even` or `round half up`

    let a = round up b
    ! P0108 1:18 expected `(` and what to round, found `b`
    ? write `round down to 1 cent (…)`

    table t by a: money gives b: bool
      row $1, on
    ! P0108 2:13 expected `->` after the row's cells, found the end of the file
    ? row any -> $2.50 per 1M tokens

    reform "x"
      without a
    ! P0131 2:11 expected a change, found `a`
    ? without fallback.rescue
    """#
}

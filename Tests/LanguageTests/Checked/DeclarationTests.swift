import Diagnostics
import Language
import Testing

@Suite("Checked declarations")
struct DeclarationTests {
  /// Declarations behind the fixture's → the codes of their mistakes, each once, sorted.
  static let rows: [(text: String, codes: [String])] = [
    // Lets.
    ("let a = b + $1\nlet b = $1\nlet c = a + b", []),
    ("let a = b + $1\nlet b = a + $1", ["P0226"]), ("let a = a", ["P0226"]),
    ("let low = plan is free\nlet free_now = low", []),
    ("let free = plan is free\nlet is_free = free", []),
    ("let a = oops\nlet b = a + $1\nlet c = b * 2 + a", ["P0203"]),
    ("let zz = oops\nlet aa = request.input * listed + zz", ["P0203"]),
    ("let half = ceiling / 2\nlet rest = round up (half)", []), ("let half = ceiling / 2", ["P0332"]),
    ("let tip_price = request.tip + raw\nlet tipped = if request.tip is set then round up (tip_price) else $0", []),
    ("let tip_price = request.tip + raw\nlet tipped = round up (tip_price)", ["P0208"]),
    ("let a = request.input * listed + b\nlet b = request.input * listed + a", ["P0226"]),
    // Derived fields.
    ("derive request.net = request.gross - $1\nderive request.gross = request.cost + $2", []),
    (
      "derive request.net = net_of_gross\nlet net_of_gross = request.gross - $1\nderive request.gross = request.cost",
      []
    ),
    ("derive request.net = request.gross\nderive request.gross = request.net", ["P0226"]),
    ("derive request.cost = $1", ["P0202"]), ("derive request.paid = $1", ["P0202"]),
    ("derive reqest.x = $1", ["P0216"]),
    ("derive request.x = $1\nderive request.x = $2", ["P0228"]), ("derive request.x = none", ["P0206"]),
    ("derive request.x = topup.amount", ["P0224"]), ("derive topup.x = if key_limit is set then $1 else $0", ["P0242"]),
    ("derive request.x = raw", ["P0214"]),
    // Settings.
    ("setting a : money = ceiling", ["P0210"]), ("setting a : money = max($1, $2)", []),
    ("setting a : time = now", ["P0210"]),
    ("setting a : money = $5\n  from 2026-02-01 $6\n  from 2026-03-01 $7", []),
    ("setting a : money = $5\n  from 2026-03-01 $6\n  from 2026-02-01 $7", ["P0211"]),
    ("setting a : money = $5\n  from 2026-03-01 $6\n  from 2026-03-01 $7", ["P0211"]),
    ("setting a : money = $5 must a > $9 else \"more\"", ["P0239"]),
    ("setting a : money = $5 must a <= $5 else \"less\"\n  from 2026-03-01 $6", ["P0239"]),
    ("setting a : money = $5 must a < balance else \"less\"", ["P0237"]),
    ("setting a : money = $5 must a < spent else \"less\"", ["P0237"]),
    ("setting a : bool = on must a or roof_is_set else \"on\"", ["P0237"]),
    ("setting a : money = $5 must now > 2026-01-01 else \"x\"", ["P0237"]),
    ("setting a : money = $9 global must a > ceiling else \"more\"", ["P0237"]),
    ("setting a : money = $9 must key_limit is none else \"more\"", ["P0237"]),
    ("setting a : money = $1 per key must a <= ceiling else \"at most {ceiling}\"", []),
    ("setting a : money = $5 must a > $1 else \"more than {florr}\"", ["P0203"]),
    ("setting a : x | y | x = x", ["P0202"]), ("setting a : x | any = x", ["P0202"]),
    ("setting a : x | y = z", ["P0238"]),
    ("setting min : money = $1", ["P0202"]), ("setting a : ratio = 9/1", ["P0211"]),
    ("setting a : monney = $1", ["P0205"]),
    // Events and denials.
    ("event e \"x\"\n  a: money in $0..$2000000000", ["P0010"]),
    ("event e \"x\"\n  a: tokens in 0 tokens..2000G tokens", ["P0211"]),
    ("event e \"x\"\n  a: bool in off..on", ["P0211"]),
    ("event e \"x\"\n  a: money\n  a: money", ["P0202"]), ("event e \"x\"\n  paid: money", ["P0202"]),
    ("event cycle \"x\"", ["P0202"]),
    ("event e \"x\"\n  a: money in $0..$5 = $9", ["P0211"]), ("event e \"x\"\n  a: ratio = 1/2", []),
    ("event e \"x\"\n  a: money otherwise nobody", ["P0217"]), ("denial x 402 rank 90 \"again\"", ["P0227"]),
    ("denial x 302 rank 9 \"moved\"", ["P0211"]),
    ("denial x 402 rank 9 \"at most {ceiling}, {request.cost} or {cost}\"", []),
    ("denial x 402 rank 9 \"at most {cieling}\"", ["P0203"]),
    // Buckets, cycles and meters.
    ("bucket b draw 10 else broke", ["P0227"]), ("bucket b draw 7 resets each month to quota else broke", ["P0243"]),
    ("bucket b draw 7 resets each month to balance.available else broke", ["P0208", "P0243"].dropFirst().map { $0 }),
    ("bucket b draw 7 resets each cycle to max($0, ceiling - spent) else broke", []),
    ("bucket b draw 7 resets each month to if key_limit is set then key_limit else $0 else broke", ["P0242"]),
    ("bucket b draw 7 resets each month to request.cost else broke", ["P0224"]),
    ("bucket b draw 7 resets each month to roof else broke", ["P0208"]),
    ("bucket b draw 7 resets each ever to ceiling else broke", ["P0240"]),
    ("bucket b draw 7 rate share round up to 1 unit else broke", []),
    ("bucket b draw 7 rate share else broke", ["P0214"]),
    ("bucket b draw 7 rate 9/1 round up to 1 unit else broke", ["P0211"]),
    ("bucket b draw 7 rate ceiling else broke", ["P0206"]),
    ("cycle from started", ["P0228"]), ("bucket total draw 7 else broke", ["P0202"]),
    ("meter m = sum of request.cost on request each day\nlet l = m + $1", []),
    ("meter m = sum of l on request each day\nlet l = request.cost + $1\nlet k = m", []),
    ("meter m = sum of balance on request ever", ["P0243"]),
    ("meter m = sum of spent on request ever", ["P0243"]), ("meter m = sum of m on request ever", ["P0226"]),
    ("meter m = sum of l on request ever\nlet l = m + $1", ["P0226"]),
    ("meter m = sum of request.tip on request ever", ["P0208"]),
    ("meter m = sum of request.model on request ever", ["P0206"]), ("meter m = count of topup ever per key", ["P0242"]),
    ("meter m = count of request ever per key", []), ("meter m = count of topup ever since topup", ["P0240"]),
    ("meter m = count of topup ever since request", []), ("meter m = sum of payments ever global", ["P0114"]),
    ("meter m = sum of raw on request ever", ["P0214"]),
    ("meter m = sum of net on request ever\nderive request.net = request.cost - $1\nlet net = request.net", []),
    // Tables.
    ("table t by a: money, a: money gives b: bool\n  row $1, $2 -> on", ["P0202"]),
    ("table t by a: money or none gives b: bool\n  row any -> on", ["P0230"]),
    ("table t by a: integer gives b: bool\n  row > 9223372036854775807 -> on", ["P0211"]),
    ("table t by a: tokens gives b: bool\n  row < 0 tokens -> on", ["P0211"]),
    ("table t by a: ratio gives b: bool\n  row < 1/2 -> on", ["P0207"]),
    ("table t by a: money gives b: ratio\n  row any -> 9/1", ["P0211"]),
    ("table t by a: money gives b: money\n  row any -> 2 * $900_000_000", ["P0211"]),
    ("table t by a: money gives b: bool\n  row $5 to below $5 -> on", ["P0211"]),
    ("table t by a: money gives b: bool\n  row != $5 -> on", ["P0230"]),
    ("table t by a: money gives b: bool\n  row any -> on, off", ["P0221"]),
    ("table t by a: what gives b: bool\n  row any -> on\nlet x = t($5)", ["P0205"]),
    ("table t unique by a: ratio gives b: bool\n  row 1/2 -> on\nlet x = t(share) is set", []),
    ("table t by a: key gives b: bool\n  row any -> on\nlet x = request.key is set and t(request.key)", []),
    ("table t first by a: name gives b: bool\n  row \"x\" -> on\n  row any -> off\nlet x = t(model)", []),
    (
      "table t by a: name gives b: rate or none, c: rate or none\n  row \"x\" -> none, none\nlet x = t(\"x\") is set",
      ["P0230"]
    ),
    ("table t by a: money gives b: bool\n  row $1 -> t($5)", ["P0210"]),
    ("table t by a: money gives b: bool\n  row $1 -> band($5) is low", ["P0210"]),
    (
      "table t by a: money gives b: bool\n  row $1 -> z($5)\ntable z by a: money gives b: bool\n  row any -> on",
      ["P0210"]
    ),
    ("setting a : rate = price(\"small\").input", ["P0210"]), ("setting a : bool = price(\"small\") is set", ["P0210"]),
    // Promises.
    ("always balance >= $0 \"x\"\nalways spent >= $0 \"x\"", ["P0202"]), ("always request.cost > $0 \"x\"", ["P0224"]),
    ("always request.cost > $0 on request \"x\"", []), ("always request.cost > $0 on request, topup \"x\"", ["P0224"]),
    ("always key_limit is none on topup \"x\"", ["P0242"]), ("always balance \"x\"", ["P0206"]),
    ("always on on reqest \"x\"", ["P0216"]),
    // Rules.
    ("deny request rule r when request.cost > oops and nope with nobody", ["P0203", "P0203", "P0217"]),
    ("deny request rule r when oops is set and oops > $1 with over", ["P0203", "P0203"]),
    ("deny request, request rule r when on_now with over", ["P0202"]),
    ("deny request rule r when on_now with over\ndeny request rule r when on_now with over", ["P0202"]),
    ("deny topup rule r when key_limit is set with over", ["P0242"]),
    ("deny request rule r when key_limit is set with over", []),
    ("gate balance rule r when key_limit is none else over", []),
    ("gate balance rule r when request.cost < $5 else over", []),
    ("gate balance rule r when topup.amount < $5 else over", ["P0224"]),
    ("gate balance rule r when balance.drawn < $5 else over", ["P0225"]),
    ("gate balance rule r when drawn_much else over\nlet drawn_much = balance.drawn > $5", ["P0225"]),
    ("deny request rule r when fell with over\nlet fell = previous balance > balance", ["P0225"]),
    ("on request rule r when short set on_now = off\nlet short = request.shortfall > $1", ["P0225"]),
    ("before denial broke rule r when request.shortfall > $1 credit request.shortfall to balance", []),
    ("before denial broke rule r when request.paid > $1 notify x", ["P0225"]),
    ("on request rule r when request.shortfall > $1 notify x", ["P0225"]),
    ("on request rule r when tip_of_topup notify x\nlet tip_of_topup = topup.amount > $5", ["P0224"]),
    // Caps.
    ("cap balance rule r at roof - spent else over", []), ("cap balance rule r at roof else over", []),
    ("cap total rule r at key_limit - key_spent else over", []),
    ("cap total rule r at min(roof, wall) else over", ["P0208"]),
    ("cap total rule r at max($0, roof - spent) else over", []), ("cap total rule r at $9 - roof else over", ["P0208"]),
    ("cap total rule r at if roof > $5 then roof else $5 else over", ["P0208"]),
    ("cap total rule r at if on_now then roof - spent else $5 else over", []),
    ("cap total rule r at used else over", ["P0206"]), ("cap total rule r at none else over", []),
    ("cap total rule r at oops when on_now else nobody", ["P0203", "P0217"]),
    ("cap total rule r at roof - wall - spent else over", ["P0208"]),
    ("cap total rule r at round up (roof * share) else over", []),
    // Effects.
    ("on topup rule r credit topup.amount - $1 to balance", ["P0233"]),
    ("on topup rule r credit max($0, topup.amount - $1) to balance", []),
    ("on topup rule r credit $1 to quota", ["P0223"]), ("on topup rule r credit $1 to wallet.balance as promo", []),
    ("on topup rule r credit $1 to nowhere.balance", ["P0218"]),
    ("on topup rule r credit $1 to oops.wallet.balance", ["P0218"]), ("on topup rule r credit $1", ["P0223"]),
    ("on topup rule r pay $1 pay $2", ["P0228"]), ("after topup rule r pay $1", ["P0223"]),
    ("on topup rule r set on_now = off", []), ("on topup rule r set roof = none", []),
    ("on topup rule r set ceiling = none", ["P0206"]), ("on topup rule r set ceiling = roof", ["P0208"]),
    ("on topup rule r set plan = pro", []), ("on topup rule r set plan = gold", ["P0238"]),
    ("on topup rule r set ceiling = 9 * ceiling", ["P0211"]),
    ("on topup rule r set key_limit = $5", ["P0242"]), ("on request rule r set key_limit = $5", []),
    ("on topup rule r set fee = $5\nsetting fee : money = $1 global", ["P0223"]),
    ("on topup rule r set balance = $5", ["P0203"]), ("on topup rule r set share = 9/1", ["P0211"]),
    ("on topup rule r set next_plan = plan", []),
    ("bucket plain draw 20 else broke\non topup rule r credit $1 to plain as promo", ["P0223"]),
    ("bucket plain draw 20 else broke\non topup rule r credit $1 to plain", []),
    ("on topup rule r notfy x", ["P0222"]), ("on topup rule r charge_fee x", ["P0220"]),
  ]

  @Test("each has its mistakes", arguments: rows.indices)
  func hasMistakes(_ row: Int) {
    let (text, codes) = Self.rows[row]
    let rules = Fixture.with(text)
    #expect(rules.codes.sorted() == codes.sorted(), "\(text)\n\(rules.rendered)")
  }

  @Test("derived fields stand in the order in which they are computed")
  func derivedFieldsAreOrdered() {
    let rules = Fixture.with(
      "derive request.a = request.b + l\nderive request.b = request.c\nderive request.c = request.cost\nlet l = request.c + $1"
    )
    #expect(rules.diagnostics.isEmpty, "\(rules.rendered)")
    let event = rules.program.events.first { $0.name == "request" }
    #expect(event?.fields.suffix(3).map(\.name) == ["c", "b", "a"])
    #expect(event?.derivationOrder == event.map { Array($0.givenCount..<$0.fields.count) })
  }

  @Test("of other families' names the only one is seen, two are ambiguous, its own comes first")
  func namesAreFound() {
    func codes(_ text: String) -> [String] {
      CheckedRules([
        ("a.rules", "policy a \"A.\"\nsetting x : money = $1\nsetting y : money = $1\n"),
        ("b.rules", "policy b \"B.\"\nsetting x : money = $2\n"), ("c.rules", "policy c \"C.\"\n\(text)\n"),
      ]).codes
    }
    #expect(codes("let l = y + $1") == [])
    #expect(codes("let l = x + $1") == ["P0204"])
    #expect(codes("let l = a.x + b.x") == [])
    #expect(codes("setting x : money = $3\nlet l = x + $1") == [])
    #expect(codes("let l = b.y") == ["P0203"])
    #expect(codes("let x = a.x\nlet l = x") == [])
  }

  @Test("a limit that is none lifts its own branch only")
  func capsAreLiftedWhereTheyAreRead() throws {
    let rules = Fixture.with("cap total rule r at if on_now then roof - spent else $5 else over")
    guard case .cap(_, let limit, _)? = rules.program.rules.first(where: { $0.name == "wallet.r" })?.kind,
      case .choose(_, let then, let otherwise) = limit.kind
    else {
      Issue.record("\(rules.rendered)")
      return
    }
    #expect(limit.type.isOptional && then.type.isOptional && !otherwise.type.isOptional)
  }

  @Test("a file that begins without its policy line keeps what stands in it")
  func policyLineMayBeLate() {
    #expect(CheckedRules("setting a : money = $1\nlet b = a + $1\n").codes == ["P0201"])
    #expect(CheckedRules("setting a : money = $1\npolicy p \"P.\"\nlet b = p.a + $1\n").codes == ["P0201"])
    #expect(CheckedRules("policy p \"P.\"\nlet b = $1\npolicy q \"Q.\"\n").codes == ["P0201"])
  }
}

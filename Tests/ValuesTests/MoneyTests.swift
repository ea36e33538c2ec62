import Testing
import Values

@Suite("money")
struct MoneyTests {
  @Test(
    "reads what people write",
    arguments: [
      ("$5", 5_000_000_000), ("$5.00", 5_000_000_000), ("$0.006", 6_000_000), ("-$3", -3_000_000_000), ("$0", 0),
      ("-$0.50", -500_000_000), ("-$0", 0), ("20 usd", 20_000_000_000), ("20 USD", 20_000_000_000),
      ("20usd", 20_000_000_000), ("150 units", 300_000), ("1 unit", 2_000), ("150u", 300_000), ("150 u", 300_000),
      ("-150 units", -300_000), ("500000 units", 1_000_000_000), ("  $5\t", 5_000_000_000), ("$0.000000001", 1),
      ("$19.9999", 19_999_900_000), ("$0005", 5_000_000_000), ("$1000000000", 1_000_000_000_000_000_000),
      ("-$1000000000.00", -1_000_000_000_000_000_000), ("500000000000000 units", 1_000_000_000_000_000_000),
      ("1.25 usd", 1_250_000_000),
    ])
  func reads(text: String, nano: Int64) throws {
    #expect(try Money(parsing: text).nano == nano)
  }

  @Test(
    "refuses the rest and says why",
    arguments: [
      ("", "`` is not an amount of money"), ("5", "`5` is not an amount of money"),
      ("$", "`$` is not an amount of money"),
      ("$.5", "`$.5` is not an amount of money"), ("$5.", "`$5.` is not an amount of money"),
      ("$-5", "`$-5` is not an amount of money"), ("- $5", "`- $5` is not an amount of money"),
      ("$1,000", "`$1,000` is not an amount of money"), ("$1e9", "`$1e9` is not an amount of money"),
      ("$5 usd", "`$5 usd` is not an amount of money"), ("20 eur", "`20 eur` is not an amount of money"),
      ("5 $", "`5 $` is not an amount of money"), ("$5 5", "`$5 5` is not an amount of money"),
      ("$٥", "`$٥` is not an amount of money"), ("+$5", "`+$5` is not an amount of money"),
      ("$0.0000000001", "`$0.0000000001` has more than 9 decimals"),
      ("$1.0000000000", "`$1.0000000000` has more than 9 decimals"),
      ("1.5 units", "`1.5 units` is not a whole number"),
      ("$1000000000.01", "`$1000000000.01` is out of range: an amount is at most $1000000000.00"),
      ("-$1000000000.01", "`-$1000000000.01` is out of range: an amount is at most $1000000000.00"),
      ("500000000000001u", "`500000000000001u` is out of range: an amount is at most $1000000000.00"),
      ("$99999999999999999999", "`$99999999999999999999` is out of range: an amount is at most $1000000000.00"),
      ("9223372036854775807 units", "`9223372036854775807 units` is out of range: an amount is at most $1000000000.00"),
    ])
  func refuses(text: String, message: String) {
    let error = #expect(throws: ValueError.self) { try Money(parsing: text) }
    #expect(error?.message == message)
  }

  @Test(
    "prints exactly, with at least two decimals",
    arguments: [
      (0, "$0.00"), (1, "$0.000000001"), (-1, "-$0.000000001"), (19_999_900_000, "$19.9999"),
      (20_000_000_000, "$20.00"), (-500_000_000, "-$0.50"), (100_000_000, "$0.10"), (10_000_000, "$0.01"),
      (6_000_000, "$0.006"), (1_234_567_000_000_000, "$1234567.00"), (120_000_000_000, "$120.00"),
      (Int64.max, "$9223372036.854775807"), (Int64.min, "-$9223372036.854775808"),
    ])
  func prints(nano: Int64, text: String) {
    #expect(Money(nano: nano).description == text)
  }

  @Test(
    "lines up at six decimals and never cuts",
    arguments: [
      (19_999_900_000, "$19.999900"), (0, "$0.000000"), (-2_000, "-$0.000002"), (1_500, "$0.000001500"),
      (20_000_000_001, "$20.000000001"),
    ])
  func micro(nano: Int64, text: String) {
    #expect(Money(nano: nano).microText == text)
  }

  @Test("knows its units")
  func units() {
    #expect(Money.dollars(1) == Money.units(500_000))
    #expect(Money.cents(100) == Money.dollars(1))
    #expect(Money.units(150).units == 150)
    #expect(Money(nano: 2_001).units == nil)
    #expect(Money.cents(-7).cents == -7)
    #expect(Money.units(1).cents == nil)
    #expect(Money(units: Int64.max) == nil)
    #expect(Money(cents: Int64.min) == nil)
    #expect(Money(dollars: 9_223_372_036)?.nano == 9_223_372_036_000_000_000)
    #expect(Money(dollars: 9_223_372_037) == nil)
    #expect(Money.largest.isInRange && Money(nano: -Money.largest.nano).isInRange)
    #expect(!Money(nano: Money.largest.nano + 1).isInRange)
    #expect(!Money(nano: Int64.min).isInRange)
  }

  @Test("adds exactly or not at all")
  func adds() {
    #expect(Money.dollars(2).adding(.cents(50)) == Money(nano: 2_500_000_000))
    #expect(Money.dollars(2).subtracting(.dollars(5)) == Money.dollars(-3))
    #expect(Money(nano: .max).adding(Money(nano: 1)) == nil)
    #expect(Money(nano: .min).subtracting(Money(nano: 1)) == nil)
    #expect(Money.largest.adding(.largest) != nil)
    #expect(Money.cents(1) > Money.zero)
  }

  @Test("reads back what it prints")
  func readsBack() throws {
    var (random, seed) = seededGenerator("money reads back")
    for _ in 0..<5_000 {
      let money = Money(nano: random.anyInt64() % (Money.largest.nano + 1))
      #expect(try Money(parsing: money.description) == money, "PAYG_SEED=\(seed)")
      #expect(try Money(parsing: money.microText) == money, "PAYG_SEED=\(seed)")
    }
  }
}

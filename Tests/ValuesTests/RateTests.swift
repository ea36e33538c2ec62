import Testing
import Values

@Suite("rate")
struct RateTests {
  @Test(
    "reads price lists",
    arguments: [
      ("$2.50 per 1M tokens", 2_500_000), ("$2.5 per 1M tokens", 2_500_000), ("$0 per 1M tokens", 0),
      ("$0.0375 per 1m tokens", 37_500), ("$0.000001 per 1M tokens", 1), ("$0.0025 per 1K tokens", 2_500_000),
      ("$0.0000025 per token", 2_500_000), ("$0.000000000001 per token", 1), ("  $2.50  per 1M  tokens ", 2_500_000),
      ("$10000 per 1M tokens", 10_000_000_000), ("-$0 per 1M tokens", 0),
    ])
  func reads(text: String, pico: Int64) throws {
    #expect(try Rate(parsing: text).pico == pico)
  }

  @Test(
    "refuses the rest and says why",
    arguments: [
      ("", "`` is not a rate"), ("$2.50", "`$2.50` is not a rate"),
      ("2.50 per 1M tokens", "`2.50 per 1M tokens` is not a rate"),
      ("$2.50 per 1M", "`$2.50 per 1M` is not a rate"), ("$2.50 per 2M tokens", "`$2.50 per 2M tokens` is not a rate"),
      ("$2.50 per 1G tokens", "`$2.50 per 1G tokens` is not a rate"),
      ("$2.50 per 1M tokens!", "`$2.50 per 1M tokens!` is not a rate"),
      ("$0.0000001 per 1M tokens", "`$0.0000001 per 1M tokens` has more than 6 decimals"),
      ("$0.0000000001 per 1K tokens", "`$0.0000000001 per 1K tokens` has more than 9 decimals"),
      (
        "-$1 per 1M tokens",
        "`-$1 per 1M tokens` is out of range: a rate is between $0.00 per 1M tokens and $10000.00 per 1M tokens"
      ),
      (
        "$10000.000001 per 1M tokens",
        "`$10000.000001 per 1M tokens` is out of range: a rate is between $0.00 per 1M tokens and $10000.00 per 1M tokens"
      ),
      (
        "$1 per token",
        "`$1 per token` is out of range: a rate is between $0.00 per 1M tokens and $10000.00 per 1M tokens"
      ),
    ])
  func refuses(text: String, message: String) {
    let error = #expect(throws: ValueError.self) { try Rate(parsing: text) }
    #expect(error?.message == message)
  }

  @Test(
    "prints exactly",
    arguments: [
      (2_500_000, "$2.50 per 1M tokens"), (0, "$0.00 per 1M tokens"), (1, "$0.000001 per 1M tokens"),
      (37_500, "$0.0375 per 1M tokens"), (10_000_000_000, "$10000.00 per 1M tokens"),
    ])
  func prints(pico: Int64, text: String) {
    #expect(Rate(pico: pico).description == text)
  }

  @Test("reads back what it prints")
  func readsBack() throws {
    var (random, seed) = seededGenerator("rate reads back")
    for _ in 0..<5_000 {
      let rate = Rate(pico: (random.anyInt64() & Int64.max) % (Rate.largest.pico + 1))
      #expect(try Rate(parsing: rate.description) == rate, "PAYG_SEED=\(seed)")
    }
  }
}

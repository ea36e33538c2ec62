import Testing
import Values

@Suite("ratio")
struct RatioTests {
  @Test(
    "reads fractions and percentages",
    arguments: [
      ("4/5", 4, 5), ("8/10", 4, 5), ("20%", 1, 5), ("12.5%", 1, 8), ("100%", 1, 1), ("0%", 0, 1), ("0/7", 0, 1),
      ("-20%", -1, 5), ("3/1", 3, 1), ("150%", 3, 2), ("0.0000001%", 1, 1_000_000_000), ("20 %", 1, 5), ("4 / 5", 4, 5),
      ("2147483647/2147483646", 2_147_483_647, 2_147_483_646), ("-2147483648/1", Int32.min, 1),
      ("4294967296/8589934592", 1, 2),
    ] as [(String, Int32, Int32)])
  func reads(text: String, numerator: Int32, denominator: Int32) throws {
    let ratio = try Ratio(parsing: text)
    #expect(ratio.numerator == numerator)
    #expect(ratio.denominator == denominator)
  }

  @Test(
    "refuses the rest and says why",
    arguments: [
      ("", "`` is not a ratio"), ("4", "`4` is not a ratio"), ("4/", "`4/` is not a ratio"),
      ("/5", "`/5` is not a ratio"),
      ("4/0", "`4/0` is not a ratio"), ("4/-5", "`4/-5` is not a ratio"), ("0.8", "`0.8` is not a ratio"),
      ("4.5/5", "`4.5/5` is not a ratio"), ("%", "`%` is not a ratio"), ("20%%", "`20%%` is not a ratio"),
      ("0.00000001%", "`0.00000001%` has more than 7 decimals"),
      ("2147483648/1", "`2147483648/1` is out of range: both parts of a ratio are at most 2147483647"),
      ("1/2147483648", "`1/2147483648` is out of range: both parts of a ratio are at most 2147483647"),
      (
        "1/99999999999999999999",
        "`1/99999999999999999999` is out of range: both parts of a ratio are at most 2147483647"
      ),
    ])
  func refuses(text: String, message: String) {
    let error = #expect(throws: ValueError.self) { try Ratio(parsing: text) }
    #expect(error?.message == message)
  }

  @Test(
    "prints as a fraction and as a percentage",
    arguments: [
      (1, 5, "1/5", "20%"), (4, 5, "4/5", "80%"), (1, 8, "1/8", "12.5%"), (1, 3, "1/3", "1/3"), (2, 1, "2/1", "200%"),
      (-1, 2, "-1/2", "-50%"), (0, 9, "0/1", "0%"), (1, 1_000_000_000, "1/1000000000", "0.0000001%"),
      (1, 1 << 30, "1/1073741824", "1/1073741824"),
    ] as [(Int32, Int32, String, String)])
  func prints(numerator: Int32, denominator: Int32, fraction: String, percent: String) {
    let ratio = Ratio(numerator: numerator, denominator: denominator)
    #expect(ratio.description == fraction)
    #expect(ratio.percentText == percent)
  }

  @Test(
    "orders by value",
    arguments: [
      ("1/3", "1/2"), ("-1/2", "-1/3"), ("2/3", "3/4"), ("-1/2147483647", "0/1"),
      ("2147483646/2147483647", "2147483647/2147483646"), ("-2147483648/1", "2147483647/1"),
    ])
  func orders(smaller: String, larger: String) throws {
    let (low, high) = (try Ratio(parsing: smaller), try Ratio(parsing: larger))
    #expect(low < high)
    #expect(!(high < low) && !(low < low))
  }

  @Test("makes no ratio of what has none")
  func makesNone() {
    #expect(Ratio(1, over: 0) == nil)
    #expect(Ratio(1, over: -2) == nil)
    #expect(Ratio(Int64.min, over: Int64.max) == nil)
    #expect(Ratio(Int64.min, over: 1 << 62) == Ratio(numerator: -2, denominator: 1))
    #expect(Ratio(0, over: Int64.max) == Ratio.zero)
  }

  @Test("packs, reads back what it prints, stays in lowest terms")
  func readsBack() throws {
    var (random, seed) = seededGenerator("ratio reads back")
    for _ in 0..<5_000 {
      let top = Int32(truncatingIfNeeded: random.anyInt64())
      let bottom = max(1, Int32(truncatingIfNeeded: random.anyInt64()) & Int32.max)
      let ratio = Ratio(numerator: top, denominator: bottom)
      #expect(Int64(ratio.numerator) * Int64(bottom) == Int64(top) * Int64(ratio.denominator), "PAYG_SEED=\(seed)")
      #expect(Ratio(Int64(top) * 6, over: Int64(bottom) * 6) == ratio, "PAYG_SEED=\(seed)")
      #expect(Ratio(packed: ratio.packed) == ratio, "PAYG_SEED=\(seed)")
      #expect(try Ratio(parsing: ratio.description) == ratio, "PAYG_SEED=\(seed)")
      #expect(try Ratio(parsing: ratio.percentText) == ratio, "PAYG_SEED=\(seed)")
    }
  }
}

import Diagnostics
import Language
import Testing

/// Files made to exhaust the checker: each gets an answer, and soon.
@Suite("Hostile programs")
struct HostileProgramTests {
  static func codes(_ declarations: String) -> Set<String> {
    Set(
      CheckedRules("policy p \"P.\"\n" + declarations + "\n").diagnostics.filter { $0.severity == .error }.map(\.code))
  }

  @Test("a chain of thousands of lets, in either direction")
  func longChains() {
    let forward = (1..<4000).map { "let a\($0) = a\($0 - 1) + 1" }.joined(separator: "\n")
    #expect(Self.codes("let a0 = 1\n\(forward)") == [])
    let backward = (0..<4000).map { "let a\($0) = a\($0 + 1) or on" }.joined(separator: "\n")
    #expect(Self.codes("\(backward)\nlet a4000 = on") == [])
    let circle = (0..<4000).map { "let a\($0) = a\(($0 + 1) % 4000) + 1" }.joined(separator: "\n")
    #expect(!Self.codes(circle).isEmpty)
    let exact = (1..<3000).map { "let a\($0) = a\($0 - 1) + $1" }.joined(separator: "\n")
    #expect(
      Self.codes("setting t : tokens = 1 tokens\nsetting r : rate = $1 per 1M tokens\nlet a0 = t * r\n\(exact)") == [
        "P0241"
      ])
  }

  @Test("lets that double")
  func doubling() {
    func tower(_ first: String, _ next: (Int) -> String) -> String {
      "let a0 = \(first)\n" + (1..<60).map { "let a\($0) = \(next($0 - 1))" }.joined(separator: "\n")
    }
    let setting = "setting x : money or none = none\nsetting b : bool = on\n"
    #expect(Self.codes(setting + tower("x is set", { "a\($0) and a\($0)" }) + "\nlet y = a59 and x > $1") == [])
    #expect(Self.codes(setting + tower("b", { "a\($0) or not a\($0)" })) == [])
    #expect(Self.codes(setting + tower("b", { "a\($0) = a\($0)" }) + "\nalways previous a59 \"x\"") == ["P0241"])
    let nested = (0..<14).reduce("n") { inner, _ in "(if \(inner) in 1..2 then 1 else 2)" }
    #expect(Self.codes("setting n : integer = 1\nlet a = \(nested)") == ["P0241"])
  }

  @Test("wide and deep expressions")
  func wideAndDeep() {
    let many = (0..<5000).map { "\($0)" }.joined(separator: ", ")
    #expect(Self.codes("let a = max(\(many))") == [])
    #expect(
      Self.codes("setting n : integer = 1\nlet a = max(\((0..<9000).map { _ in "n" }.joined(separator: ", ")))") == [
        "P0241"
      ])
    let sum = (0..<Limits.standard.expressionHeight).map { _ in "n" }.joined(separator: " + ")
    #expect(Self.codes("setting n : integer = 1\nlet a = \(sum)") == [])
    #expect(Self.codes("setting n : integer = 1\nlet a = \(sum) + n") == ["P0118"])
    let tests = (0..<Limits.standard.expressionHeight).map { _ in "b" }.joined(separator: " and ")
    #expect(Self.codes("setting b : bool = on\nalways \(tests) \"x\"") == [])
  }

  @Test("thousands of mistakes, names and clashes")
  func thousands() {
    #expect(Self.codes((0..<5000).map { "let a\($0) = oops\($0)" }.joined(separator: "\n")) == ["P0203"])
    #expect(Self.codes((0..<5000).map { "denial d\($0) 402 rank 1 \"x\"" }.joined(separator: "\n")) == ["P0227"])
    #expect(Self.codes((0..<5000).map { "bucket b\($0) draw 1" }.joined(separator: "\n")) == ["P0227"])
    #expect(
      Self.codes((0..<5000).map { "setting s\($0) : money = $1 must s\($0) > $0 else \"x\"" }.joined(separator: "\n"))
        == [])
    #expect(
      Self.codes(
        (0..<3000).map { "derive e.f\($0) = e.f\($0 + 1)" }.joined(separator: "\n") + "\nevent e \"x\"\n  f3000: money")
        == [])
    #expect(
      Self.codes(
        (0..<3000).map { "meter m\($0) = sum of l\($0) on e ever\nlet l\($0) = m\($0 + 1)" }.joined(separator: "\n")
          + "\nevent e \"x\"\n  f: money\nmeter m3000 = sum of e.f on e ever") == ["P0243"])
  }

  @Test("products at the edge of 128 bits")
  func hugeProducts() {
    let text = """
      event e "x"
        t: tokens in 0 tokens..1000G tokens
        r: rate in $0 per 1M tokens..$10000 per 1M tokens
      let a = round up (9000000 * e.t * (900000000 * e.r) + 9000000 * e.t * (900000000 * e.r) + 9000000 * e.t * (900000000 * e.r))
      """
    #expect(Self.codes(text) == ["P0212"])
  }
}

import Diagnostics
import Formats
import Values

/// What a comparison came to, for people and for programs.
public struct ComparisonReport: Sendable {
  public var result: BacktestResult
  /// How many accounts, rules and days lists show.
  public var most = 5
  /// Whether the text shows the first event of each change with why on both sides, and what to type next at a command line.
  public var showsFirst = true
  /// How the accounts begin, for a page: lines of scenarios, or a sentence.
  public var openings: [String] = []

  public init(_ result: BacktestResult) { self.result = result }

  static func count(_ number: Int) -> String { Count.text(number) }

  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String { Count.text(number, one, many) }

  static func money(_ nano: Int64) -> String { "\(Money(nano: nano))" }

  /// `+$1.00`, `-$1.00`, `$0.00`
  static func change(_ nano: Int64) -> String { nano > 0 ? "+\(Money(nano: nano))" : "\(Money(nano: nano))" }

  /// Without digits that a machine made: `0.19%`.
  static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "0%" }
    let hundredths = Int(clamping: (Int128(part) * 20_000 / Int128(whole) + 1) / 2)
    if hundredths == 0, part > 0 { return "under 0.01%" }
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
  }

  /// What people call the way from A to B in one of the lists of accounts.
  struct Ranking {
    var title: String
    var entries: [(account: String, text: String)]
  }

  /// The accounts that lose and win most by a comparison.
  static func rankings(_ pair: PairResult, most: Int) -> [Ranking] {
    func ranking(_ title: String, by value: (AccountDifference) -> Int64, _ text: (Int64) -> String) -> Ranking {
      let found = pair.accounts.filter { value($0) > 0 }
        .sorted { value($0) == value($1) ? $0.account < $1.account : value($0) > value($1) }.prefix(most)
      return Ranking(title: title, entries: found.map { ($0.account, text(value($0))) })
    }
    // With a plan to pay for, what usage alone costs is not what a customer compares.
    let hasFees = pair.accounts.contains { $0.a.fees != 0 || $0.b.fees != 0 }
    let cost: (AccountDifference) -> Int64 = { hasFees ? $0.pays : $0.charged }
    let what = hasFees ? "pays" : "charged"
    return [
      ranking("most newly denied", by: { Int64($0.newlyDenied) }, { count(Int($0)) }),
      ranking("most newly allowed", by: { Int64($0.newlyAllowed) }, { count(Int($0)) }),
      ranking("\(what) more", by: cost, { change($0) }),
      ranking("\(what) less", by: { 0 &- cost($0) }, { change(0 &- $0) }),
      ranking("cards pay more", by: { $0.paidIn }, { change($0) }),
      ranking("cards pay less", by: { 0 &- $0.paidIn }, { change(0 &- $0) }),
    ].filter { !$0.entries.isEmpty }
  }
}

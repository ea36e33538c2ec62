import Diagnostics
import Values

/// What each account that a comparison touches would have paid under A and under B.
public struct AccountsReport: Sendable {
  public var result: BacktestResult

  public init(_ result: BacktestResult) { self.result = result }

  /// The columns of ``csv``. Amounts are nano-dollars; `pays` is `charged` and `fees`, `difference` is B's less A's.
  public static let columns = [
    "candidate", "account", "newly_denied", "newly_allowed", "quota_a_nano", "quota_b_nano", "charged_a_nano",
    "charged_b_nano", "fees_a_nano", "fees_b_nano", "pays_a_nano", "pays_b_nano", "difference_nano",
  ]

  /// Those that pay more first; of equals the first by name.
  public static func sorted(_ accounts: [AccountDifference]) -> [AccountDifference] {
    accounts.sorted { ($1.pays, $0.account) < ($0.pays, $1.account) }
  }

  // MARK: - For people

  /// A table for each candidate but the first.
  public func text() -> String {
    var text = result.isPartial ? "PARTIAL: stopped before the end of the traffic\n" : ""
    text +=
      "\(result.traffic): \(ComparisonReport.count(result.events, "event")), "
      + "\(ComparisonReport.count(result.accounts, "account"))\n"
    for pair in result.comparisons {
      text += "\n\(pair.a) → \(pair.b)    accounts touched \(ComparisonReport.count(pair.accountsTouched))\n"
      text += table(pair)
    }
    for note in result.notes { text += "note: \(note)\n" }
    return text
  }

  private func table(_ pair: PairResult) -> String {
    guard !pair.accounts.isEmpty else { return "  every account pays the same\n" }
    func moved(_ path: KeyPath<MoneyMoved, Int64>) -> Bool {
      pair.accounts.contains { $0.a[keyPath: path] != 0 || $0.b[keyPath: path] != 0 }
    }
    var parts: [(name: String, path: KeyPath<MoneyMoved, Int64>)] = []
    if moved(\.quota) { parts.append(("quota", \.quota)) }
    // Without a plan it is what they pay.
    if moved(\.fees) { parts += [("charged", \.charged), ("fees", \.fees)] }
    parts.append(("pays", \.pays))
    let hasDenials = pair.accounts.contains { $0.newlyDenied != 0 || $0.newlyAllowed != 0 }

    var rows = [["account"] + (hasDenials ? ["newly denied", "newly allowed"] : [])]
    rows[0] += parts.flatMap { ["\($0.name) A", "\($0.name) B"] } + ["B − A"]
    var (a, b, denied, allowed) = (MoneyMoved(), MoneyMoved(), 0, 0)
    var isWhole = true
    for account in AccountsReport.sorted(pair.accounts) {
      rows.append(
        row(account.account, account.newlyDenied, account.newlyAllowed, account.a, account.b, parts, hasDenials))
      denied += account.newlyDenied
      allowed += account.newlyAllowed
      do throws(BacktestFault) {
        try a.add(account.a)
        try b.add(account.b)
      } catch { isWhole = false }
    }
    if isWhole, pair.accounts.count > 1 { rows.append(row("all of these", denied, allowed, a, b, parts, hasDenials)) }

    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + space : space + row[column]
      }
      return "  " + cells.joined(separator: "   ") + "\n"
    }.joined()
  }

  private func row(
    _ name: String, _ denied: Int, _ allowed: Int, _ a: MoneyMoved, _ b: MoneyMoved,
    _ parts: [(name: String, path: KeyPath<MoneyMoved, Int64>)], _ hasDenials: Bool
  ) -> [String] {
    [ShownText.cut(ShownText.text(name), to: 40)]
      + (hasDenials ? [ComparisonReport.count(denied), ComparisonReport.count(allowed)] : [])
      + parts.flatMap { [ComparisonReport.money(a[keyPath: $0.path]), ComparisonReport.money(b[keyPath: $0.path])] }
      + [ComparisonReport.change(b.pays &- a.pays)]
  }

  // MARK: - For programs

  /// All accounts touched by each candidate, as RFC 4180 has them, with a header.
  public var csv: String {
    var text = AccountsReport.columns.joined(separator: ",") + "\r\n"
    for pair in result.comparisons {
      for account in AccountsReport.sorted(pair.accounts) {
        let (a, b) = (account.a, account.b)
        let numbers = [
          Int64(account.newlyDenied), Int64(account.newlyAllowed), a.quota, b.quota, a.charged, b.charged, a.fees,
          b.fees,
          a.pays, b.pays, account.pays,
        ]
        let names = [ComparisonReport.quoted(pair.b), ComparisonReport.quoted(account.account)]
        text += (names + numbers.map { "\($0)" }).joined(separator: ",") + "\r\n"
      }
    }
    return text
  }
}

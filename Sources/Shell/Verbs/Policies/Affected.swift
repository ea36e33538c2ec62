import Backtest
import Diagnostics

extension Verb {
  static let affected = Verb(
    "affected", .policy, "[N]",
    summary: "what the accounts that the last comparison touches would have paid, those that lose most first",
    details: """
      What an account pays is what usage took out of its balance, and what a supposed plan costs it; what it drew from a quota stands
      beside it. Accounts for which more is denied come first, then those that pay more.
      """,
    examples: ["affected"], isQuery: false, isCommand: false
  ) { request, session in
    let pair = try session.lastComparison(request)
    let most = request.arguments.text(.count).flatMap { Int($0) } ?? 20
    let hasQuota = pair.accounts.contains { $0.a.quota != 0 || $0.b.quota != 0 }
    var parts: [(name: String, amount: (MoneyMoved) -> Int64)] = []
    if hasQuota { parts.append(("quota", \.quota)) }
    parts.append(("pays", \.pays))
    var table = Table(
      [.init("account", isForeign: true), .init("newly_denied", .integer), .init("newly_allowed", .integer)]
        + parts.flatMap { [.init("\($0.name)_a", .money), .init("\($0.name)_b", .money)] } + [
          .init("difference", .money)
        ])
    let accounts = pair.accounts.sorted {
      ($1.newlyDenied, $1.pays, $0.account) < ($0.newlyDenied, $0.pays, $1.account)
    }
    for account in accounts.prefix(max(0, most)) {
      table.rows.append(
        [.text(account.account), .integer(Int64(account.newlyDenied)), .integer(Int64(account.newlyAllowed))]
          + parts.flatMap { [.integer($0.amount(account.a)), .integer($0.amount(account.b))] } + [
            .integer(account.pays)
          ])
      table.subjects.append(account.account)
    }
    if accounts.count > table.rows.count { table.more = accounts.count - table.rows.count }
    var answer = Answer("payg.affected/1")
    answer.show(table)
    return answer
  }
}

import Foundation
import Testing

@testable import Shell

/// What is seen from a branch: SQL, the history, statements.
@Suite("Views of a branch")
struct BranchViewTests {
  private func cells(_ typed: Typed, _ line: String) throws -> [[Table.Cell]] {
    let (table, _) = try typed.session.rows(of: line, most: 10_000)
    return table.rows
  }

  @Test("SQL shows what was stated, accounts that were made, and the branch's rules")
  func stated() throws {
    let typed = try Typed()
    typed.type("branch trial")
    typed.type("apply ada given balance is $3")
    let balance = try cells(typed, "select balance_nano from accounts where account = 'ada'")
    #expect(balance == [[.integer(3_000_000_000)]])
    typed.type("account nova with k9")
    #expect(try cells(typed, "select key from keys where account = 'nova'") == [[.text("k9")]])
    #expect(try cells(typed, "select count(*) from accounts where account = 'nova'") == [[.integer(1)]])
    typed.type("apply reform without topup.threshold_reached")
    #expect(typed.status == .answered)
    #expect(try cells(typed, "select count(*) from rules where rule = 'topup.threshold_reached'") == [[.integer(0)]])
    typed.type("switch main")
    #expect(try cells(typed, "select count(*) from rules where rule = 'topup.threshold_reached'") == [[.integer(1)]])
    #expect(try cells(typed, "select count(*) from accounts where account = 'nova'") == [[.integer(0)]])
  }

  @Test("sums of statement lines are the balances, and a statement adds up, whatever was done")
  func sums() throws {
    let typed = try Typed()
    typed.type("branch trial")
    for change in [
      "ember request costing $3, key prod", "ember 3 x request costing $7, key staging", "ember topup $20",
      "ember given balance is $20", "ember request costing $2, key prod", "ember clock forward 2 days",
      "ember topup $5",
    ] {
      let text = typed.type("apply \(change)")
      #expect(typed.status == .answered, "\(change)\n\(text)")
    }
    let books = try cells(
      typed, "select bucket, amount_nano from balances where account = 'ember' and amount_nano <> 0 order by bucket")
    let lines = try cells(
      typed,
      """
      select b.bucket, sum(l.amount_nano) from balances b join statement_lines l on l.account = b.account
        and l.bucket = b.bucket where b.account = 'ember' and b.amount_nano <> 0 group by 1 order by 1
      """)
    #expect(!books.isEmpty && books == lines)
    let statement = typed.type("statement ember for all")
    #expect(typed.status == .answered, "\(statement)")
    #expect(statement.contains("stated"), "\(statement)")
  }

  @Test("an event is told by the rules that decided it, whatever came after")
  func rulesOfThen() throws {
    let typed = try Typed()
    typed.type("branch trial")
    typed.type("apply ada request costing $1, key laptop")
    let before = try cells(typed, "select rule from rules_fired where on_branch = 1")
    typed.type("apply reform without topup.threshold_reached")
    #expect(!before.isEmpty)
    #expect(try cells(typed, "select rule from rules_fired where on_branch = 1") == before)
    for line in ["rules", "events ada last 2", "select * from events limit 5;", "decisions ada last 2"] {
      let text = typed.type(line)
      #expect(typed.status == .answered, "\(line)\n\(text)")
    }
  }

  @Test("a history that is carried out again is on the branch like everything else")
  func replayed() throws {
    let typed = try Typed()
    typed.type("as of 2026-10-15")
    typed.type("branch again")
    let told = typed.type("apply delta replay")
    #expect(typed.status == .answered, "\(told)")
    for line in ["spend delta", "statement delta for all", "events delta last 3", "history delta of balance", "why ~1"]
    {
      let text = typed.type(line)
      #expect(typed.status == .answered, "\(line)\n\(text)")
    }
    let count = try cells(typed, "select count(*) from events where on_branch = 1 and account = 'delta'")
    guard case .integer(let number)? = count.first?.first else { return #expect(Bool(false)) }
    #expect(number > 3)
  }

  @Test("accounts that were made later are left out, and `.all` makes no change twice")
  func laterAndAll() throws {
    let typed = try Typed()
    let all = typed.type("accounts --quiet")
    #expect(typed.status == .answered, "\(all)")
    for line in ["accounts as of 2026-10-02", "charges as of 2026-10-02", "spend as of 2026-10-02"] {
      let text = typed.type(line)
      #expect(typed.status == .answered, "\(line)\n\(text)")
    }
    typed.type("branch trial")
    typed.type("apply ada grant $5")
    typed.type(".all")
    #expect(try typed.session.branch("trial").steps.count == 1)
  }

  @Test("the policy that is in force again keeps the branch's global settings; drop goes back to where one was")
  func currentAndBack() throws {
    let typed = try Typed()
    typed.type("branch trial")
    typed.type("apply set topup.minimum to $10")
    typed.type("apply reform limits.spending_limit default $25")
    typed.type("apply policy current")
    #expect(typed.type("settings all").contains("$10"))
    let cell = try cells(typed, "select value from settings where account is null and setting = 'topup.minimum'")
    #expect(cell.first?.first.map { "\($0)".contains("10") } ?? false, "\(cell)")
    typed.type("switch main")
    typed.type("as of 2026-10-15")
    typed.type("switch trial")
    typed.type("drop trial")
    #expect(typed.session.prompt == "payg @2026-10-15> ")
  }

  @Test("what happens on the way is told in the order it happens")
  func inOrder() {
    let entries: [Passage.Entry] = [
      (30, ["c"]), (10, ["a", "  a"]), (Int64.max, ["turns"]), (20, ["b"]), (10, ["a2"]),
    ]
    #expect(Passage.inOrder(entries) == ["a", "  a", "a2", "b", "c", "turns"])
  }

  @Test("the last days end just after now")
  func now() throws {
    let period = try Period("last 2 days", now: 1_000_000_000_000)
    #expect(period.window.contains(1_000_000_000_000) && period.dayCount == 2)
    #expect(try Period("-1d", now: 1_000_000_000_000).window.end == 1_000_000_000_001)
  }
}

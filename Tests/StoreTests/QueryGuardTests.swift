import Foundation
import GRDBSQLite
import StoreStage
import Testing

@testable import Store

/// Statements that are no questions, and questions that are too large.
@Suite("SQL: the guard")
struct QueryGuardTests {
  static let attacks = [
    // Writing.
    "insert into event (seq) values (1)", "update account set name = 'x'", "delete from event", "drop table event",
    "drop view accounts", "create table t (a)", "create temp table t (a)", "create view v as select 1",
    "create trigger t after insert on event begin select 1; end", "create index i on event (id)",
    "alter table event add x",
    "replace into store values (1)", "reindex", "analyze", "vacuum", "vacuum into 'other.db'",
    "with x as (select 1) delete from event", "with x as (select 1) insert into accounts select * from x",
    "with x as (select 1) update event set id = 'x'", "insert into accounts values (1) returning *",
    // Transactions and other files.
    "begin", "begin immediate", "commit", "rollback", "savepoint a", "release a", "attach 'other.db' as o",
    "attach ':memory:' as o", "detach main", "pragma journal_mode = delete", "pragma query_only = off",
    "pragma writable_schema = on", "select * from pragma_table_info('event')", "select * from pragma_database_list",
    "pragma user_version", "select * from pragma_function_list",
    // Tables below the views.
    "select * from event", "select * from main.event", "select id from decision", "select facts from main.decision",
    "select * from sqlite_master", "select * from sqlite_schema", "select name from sqlite_temp_schema",
    "select * from temp.sqlite_master", "select * from sqlite_dbpage", "select * from dbstat",
    "select * from policy_file",
    "select count(*) from sqlite_master", "select rowid from main.event", "select * from main.outbox",
    "with accounts as (select * from main.account) select * from accounts",
    "with events as (select facts from main.decision) select * from events",
    "select (select text from main.policy_file limit 1) from accounts",
    "select * from accounts where exists (select 1 from main.store where id like 'a%')",
    "select * from accounts a join main.account m on m.name = a.account",
    "with recursive events(x) as (select id from main.store union all select x from events limit 1) select * from events",
    // Functions.
    "select load_extension('x')", "select readfile('/etc/passwd')", "select writefile('x', 'y')", "select edit('x')",
    "select fts3_tokenizer('simple')", "select zeroblob(1000000000)", "select randomblob(1000000000)",
    "select sqlite_version()", "select sqlite_compileoption_get(1)", "select last_insert_rowid()", "select changes()",
    "select utc(1)", "select state('accounts', 'acme')", "select fired(x'', 1, '')",
    // More or less than one statement, and none.
    "select 1; select 2", "select 1; drop table event", "select 1;; delete from event", "explain select 1",
    "explain query plan select * from accounts", "", "  ", "-- nothing", ";", "/* */", "select 1; /* */ select 2",
    "select ?", "select :a", "select $a", "values (?1)",
  ]

  @Test("each attack is refused, and nothing of the store's files changes")
  func attacksAreRefused() throws {
    let stage = try QueryStage(seed: 3, deeds: 30)
    defer { stage.remove() }
    try stage.rows("select 1")
    let before = try stage.bytes()
    for sql in Self.attacks {
      let fault = stage.fault(sql)
      #expect(fault != nil, "`\(sql)` was answered")
      #expect(fault?.kind == .refused || fault?.kind == .statement, "`\(sql)`: \(fault.map { "\($0)" } ?? "")")
      let secret = fault.map { "\($0.message) \($0.help ?? "")" } ?? ""
      #expect(secret.allSatisfy { $0 != "\0" } && secret.utf8.count < 400, "`\(sql)`: \(secret)")
    }
    #expect(try stage.bytes() == before)
    #expect(try stage.store.audit().isClean)
    #expect(try stage.rows("select 1") == [[.integer(1)]], "it goes on answering")
  }

  @Test("no message tells the names of what views are made of")
  func secretsAreKept() throws {
    let stage = try QueryStage(seed: 3, deeds: 30)
    defer { stage.remove() }
    try stage.rows("select * from events limit 1")
    let plan = try stage.query.plan("select * from balances").joined(separator: " ")
    for sql in Self.attacks + [
      "select nothing from events", "select e.nothing from events e", "select * from events(1)",
    ] {
      guard let fault = stage.fault(sql) else { continue }
      for word in plan.split(separator: " ") where word.contains("_") && word.utf8.count > 20 {
        #expect(!fault.message.contains(word), "`\(sql)`: \(fault.message)")
      }
    }
  }

  static let questions = [
    "select 1", "values (1), (2)", "with a(x) as (select 1) select x from a", "  select 1 ; ",
    "select 1; -- that is all",
    "select count(*) from events", "select count(*) from accounts", "select count(*) from rules",
    "select e.key, e.value from json_each('[1,2]') e", "select * from events e, json_each(e.fields) limit 3",
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) select sum(i) from n",
    "select row_number() over (order by seq) from events limit 2",
    "select upper(account) || ' ' || usd(balance_nano) from accounts",
    "select account, group_concat(kind, ', ') from decisions group by account having count(*) > 1 order by 2",
    "select * from accounts a left join topups t on t.account = a.account",
    "select strftime('%Y', at) from events limit 1",
    "select * from (select * from events order by seq desc limit 3) order by seq",
    "select account from accounts union select account from events except select 'x' order by 1",
    "select nano('$1.50')", "select json_extract(fields, '$.cost') from requests where fields ->> 'cost' is not null",
    "select max(at) from events where at < datetime('now', '+1000 years')",
    "with events as (select 1 as x) select x from events",
  ]

  @Test("questions are answered")
  func questionsAreAnswered() throws {
    let stage = try QueryStage(seed: 3, deeds: 60)
    defer { stage.remove() }
    for sql in Self.questions {
      #expect(stage.fault(sql) == nil, "`\(sql)`: \(stage.fault(sql).map { "\($0)" } ?? "")")
    }
  }

  // MARK: - Limits

  @Test("statements that are too large, too deep or too wide are refused, and none is waited for")
  func limits() throws {
    let stage = try QueryStage(seed: 3, deeds: 30)
    defer { stage.remove() }
    func list(_ part: String, _ count: Int, _ separator: String = ", ") -> String {
      Array(repeating: part, count: count).joined(separator: separator)
    }
    let huge = [
      "select '" + String(repeating: "x", count: 200_000) + "'", "select " + list("1", 500),
      "select " + String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000),
      "select 1" + list(" + 1", 5_000, ""), list("select 1", 300, " union all "),
      "select * from accounts where " + list("account = 'x'", 3_000, " or "),
      "select '" + String(repeating: "%a", count: 300) + "' like '" + String(repeating: "%a", count: 300) + "'",
      "select printf('%.*c', 1000000000, 'x')", "select format('%1000000000d', 1)",
      "select replace(printf('%.*c', 100000, 'x'), 'x', printf('%.*c', 1000, 'y'))",
      "select max(" + list("1", 150) + ")", "select * from " + list("accounts", 80),
      String(repeating: "select (", count: 2_000), "select \u{0}", "select 1\u{0}; drop table event", "\u{FEFF}",
      "\u{1}\u{2}\u{3}",
      String(repeating: "\u{1F469}", count: 3_000), "select 'unfinished", "select \"unfinished", "select [unfinished",
      "select /*",
      "select x'0", "select 99999999999999999999999999999999 + 'a' ->", "select 1e999999999",
      "with " + (0..<400).map { "a\($0) as (select 1)" }.joined(separator: ", ")
        + " select * from a0, a1, a2, a3 where a0.x",
    ]
    let before = try stage.bytes()
    for sql in huge {
      let fault = stage.fault(sql)
      if sql == "select 1e999999999" { continue }
      #expect(fault != nil, "`\(sql.prefix(60))` was answered")
      #expect((fault?.message.utf8.count ?? 0) < 2_000)
      if let offset = fault?.offset { #expect(offset >= 0 && offset <= sql.utf8.count) }
    }
    // Swift's own joins of many: an answer of no end is cut.
    var seen = 0
    let outcome = try stage.query.run(
      "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n", most: 1_000, seconds: 5,
      isInterrupted: { false }
    ) { _ in seen += 1 }
    #expect(outcome.isCut && outcome.rows == 1_000 && seen == 1_000)
    let whole = try stage.query.run("values (1), (2)", most: 2, seconds: 5, isInterrupted: { false }) { _ in }
    #expect(!whole.isCut && whole.rows == 2)
    #expect(try stage.bytes() == before)
  }

  static let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"

  @Test("who interrupts is listened to, and time is kept")
  func interrupting() throws {
    let stage = try QueryStage(seed: 3, deeds: 30)
    defer { stage.remove() }
    var asked = 0
    #expect {
      _ = try stage.query.run(
        Self.endless, most: 1, seconds: 60,
        isInterrupted: {
          asked += 1
          return asked > 3
        }
      ) { _ in }
    } throws: { ($0 as? QueryFault)?.kind == .interrupted }
    #expect(asked == 4)
    #expect(stage.fault(Self.endless, seconds: 0)?.kind == .timeout)
    #expect(stage.fault(Self.endless, seconds: 1)?.kind == .timeout)
    #expect(try stage.rows("select 1") == [[.integer(1)]], "the next one is answered")
  }

  @Test("what the caller throws ends the statement and comes back")
  func callerStops() throws {
    struct Enough: Error {}
    let stage = try QueryStage(seed: 3, deeds: 30)
    defer { stage.remove() }
    var seen = 0
    #expect {
      _ = try stage.query.run("select * from events", most: 99, seconds: 5, isInterrupted: { false }) { _ in
        seen += 1
        throw Enough()
      }
    } throws: { ($0 as? QueryFault)?.kind == .stopped && ($0 as? QueryFault)?.cause is Enough }
    #expect(seen == 1)
  }

  @Test("nothing is opened before the first statement, and making one costs nothing")
  func lazily() throws {
    let stage = try QueryStage(seed: 3, deeds: 10)
    defer { stage.remove() }
    func open() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == stage.store.path
      }
    }
    guard FileManager.default.fileExists(atPath: "/proc/self/fd") else { return }
    let before = try open()
    let another = try StoreQuery(stage.store, world: stage.world)
    #expect(try open() == before)
    _ = try another.run("select 1", most: 1, seconds: 1, isInterrupted: { false }) { _ in }
    #expect(try open() == before + 1)
  }

  // MARK: - Messages

  @Test("a wrong statement says where, and what was probably meant")
  func messages() throws {
    let stage = try QueryStage(seed: 3, deeds: 10)
    defer { stage.remove() }
    for (sql, message, offset, help) in [
      ("select blance from accounts", "there is no column `blance`", 7, "did you mean `balance_nano`?"),
      ("select balance_usd from accounts", "there is no column `balance_usd`", 7, "did you mean `usd(balance_nano)`?"),
      ("select a.acount from accounts a", "there is no column `a.acount`", 7, "did you mean `account`?"),
      ("select * from acounts", "there is no view `acounts`", 14, "did you mean `accounts`?"),
      ("select *\nform accounts", "near `form`: syntax error", 9, ".help sql"),
      ("select usdd(1)", "there is no function `usdd`", 7, "did you mean `usd`?"),
      ("select * from main.event", "`event` is not one of the views", nil, "did you mean `events`?"),
      ("select \"acme\" from accounts", "there is no column `acme`", 7, nil),
      ("select 1; select 2", "one statement at a time is answered", 9, nil),
      (
        "delete from events", "only SELECT, WITH and VALUES are answered here: a store is changed by commands", nil, nil
      ),
    ] as [(String, String, Int?, String?)] {
      let fault = stage.fault(sql)
      #expect(fault?.message == message, "`\(sql)`")
      if let offset { #expect(fault?.offset == offset, "`\(sql)`") }
      if let help { #expect(fault?.help == help, "`\(sql)`") }
    }
    #expect(stage.fault("select usd(1.5)")?.message == "`usd` takes a whole number of nano-dollars")
    #expect(stage.fault("select nano('much')")?.message == "`much` is no money")
    #expect(stage.fault("select fact(1, 2)")?.kind == .statement)
  }
}

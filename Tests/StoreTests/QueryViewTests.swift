import Engine
import Foundation
import Language
import Ledger
import StoreStage
import Testing
import Values

@testable import Store

/// What views show, held against the accounts and the history themselves.
@Suite("SQL: the views")
struct QueryViewTests {
  /// Views about what accounts have, with an order that leaves no two rows alike.
  static let accountViews = [
    "accounts": "account", "balances": "account, bucket", "quotas": "account, bucket", "limits": "account, key, meter",
    "settings": "account, key, setting", "keys": "account, number", "holds": "account, number",
    "topups": "account, number", "refunds": "account, number", "lots": "account, bucket, number",
  ]

  @Test("every view has the columns that are told of it, of the types that are told")
  func documentation() throws {
    let stage = try QueryStage(seed: 7)
    defer { stage.remove() }
    stage.world.given["compare_rows"] = [
      [.text("acme"), .integer(4), .text("request"), .text("r"), .null, .text("allow→deny")]
        + Array(repeating: QueryValue.null, count: 10)
    ]
    #expect(StoreQuery.views.map(\.name) == StoreQuery.views.map(\.name).sorted())
    for view in StoreQuery.views {
      var columns: [String] = []
      var rows: [[QueryValue]] = []
      _ = try stage.query.run(
        "select * from \(view.name)", most: 100_000, seconds: 30, isInterrupted: { false }, columns: { columns = $0 }
      ) { rows.append($0) }
      #expect(columns == view.columns.map(\.name), "\(view.name)")
      #expect(!view.summary.isEmpty && !rows.isEmpty || view.name == "models", "\(view.name) is empty")
      for (place, column) in view.columns.enumerated() {
        #expect(!column.summary.isEmpty)
        #expect((column.type == .money) == column.name.hasSuffix("_nano"), "\(view.name).\(column.name)")
        for row in rows {
          let isRight =
            switch (column.type, row[place]) {
            case (_, .null), (.any, _): true
            case (.integer, .integer), (.money, .integer): true
            case (.flag, .integer(let flag)): flag == 0 || flag == 1
            case (.time, .text(let text)): text.wholeMatch(of: #/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?/#) != nil
            case (.json, .text(let text)): text.hasPrefix("{")
            case (.text, .text): true
            default: false
            }
          #expect(isRight, "\(view.name).\(column.name) is \(row[place])")
        }
        // Where the documentation lists a word, it is written as it is.
        let words = Set(rows.compactMap { row in if case .text(let text) = row[place] { text } else { nil } })
        if ["verdict", "state", "step", "window"].contains(column.name) {
          #expect(words.isSubset(of: Set(column.examples)), "\(view.name).\(column.name): \(words)")
        }
      }
    }
  }

  @Test("balances, quotas and lots are those of the accounts", arguments: [1, 2, 3] as [UInt64])
  func balances(_ seed: UInt64) throws {
    let stage = try QueryStage(seed: seed)
    defer { stage.remove() }
    let moments = try stage.store.read { reader in
      [.now] + (try reader.events(account: "acme", limit: 60)).map { StoreReader.Moment.after($0.seq) }
    }
    var open = 0
    for moment in [moments[0], moments[5], moments[25]] {
      stage.world.moment = moment
      for name in AuditedStore.accounts {
        let past = try stage.store.read { try $0.account(name, at: moment) }
        let facts = past.engine.reader(past.state, at: past.at)
        open += past.state.openHolds.count
        var expected: [String] = []
        for (index, bucket) in past.engine.program.buckets.enumerated() where bucket.resets == nil {
          let values = [Fact.posted(index), .held(index), .available(index)].map { "\(facts.value(of: $0))" }
          expected.append("\(bucket.name)|" + values.joined(separator: "|"))
          #expect(facts.value(of: .posted(index)) == past.state.book(index))
        }
        let found = try stage.texts(
          "select bucket, amount_nano, held_nano, available_nano from balances where account = '\(name)'")
        #expect(found == expected, "\(name) at \(moment), seed \(seed)")
        let quota = try stage.rows(
          "select left_nano, available_nano, allowance_nano - used_nano from quotas where account = '\(name)'")
        for (index, bucket) in past.engine.program.buckets.enumerated() where bucket.resets != nil {
          let left = facts.value(of: .posted(index))
          #expect(quota == [[.integer(left), .integer(facts.value(of: .available(index))), .integer(left)]])
        }
        let lots = try stage.rows("select sum(remaining_nano) from lots where account = '\(name)'")
        let book = past.state.book(1)
        #expect((lots[0][0].integer ?? 0) == max(0, book) || book < 0)
        let total = try stage.rows("select balance_nano, held_nano, open_holds from accounts where account = '\(name)'")
        let held = past.engine.program.buckets.indices.reduce(Int64(0)) { $0 + facts.value(of: .held($1)) }
        #expect(total[0][0].integer == past.state.book(1) && total[0][1].integer == held, "\(name) at \(moment)")
      }
    }
    #expect(open > 0)
  }

  @Test("what the rows of the file say is what the accounts say", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func rowsAreStates(_ seed: UInt64) throws {
    let stage = try QueryStage(seed: seed)
    defer { stage.remove() }
    let last = try stage.store.read { $0.memory.lastEvent }
    var rows = 0
    for (view, order) in Self.accountViews {
      let sql = "select * from \(view) order by \(order)"
      stage.world.moment = .now
      let now = try stage.texts(sql)
      // By way of the accounts, and by way of their events.
      stage.world.moment = .after(last)
      let after = try stage.texts(sql)
      #expect(now == after, "\(view), seed \(seed)")
      rows += now.count
      stage.world.overlay = [QueryOverlayEvent(account: nil, kind: "@clock", id: "c", at: 0, verdict: nil)]
      #expect(try stage.texts(sql) == now, "\(view) beside a branch, seed \(seed)")
      stage.world.overlay = []
    }
    #expect(rows > 60)
  }

  @Test("histories are those of the reader, and stop at the moment", arguments: [1, 2, 3] as [UInt64])
  func histories(_ seed: UInt64) throws {
    let stage = try QueryStage(seed: seed)
    defer { stage.remove() }
    let all = try stage.store.read { try $0.events(oldestFirst: true, limit: 10_000) }
    let middle = all[all.count / 2]
    let time = middle.countedAt ?? middle.at
    for (moment, isIn) in [
      (.now, { _ in true }), (.before(middle.seq), { $0.seq < middle.seq }),
      (.after(middle.seq), { $0.seq <= middle.seq }),
      (.time(time), { ($0.countedAt ?? $0.at) <= time }),
    ] as [(StoreReader.Moment, (StoredEvent) -> Bool)] {
      stage.world.moment = moment
      let events = all.filter(isIn)
      #expect(
        try stage.rows("select seq from events order by seq").map { $0[0].integer } == events.map(\.seq), "\(moment)")
      let decided = events.filter { $0.verdict != nil }
      let found = try stage.texts(
        "select seq, account, kind, id, verdict, code, rule, amount_nano, policy from decisions order by seq")
      let expected = decided.map { event in
        let said = "\(event.verdict ?? "")|\(event.code ?? "NULL")|\(event.decider ?? "NULL")"
        let named = "\(event.seq)|\(event.account ?? "")|\(event.kind)|\(event.id)"
        return "\(named)|\(said)|\(event.amount)|\(event.policyHash ?? "")"
      }
      #expect(found == expected, "\(moment)")
      #expect(
        try stage.texts("select at from decisions order by seq") == decided.map { QueryTime.text($0.countedAt ?? 0) })
      let kinds: Set<String> = ["request", "begin", "settle"]
      #expect(
        try stage.rows("select seq from requests order by seq").map { $0[0].integer }
          == decided.filter { kinds.contains($0.kind) }.map(\.seq))
      var fired: [String] = []
      try stage.store.read { reader in
        for event in decided {
          guard let (decision, engine) = try reader.decision(of: event.seq) else { continue }
          fired += decision.firedRules.enumerated().map { "\(event.seq)|\($0 + 1)|\(engine.program.rules[$1].name)" }
        }
      }
      #expect(try stage.texts("select seq, n, rule from rules_fired order by seq, n") == fired)
      var postings: [StoredPosting] = []
      try stage.store.read { reader in
        for event in all { postings += try reader.postings(of: event.seq) }
      }
      if case .time = moment {
        postings = postings.filter { $0.at <= time }
      } else {
        let numbers = Set(events.map(\.seq))
        postings = postings.filter { numbers.contains($0.event) }
      }
      #expect(
        try stage.texts("select seq, n, step, source, destination, amount_nano from postings order by seq, n")
          == postings.map { "\($0.event)|\($0.n)|\($0.step)|\($0.source)|\($0.destination)|\($0.amount)" }, "\(moment)")
    }
  }

  @Test("the lines of a bucket come to its book, at every moment")
  func statementLines() throws {
    let stage = try QueryStage(seed: 5)
    defer { stage.remove() }
    let seqs = try stage.store.read { try $0.events(account: "acme", limit: 1_000) }.map(\.seq)
    for seq in [seqs[0], seqs[seqs.count / 3], seqs[seqs.count - 5]] {
      stage.world.moment = .after(seq)
      let sums = try stage.texts(
        "select bucket, sum(amount_nano) from statement_lines where account = 'acme' group by bucket order by bucket")
      let past = try stage.store.read { try $0.account("acme", at: .after(seq)) }
      let books = past.engine.program.buckets.enumerated().map { ("\($1.name)", past.state.book($0)) }
      for (name, book) in books where book != 0 { #expect(sums.contains("\(name)|\(book)"), "\(seq): \(sums)") }
    }
  }

  // MARK: - What the caller knows

  @Test("events of a branch come after those of the file, and its accounts are as they are there")
  func overlay() throws {
    let stage = try QueryStage(seed: 2, deeds: 60)
    defer { stage.remove() }
    let (last, before) = (
      try stage.store.read { $0.memory.lastEvent }, try stage.rows("select count(*) from events")[0][0].integer ?? 0
    )
    let dollar = CollectingPolicy.dollar
    let at = try stage.store.read { $0.now } + 1_000_000
    let posting = StoredPosting(
      event: 0, n: 0, step: "decision", at: at, source: "money.balance", destination: "usage", amount: dollar)
    stage.world.overlay = [
      QueryOverlayEvent(
        account: "acme", kind: "request", id: "what-if", at: at, verdict: "allowed", amount: dollar, covered: dollar,
        fields: #"{"model":"a","cost":1000000000}"#, firedRules: ["money.charge"], postings: [posting]),
      QueryOverlayEvent(
        account: "newcomer", kind: "request", id: "what-if-2", at: at, verdict: "denied", code: "insufficient",
        rule: "money.balance"),
    ]
    var past = try stage.store.read { try $0.account("acme", at: .now) }
    let amount = past.state.book(1)
    past.at = at
    try past.engine.adjust(bucket: 1, to: amount + 7, in: &past.state, at: at)
    stage.world.standing["acme"] = past
    #expect(
      try stage.texts(
        "select seq, account, id, verdict, on_branch from events where on_branch order by seq desc limit 3")
        == ["\(last + 2)|newcomer|what-if-2|denied|1", "\(last + 1)|acme|what-if|allowed|1"])
    #expect(try stage.rows("select count(*) from events")[0][0].integer == before + 2)
    #expect(
      try stage.texts("select id, cost_nano, model from requests where on_branch and account = 'acme'")
        == ["what-if|1000000000|a"])
    #expect(
      try stage.texts("select id, code, rule from decisions where seq > \(last) order by seq")
        == ["what-if|NULL|NULL", "what-if-2|insufficient|money.balance"])
    #expect(try stage.texts("select id, rule from rules_fired where on_branch") == ["what-if|money.charge"])
    #expect(
      try stage.texts("select seq, source, amount_nano from postings where on_branch")
        == ["\(last + 1)|money.balance|1000000000"])
    #expect(
      try stage.texts("select bucket, amount_nano from statement_lines where on_branch")
        == ["money.balance|-1000000000"])
    #expect(try stage.rows("select amount_nano from balances where account = 'acme'") == [[.integer(amount + 7)]])
    #expect(try stage.rows("select count(*) from accounts where account = 'newcomer'")[0][0].integer == 0)
    stage.world.overlay = []
    stage.world.standing = [:]
    #expect(try stage.rows("select count(*) from events")[0][0].integer == before, "and it is gone again")
    #expect(try stage.rows("select amount_nano from balances where account = 'acme'") == [[.integer(amount)]])
  }

  @Test("an account the branch changed and does not give is asked for fact by fact")
  func askedFacts() throws {
    let stage = try QueryStage(seed: 2, deeds: 60)
    defer { stage.remove() }
    stage.world.overlay = [QueryOverlayEvent(account: "acme", kind: "request", id: "x", at: 0, verdict: "allowed")]
    _ = try stage.rows("select * from balances where account = 'blue'")
    #expect(stage.world.asked == 0)
    _ = try stage.rows("select * from balances where account = 'acme'")
    #expect(stage.world.asked > 0)
  }

  @Test("facts of the policy, row by row and at the moment")
  func facts() throws {
    let stage = try QueryStage(seed: 2, deeds: 60)
    defer { stage.remove() }
    let rows = try stage.rows(
      "select b.available_nano, fact(account, 'money.balance.available'), fact(account, 'key_spent', 'k1') from balances b"
    )
    #expect(rows.count == 2 && rows.allSatisfy { $0[0] == $0[1] && $0[2].integer != nil })
    #expect(
      try stage.rows("select fact('acme', 'nothing'), fact(null, 'x'), usd(null), usd(1500000000), usd(-1)")
        == [[.null, .null, .null, .text("$1.50"), .text("-$0.000000001")]])
    #expect(stage.fault("select fact('nobody', 'money.balance')")?.kind == .failed)
  }

  @Test("rows that the caller gives take the place of the store's own")
  func givenRows() throws {
    let stage = try QueryStage(seed: 2, deeds: 30)
    defer { stage.remove() }
    #expect(try stage.rows("select count(*) from compare_rows")[0][0] == .integer(0))
    stage.world.given["keys"] = [[.text("acme"), .text("other"), .integer(9)]]
    #expect(try stage.texts("select * from keys") == ["acme|other|9"])
    stage.world.given["keys"] = nil
    #expect(try stage.rows("select count(*) from keys")[0][0] != .integer(1))
    stage.world.given["keys"] = [[.text("acme")]]
    #expect(stage.fault("select * from keys")?.kind == .failed)
  }

  @Test("rules, price lists and policies")
  func policyViews() throws {
    let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "payg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try AccountStore.create(
      at: folder.appending(path: "s.payg").path, policy: StagePolicy.files, testClock: 0, compile: StagePolicy.compile)
    let stage = try QueryStage(store)
    let first = try store.read { try $0.policyHash }
    try store.write { writer in
      try writer.moveClock(to: 1_000_000)
      try writer.usePolicy(StagePolicy.dearer)
    }
    let second = try store.read { try $0.policyHash }
    #expect(
      try stage.texts("select policy, from_at, until_at, is_active from policies order by seq")
        == ["\(first)|1970-01-01 00:00:00|1970-01-01 00:00:01|0", "\(second)|1970-01-01 00:00:01|NULL|1"])
    #expect(try stage.texts("select column, number from models where model = 'large' and column = 'output'").count == 1)
    let rules = try stage.rows(
      "select count(*), count(distinct family), min(line) from rules where file like '%.rules'")
    #expect((rules[0][0].integer ?? 0) > 50 && (rules[0][1].integer ?? 0) > 5 && (rules[0][2].integer ?? 0) > 0)
    #expect(try stage.rows("select count(*) from limits where rule is not null") == [[.integer(0)]], "no accounts")
    try store.write { try $0.addAccount("acme") }
    let limits = try stage.rows("select count(*) from limits where rule is not null")
    #expect((limits[0][0].integer ?? 0) > 0)
    stage.world.moment = .time(500_000)
    #expect(try stage.texts("select policy, is_active from policies") == ["\(first)|1"])
  }

  // MARK: - Speed

  @Test("what can be found by index is")
  func plans() throws {
    let stage = try QueryStage(seed: 2, deeds: 60)
    defer { stage.remove() }
    func scans(_ sql: String) throws -> [String] {
      // Tables of ours; lists of JSON and of values are short.
      try stage.query.plan(sql).filter {
        $0.contains("SCAN") || $0.contains("MATERIALIZE") || $0.contains("TEMP B-TREE")
      }
      .filter { line in
        // What comes out of two selects one after another is no table.
        !["VIRTUAL TABLE", "CONSTANT ROW", "SCAN n", "MATERIALIZE n", "SCAN temp."].contains { line.contains($0) }
      }
    }
    for sql in [
      "select * from events where account = 'acme'", "select * from events where id = 'e7'",
      "select * from events where account = 'acme' order by seq desc limit 20", "select * from events where seq = 7",
      "select * from decisions where account = 'acme' order by seq desc limit 20",
      "select * from decisions where id = 'e7'",
      "select * from requests where account = 'acme' order by seq desc limit 5",
      "select * from requests where id = 'e7'", "select * from postings where account = 'acme'",
      "select * from postings where seq = 9", "select * from postings where id = 'e7'",
      "select * from rules_fired where account = 'acme'", "select * from rules_fired where id = 'e7'",
      "select * from statement_lines where account = 'acme'", "select * from accounts where account = 'acme'",
      "select * from balances where account = 'acme'", "select * from holds where account = 'acme' and id = 'e7'",
      "select * from topups where account = 'acme'", "select * from refunds where account = 'acme'",
      "select * from keys where account = 'acme'", "select * from quotas where account = 'acme'",
      "select * from limits where account = 'acme'", "select * from lots where account = 'acme'",
      "select * from settings where account = 'acme'",
    ] {
      for moment in [StoreReader.Moment.now, .before(30), .time(CollectingPolicy.start)] {
        stage.world.moment = moment
        let plan = try stage.query.plan(sql)
        #expect(try scans(sql).isEmpty, "\(sql) at \(moment): \(plan)")
      }
    }
    stage.world.moment = .now
    // A table is gone through from its end, and no further than asked.
    for sql in [
      "select * from events order by seq desc limit 20", "select * from decisions order by seq desc limit 20",
    ] {
      let plan = try stage.query.plan(sql)
      #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.contains("MATERIALIZE") }, "\(plan)")
    }
    stage.world.overlay = [QueryOverlayEvent(account: "acme", kind: "request", id: "x", at: 0, verdict: "allowed")]
    for sql in [
      "select * from events where account = 'acme' order by seq desc limit 20", "select * from events where id = 'e7'",
      "select * from postings where account = 'acme'",
      "select * from decisions where account = 'acme' order by seq desc limit 20",
      "select * from rules_fired where account = 'acme'",
      "select * from statement_lines where account = 'acme' and bucket = 'money.balance'",
    ] {
      // Tables of the branch are as long as the branch.
      let plan = try stage.query.plan(sql)
      #expect(plan.contains { $0.hasPrefix("SEARCH e USING INDEX event_by_") }, "\(sql): \(plan)")
      #expect(!plan.contains { $0.contains("SCAN e") || $0.contains("SCAN p ") }, "\(sql): \(plan)")
      #expect(
        !plan.contains { $0.contains("MATERIALIZE") || $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(sql): \(plan)")
    }
    let plan = try stage.query.plan("select * from events order by seq desc limit 20")
    #expect(plan.contains("SCAN e") && !plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
  }
}

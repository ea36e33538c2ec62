import Engine
import Language
import Ledger

/// What views are made of, for one scope: text of SQL over the tables of the file, over accounts asked one by one, or over rows
/// that are given.
struct QuerySchema {
  let scope: QueryScope
  /// At the end of names of ours.
  let secret: String

  private func own(_ name: String) -> String { name + secret }
  private func utc(_ expression: String) -> String { "\(own("utc"))(\(expression))" }

  /// Tables that rows are given in.
  func rowTable(_ view: String) -> String { own("\(view)_rows") }
  var overlayEvents: String { own("overlay_event") }
  var overlayPostings: String { own("overlay_posting") }
  var overlayRules: String { own("overlay_rule") }
  var overlayAccounts: String { own("overlay_account") }

  /// The columns have the types of those of the file: only selects alike are gone through one after another without being
  /// put aside first, and the same holds for what `select` below makes of them.
  var overlayTables: String {
    """
    CREATE TEMP TABLE \(overlayEvents) (seq INTEGER PRIMARY KEY, account TEXT, kind TEXT, id TEXT, at INTEGER,
      counted INTEGER, verdict TEXT, code TEXT, rule TEXT, amount INTEGER, covered INTEGER, absorbed INTEGER, policy TEXT,
      fields TEXT);
    CREATE TEMP TABLE \(overlayPostings) (seq INTEGER, n INTEGER, step TEXT, at INTEGER, source TEXT, destination TEXT,
      amount INTEGER);
    CREATE INDEX temp.\(own("overlay_posting_by_seq")) ON \(overlayPostings) (seq);
    CREATE TEMP TABLE \(overlayRules) (seq INTEGER, n INTEGER, rule);
    CREATE TEMP TABLE \(overlayAccounts) (name TEXT)
    """
  }

  /// Views that have no table in the file.
  static let given: Set<String> = ["policies", "rules", "models", "compare_rows"]

  func isGiven(_ view: QueryView) -> Bool { QuerySchema.given.contains(view.name) || scope.given.contains(view.name) }

  /// The select of a view, its columns in the order of its documentation.
  func select(_ view: QueryView) -> String {
    if isGiven(view) {
      let columns = view.columns.indices.map { "c\($0)" }.joined(separator: ", ")
      return "SELECT \(columns) FROM temp.\(rowTable(view.name))"
    }
    return switch view.name {
    case "accounts": accounts
    case "balances": scope.isPlain ? balances : states(view)
    case "keys": scope.isPlain ? keys : states(view)
    case "holds": scope.isPlain ? holds : states(view)
    case "topups": scope.isPlain ? topups : states(view)
    case "refunds": scope.isPlain ? refunds : states(view)
    case "settings": settings(view)
    case "events": events
    case "requests": requests
    case "decisions": decisions
    case "rules_fired": rulesFired
    case "postings": postings
    case "statement_lines": statementLines
    case "outbox": outbox
    default: states(view)
    }
  }

  // MARK: - Accounts

  /// All accounts there are now, and those of the branch. What was not there then has no rows.
  private var everyAccount: String {
    if !scope.hasOverlay { return "main.account" }
    return """
      (SELECT name FROM main.account UNION ALL SELECT name FROM (
          SELECT name FROM temp.\(overlayAccounts) UNION SELECT account FROM temp.\(overlayEvents))
        WHERE name IS NOT NULL AND name NOT IN (SELECT name FROM main.account))
      """
  }

  /// Rows of accounts that are asked for one by one.
  private func states(_ view: QueryView) -> String {
    let columns = view.columns.indices.dropFirst().map { ", \(element($0, view.columns[$0]))" }.joined()
    return """
      SELECT a.name\(columns) FROM \(everyAccount) a CROSS JOIN json_each(\(own("state"))('\(view.name)', a.name)) j
      """
  }

  private func element(_ place: Int, _ column: QueryView.Column) -> String {
    let value = "json_extract(j.value, '$[\(place)]')"
    return column.type == .time ? utc(value) : value
  }

  private func settings(_ view: QueryView) -> String {
    let columns = view.columns.indices.dropFirst().map { ", \(element($0, view.columns[$0]))" }.joined()
    return states(view)
      + " UNION ALL SELECT CAST(NULL AS TEXT)\(columns) FROM json_each(\(own("state"))('settings', NULL)) j"
  }

  private var accounts: String {
    let made = """
      (SELECT e.at FROM main.event e WHERE e.account = (SELECT i.id FROM main.account i WHERE i.name = a.name)
        ORDER BY e.seq LIMIT 1)
      """
    guard scope.isPlain else {
      let rest = (2...7).map {
        ", \($0 == 2 ? utc("json_extract(j.value, '$[2]')") : "json_extract(j.value, '$[\($0)]')")"
      }
      return """
        SELECT a.name, \(utc(made))\(rest.joined())
        FROM \(everyAccount) a CROSS JOIN json_each(\(own("state"))('accounts', a.name)) j
        """
    }
    let kept = names(keptBuckets)
    return """
      SELECT a.name, \(utc("(SELECT e.at FROM main.event e WHERE e.account = a.id ORDER BY e.seq LIMIT 1)")),
        \(utc("nullif(a.clock, 0)")), (SELECT count(*) FROM main.key k WHERE k.account = a.id),
        (SELECT count(*) FROM main.card c WHERE c.account = a.id),
        (SELECT count(*) FROM main.hold h
          WHERE h.account = a.id AND h.state = 'open' AND h.expires_at > max(a.clock, \(scope.at))),
        (SELECT coalesce(sum(b.amount), 0) FROM main.book b WHERE b.account = a.id AND b.name IN (\(kept))),
        CASE WHEN \(hasExpired)
          THEN json_extract(\(own("state"))('accounts', a.name), '$[0][7]')
          ELSE (SELECT coalesce(sum(b.held), 0) FROM main.book b WHERE b.account = a.id) END
      FROM main.account a
      """
  }

  /// Whether holds of account `a` are over that nothing has released yet: its rows count them, and nobody else does.
  private var hasExpired: String {
    """
    EXISTS (SELECT 1 FROM main.hold h
      WHERE h.account = a.id AND h.state = 'open' AND h.expires_at <= max(a.clock, \(scope.at)))
    """
  }

  private var keptBuckets: [String] { scope.engine.program.buckets.filter { $0.resets == nil }.map(\.name) }

  private func names(_ list: [String]) -> String {
    list.map { "'\($0.replacing("'", with: "''"))'" }.joined(separator: ", ")
  }

  private var balances: String {
    let values = keptBuckets.map { "('\($0.replacing("'", with: "''"))')" }.joined(separator: ", ")
    if values.isEmpty { return "SELECT '', '', 0, 0, 0 WHERE 0" }
    let held = """
      CASE WHEN \(hasExpired) THEN (SELECT json_extract(j.value, '$[3]')
          FROM json_each(\(own("state"))('balances', a.name)) j WHERE json_extract(j.value, '$[1]') = n.column1)
        ELSE coalesce(b.held, 0) END
      """
    return """
      SELECT a.name, n.column1, coalesce(b.amount, 0), \(held), max(0, coalesce(b.amount, 0) - \(held))
      FROM main.account a CROSS JOIN (VALUES \(values)) n
        LEFT JOIN main.book b ON b.account = a.id AND b.name = n.column1
      """
  }

  private var keys: String {
    "SELECT a.name, k.name, k.n FROM main.account a JOIN main.key k ON k.account = a.id"
  }

  private var holds: String {
    """
    SELECT a.name, h.id, h.kind, (SELECT k.name FROM main.key k WHERE k.account = h.account AND k.n = h.key),
      \(utc("h.at")), \(utc("h.expires_at")),
      CASE WHEN h.state = 'open' AND h.expires_at <= max(a.clock, \(scope.at)) THEN 'expired' ELSE h.state END,
      h.covered, h.fields, h.n
    FROM main.account a JOIN main.hold h ON h.account = a.id
    """
  }

  private var topups: String {
    """
    SELECT a.name, p.id, p.key, p.amount, p.state, \(utc("p.at")), p.bucket, p.card, p.is_automatic, p.refunded,
      p.clawback IS NOT NULL, p.kind, p.origin, p.n
    FROM main.account a JOIN main.payment p ON p.account = a.id
    """
  }

  private var refunds: String {
    """
    SELECT a.name, r.key, p.id, p.key, r.amount, r.state, \(utc("r.at")), r.kind, r.origin, r.n
    FROM main.account a JOIN main.refund r ON r.account = a.id
      JOIN main.payment p ON p.account = r.account AND p.n = r.payment
    """
  }

  // MARK: - History

  /// What an entry counts as: `d` is its decision.
  private var counted: String { "\(own("counted"))(substr(d.facts, 1, 24), e.at)" }

  /// Only what is of the moment or before: `e` is the entry, `d` its decision.
  private var cut: String {
    switch scope.moment {
    case .now: "1"
    case .before(let seq): "e.seq < \(seq)"
    case .after(let seq): "e.seq <= \(seq)"
    case .time(let time): "\(counted) <= \(time)"
    }
  }

  /// The same of postings, which say themselves when they count: `p`.
  private var postingCut: String {
    if case .time(let time) = scope.moment { return "p.at <= \(time)" }
    return cut
  }

  /// The same of rows of the overlay.
  private func and(_ overlay: String) -> String { scope.hasOverlay ? " UNION ALL " + overlay : "" }

  private var events: String {
    """
    SELECT e.seq, a.name, e.kind, e.id, \(utc("e.at")), \(utc(counted)), \(utc("e.recorded_at")), d.verdict, d.code,
      d.decider, d.amount, d.covered, d.absorbed, p.hash, e.fields, 0
    FROM main.event e LEFT JOIN main.account a ON a.id = e.account LEFT JOIN main.decision d ON d.event = e.seq
      LEFT JOIN main.policy p ON p.id = d.policy
    WHERE \(cut)
    """
      + and(
        """
        SELECT o.seq, o.account, o.kind, o.id, \(utc("o.at")), \(utc("o.counted")), NULL, o.verdict, o.code, o.rule,
          o.amount, o.covered, o.absorbed, o.policy, o.fields, 1 FROM temp.\(overlayEvents) o
        """)
  }

  private let decided = """
    FROM main.event e JOIN main.decision d ON d.event = e.seq JOIN main.account a ON a.id = e.account
    """

  private var decisions: String {
    """
    SELECT e.seq, a.name, e.kind, e.id, \(utc(counted)), d.verdict, d.code, d.decider, d.amount, d.covered, d.absorbed,
      (SELECT p.hash FROM main.policy p WHERE p.id = d.policy), 0 \(decided) WHERE \(cut)
    """
      + and(
        """
        SELECT o.seq, o.account, o.kind, o.id, \(utc("o.counted")), o.verdict, o.code, o.rule, o.amount, o.covered,
          o.absorbed, o.policy, 1 FROM temp.\(overlayEvents) o WHERE o.verdict IS NOT NULL
        """)
  }

  private func fields(_ place: String) -> String {
    ["key", "model", "input", "output"].map { "json_extract(\(place).fields, '$.\($0)')" }.joined(separator: ", ")
      + ", \(place).fields"
  }

  private var requests: String {
    let kinds = names(scope.engine.program.drawingEvents)
    return """
      SELECT e.seq, a.name, e.kind, e.id, \(utc(counted)), d.verdict, d.code, d.decider, d.amount, d.covered,
        \(fields("e")), 0 \(decided) WHERE e.kind IN (\(kinds)) AND \(cut)
      """
        + and(
          """
          SELECT o.seq, o.account, o.kind, o.id, \(utc("o.counted")), o.verdict, o.code, o.rule, o.amount, o.covered,
            \(fields("o")), 1 FROM temp.\(overlayEvents) o WHERE o.verdict IS NOT NULL AND o.kind IN (\(kinds))
          """)
  }

  private var rulesFired: String {
    """
    SELECT e.seq, a.name, e.kind, e.id, \(utc(counted)), j.key + 1, j.value, 0 \(decided)
      CROSS JOIN json_each(\(own("fired"))(d.facts, d.policy, e.kind)) j WHERE \(cut)
    """
      + and(
        """
        SELECT o.seq, o.account, o.kind, o.id, \(utc("o.counted")), r.n + 0, r.rule, 1
        FROM temp.\(overlayRules) r JOIN temp.\(overlayEvents) o ON o.seq = r.seq
        """)
  }

  private let posted = """
    FROM main.event e JOIN main.posting p ON p.event = e.seq JOIN main.account a ON a.id = e.account
    """
  private var overlaid: String { "FROM temp.\(overlayPostings) p JOIN temp.\(overlayEvents) o ON o.seq = p.seq" }

  private var postings: String {
    """
    SELECT e.seq, p.n, a.name, e.kind, e.id, \(utc("p.at")), p.step, p.source, p.destination, p.amount, 0
      \(posted) WHERE \(postingCut)
    """
      + and(
        """
        SELECT o.seq, p.n, o.account, o.kind, o.id, \(utc("p.at")), p.step, p.source, p.destination, p.amount, 1
          \(overlaid)
        """)
  }

  private var statementLines: String {
    let contras = names(Contra.allCases.map(\.name))
    func lines(_ book: String, _ other: String, _ sign: String) -> String {
      """
      SELECT a.name, p.\(book), \(utc("p.at")), 0 \(sign) p.amount, p.\(other), e.seq, p.n, e.kind, e.id,
        json_extract(e.fields, '$.model'), 0 \(posted) WHERE p.\(book) NOT IN (\(contras)) AND \(postingCut)
      """
        + and(
          """
          SELECT o.account, p.\(book), \(utc("p.at")), 0 \(sign) p.amount, p.\(other), o.seq, p.n, o.kind, o.id,
            json_extract(o.fields, '$.model'), 1 \(overlaid) WHERE p.\(book) NOT IN (\(contras))
          """)
    }
    return lines("destination", "source", "+") + " UNION ALL " + lines("source", "destination", "-")
  }

  private var outbox: String {
    let isPast = scope.moment != .now
    // How often it had been sent by then is not kept.
    func then(_ column: String) -> String {
      isPast ? "CASE WHEN o.answered_at <= \(scope.at) THEN \(column) END" : column
    }
    let isThere = isPast ? "LEFT JOIN main.decision d ON d.event = e.seq WHERE \(cut)" : ""
    return """
      SELECT a.name, o.kind, o.key, o.amount, o.card, o.payment, o.event, \(isPast ? "NULL" : "o.sent"),
        \(isPast ? "NULL" : utc("o.sent_at")), \(then("o.answer")), \(then("o.reason")), \(utc(then("o.answered_at"))),
        \(isPast ? "NULL" : "o.fault")
      FROM main.outbox o JOIN main.account a ON a.id = o.account JOIN main.event e ON e.seq = o.event \(isThere)
      """
  }
}

extension Program {
  /// The events whose rules draw on buckets.
  var drawingEvents: [String] {
    var found = Set<Int>()
    for rule in rules {
      guard case .on(let events) = rule.kind else { continue }
      let draws = rule.effects.flatMap(\.operations).contains {
        switch $0 {
        case .pay, .hold, .settle: true
        default: false
        }
      }
      if draws { found.formUnion(events) }
    }
    return found.sorted().map { events[$0].name }
  }
}

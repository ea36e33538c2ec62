import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

/// What an account's money did in a period, from the postings of its ledger: opening + lines = closing.
///
/// It is about the buckets that keep their money; what a quota paid is told beside it and adds nothing.
struct AccountStatement {
  struct Line {
    /// Microseconds since 1970.
    var at: Int64
    /// The book on the other side: `cards`, `usage`.
    var book: String
    var bucket: String
    var kind: String
    var id: String
    var number: Int64
    var model: String?
    /// Nano-dollars; what arrives is above zero.
    var amount: Int64
    var balance: Int64
  }

  private(set) var opening: Int64 = 0
  private(set) var closing: Int64 = 0
  private(set) var lines: [Line] = []
  /// What allowances paid in the period, and for how many events.
  private(set) var covered: (nano: Int64, events: Int, buckets: Set<String>) = (0, 0, [])
  /// All that ever moved up to the moment that is looked at: what the books have to have then.
  private(set) var sum: Int64 = 0
  private var lastCovered: Int64?
  private let window: Window
  private let keeping: Set<String>
  private let contras = Set(Contra.allCases.map(\.name))

  init(_ program: Program, in window: Window) {
    self.window = window
    keeping = Set(program.buckets.filter { $0.resets == nil }.map(\.name))
  }

  mutating func take(_ movement: Movement) {
    let posting = movement.posting
    let isIn = keeping.contains(posting.destination)
    let isOut = keeping.contains(posting.source)
    let usage = Contra.usage.name
    if !isIn, !isOut {
      guard window.contains(posting.at), !contras.contains(posting.source), posting.destination == usage else { return }
      covered.nano += posting.amount
      covered.buckets.insert(posting.source)
      if lastCovered != posting.event { covered.events += 1 }
      lastCovered = posting.event
      return
    }
    // From one such bucket to another nothing changes.
    if isIn, isOut { return }
    let amount = isIn ? posting.amount : -posting.amount
    sum += amount
    if posting.at >= window.end { return }
    closing += amount
    if posting.at < window.start {
      opening = closing
      return
    }
    lines.append(
      Line(
        at: posting.at, book: isIn ? posting.source : posting.destination,
        bucket: isIn ? posting.destination : posting.source,
        kind: movement.kind, id: movement.id, number: posting.event,
        model: nil, amount: amount, balance: closing))
  }

  /// The sums of the books on the other side, by name.
  var sums: [String: Int64] { lines.reduce(into: [:]) { $0[$1.book, default: 0] += $1.amount } }

  mutating func name(model: String?, ofLine line: Int) { lines[line].model = model }
}

extension Verb {
  static let statement = Verb(
    "statement", .look, "[ACCOUNT] [for PERIOD]",
    summary: "opening, everything that moved, closing, and whether they agree",
    details: "Usage is one line; with --csv and the like every posting is one. By the time things were posted, UTC.",
    examples: ["statement juno for 2026-10", "statement ember for last month --csv > ember-oct.csv"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let standing = try session.account(of: request, world)
      var period = try session.period(of: request, world, usual: "this month")
      if request.arguments.text(.period) == nil, let last = try world.lastEvent(of: standing.name)?.counted,
        last < period.window.start
      {
        // A month in which nothing has moved yet is no answer.
        period = try Period(String(TimeText.day(last).prefix(7)), now: last)
      }
      var statement = AccountStatement(standing.engine.program, in: period.window)
      var models: [Int: String] = [:]
      try world.movements(standing.name) { movement in
        let before = statement.lines.count
        statement.take(movement)
        if statement.lines.count > before, movement.posting.destination == Contra.usage.name {
          models[before] = (try? JsonReader.read(Array(movement.fields.utf8)))?["model"]?.text
        }
      }
      for (line, model) in models { statement.name(model: model, ofLine: line) }
      let books = standing.engine.program.buckets.indices.filter { standing.engine.program.buckets[$0].resets == nil }
        .reduce(Int64(0)) { $0 + standing.state.book($1) }
      var answer = Answer("payg.statement/1", subject: standing.name)
      answer.account = standing.name
      session.show(statement, books: books, period, standing, &answer)
      session.teach(
        "select at, other, model, kind, id, amount_nano from statement_lines\(session.condition(standing.name)) order by seq, n;"
      )
      return answer
    }
  }
}

extension Session {
  fileprivate func show(
    _ statement: AccountStatement, books: Int64, _ period: Period, _ standing: World.Standing, _ answer: inout Answer
  ) {
    let moved = statement.lines.reduce(Int64(0)) { $0 + $1.amount }
    let adds = statement.opening + moved == statement.closing && statement.sum == books
    answer.say("\(ink.strong(ShownText.text(standing.name)))  \(period.resolved)")
    var rows: [(day: String, what: String, amount: String)] = [
      ("", "opening", Money(nano: statement.opening).description)
    ]
    let usage = Contra.usage.name
    let used = statement.lines.filter { $0.book == usage }
    let others = statement.lines.filter { $0.book != usage }
    var isUsageTold = used.isEmpty
    func tellUsage() {
      guard !isUsageTold, let first = used.first, let last = used.last else { return }
      isUsageTold = true
      let models = Set(used.compactMap(\.model)).count
      let count = Set(used.map(\.number)).count
      let days =
        TimeText.day(first.at) == TimeText.day(last.at) ? TimeText.day(first.at) : "to \(TimeText.day(last.at))"
      rows.append(
        (
          days, "usage, \(Count.text(count, "event"))" + (models > 0 ? ", \(Count.text(models, "model"))" : ""),
          Self.signed(used.reduce(0) { $0 + $1.amount })
        ))
    }
    for line in others {
      if let last = used.last, line.at > last.at { tellUsage() }
      rows.append((TimeText.day(line.at), told(line, standing), Self.signed(line.amount)))
    }
    tellUsage()
    rows.append(("", "closing", Money(nano: statement.closing).description))
    var table = Table([Table.Column("day"), Table.Column("what", isForeign: true), Table.Column("amount", .text)])
    table.rows = rows.map { [.text($0.day), .text($0.what), .text($0.amount)] }
    answer.say(lines(of: rows))
    if statement.covered.events > 0 {
      answer.say(
        ink.dim(
          "  beside it, \(statement.covered.buckets.sorted().joined(separator: ", ")) paid \(Money(nano: statement.covered.nano)) of \(Count.text(statement.covered.events, "event")): $0.00 here"
        ))
    }
    answer.say(
      adds
        ? "  check: opening + movements = closing " + ink.green(console.isUnicode ? "✓" : "ok")
        : "  " + ink.red("check failed")
          + ": the movements come to \(Money(nano: statement.sum)), the books have \(Money(nano: books)); payg audit")
    if !adds { answer.status = .negative }
    answer.rows = self.rows(statement)
    answer.members = members(statement, adds: adds, period)
    answer.value = Money(nano: statement.closing).plainText
  }

  /// Columns below each other, points of amounts too.
  private func lines(of rows: [(day: String, what: String, amount: String)]) -> [String] {
    let dayRoom = rows.map(\.day.count).max() ?? 0
    let whatRoom = rows.map { ShownText.columns($0.what) }.max() ?? 0
    func fraction(_ text: String) -> Int { text.firstIndex(of: ".").map { text[$0...].count } ?? 0 }
    let most = rows.map { fraction($0.amount) }.max() ?? 0
    let padded = rows.map { $0.amount + String(repeating: " ", count: most - fraction($0.amount)) }
    let room = padded.map(\.count).max() ?? 0
    return zip(rows, padded).enumerated().map { place, pair in
      let (row, amount) = pair
      let isEdge = place == 0 || place == rows.count - 1
      let day = row.day + String(repeating: " ", count: dayRoom - row.day.count)
      let what = row.what + String(repeating: " ", count: whatRoom - ShownText.columns(row.what))
      let line =
        (isEdge && dayRoom > 0
          ? what + String(repeating: " ", count: dayRoom + 2) : dayRoom > 0 ? "\(day)  \(what)" : what)
      var text = "  \(line)  " + String(repeating: " ", count: room - amount.count) + amount
      while text.last == " " { text.removeLast() }
      return isEdge ? ink.strong(text) : text
    }
  }

  static func signed(_ nano: Int64) -> String { (nano > 0 ? "+" : "") + Money(nano: nano).description }

  /// `payment juno-1 from visa`; what rules call an event, where it is no payment.
  private func told(_ line: AccountStatement.Line, _ standing: World.Standing) -> String {
    let state = standing.state
    func card(_ payment: Payment) -> String { payment.card.map { state.cardNames[$0] } ?? "no card" }
    switch line.book {
    case Contra.cards.name:
      if let payment = state.payments.first(where: {
        $0.key == line.id || $0.origin == line.id && $0.amount == line.amount
      }) {
        return ShownText.text(
          "payment \(payment.id) from \(card(payment))" + (payment.isAutomatic ? ", by itself" : ""))
      }
    case Contra.refunds.name:
      if let refund = state.refunds.first(where: { $0.origin == line.id }) {
        let payment = state.payments[refund.payment]
        return ShownText.text("\(line.kind) \(line.id), of \(payment.id) to \(card(payment))")
      }
    default: break
    }
    let name = line.kind.hasPrefix("@") ? String(line.kind.dropFirst()) : line.kind
    return ShownText.text(
      "\(name) \(line.id)" + (line.kind.hasPrefix("@") || line.book.hasPrefix(line.kind) ? "" : ", \(line.book)"))
  }

  private func rows(_ statement: AccountStatement) -> Table {
    var table = Table([
      Table.Column("at", .time), Table.Column("line"), Table.Column("event"), Table.Column("id", isForeign: true),
      Table.Column("model", isForeign: true), Table.Column("bucket"), Table.Column("amount", .money),
      Table.Column("balance", .money),
    ])
    table.rows.append([.none, .text("opening"), .none, .none, .none, .none, .none, .integer(statement.opening)])
    for line in statement.lines {
      table.rows.append([
        .integer(line.at), .text(line.book), .text(line.kind), .text(line.id), line.model.map { .text($0) } ?? .none,
        .text(line.bucket.bare), .integer(line.amount), .integer(line.balance),
      ])
    }
    table.rows.append([.none, .text("closing"), .none, .none, .none, .none, .none, .integer(statement.closing)])
    return table
  }

  private func members(_ statement: AccountStatement, adds: Bool, _ period: Period) -> [Json.Member] {
    func money(_ name: String, _ nano: Int64) -> [Json.Member] {
      [.init(name + "_nano", .integer(nano)), .init(name + "_usd", .text(Money(nano: nano).plainText))]
    }
    let sums = statement.sums
    return [
      .init("from", .text(TimeText.text(period.window.start))), .init("to", .text(TimeText.text(period.window.end))),
    ]
      + money("opening", statement.opening) + Contra.allCases.flatMap { money($0.name, sums[$0.name] ?? 0) }
      + money("closing", statement.closing) + money("paid_by_allowances", statement.covered.nano) + [
        .init("adds_up", .bool(adds))
      ]
  }
}

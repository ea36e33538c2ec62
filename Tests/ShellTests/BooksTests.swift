import Language
import Ledger
import Store
import Testing
import Values

@testable import Shell

/// What looking says of money, held against the rows of the ledger, which know nothing of postings.
@Suite("Books")
struct BooksTests {
  private static let divisions = Spending.Division.allCases

  @Test(
    "what was charged is what the ledger charged, however it is divided, and statements add up",
    arguments: [11, 12, 13, 14] as [UInt64])
  func random(seed: UInt64) throws {
    let store = try RandomStore(seed: seed, events: 260)
    defer { store.remove() }
    let session = try Typed(store.path).session
    try session.look(session.coordinates) { world in
      for name in RandomStore.accounts {
        let standing = try world.account(name)
        let (state, program) = (standing.state, standing.engine.program)
        // What is borne by the platform is charged to nobody.
        let charged = state.contra(.usage) + state.contra(.absorbed)
        #expect(charged > 0, "seed \(seed): \(name) spent nothing, so nothing is tested")
        #expect(state.contra(.absorbed) < 0, "seed \(seed): nothing of \(name) is borne by the platform")
        for division in Self.divisions {
          var spending = Spending(by: division, program)
          try world.movements(name) { try spending.take($0, of: name, onlyKey: nil, world) }
          #expect(spending.total.total == charged, "seed \(seed), \(name), by \(division)")
          #expect(spending.rows.values.reduce(0) { $0 + $1.total } == charged, "seed \(seed), \(name), by \(division)")
          for bucket in program.buckets.map(\.name) {
            let column = spending.rows.values.reduce(0) { $0 + ($1.drawn[bucket] ?? 0) }
            #expect(column == spending.total.drawn[bucket] ?? 0, "seed \(seed), \(name), by \(division)")
          }
        }
        try months(standing, world, seed)
        var byKey: Int64 = 0
        for key in state.keyNames {
          var spending = Spending(by: .key, program)
          try world.movements(name) { try spending.take($0, of: name, onlyKey: key, world) }
          byKey += spending.total.total
        }
        #expect(byKey == charged, "seed \(seed): every charge of \(name) came with a key")
      }
    }
  }

  /// Month by month: each closing is the next opening, the last one what the account has, and each kind of line comes to what its
  /// book has.
  private func months(_ standing: World.Standing, _ world: World, _ seed: UInt64) throws {
    let program = standing.engine.program
    let keeping = program.buckets.indices.filter { program.buckets[$0].resets == nil }
    let books = keeping.reduce(Int64(0)) { $0 + standing.state.book($1) }
    var (at, closing): (Int64, Int64) = (RandomStore.start, 0)
    var (sums, covered, count): ([String: Int64], Int64, Int) = ([:], 0, 0)
    while at <= standing.at {
      let window = BillingCalendar.window(.month, at: at, anchor: nil)
      var statement = AccountStatement(program, in: window)
      try world.movements(standing.name) { statement.take($0) }
      #expect(statement.opening == closing, "seed \(seed), \(standing.name)")
      #expect(
        statement.opening + statement.lines.reduce(0) { $0 + $1.amount } == statement.closing,
        "seed \(seed), \(standing.name)")
      #expect(statement.lines.last.map(\.balance) ?? closing == statement.closing, "seed \(seed), \(standing.name)")
      #expect(statement.sum == books, "seed \(seed), \(standing.name): all that moved is what the books have")
      #expect(statement.lines.allSatisfy { window.contains($0.at) })
      for (book, sum) in statement.sums { sums[book, default: 0] += sum }
      (closing, covered, count) = (statement.closing, covered + statement.covered.nano, count + statement.lines.count)
      at = window.end
    }
    #expect(closing == books && count > 12, "seed \(seed), \(standing.name): \(count) lines")
    for contra in Contra.allCases where contra != .absorbed {
      // Usage arrives from allowances and from the platform as well.
      let elsewhere = contra == .usage ? covered - standing.state.contra(.absorbed) : 0
      #expect(
        -(sums[contra.name] ?? 0) == standing.state.contra(contra) - elsewhere,
        "seed \(seed), \(standing.name), \(contra)")
    }
  }

  @Test("a movement that is missing is seen")
  func missing() throws {
    let store = try RandomStore(seed: 21, events: 40)
    defer { store.remove() }
    let session = try Typed(store.path).session
    try session.look(session.coordinates) { world in
      let standing = try world.account("ada")
      var movements: [Movement] = []
      try world.movements("ada") { movements.append($0) }
      var statement = AccountStatement(standing.engine.program, in: .all)
      for movement in movements.dropFirst() { statement.take(movement) }
      let books = standing.engine.program.buckets.indices.filter { standing.engine.program.buckets[$0].resets == nil }
        .reduce(Int64(0)) { $0 + standing.state.book($1) }
      #expect(statement.sum != books)
    }
  }

  @Test(
    "weeks are those of ISO 8601",
    arguments: [
      ("2026-01-01", "2026-W01"), ("2027-01-01", "2026-W53"), ("2026-12-31", "2026-W53"), ("2024-12-30", "2025-W01"),
      ("2026-10-05", "2026-W41"),
    ])
  func weeks(day: String, week: String) throws {
    #expect(Spending.week(of: try Instant(parsing: day).microseconds) == week)
  }
}

import Engine
import GRDBSQLite

/// Read-only SQL over documented views of one store.
///
/// The file is opened when the first statement runs, a second time and to read only: whatever a statement says, nothing of it
/// changes. One statement sees one moment of the file. To be used from one thread at a time, and never inside of
/// ``AccountStore/read(_:)`` or ``AccountStore/write(_:)``.
public final class StoreQuery {
  let store: AccountStore
  let world: any QueryWorld
  private var session: QuerySession?
  private var connection: QueryConnection?
  /// The select of each view that is made.
  private var made: [String: String] = [:]
  /// The events of the branch that are in its tables.
  private var overlay: [QueryOverlayEvent] = []
  /// The accounts of the branch that are in its table.
  private var madeAccounts: [String] = []
  private var overlaid = Set<String>()

  public init(_ store: AccountStore, world: any QueryWorld) throws {
    self.store = store
    self.world = world
  }

  /// Answers one statement.
  ///
  /// - Parameters:
  ///   - rows: so many are given at most.
  ///   - seconds: after so long it is given up.
  ///   - isInterrupted: asked now and then.
  ///   - columns: is told the columns' names before the first row.
  ///   - row: is told each row as it is found. What it throws ends the statement, and is the fault's cause.
  public func run(
    _ sql: String, most rows: Int, seconds: Int, isInterrupted: () -> Bool,
    columns: ([String]) throws -> Void = { _ in }, row: ([QueryValue]) throws -> Void
  ) throws(QueryFault) -> QueryOutcome {
    try withScope(of: sql, seconds: seconds, isInterrupted) { connection throws(QueryFault) in
      let statement = try connection.prepare(sql)
      defer { sqlite3_finalize(statement) }
      return try answer(statement, connection, max(0, rows), columns, row)
    }
  }

  /// What SQLite would do, a line each, for tests: the names of what views are made of are in it.
  func plan(_ sql: String) throws(QueryFault) -> [String] {
    try withScope(of: sql, seconds: 10, { false }) { connection throws(QueryFault) in
      try connection.plan(sql)
    }
  }

  private func answer(
    _ statement: OpaquePointer, _ connection: QueryConnection, _ most: Int, _ columns: ([String]) throws -> Void,
    _ row: ([QueryValue]) throws -> Void
  ) throws(QueryFault) -> QueryOutcome {
    let places = 0..<sqlite3_column_count(statement)
    let names = places.map { place in sqlite3_column_name(statement, place).map { String(cString: $0) } ?? "" }
    var outcome = QueryOutcome(columns: names, rows: 0, isCut: false)
    do {
      try columns(names)
    } catch {
      throw QueryFault(.stopped, "the statement was stopped", cause: error)
    }
    while true {
      try session?.check()
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return outcome }
      guard code == SQLITE_ROW else { throw connection.fault(code) }
      if outcome.rows == most {
        outcome.isCut = true
        return outcome
      }
      outcome.rows += 1
      do {
        try row(places.map { QueryConnection.value(statement, $0) })
      } catch {
        throw QueryFault(.stopped, "the statement was stopped", cause: error)
      }
    }
  }

  // MARK: - Getting ready

  private func withScope<Result>(
    of sql: String, seconds: Int, _ isInterrupted: () -> Bool,
    _ body: (QueryConnection) throws(QueryFault) -> Result
  ) throws(QueryFault) -> Result {
    if sql.utf8.count > QueryConnection.statementLimit {
      throw QueryFault(
        .tooLarge, "the statement has \(sql.utf8.count) bytes, and at most \(QueryConnection.statementLimit) are read",
        help: "ask in several steps")
    }
    if let place = sql.utf8.firstIndex(of: 0) {
      throw QueryFault(
        .statement, "the statement has a zero byte", offset: sql.utf8.distance(from: sql.startIndex, to: place))
    }
    let result: Swift.Result<Result, QueryFault> = withoutActuallyEscaping(isInterrupted) { isInterrupted in
      do throws(QueryFault) {
        let scope = try self.scope()
        let session = self.session ?? QuerySession(self, scope)
        self.session = session
        session.scope = scope
        session.begin(seconds: seconds, isInterrupted: isInterrupted)
        defer { session.end() }
        // An operator would forget what kind of error this is.
        let connection: QueryConnection
        if let open = self.connection { connection = open } else { connection = try open(session) }
        self.connection = connection
        try getReady(for: sql, connection, session)
        return .success(try body(connection))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func open(_ session: QuerySession) throws(QueryFault) -> QueryConnection {
    let connection = try QueryConnection(store, session)
    QueryFunction.registerAll(session, on: connection.raw)
    made = [:]
    (overlay, madeAccounts) = ([], [])
    try connection.set(QuerySchema(scope: session.scope, secret: session.guardian.secret).overlayTables)
    return connection
  }

  private func scope() throws(QueryFault) -> QueryScope {
    let moment = world.moment
    let hasOverlay: Bool
    let given: (engine: RuleEngine, at: Int64)?
    do {
      hasOverlay = try world.isHypothetical
      given = try world.policy()
    } catch {
      throw StoreQuery.fault(error)
    }
    do {
      return try store.read { reader in
        QueryScope(
          moment: moment, at: try given?.at ?? reader.time(of: moment),
          engine: try given?.engine ?? reader.engine(at: moment).engine,
          lastEvent: reader.memory.lastEvent, hasOverlay: hasOverlay)
      }
    } catch {
      let fault = StoreFault(sqlite: error, path: store.path)
      throw QueryFault(.failed, fault.message, help: fault.help, cause: error)
    }
  }

  /// What the world could not say.
  private static func fault(_ error: any Error) -> QueryFault {
    if let fault = error as? QueryFault { return fault }
    if let fault = error as? StoreFault { return QueryFault(.failed, fault.message, help: fault.help, cause: fault) }
    return QueryFault(.failed, "\(error)", cause: error)
  }

  /// Makes the views that a statement names, and fills those whose rows are given.
  private func getReady(
    for sql: String, _ connection: QueryConnection, _ session: QuerySession
  ) throws(QueryFault) {
    if session.scope.hasOverlay { try fillOverlay(connection, session) }
    let words = StoreQuery.words(of: sql)
    var rows: [String: [[QueryValue]]] = [:]
    for view in StoreQuery.views where words.contains(view.name) {
      do {
        if let given = try world.rows(of: view.name) {
          rows[view.name] = given
        } else if QuerySchema.given.contains(view.name) {
          rows[view.name] = try QueryRows(scope: session.scope, store: store).rows(of: view.name)
        }
      } catch {
        session.fail(error)
        throw session.stop ?? QueryFault(.failed, "\(error)", cause: error)
      }
    }
    session.scope.given = Set(rows.keys)
    let schema = QuerySchema(scope: session.scope, secret: session.guardian.secret)
    for view in StoreQuery.views where words.contains(view.name) {
      try make(view, schema, connection)
      guard let given = rows[view.name] else { continue }
      guard given.allSatisfy({ $0.count == view.columns.count }) else {
        throw QueryFault(.failed, "the rows of `\(view.name)` have not its \(view.columns.count) columns")
      }
      try connection.fill(schema.rowTable(view.name), columns: view.columns.count, given)
    }
  }

  private func make(_ view: QueryView, _ schema: QuerySchema, _ connection: QueryConnection) throws(QueryFault) {
    let select = schema.select(view)
    if made[view.name] == select { return }
    let own = view.name + schema.secret
    let columns = view.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    var text = "DROP VIEW IF EXISTS temp.\"\(view.name)\"; DROP VIEW IF EXISTS temp.\(own);"
    if schema.isGiven(view) {
      let cells = view.columns.indices.map { "c\($0)" }.joined(separator: ", ")
      text += "CREATE TEMP TABLE IF NOT EXISTS \(schema.rowTable(view.name)) (\(cells));"
    }
    text += "CREATE TEMP VIEW \(own) (\(columns)) AS \(select);"
    // One more, with the name that is told: see `QueryGuard`.
    text += "CREATE TEMP VIEW \"\(view.name)\" AS SELECT \(columns) FROM temp.\(own)"
    made[view.name] = nil
    try connection.set(text)
    made[view.name] = select
  }

  /// Every word of a statement: the views it reads are among them.
  static func words(of sql: String) -> Set<String> {
    var words = Set<String>()
    var word: [UInt8] = []
    for byte in Array(sql.utf8) + [0] {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        word.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
      default:
        if !word.isEmpty { words.insert(String(decoding: word, as: UTF8.self)) }
        word.removeAll(keepingCapacity: true)
      }
    }
    return words
  }

  // MARK: - The branch

  func isOverlaid(_ account: String) -> Bool { overlaid.contains(account) }

  private func fillOverlay(_ connection: QueryConnection, _ session: QuerySession) throws(QueryFault) {
    let overlay: [QueryOverlayEvent]
    let madeAccounts: [String]
    do {
      (overlay, madeAccounts) = try (world.overlay, world.madeAccounts)
    } catch {
      throw StoreQuery.fault(error)
    }
    let schema = QuerySchema(scope: session.scope, secret: session.guardian.secret)
    var events: [[QueryValue]] = []
    var postings: [[QueryValue]] = []
    var rules: [[QueryValue]] = []
    for (index, event) in overlay.enumerated() {
      let seq = session.scope.lastEvent + Int64(index) + 1
      let amounts: [QueryValue] = [event.amount, event.covered, event.absorbed].map {
        event.verdict == nil ? .null : .integer($0)
      }
      events.append(
        [
          .integer(seq), QueryValue(event.account), .text(event.kind), .text(event.id), .integer(event.at),
          .integer(event.countedAt ?? event.at), QueryValue(event.verdict), QueryValue(event.code),
          QueryValue(event.rule),
        ] + amounts + [QueryValue(event.policyHash), .text(event.fields)])
      for posting in event.postings {
        postings.append([
          .integer(seq), QueryValue(posting.n), .text(posting.step), .integer(posting.at), .text(posting.source),
          .text(posting.destination), .integer(posting.amount),
        ])
      }
      for (n, rule) in event.firedRules.enumerated() { rules.append([.integer(seq), QueryValue(n + 1), .text(rule)]) }
    }
    if overlay != self.overlay || overlayBase != session.scope.lastEvent {
      try connection.fill(schema.overlayEvents, columns: 14, events)
      try connection.fill(schema.overlayPostings, columns: 7, postings)
      try connection.fill(schema.overlayRules, columns: 3, rules)
      self.overlay = overlay
      overlayBase = session.scope.lastEvent
    }
    if madeAccounts != self.madeAccounts {
      try connection.fill(schema.overlayAccounts, columns: 1, madeAccounts.map { [.text($0)] })
      self.madeAccounts = madeAccounts
    }
    overlaid = Set(overlay.compactMap(\.account))
  }

  private var overlayBase: Int64 = -1
}

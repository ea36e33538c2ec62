import Language

/// The columns of what every row says beside its event's fields.
struct RowPicks {
  var at = ColumnPick.none
  var account = ColumnPick.none
  var key = ColumnPick.none
  var id = ColumnPick.none
  var event = ColumnPick.none

  subscript(role: TrafficRole) -> ColumnPick {
    get {
      switch role {
      case .at: at
      case .account: account
      case .key: key
      case .id: id
      case .event: event
      }
    }
    set {
      switch role {
      case .at: at = newValue
      case .account: account = newValue
      case .key: key = newValue
      case .id: id = newValue
      case .event: event = newValue
      }
    }
  }
}

extension TrafficRows {
  /// What somebody said columns are must be something a row or an event has.
  func checkMapping() throws(TrafficFault) {
    let fields = program.events.flatMap { $0.fields.prefix($0.givenCount).map(\.name) }
    let own = program.events[usual]
    for (column, field) in options.mapping.sorted(by: { $0.key < $1.key }) {
      guard field.isEmpty || TrafficRole(rawValue: field) != nil || fields.contains(field) else {
        throw .unknownField(
          column: column, field: field,
          known: TrafficRole.allCases.map(\.rawValue) + own.fields.prefix(own.givenCount).map(\.name))
      }
    }
  }

  /// Finds the columns of a CSV file.
  mutating func bindHeader() throws(TrafficFault) {
    for column in options.mapping.keys.sorted()
    where !table.columns.contains(where: { $0.name == column || $0.plain == ColumnTable.plain(column) }) {
      throw .unknownColumn(name: fileName, column: column, found: table.names)
    }
    var several: (what: String, columns: [ColumnTable.Candidate])?
    /// Of the nearest columns there must be one only.
    let narrow = { (candidates: [ColumnTable.Candidate], what: String) -> [ColumnTable.Candidate] in
      let nearest = candidates.filter { $0.distance == candidates[0].distance }
      if nearest.count > 1, several == nil { several = (what, nearest) }
      return nearest
    }
    bindRoles(narrow)
    _ = plan(usual, narrow)
    if let several {
      throw .severalColumns(
        name: fileName, what: several.what, found: several.columns.map { table.columns[$0.column].name })
    }
    try checkNecessary()
    let event = program.events[usual]
    guard !picks.event.exists, event.givenCount > 0, let plan = plans[usual] else { return }
    if let field = plan.missing.first { throw .missingColumn(name: fileName, what: field, found: table.names) }
    if plan.steps.allSatisfy({ $0.column == -1 }), constants[usual] == nil {
      throw .noField(
        name: fileName, event: event.name, fields: event.fields.prefix(event.givenCount).map(\.name), found: table.names
      )
    }
  }

  /// Finds the columns again after lines of JSON brought a new one. Which of several a line has is seen line by line.
  mutating func bindMembers() {
    for index in plans.indices { plans[index] = nil }
    bindRoles { candidates, _ in candidates }
    _ = plan(usual) { candidates, _ in candidates }
  }

  /// The first object stands for all, as a header would.
  func checkFirstObject() throws(TrafficFault) { try checkNecessary() }

  private func checkNecessary() throws(TrafficFault) {
    if !picks.account.exists, options.account == nil {
      throw .missingColumn(name: fileName, what: TrafficRole.account.rawValue, found: table.names)
    }
    if !picks.at.exists { throw .missingColumn(name: fileName, what: TrafficRole.at.rawValue, found: table.names) }
  }

  private mutating func bindRoles(_ narrow: ([ColumnTable.Candidate], String) -> [ColumnTable.Candidate]) {
    for role in TrafficRole.allCases {
      let candidates = narrow(table.candidates(for: role), role.rawValue)
      picks[role] = ColumnPick(candidates)
      table.use(candidates, as: role.rawValue)
    }
  }

  /// How rows of an event are read, made when the first of them comes.
  mutating func plan(
    _ event: Int,
    _ narrow: ([ColumnTable.Candidate], String) -> [ColumnTable.Candidate] = { candidates, _ in candidates }
  ) -> EventPlan {
    if let plan = plans[event] { return plan }
    let plan = EventPlan(
      event: event, program.events[event], constants[event] ?? [:], &table, keyColumn: picks.key.single,
      narrow: narrow)
    plans[event] = plan
    return plan
  }
}

import Diagnostics
import Language
import Values

extension ScenarioBinder {
  mutating func bind(_ check: CheckSyntax, _ span: Span) -> ScenarioPlan.Check? {
    if case .holds(let syntax, let key) = check { return bind(condition: syntax, key) }
    if case .number(let syntax) = check { return bind(number: syntax) }
    guard hasDeed else {
      report(
        .thenBeforeWhen, "there is no `when` line above that this could speak of", span,
        help: "move it below the `when` line, or check a fact such as `balance is $5`")
      return nil
    }
    switch check {
    case .allowed: return .allowed
    case .conflict: return .conflict
    case .replayed: return .replayed
    case .waiting: return .waiting
    case .collects(let amount, let card): return money(amount, of: "collects").map { .collects($0, card: card?.text) }
    case .refunds(let amount, let card): return money(amount, of: "refunds").map { .refunds($0, card: card?.text) }
    case .absorbs(let amount): return money(amount, of: "absorbs").map { .absorbs($0) }
    case .refused(let text): return .refused(text?.text)
    case .noNotice: return .noNotice
    case .denied(let code, let rule): return bind(code: code, rule: rule)
    case .notified(let level):
      guard program.noticeLevels.contains(level.text) else {
        let near = Suggestion.nearest(level.text, in: program.noticeLevels)
        let known = program.noticeLevels.map { "`\($0)`" }.joined(separator: ", ")
        report(
          .unknownNotice, "no rule notifies `\(level.text)`", level.span,
          help: near.map { "did you mean `\($0)`?" } ?? (known.isEmpty ? nil : "the notices are \(known)"))
        return nil
      }
      return .notified(level.text)
    case .fired(let rule, let fired): return self.rule(rule).map { .fired(rule: $0, fired) }
    case .pays(let bucket, let amount):
      let name = bucket.map(\.text).joined(separator: ".")
      guard let index = NameIndex.unique(name, in: program.buckets, from: home, named: \.name) else {
        let near = Suggestion.nearest(name, in: program.buckets.map { NameIndex.bare($0.name) })
        report(
          .notABucket, "`\(name)` is not a bucket", bucket[0].span.joined(with: bucket[bucket.count - 1].span),
          help: near.map { "did you mean `\($0)`?" }
            ?? "the buckets are \(listed(program.buckets.map { NameIndex.bare($0.name) }))")
        return nil
      }
      return constant(amount, QualifiedType(.money), of: "pays").map { .pays(bucket: index, $0) }
    case .number, .holds: return nil
    }
  }

  private mutating func bind(code: Identifier?, rule: [Identifier]) -> ScenarioPlan.Check? {
    var denial: Int?
    if let code {
      denial = program.denials.firstIndex { $0.code == code.text }
      if denial == nil {
        let near = Suggestion.nearest(code.text, in: program.denials.map(\.code))
        report(
          .unknownDenial, "the rules have no denial `\(code.text)`", code.span,
          help: near.map { "did you mean `\($0)`?" } ?? "the denials are \(listed(program.denials.map(\.code)))")
        return nil
      }
    }
    guard !rule.isEmpty else { return .denied(denial: denial, decider: nil) }
    let name = rule.map(\.text).joined(separator: ".")
    if NameIndex.unique(name, in: program.rules, from: home, named: \.name) == nil,
      let bucket = NameIndex.unique(name, in: program.buckets, from: home, named: \.name)
    {
      return .denied(denial: denial, decider: .bucket(bucket))
    }
    return self.rule(rule).map { .denied(denial: denial, decider: .rule($0)) }
  }

  private mutating func rule(_ words: [Identifier]) -> Int? {
    let name = words.map(\.text).joined(separator: ".")
    if let index = NameIndex.unique(name, in: program.rules, from: home, named: \.name) { return index }
    let span = words[0].span.joined(with: words[words.count - 1].span)
    let same = program.rules.map(\.name).filter { NameIndex.bare($0) == name }
    if same.count > 1 {
      report(.unknownRule, "several families have a rule `\(name)`", span, help: "write `\(same[0])`")
    } else {
      let known = program.rules.map { name.contains(".") ? $0.name : NameIndex.bare($0.name) }
      report(
        .unknownRule, "the rules have no rule `\(name)`", span,
        help: Suggestion.nearest(name, in: known).map { "did you mean `\($0)`?" }
          ?? "name it with its family, such as `\(program.rules.first?.name ?? "limits.cycle_limit")`")
    }
    return nil
  }

  private mutating func bind(condition syntax: ExprSyntax, _ key: Identifier?) -> ScenarioPlan.Check? {
    if case .missing = syntax.kind { return nil }
    var keyIndex: Int?
    if let key {
      guard let index = self.key(key) else { return nil }
      keyIndex = index
    }
    let (expression, found) = Checker.checkExpression(
      syntax, in: program, policy: home, event: lastEvent, expecting: QualifiedType(.bool))
    diagnostics += found.map { inScenario($0, syntax) }
    return expression.map { .holds($0, key: keyIndex, event: lastEvent) }
  }

  /// What begins a check, for whoever nearly wrote one.
  private static let checkWords = [
    "allowed", "denied", "conflict", "replayed", "waiting", "refused", "collects", "refunds", "absorbs", "notified",
  ]

  /// A mistake of a condition, with a help that a scenario can follow: nothing is declared here.
  private func inScenario(_ diagnostic: Diagnostic, _ condition: ExprSyntax) -> Diagnostic {
    var told = diagnostic
    let written = program.sources.text(diagnostic.span)
    let number = written.split(separator: ".").last.map(String.init) ?? ""
    for kind in RecordKind.allCases where program.place(of: number, in: kind) != nil {
      let path = "\(kind.rawValue).\(number)"
      guard written == path || written == number, program.sources.text(condition.span).contains(path) else { continue }
      told.help =
        "say which one: `\(number) of \(kind.rawValue) \(ScenarioBinder.exampleValue(of: .record(kind))) is …`"
      return told
    }
    guard told.help?.hasPrefix("declare it") == true else { return told }
    let isAlone = if case .name(let words) = condition.kind { words.count == 1 } else { false }
    told.help =
      isAlone
      ? Suggestion.nearest(written, in: ScenarioBinder.checkWords).map { "did you mean `\($0)`?" }
        ?? "write `allowed`, `denied with CODE`, or a condition such as `balance is $5`"
      : "write a name that the rules declare, such as `\(NameIndex.bare(program.buckets.first?.name ?? "balance"))`"
    return told
  }

  /// The first few names, for a help line.
  func listed(_ names: [String]) -> String {
    let shown = names.sorted().prefix(8).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > 8 ? shown + " and \(names.count - 8) more" : shown
  }

  // MARK: - Table rows

  /// Adds the rows a scenario states to the tables of its own copy of the program, before anything reads them.
  mutating func addRows(of steps: [StepSyntax]) {
    for step in steps {
      guard case .given(.row(let table, let cells, let values)) = step.kind else { continue }
      addRow(table, cells, values, step.span)
    }
  }

  private mutating func addRow(_ name: Identifier, _ cells: [ExprSyntax], _ values: [ExprSyntax], _ span: Span) {
    guard let index = NameIndex.unique(name.text, in: program.tables, from: home, named: \.name) else {
      let near = Suggestion.nearest(name.text, in: program.tables.map { NameIndex.bare($0.name) })
      report(
        .unknownTable, "the rules have no table `\(name.text)`", name.span,
        help: near.map { "did you mean `\($0)`?" }
          ?? "the tables are \(listed(program.tables.map { NameIndex.bare($0.name) }))")
      return
    }
    let table = program.tables[index]
    guard cells.count == table.inputs.count, values.count == table.outputs.count else {
      let shape =
        "\(table.inputs.map(\.name).joined(separator: ", ")) is \(table.outputs.map(\.name).joined(separator: ", "))"
      report(
        .unknownTable,
        "a row of `\(name.text)` has \(table.inputs.count) and \(table.outputs.count) values, not \(cells.count) and \(values.count)",
        span, help: "given table \(name.text) \(shape)")
      return
    }
    var newCells: [(low: Int64, high: Int64)] = []
    for (cell, column) in zip(cells, table.inputs) {
      guard let value = cellValue(cell, column) else { return }
      newCells.append((value, value))
    }
    var newValues: [Int64] = []
    for (syntax, column) in zip(values, table.outputs) {
      guard let value = cellValue(syntax, column) else { return }
      newValues.append(value)
    }
    add(Table.Row(cells: newCells, values: newValues, span: span), to: index, named: name)
  }

  private mutating func cellValue(_ syntax: ExprSyntax, _ column: Table.Column) -> Int64? {
    if column.type.base == .name, let text = word(syntax) { _ = program.intern(text) }
    guard let value = constant(syntax, column.type, of: column.name) else { return nil }
    guard value == ValueType.none || column.range.contains(value) else {
      report(
        .scenarioValue, "`\(column.name)` is outside of its declared range", syntax.span,
        help: "write a value that the table's column may have")
      return nil
    }
    return value
  }

  private mutating func add(_ row: Table.Row, to index: Int, named name: Identifier) {
    func covers(_ other: Table.Row) -> Bool {
      zip(row.cells, other.cells).allSatisfy { $0.low >= $1.low && $0.high <= $1.high }
    }
    func isSame(_ other: Table.Row) -> Bool { zip(row.cells, other.cells).allSatisfy { $0 == $1 } }
    if let place = program.tables[index].rows.firstIndex(where: isSame) {
      program.tables[index].rows[place] = row
    } else if program.tables[index].hit == .first {
      program.tables[index].rows.insert(row, at: 0)
    } else if program.tables[index].rows.contains(where: covers) {
      report(
        .unknownTable, "a row of `\(name.text)` covers more than these cells, so it cannot be replaced", row.span,
        help: "write the whole row in the rule file")
      return
    } else {
      program.tables[index].rows.append(row)
    }
    changesTables = true
    program.tables[index].indexBySymbol()
  }
}

import Diagnostics
import Engine
import Formats
import Language
import Values

extension TrafficRows {
  typealias Cells = UnsafePointer<UnsafeRawBufferPointer>

  /// The row whose cells these are, by column.
  mutating func read(_ cells: Cells) throws(CellFault) -> TrafficRow {
    let plan = try plan(of: cells)
    if let field = plan.missing.first { throw missing(field, plan) }
    let at = try time(cells)
    let account = try account(cells)
    // The number of one that no column has is not known: those who want it work it out.
    let key: (text: String, number: Int?)?
    if let keyOfAll { key = (keyOfAll, nil) } else { key = try name(picks.key, cells, .key) }
    numbers.key = key?.number
    let id = try id(cells)
    let steps = plan.steps
    var fields: [EventCall.Value] = []
    fields.reserveCapacity(steps.count)
    for place in steps.indices { fields.append(try field(place, steps[place], plan, cells, key?.text)) }
    return TrafficRow(
      line: line, account: account, key: key?.text,
      call: EventCall(event: plan.event, id: id, at: at, fields: fields))
  }

  @inline(__always)
  private mutating func field(
    _ place: Int, _ step: EventPlan.Step, _ plan: EventPlan, _ cells: Cells, _ key: String?
  ) throws(CellFault) -> EventCall.Value {
    guard step.column != -1 else { return plan.constants?[place] ?? .number(step.otherwise) }
    let (cell, column) =
      step.column >= 0
      ? (TrafficRows.trimmed(cells[step.column]), step.column)
      : try one(of: plan.several[place]?.several ?? [], cells, fieldName(place, plan))
    if cell.isEmpty {
      if step.isRequired { throw missing(fieldName(place, plan), plan) }
      return .number(step.otherwise)
    }
    if step.cell == .rowKey, let key { return .text(key) }
    do throws(CellFault) {
      return try value(cell, step.cell, table.units[column], plan.members[place])
    } catch {
      throw error.of(table.columns[column].name)
    }
  }

  private func fieldName(_ place: Int, _ plan: EventPlan) -> String { program.events[plan.event].fields[place].name }

  private mutating func missing(_ field: String, _ plan: EventPlan) -> CellFault {
    CellFault("`\(program.events[plan.event].name)` needs `\(field)`")
  }

  // MARK: - What every row says

  private mutating func plan(of cells: Cells) throws(CellFault) -> EventPlan {
    guard picks.event.exists, let (name, _) = try name(picks.event, cells, .event) else { return plan(usual) }
    guard let index = program.events.firstIndex(where: { $0.name == name }) else {
      let near = Suggestion.nearest(name, in: program.events.map(\.name))
      throw CellFault("the rules have no event `\(name)`", help: near.map { "did you mean `\($0)`?" })
    }
    return plan(index)
  }

  private mutating func time(_ cells: Cells) throws(CellFault) -> Int64 {
    let (cell, column) = try pick(picks.at, cells, .at)
    guard !cell.isEmpty else { throw CellFault("the row has no time") }
    do throws(CellFault) {
      return try TimeCell.read(cell, table.units[column], start: options.start)
    } catch {
      throw error.of(table.columns[column].name)
    }
  }

  private mutating func account(_ cells: Cells) throws(CellFault) -> String {
    if let (account, number) = try name(picks.account, cells, .account) {
      numbers.account = number
      return account
    }
    numbers.account = usualAccount
    if let account = options.account { return account }
    throw CellFault("the row has no account", help: "give every row without one the same: `--account NAME`")
  }

  private mutating func id(_ cells: Cells) throws(CellFault) -> String {
    let (cell, column) = try pick(picks.id, cells, .id)
    if cell.isEmpty { return defaultId }
    // No two rows have the same id, so there is nothing to share.
    if let text = NamePool.text(cell) { return text }
    throw ValueCell.noName(cell).of(table.columns[column].name)
  }

  /// A name, and its number where it has one.
  private mutating func name(
    _ pick: ColumnPick, _ cells: Cells, _ role: TrafficRole
  ) throws(CellFault) -> (text: String, number: Int?)? {
    let (cell, column) = try self.pick(pick, cells, role)
    if cell.isEmpty { return nil }
    if let number = names.place(of: cell) { return (names[number], number) }
    if let text = NamePool.text(cell) { return (text, nil) }
    throw ValueCell.noName(cell).of(table.columns[column].name)
  }

  // MARK: - Cells

  /// Without the spaces around it, which belong to no value.
  @inline(__always)
  private static func trimmed(_ cell: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var (start, end) = (0, cell.count)
    while start < end, cell[start] == 0x20 || cell[start] == 0x09 { start += 1 }
    while end > start, cell[end - 1] == 0x20 || cell[end - 1] == 0x09 { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: cell[start..<end])
  }

  @inline(__always)
  private mutating func pick(
    _ pick: ColumnPick, _ cells: Cells, _ role: TrafficRole
  ) throws(CellFault) -> (cell: UnsafeRawBufferPointer, column: Int) {
    if pick.single >= 0 { return (TrafficRows.trimmed(cells[pick.single]), pick.single) }
    return try one(of: pick.several, cells, role.rawValue)
  }

  /// The nearest of several columns that this row has.
  private mutating func one(
    of candidates: [ColumnTable.Candidate], _ cells: Cells, _ what: String
  ) throws(CellFault) -> (cell: UnsafeRawBufferPointer, column: Int) {
    var found: ColumnTable.Candidate?
    for candidate in candidates where !TrafficRows.trimmed(cells[candidate.column]).isEmpty {
      guard let first = found else {
        found = candidate
        continue
      }
      if first.distance == candidate.distance {
        let (one, other) = (table.columns[first.column].name, table.columns[candidate.column].name)
        throw CellFault("`\(one)` and `\(other)` may both be `\(what)`", help: "choose one: `--column \(one)=\(what)`")
      }
    }
    guard let found else { return (UnsafeRawBufferPointer(start: nil, count: 0), 0) }
    return (TrafficRows.trimmed(cells[found.column]), found.column)
  }

  mutating func value(
    _ cell: UnsafeRawBufferPointer, _ kind: ValueCell, _ unit: TimeCell.Unit, _ members: @autoclosure () -> [String]?
  ) throws(CellFault) -> EventCall.Value {
    switch kind {
    case .text, .rowKey:
      if let text = names.name(cell) { return .text(text) }
      throw ValueCell.noName(cell)
    case .count: return .number(try ValueCell.count(cell))
    case .money: return .number(try ValueCell.money(cell))
    case .rate: return .number(try ValueCell.rate(cell))
    case .ratio: return .number(try ValueCell.ratio(cell))
    case .bool: return .number(try ValueCell.bool(cell))
    case .time: return .number(try TimeCell.read(cell, unit, start: options.start))
    case .duration: return .number(try ValueCell.duration(cell, unit))
    case .member:
      let known = members() ?? []
      if let text = names.name(cell), known.contains(text) { return .text(text) }
      throw CellFault(cell, "is none of \(known.map { "`\($0)`" }.joined(separator: ", "))")
    }
  }
}

import Engine
import Language

/// Which column a value comes from.
struct ColumnPick {
  /// The column; −1 where none has it, −2 where any one of several may.
  let single: Int
  /// Those, nearest first. Only lines of JSON have several: each may bring another one.
  let several: [ColumnTable.Candidate]

  init(_ candidates: [ColumnTable.Candidate]) {
    single = candidates.isEmpty ? -1 : candidates.count == 1 ? candidates[0].column : -2
    several = candidates.count > 1 ? candidates : []
  }

  static let none = ColumnPick([])

  var exists: Bool { single != -1 }
}

/// How the cells of a row become the fields of one event.
final class EventPlan {
  let event: Int
  /// One for each given field, in their order.
  let steps: [Step]
  /// The fields that may come from several columns, by their place.
  let several: [Int: ColumnPick]
  /// Fields that every row must give and no column has.
  let missing: [String]
  /// The names that members of an enumeration have, by the place of the field.
  let members: [Int: [String]]
  /// What every row has, by the place of the field; nil: nothing.
  let constants: [Int: EventCall.Value]?

  struct Step {
    /// −1: no column has it; −2: see ``several``.
    let column: Int
    let cell: ValueCell
    let isRequired: Bool
    /// What a row has that does not say it.
    let otherwise: Int64
  }

  /// - Parameters:
  ///   - constants: What every row has, by the place of the field; no column is looked for.
  ///   - keyColumn: The column of the row's key, where there is one only.
  ///   - narrow: Which of the columns that may be something are to be it.
  init(
    event index: Int, _ event: Event, _ constants: [Int: EventCall.Value], _ table: inout ColumnTable, keyColumn: Int,
    narrow: ([ColumnTable.Candidate], String) -> [ColumnTable.Candidate]
  ) {
    self.event = index
    self.constants = constants.isEmpty ? nil : constants
    var steps: [Step] = []
    var several: [Int: ColumnPick] = [:]
    var missing: [String] = []
    var members: [Int: [String]] = [:]
    for place in 0..<event.givenCount {
      let field = event.fields[place]
      guard constants[place] == nil else {
        steps.append(Step(column: -1, cell: .text, isRequired: false, otherwise: ValueType.none))
        continue
      }
      let isRequired = field.value == nil && !field.type.isOptional
      let candidates = narrow(table.candidates(for: field, isKey: place == event.keyField), field.name)
      let pick = ColumnPick(candidates)
      if !pick.exists, isRequired { missing.append(field.name) }
      table.use(candidates, as: field.name)
      if !pick.several.isEmpty { several[place] = pick }
      if case .enumeration(let names) = field.type.base { members[place] = names }
      var cell = ValueCell(field.type.base)
      if cell == .text, pick.single >= 0, pick.single == keyColumn { cell = .rowKey }
      steps.append(
        Step(column: pick.single, cell: cell, isRequired: isRequired, otherwise: field.value ?? ValueType.none))
    }
    self.steps = steps
    self.several = several
    self.missing = missing
    self.members = members
  }
}

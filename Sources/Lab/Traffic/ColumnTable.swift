import Language

/// A column of a usage file, or a member of its objects.
public struct TrafficColumn: Sendable, Hashable {
  /// As the file calls it.
  public var name: String
  /// What it is read as: `at`, `account`, `key`, `id`, `event` or a field of the event. Nil: nothing reads it.
  public var meaning: String?
  /// Whether somebody asked for it to be left alone.
  public var isIgnored: Bool
}

/// What a row says beside the fields of its event.
enum TrafficRole: String, CaseIterable {
  case at, account, key, id, event

  /// The other names that exports give it.
  var aliases: [String] {
    switch self {
    case .at: ["ts", "timestamp", "time"]
    case .account: ["account_id", "customer", "user"]
    case .key: ["api_key", "key_id"]
    case .id: ["request_id", "seq"]
    case .event: ["kind"]
    }
  }
}

/// The columns of a file and what each of them may be.
///
/// The nearest name wins: a column that somebody named comes before one with the very name, and that before one with an
/// alias. Two equally near are two too many.
struct ColumnTable {
  /// The other names that exports give to fields, used where the event has such a field.
  static let fieldAliases: [String: [String]] = [
    "input": ["input_tokens", "prompt_tokens"],
    "output": ["output_tokens", "completion_tokens"],
    "cached": ["cached_tokens", "cached_input_tokens", "derived_cached_input_tokens"],
    "max_output": ["max_tokens"],
  ]

  struct Column {
    let name: String
    /// In lower case, with `_` for spaces and hyphens.
    let plain: String
    /// The same without the unit it ends in.
    let base: String
    let unit: TimeCell.Unit
    /// What somebody said it is; empty: nothing.
    let given: String?
    var meaning: String?

    /// Whether it is to be left alone.
    var isIgnored: Bool { given == "" }
  }

  /// The unit of each column, looked up for every row.
  private(set) var units: [TimeCell.Unit] = []
  private(set) var columns: [Column] = []
  private let mapping: [String: String]
  /// The names of the given fields of the usual event: a column with such a name is that, whatever else it may mean elsewhere.
  private let usual: Set<String>

  init(mapping: [String: String], usual: Event) {
    self.mapping = mapping
    self.usual = Set(usual.fields.prefix(usual.givenCount).map(\.name))
  }

  static func plain(_ name: String) -> String {
    let trimmed = name.drop { $0 == " " || $0 == "\t" }
    let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
    return String(trimmed[..<end].map { $0 == " " || $0 == "-" ? "_" : $0 }).lowercased()
  }

  mutating func add(_ name: String) {
    let plain = ColumnTable.plain(name)
    let unit = TimeCell.Unit.allCases.last { $0 == .unnamed || plain.hasSuffix($0.ending) } ?? .unnamed
    units.append(unit)
    columns.append(
      Column(
        name: name, plain: plain, base: String(plain.dropLast(unit.ending.utf8.count)), unit: unit,
        given: mapping[name] ?? mapping[plain]))
  }

  var names: [String] { columns.map(\.name) }

  /// What a column is, nearest first where several have it.
  struct Candidate {
    var column: Int
    /// 0 is nearest.
    var distance: Int
  }

  func candidates(for role: TrafficRole) -> [Candidate] {
    candidates { column in
      if let given = column.given { return given == role.rawValue ? 0 : nil }
      if column.plain == role.rawValue { return 1 }
      if usual.contains(column.plain) { return nil }
      let isTime = role == .at && (column.base == role.rawValue || role.aliases.contains(column.base))
      return isTime || role.aliases.contains(column.plain) ? 2 : nil
    }
  }

  func candidates(for field: Event.Field, isKey: Bool) -> [Candidate] {
    candidates { column in
      if let given = column.given {
        return given == field.name || (isKey && given == TrafficRole.key.rawValue) ? 0 : nil
      }
      if column.plain == field.name { return 1 }
      if isKey, column.plain == TrafficRole.key.rawValue || TrafficRole.key.aliases.contains(column.plain) { return 2 }
      if ColumnTable.fieldAliases[field.name]?.contains(column.plain) == true { return 2 }
      switch field.type.base {
      case .tokens: return column.plain == field.name + "_tokens" ? 2 : nil
      case .money: return column.plain == field.name + "_usd" ? 2 : nil
      case .time, .duration: return column.base == field.name ? 2 : nil
      default: return nil
      }
    }
  }

  private func candidates(_ distance: (Column) -> Int?) -> [Candidate] {
    columns.indices.compactMap { index in distance(columns[index]).map { Candidate(column: index, distance: $0) } }
      .sorted { ($0.distance, $0.column) < ($1.distance, $1.column) }
  }

  /// Notes what a column is read as; the first word stays.
  mutating func use(_ candidates: [Candidate], as meaning: String) {
    for candidate in candidates where columns[candidate.column].meaning == nil {
      columns[candidate.column].meaning = meaning
    }
  }
}

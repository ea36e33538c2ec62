import Diagnostics

/// Which declarations a word can mean.
struct Names: Sendable {
  enum Symbol: Sendable, Hashable {
    case setting(Int)
    case bucket(Int)
    case meter(Int)
    case table(Int)
    /// A `let`, by its full name.
    case constant(String)
  }

  /// What a look-up found.
  enum Found {
    case one(Symbol)
    /// Several families have it and the asking one does not: their full names.
    case several([String])
    case nothing
  }

  /// Family → name → meaning.
  private(set) var members: [String: [String: Symbol]] = [:]
  /// Name → the families that have it, sorted.
  private var families: [String: [String]] = [:]
  var events: [String: Int] = [:]
  var denials: [String: Int] = [:]

  init() {}

  /// The names of a finished program, for expressions checked after it.
  init(_ program: Program) {
    for (index, setting) in program.settings.enumerated() { declare(setting.name, .setting(index)) }
    for (index, bucket) in program.buckets.enumerated() { declare(bucket.name, .bucket(index)) }
    for (index, meter) in program.meters.enumerated() { declare(meter.name, .meter(index)) }
    for (index, table) in program.tables.enumerated() { declare(table.name, .table(index)) }
    for value in program.lets { declare(value.name, .constant(value.name)) }
    for (index, event) in program.events.enumerated() { events[event.name] = index }
    for (index, denial) in program.denials.enumerated() { denials[denial.code] = index }
  }

  /// Declares `family.name`.
  mutating func declare(_ fullName: String, _ symbol: Symbol) {
    let (family, name) = Names.split(fullName)
    members[family, default: [:]][name] = symbol
    if families[name]?.contains(family) != true {
      families[name] = (families[name, default: []] + [family]).sorted()
    }
  }

  /// `limits.spending_limit` → (`limits`, `spending_limit`).
  static func split(_ fullName: String) -> (family: String, name: String) {
    let parts = fullName.split(separator: ".", maxSplits: 1)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : ("", fullName)
  }

  func member(_ name: String, of family: String) -> Symbol? { members[family]?[name] }

  func hasFamily(_ family: String) -> Bool { members[family] != nil }

  /// A bare word: the asking family's own first, else the only family that has it.
  func bare(_ name: String, from family: String?) -> Found {
    if let family, let own = member(name, of: family) { return .one(own) }
    let owners = families[name] ?? []
    switch owners.count {
    case 0: return .nothing
    case 1: return member(name, of: owners[0]).map(Found.one) ?? .nothing
    default: return .several(owners.map { "\($0).\(name)" })
    }
  }

  /// Every word that could stand where `family` asks, for did-you-mean.
  func words(from family: String?) -> [String] {
    var words = ["now", "cycle.start", "cycle.end"]
    for (owner, names) in members {
      for name in names.keys {
        words.append("\(owner).\(name)")
        if owner == family || families[name]?.count == 1 { words.append(name) }
      }
    }
    return words
  }
}

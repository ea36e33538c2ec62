import Engine
import Formats
import Language
import Ledger
import Store
import Values

/// What was charged, summed up by something: the postings of the ledger that go to usage from a bucket, less those that come back.
struct Spending {
  enum Division: String, CaseIterable {
    case account, day, week, month, model, key
  }

  struct Row {
    var label: String
    var count = 0
    /// Nano-dollars by the name of the bucket, and all together.
    var drawn: [String: Int64] = [:]
    var total: Int64 = 0
  }

  let division: Division
  /// The names of the buckets, in the order they are drawn; behind them those that only an earlier policy had.
  private(set) var buckets: [String]
  private(set) var rows: [String: Row] = [:]
  private(set) var total: Row
  private var lastEvent: [String: Int64] = [:]
  /// From the first to the last charge.
  private var times: ClosedRange<Int64>?
  private var holds: [String: Json?] = [:]

  init(by division: Division, _ program: Program) {
    self.division = division
    buckets = program.buckets.map(\.name)
    total = Row(label: "total")
  }

  private static let contras = Set(Contra.allCases.map(\.name))

  /// The amount a movement charges, and the bucket it is drawn from; nil for one that is no charge.
  private static func charge(_ posting: StoredPosting) -> (bucket: String, nano: Int64)? {
    let usage = Contra.usage.name
    if posting.destination == usage, !contras.contains(posting.source) { return (posting.source, posting.amount) }
    if posting.source == usage, !contras.contains(posting.destination) { return (posting.destination, -posting.amount) }
    return nil
  }

  /// - Parameter key: only what came with it; nil: everything.
  mutating func take(_ movement: Movement, of account: String, onlyKey key: String?, _ world: World) throws {
    guard let (bucket, nano) = Spending.charge(movement.posting) else { return }
    if let key, try word("key", of: movement, of: account, world) != key { return }
    let label = try label(of: movement, of: account, world)
    var row = rows[label] ?? Row(label: label)
    if !buckets.contains(bucket) { buckets.append(bucket) }
    func add(_ row: inout Row, isNew: Bool) {
      row.drawn[bucket, default: 0].add(nano)
      row.total.add(nano)
      if isNew { row.count += 1 }
    }
    let time = movement.posting.at
    times = times.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
    let isNew = lastEvent[account] != movement.posting.event
    lastEvent[account] = movement.posting.event
    add(&row, isNew: isNew)
    add(&total, isNew: isNew)
    rows[label] = row
  }

  private mutating func label(of movement: Movement, of account: String, _ world: World) throws -> String {
    let time = movement.posting.at
    switch division {
    case .account: return account
    case .day: return TimeText.day(time)
    case .week: return Self.week(of: time)
    case .month: return String(TimeText.day(time).prefix(7))
    case .model, .key: return try word(division.rawValue, of: movement, of: account, world) ?? ""
    }
  }

  /// What an event says of itself, or the event that made the hold it names.
  private mutating func word(
    _ name: String, of movement: Movement, of account: String, _ world: World
  ) throws -> String? {
    guard let fields = try? JsonReader.read(Array(movement.fields.utf8)) else { return nil }
    let program = try world.program
    let event = program.events.first { $0.name == movement.kind }
    // Whatever the policy calls the field that names the key.
    func word(_ fields: Json, _ event: Event?) -> String? {
      let field = name == Division.key.rawValue ? event?.keyField.flatMap { event?.fields[$0].name } : nil
      return fields[field ?? name]?.text
    }
    if let word = word(fields, event) { return word }
    guard let hold = program.roles.hold, let event,
      let field = event.fields.prefix(event.givenCount).first(where: { $0.type.base == .record(.hold) }),
      let id = fields[field.name]?.text
    else { return nil }
    let place = "\(account)\u{0}\(id)"
    if let known = holds[place] { return known.flatMap { word($0, program.events[hold]) } }
    let made = try world.events(account: account, kinds: [program.events[hold].name], id: id, most: 1).first?.json
    holds[place] = .some(made)
    return made.flatMap { word($0, program.events[hold]) }
  }

  /// In the order of time, else the largest first.
  var sorted: [Row] {
    switch division {
    case .month: rows.values.sorted { $0.label < $1.label }
    case .day, .week: (Array(rows.values) + empty).sorted { $0.label < $1.label }
    case .account, .model, .key: rows.values.sorted { ($1.total, $0.label) < ($0.total, $1.label) }
    }
  }

  /// How many days or weeks in which nothing was charged are told.
  private static let mostEmpty = 1_000

  /// The days or weeks between others in which nothing was charged; none where there are too many of them.
  private var empty: [Row] {
    guard let times else { return [] }
    let step = division == .week ? 7 * Instant.perDay : Instant.perDay
    guard (times.upperBound - times.lowerBound) / step <= Int64(Spending.mostEmpty) else { return [] }
    let labels = stride(from: times.lowerBound, through: times.upperBound, by: Int64.Stride(step)).map {
      division == .week ? Spending.week(of: $0) : TimeText.day($0)
    }
    return labels.filter { rows[$0] == nil }.map { Row(label: $0) }
  }

  /// `2026-W41`, by ISO 8601: the week of the year that its Thursday is in.
  static func week(of time: Int64) -> String {
    let monday = BillingCalendar.window(.week, at: time, anchor: nil).start
    let thursday = Instant(microseconds: monday + 3 * Instant.perDay).date
    let first =
      (try? Instant(parsing: "\(Self.padded(thursday.year, 4))-01-01").date.daysSinceEpoch) ?? thursday.daysSinceEpoch
    let week = (thursday.daysSinceEpoch - first) / 7 + 1
    return "\(Self.padded(thursday.year, 4))-W\(Self.padded(week, 2))"
  }

  private static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

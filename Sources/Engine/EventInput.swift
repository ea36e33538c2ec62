import Ledger

/// One thing that happened, as the engine is told it.
public struct EventInput: Sendable, Hashable {
  /// Index of the event in the program.
  public var event: Int
  /// The caller's own name for it; the same id twice takes effect once. Empty: every time is a new one.
  public var id: String
  /// Microseconds since 1970.
  public var at: Int64
  /// The given fields in the order of their declaration, each in its type's unit.
  public var fields: [Int64]
  /// Words for people that no rule reads, such as a model's name: kept in the journal.
  public var labels: [Transaction.Label]

  public init(event: Int, id: String = "", at: Int64, fields: [Int64], labels: [Transaction.Label] = []) {
    self.event = event
    self.id = id
    self.at = at
    self.fields = fields
    self.labels = labels
  }
}

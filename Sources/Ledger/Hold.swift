/// Money reserved for something that has begun, until it is settled, given back or expires.
public struct Hold: Sendable, Hashable {
  /// In the order rules know them by.
  public enum State: Int64, Sendable, Hashable, CaseIterable {
    case open
    case expired
    case settled
    case voided
  }

  /// What it is known by: the id of the event that made it. Unique among those of an account; the latest counts.
  public var id: String
  /// Index of the event that made it.
  public var event: Int
  /// The key it came with, by its index in the account; -1 for none.
  public var key: Int
  /// Microseconds since 1970.
  public var at: Int64
  public var expiresAt: Int64
  /// What it reserves, in nano-dollars at standard rates.
  public var covered: Int64
  /// What it reserves of each bucket, in what the bucket counts.
  public var drawn: [Int64]
  /// All fields of the event that made it, derived ones too: what a settle reads is what was so then.
  public var fields: [Int64]
  public var state: State
  /// Words for people that came with the event that made it, such as the model's name: what settles it is told by them.
  public internal(set) var labels: [Transaction.Label] = []
  /// The epoch of every window of the account, and of the key, when it was made, in the order of the layout. A window whose
  /// epoch is another has ended since, and nothing of this hold is counted in it.
  public var epochs: [Int64]
  public var keyEpochs: [Int64]

  public init(
    id: String, event: Int, key: Int, at: Int64, expiresAt: Int64, covered: Int64, drawn: [Int64], fields: [Int64],
    state: State, labels: [Transaction.Label] = [], epochs: [Int64], keyEpochs: [Int64]
  ) {
    self.id = id
    self.event = event
    self.key = key
    self.at = at
    self.expiresAt = expiresAt
    self.covered = covered
    self.drawn = drawn
    self.fields = fields
    self.state = state
    self.labels = labels
    self.epochs = epochs
    self.keyEpochs = keyEpochs
  }
}

/// In which way two policies answered one event differently.
public enum Change: UInt8, Sendable, Hashable, CaseIterable {
  case allowToDeny
  case denyToAllow
  /// Both let it pass, and it paid something else, or out of another bucket.
  case paidDiffers
  /// Both let it pass, and cards were charged or paid back differently because of it.
  case cardsDiffer
  /// Both said no, for different reasons.
  case ruleDiffers
  /// Anything else: one waits for the payment provider and the other does not.
  case otherwise

  /// `allow→deny`
  public var words: String {
    switch self {
    case .allowToDeny: "allow→deny"
    case .denyToAllow: "deny→allow"
    case .paidDiffers: "paid differs"
    case .cardsDiffer: "cards differ"
    case .ruleDiffers: "rule differs"
    case .otherwise: "answer differs"
    }
  }

  /// The same with the two policies exchanged.
  public var mirrored: Change {
    switch self {
    case .allowToDeny: .denyToAllow
    case .denyToAllow: .allowToDeny
    default: self
    }
  }
}

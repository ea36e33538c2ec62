/// How an event draws on the buckets in their order. An event does one of them, and once.
public enum Draw: String, Sendable, Hashable, CaseIterable {
  /// It takes an amount, whole or not at all.
  case pay
  /// It reserves an amount, whole or not at all.
  case hold
  /// It takes what something did cost, as far as there is money for it.
  case settle

  /// Whether gates and caps can deny it.
  public var admits: Bool { self != .settle }
  /// Whether money leaves buckets.
  public var charges: Bool { self != .hold }

  /// As a sentence says it: `rule_a` pays.
  var verb: String {
    switch self {
    case .pay: "pays"
    case .hold: "holds"
    case .settle: "settles"
    }
  }
}

extension Operation {
  /// How it draws on the buckets, if it does.
  public var draw: Draw? {
    switch self {
    case .pay: .pay
    case .hold: .hold
    case .settle: .settle
    default: nil
    }
  }

  /// Whether money is asked for: it pays or holds, so that gates and caps decide about it.
  public var admits: Bool { draw?.admits == true }

  /// Whether it takes money out of buckets in their order: it pays or settles.
  public var charges: Bool { draw?.charges == true }
}

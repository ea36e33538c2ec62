import Values

/// Where each number of an account lives.
///
/// An account is one flat row of 64-bit slots, and one further row for each of its API keys. The layout is made once from
/// the declarations of a policy; the ledger itself knows settings, buckets and meters by index only, never by name.
///
/// A row is: settings, then the moving part (clock, buckets, meters, last times, windows), then the contra accounts.
public final class LedgerLayout: Sendable {
  public let settings: [Setting]
  public let buckets: [Bucket]
  public let meters: [Meter]
  /// Slot of the time each event last took effect.
  public let lastSlots: [Int]
  public let accountWindows: [WindowSlots]
  public let keyWindows: [WindowSlots]
  /// The number of settings one value of which serves every account.
  public let globalCount: Int

  /// Slot of the account's clock: the time of the latest event that took effect.
  public let clockSlot: Int
  /// Slot of the number of payments that wait for an answer.
  public let pendingSlot: Int
  /// The slots that events change, in a row of the account and in a row of a key.
  public let movingSlots: Range<Int>
  public let keyMovingSlots: Range<Int>
  public let contraStart: Int
  /// Slots in a row of the account, and of a key.
  public let accountStride: Int
  public let keyStride: Int
  public let lotBookCount: Int
  public let paidLotKind: Int
  /// Stored bounds of a cycle are not relied on: the instant that cycles are counted from may change unseen.
  public let cycleIsVolatile: Bool
  let tables: LedgerTables

  public enum Scope: UInt8, Sendable, Hashable {
    case global
    case account
    case key
  }

  public struct Setting: Sendable, Hashable {
    public var scope: Scope
    /// In the row of its scope.
    public var slot: Int
    public var low: Int64
    public var high: Int64
    public var isOptional: Bool
    /// Whether the instant that billing cycles are counted from depends on it.
    public var movesCycle: Bool
  }

  public struct Bucket: Sendable, Hashable {
    /// Slot of the posted money; for a resetting bucket, of what was used in its window.
    public var slot: Int
    public var heldSlot: Int
    /// Slot of its book. A resetting bucket forgets at the end of a window what it gave, its book never does.
    public var bookSlot: Int
    /// The window after which a resetting bucket is filled anew; nil for one that keeps its money.
    public var window: WindowKind?
    /// Which book of lots follows it, if it keeps lots.
    public var lotBook: Int?
  }

  /// What a meter counts of payments, which is what holds reserve on it.
  public enum Measure: Sendable, Hashable {
    case payments
    case bucketPayments(Int)
    /// Nothing that is paid.
    case other
  }

  public struct Meter: Sendable, Hashable {
    public var measure: Measure
    /// Slot of its total, open holds counted in.
    public var slot: Int
    /// Slot of the part of the total that open holds make up.
    public var heldSlot: Int
    public var isPerKey: Bool
    public var window: WindowKind
    public var low: Int64
    public var high: Int64
  }

  /// One kind of window in use: its two slots, and the slots whose values belong to it.
  public struct WindowSlots: Sendable, Hashable {
    public var kind: WindowKind
    public var startSlot: Int
    public var endSlot: Int
    /// Counts how often the values began anew.
    public var epochSlot: Int
    /// All start from zero when the window ends, what is held too: a hold belongs to the window it was made in.
    public var values: [(slot: Int, heldSlot: Int)]

    public static func == (left: WindowSlots, right: WindowSlots) -> Bool {
      left.kind == right.kind && left.startSlot == right.startSlot && left.endSlot == right.endSlot
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(kind)
      hasher.combine(startSlot)
    }
  }

  /// What a policy declares, as the ledger needs it.
  public struct Declarations: Sendable {
    public var settings: [(scope: Scope, low: Int64, high: Int64, isOptional: Bool, movesCycle: Bool)] = []
    /// A resetting bucket names its window.
    public var buckets: [(window: WindowKind?, keepsLots: Bool)] = []
    public var meters: [(window: WindowKind, isPerKey: Bool, low: Int64, high: Int64, measure: Measure)] = []
    public var eventCount = 0
    /// The events whose last time billing cycles are counted from.
    public var eventsMovingCycle: Set<Int> = []
    /// The kind of lot that somebody paid for.
    public var paidLotKind = 0
    /// The instant that cycles are counted from depends on more than settings of the account: see ``cycleIsVolatile``.
    public var cycleIsVolatile = false

    public init() {}
  }

  public init(_ declarations: Declarations) {
    var settings: [Setting] = []
    var (globals, accountSlots, keySlots) = (0, 0, 0)
    for setting in declarations.settings {
      let slot: Int
      switch setting.scope {
      case .global:
        slot = globals
        globals += 1
      case .account:
        slot = accountSlots
        accountSlots += 1
      case .key:
        slot = keySlots
        keySlots += 1
      }
      settings.append(
        Setting(
          scope: setting.scope, slot: slot, low: setting.low, high: setting.high, isOptional: setting.isOptional,
          movesCycle: setting.movesCycle))
    }
    let (accountMovingStart, keyMovingStart) = (accountSlots, keySlots)

    func take(_ slots: inout Int) -> Int {
      slots += 1
      return slots - 1
    }
    let clockSlot = take(&accountSlots)
    let pendingSlot = take(&accountSlots)

    var buckets: [Bucket] = []
    var lotBooks = 0
    var accountKinds: [WindowKind: [(slot: Int, heldSlot: Int)]] = [.cycle: []]
    var keyKinds: [WindowKind: [(slot: Int, heldSlot: Int)]] = [:]
    for bucket in declarations.buckets {
      let slot = take(&accountSlots)
      let held = take(&accountSlots)
      let bookSlot = bucket.window == nil ? slot : take(&accountSlots)
      var book: Int?
      if bucket.keepsLots && bucket.window == nil {
        book = lotBooks
        lotBooks += 1
      }
      if let window = bucket.window, window != .ever {
        accountKinds[window, default: []].append((slot, held))
      }
      buckets.append(
        Bucket(slot: slot, heldSlot: held, bookSlot: bookSlot, window: bucket.window, lotBook: book))
    }

    var meters: [Meter] = []
    for meter in declarations.meters {
      let slot = meter.isPerKey ? take(&keySlots) : take(&accountSlots)
      let held = meter.isPerKey ? take(&keySlots) : take(&accountSlots)
      if meter.window != .ever {
        if meter.isPerKey {
          keyKinds[meter.window, default: []].append((slot, held))
        } else {
          accountKinds[meter.window, default: []].append((slot, held))
        }
      }
      meters.append(
        Meter(
          measure: meter.measure, slot: slot, heldSlot: held, isPerKey: meter.isPerKey, window: meter.window,
          low: meter.low, high: meter.high))
    }

    var lastSlots: [Int] = []
    for _ in 0..<declarations.eventCount { lastSlots.append(take(&accountSlots)) }

    var accountWindows: [WindowSlots] = []
    var keyWindows: [WindowSlots] = []
    for kind in WindowKind.allCases {
      if let values = accountKinds[kind] {
        accountWindows.append(
          WindowSlots(
            kind: kind, startSlot: take(&accountSlots), endSlot: take(&accountSlots),
            epochSlot: take(&accountSlots), values: values))
      }
      if let values = keyKinds[kind] {
        keyWindows.append(
          WindowSlots(
            kind: kind, startSlot: take(&keySlots), endSlot: take(&keySlots),
            epochSlot: take(&keySlots), values: values))
      }
    }

    self.settings = settings
    self.buckets = buckets
    self.meters = meters
    self.lastSlots = lastSlots
    self.accountWindows = accountWindows
    self.keyWindows = keyWindows
    self.globalCount = globals
    self.clockSlot = clockSlot
    self.pendingSlot = pendingSlot
    self.movingSlots = accountMovingStart..<accountSlots
    self.keyMovingSlots = keyMovingStart..<keySlots
    self.contraStart = accountSlots
    self.accountStride = accountSlots + Contra.allCases.count
    self.keyStride = keySlots
    self.lotBookCount = lotBooks
    self.cycleIsVolatile = declarations.cycleIsVolatile
    self.paidLotKind = declarations.paidLotKind
    tables = LedgerTables(
      settings: settings, buckets: buckets, meters: meters,
      lasts: lastSlots.enumerated().map { ($0.element, declarations.eventsMovingCycle.contains($0.offset)) },
      accountWindows: accountWindows, keyWindows: keyWindows)
  }

  deinit { tables.deallocate() }

  /// A setting's slot while nobody has set it.
  public static let unset = Int64.min + 1
  /// A last time before there was one.
  public static let none = Int64.min
  /// The bounds of a window that was never computed, or must be computed again.
  public static let stale = Int64.min

  /// The row of an account that nothing has happened to.
  public var newAccountRow: [Int64] {
    var row = [Int64](repeating: 0, count: accountStride)
    for setting in settings where setting.scope == .account { row[setting.slot] = LedgerLayout.unset }
    for slot in lastSlots { row[slot] = LedgerLayout.none }
    for window in accountWindows {
      row[window.startSlot] = LedgerLayout.stale
      row[window.endSlot] = LedgerLayout.stale
    }
    return row
  }

  /// The row of a key that nothing has happened to.
  public var newKeyRow: [Int64] {
    var row = [Int64](repeating: 0, count: keyStride)
    for setting in settings where setting.scope == .key { row[setting.slot] = LedgerLayout.unset }
    for window in keyWindows {
      row[window.startSlot] = LedgerLayout.stale
      row[window.endSlot] = LedgerLayout.stale
    }
    return row
  }

  /// Brings the windows of an account's row, or of a key's, up to `now`: one that has ended makes way for the one `now` is
  /// in, and its values start again from zero, held parts too, and its epoch counts one more, unless the computed window
  /// begins where the stored one did.
  ///
  /// - Returns: whether the row changed.
  @discardableResult
  public func roll(_ scope: Scope, in row: UnsafeMutablePointer<Int64>, now: Int64, anchor: Int64?) -> Bool {
    var changed = false
    let windows = scope == .key ? tables.keyWindows : tables.accountWindows
    for window in windows where now >= row[window.endSlot] || (cycleIsVolatile && window.kind == .cycle) {
      let current = BillingCalendar.window(window.kind, at: now, anchor: anchor)
      if current.start != row[window.startSlot] {
        for value in window.values { (row[value.slot], row[value.heldSlot]) = (0, 0) }
        row[window.epochSlot] &+= 1
      }
      if current.start != row[window.startSlot] || current.end != row[window.endSlot] { changed = true }
      row[window.startSlot] = current.start
      row[window.endSlot] = current.end
    }
    return changed
  }
}

extension LedgerLayout: Hashable {
  /// Two layouts are alike when every number lives in the same place.
  public static func == (left: LedgerLayout, right: LedgerLayout) -> Bool {
    left === right
      || (left.settings == right.settings && left.buckets == right.buckets && left.meters == right.meters
        && left.lastSlots == right.lastSlots && left.accountWindows == right.accountWindows
        && left.keyWindows == right.keyWindows)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(accountStride)
    hasher.combine(keyStride)
  }
}

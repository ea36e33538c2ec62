import CFaultVFS
import Synchronization

/// A file system of one test's own, which fails where it is told to.
public final class FaultyDisk {
  public let name: String
  private let vfs: OpaquePointer

  private static let made = Mutex(0)

  public init() {
    let number = FaultyDisk.made.withLock { made in
      made += 1
      return made
    }
    name = "faulty-\(number)"
    guard let vfs = fault_vfs_register(name) else { preconditionFailure("SQLite takes no further file system") }
    self.vfs = vfs
  }

  deinit { fault_vfs_unregister(vfs) }

  public struct Calls: OptionSet, Sendable {
    public var rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let open = Calls(rawValue: FAULT_OPEN)
    public static let delete = Calls(rawValue: FAULT_DELETE)
    public static let read = Calls(rawValue: FAULT_READ)
    public static let write = Calls(rawValue: FAULT_WRITE)
    public static let sync = Calls(rawValue: FAULT_SYNC)
    public static let truncate = Calls(rawValue: FAULT_TRUNCATE)
    public static let memory = Calls(rawValue: FAULT_SHM)
    public static let lock = Calls(rawValue: FAULT_LOCK)
    public static let changes = Calls(rawValue: FAULT_CHANGES)
    public static let everything: Calls = [changes, open, read, memory, lock]
  }

  public enum Ending: String, CaseIterable, Sendable {
    case fails, torn, full, power

    var number: Int {
      switch self {
      case .fails: FAULT_FAILS
      case .torn: FAULT_TORN
      case .full: FAULT_FULL
      case .power: FAULT_POWER
      }
    }
  }

  public func plan(_ calls: Calls, _ nth: Int, _ ending: Ending, forever: Bool = false, seed: UInt64 = 1) {
    fault_vfs_plan(vfs, Int32(calls.rawValue), Int64(nth), Int32(ending.number), forever ? 1 : 0, seed)
  }

  public func count(_ calls: Calls) -> Int { Int(fault_vfs_count(vfs, Int32(calls.rawValue))) }
  public var failures: Int { Int(fault_vfs_failures(vfs)) }
  /// The last call that failed: `write store.payg-wal`.
  public var failed: String { String(cString: fault_vfs_failed(vfs)) }

  /// Works from here on.
  public func mend() { fault_vfs_reset(vfs) }
  public func cutPower() { fault_vfs_cut_power(vfs) }
  /// What is on the disk when the power is back; all stores must be closed.
  public func restart(seed: UInt64) -> Int { Int(fault_vfs_crash(vfs, seed)) }
}

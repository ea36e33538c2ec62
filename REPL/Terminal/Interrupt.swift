import CEdit

/// Ctrl-C. Once installed it ends nothing: whoever works asks ``isRaised`` from time to time, and a prompt drops its line.
public enum Interrupt {
  /// From now on SIGINT is noted.
  public static func install() { cedit_interrupt_install() }
  /// Whether SIGINT came since the last ``clear()``. Cheap, and safe on every thread.
  public static var isRaised: Bool { cedit_interrupt_raised() != 0 }
  /// Before work begins, so that an old interrupt does not end it.
  public static func clear() { cedit_interrupt_clear() }
}

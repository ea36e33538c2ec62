#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much room a terminal has.
public struct TerminalSize: Sendable, Hashable {
  public var columns: Int
  public var rows: Int

  /// No terminal is narrower or wider than what is believed.
  static let columnRange = 20...1000
  static let rowRange = 5...1000

  public init(columns: Int, rows: Int) {
    self.columns = min(max(columns, TerminalSize.columnRange.lowerBound), TerminalSize.columnRange.upperBound)
    self.rows = min(max(rows, TerminalSize.rowRange.lowerBound), TerminalSize.rowRange.upperBound)
  }

  /// The size for what is written to a descriptor: `COLUMNS` if it is a number, else what the terminal says, else 80 by 24.
  public static func of(_ descriptor: Int32, environment: [String: String] = [:]) -> TerminalSize {
    let seen = seen(descriptor)
    let wanted = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    return TerminalSize(columns: wanted ?? seen?.columns ?? 80, rows: seen?.rows ?? 24)
  }

  /// What the terminal itself says.
  static func seen(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}

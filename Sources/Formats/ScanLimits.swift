/// How much one row may ask for. Files come from anywhere: what is longer than any real row costs only itself.
public struct ScanLimits: Sendable, Hashable {
  /// The longest row, in bytes, line ends inside quotes included. Usage rows have about a hundred bytes; a whole prompt in a
  /// column that nobody reads still fits.
  public var lineBytes = 1 << 20
  /// The most columns of a row, or members of an object. The widest known export has about sixty.
  public var columns = 1_024
  /// How much of a row that is too long is kept to be shown.
  public var shownBytes = 4_096

  public init() {}

  public init(lineBytes: Int, columns: Int = 1_024) {
    self.lineBytes = max(1, lineBytes)
    self.columns = max(1, columns)
  }
}

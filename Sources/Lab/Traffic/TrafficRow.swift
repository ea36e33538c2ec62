import Engine

/// What became of one row of a usage file.
public enum TrafficLine: Sendable, Hashable {
  case row(TrafficRow)
  case rejected(RejectedRow)
}

/// One use of the API, as a file tells it.
public struct TrafficRow: Sendable, Hashable {
  /// The line of the file it begins on, from 1, as an editor counts.
  public var line: Int
  public var account: String
  /// The key as the row names it, whether or not its event has a field for one.
  public var key: String?
  /// The event: its id (never empty), its time and one value for each given field.
  public var call: EventCall

  public init(line: Int, account: String, key: String? = nil, call: EventCall) {
    self.line = line
    self.account = account
    self.key = key
    self.call = call
  }
}

/// A row that cannot be read. It stops nothing: the rows after it are read.
public struct RejectedRow: Sendable, Hashable {
  /// The line of the file it begins on, from 1, as an editor counts.
  public var line: Int
  /// The line it had in the file it first came from, where this one is made of rejected rows; else the same as ``line``.
  /// Nil for a row that somebody has put among rejected ones.
  public var firstLine: Int?
  /// A lower-case sentence.
  public var reason: String
  /// What to do about it, one line, where anything general can be said.
  public var help: String?
  /// The row as it stands in the file, without its line end. What is longer than any row may be is cut.
  public var bytes: [UInt8]
  public var isCut: Bool

  public init(
    line: Int, firstLine: Int?, reason: String, help: String? = nil, bytes: [UInt8], isCut: Bool = false
  ) {
    self.line = line
    self.firstLine = firstLine
    self.reason = reason
    self.help = help
    self.bytes = bytes
    self.isCut = isCut
  }

  /// The row as text for a terminal: what is no UTF-8 or would steer the terminal is `�`, and it is no longer than `limit`.
  public func shown(limit: Int = 120) -> String {
    var text = ""
    for scalar in String(decoding: bytes.prefix(4 * limit), as: UTF8.self).unicodeScalars.prefix(limit) {
      text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return bytes.count > text.utf8.count ? text + "…" : text
  }
}

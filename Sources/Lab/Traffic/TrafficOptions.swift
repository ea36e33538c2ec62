import Formats
import Values

/// How a file of usage is to be understood, where it does not say so itself.
public struct TrafficOptions: Sendable {
  /// The event a row is, unless a column `event` says otherwise.
  public var event: String
  /// What the rows are called that have no id of their own: `NAME:LINE`. Nil: the file's own name without its endings.
  public var name: String?
  /// Nil: by the first byte, `{` for lines of JSON.
  public var format: TrafficFormat?
  /// Which column is what, where its name does not tell: column → `at`, `account`, `key`, `id`, `event` or a field of the
  /// event; empty for a column that is to be left alone.
  public var mapping: [String: String] = [:]
  /// The account of every row without one, so that a file without accounts can be read.
  public var account: String?
  /// What every row says, whatever its columns say: a field of the event → its value as a cell would have it.
  public var constants: [String: String] = [:]
  /// What times are added to that are seconds from zero, as in published traces.
  public var start: Instant?
  /// Rows up to this line, as an editor counts, are passed over: they were read before.
  public var resumesAfter = 0
  public var limits = ScanLimits()

  public init(event: String) { self.event = event }

  /// Adds one `COLUMN=FIELD` of a command line. False, changing nothing, for any other text.
  public mutating func map(_ text: String) -> Bool {
    guard let sign = text.lastIndex(of: "="), sign > text.startIndex else { return false }
    mapping[String(text[..<sign])] = String(text[text.index(after: sign)...])
    return true
  }

  /// Adds one `FIELD=VALUE` of a command line. False, changing nothing, for any other text.
  public mutating func set(_ text: String) -> Bool {
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex, text.index(after: sign) < text.endIndex else {
      return false
    }
    constants[String(text[..<sign])] = String(text[text.index(after: sign)...])
    return true
  }
}

/// The forms a file of usage may have. Each may be packed by gzip, whatever it is called.
public enum TrafficFormat: String, Sendable, Hashable, CaseIterable {
  /// A header, then one row a line (RFC 4180).
  case csv
  /// One JSON object a line.
  case ndjson
}

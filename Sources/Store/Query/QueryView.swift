/// A view that statements may read: what `.schema`, completion and the documentation are made of.
public struct QueryView: Sendable, Hashable {
  public var name: String
  /// What one row is.
  public var summary: String
  public var columns: [Column]

  public struct Column: Sendable, Hashable {
    public var name: String
    public var type: Kind
    /// What it means.
    public var summary: String
    /// The values it may have, where these are few; else some it may have.
    public var examples: [String]
  }

  public enum Kind: String, Sendable, Hashable {
    case text
    case integer
    /// A whole number of nano-dollars; `usd(…)` makes a text of it.
    case money
    /// ISO 8601 text in UTC that sorts: `2026-10-15 14:02:03`, with as many decimals as it needs.
    case time
    /// 0 or 1.
    case flag
    /// JSON text: see `json_extract`.
    case json
    /// Whatever its row says.
    case any
  }

  init(_ name: String, _ summary: String, _ columns: [Column]) {
    self.name = name
    self.summary = summary
    self.columns = columns
  }
}

extension QueryView.Column {
  static func text(_ name: String, _ summary: String, _ examples: [String] = []) -> Self {
    Self(name: name, type: .text, summary: summary, examples: examples)
  }
  static func integer(_ name: String, _ summary: String, _ examples: [String] = []) -> Self {
    Self(name: name, type: .integer, summary: summary, examples: examples)
  }
  static func money(_ name: String, _ summary: String) -> Self {
    Self(name: name, type: .money, summary: summary, examples: [])
  }
  static func time(_ name: String, _ summary: String) -> Self {
    Self(name: name, type: .time, summary: summary, examples: [])
  }
  static func flag(_ name: String, _ summary: String) -> Self {
    Self(name: name, type: .flag, summary: summary, examples: ["0", "1"])
  }
  static func json(_ name: String, _ summary: String, _ examples: [String] = []) -> Self {
    Self(name: name, type: .json, summary: summary, examples: examples)
  }
  static func any(_ name: String, _ summary: String) -> Self {
    Self(name: name, type: .any, summary: summary, examples: [])
  }
}

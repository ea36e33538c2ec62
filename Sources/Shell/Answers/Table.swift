import Diagnostics

/// Rows with typed cells: printed for people, written for machines.
public struct Table: Sendable {
  public struct Column: Sendable {
    /// `amount`; machine modes make `amount_nano` and `amount_usd` of a money column.
    public var name: String
    public var kind: Kind
    /// Written by customers or authors: a spreadsheet must not take it for a formula.
    public var isForeign: Bool
    /// Its texts are cut where the screen is too narrow.
    public var isElastic = false
    /// People can do without it where the screen is too narrow.
    public var canGo = false
    /// A time that people need to the minute only.
    public var isCoarse = false
    /// What people see above it, where that is not its name.
    public var heading: String?

    public init(
      _ name: String, _ kind: Kind = .text, isForeign: Bool = false, isElastic: Bool = false, canGo: Bool = false,
      isCoarse: Bool = false
    ) {
      self.name = name
      self.kind = kind
      self.isForeign = isForeign
      self.isElastic = isElastic
      self.canGo = canGo
      self.isCoarse = isCoarse
    }
  }

  public enum Kind: Sendable {
    case text
    /// Nano-dollars.
    case money
    case integer
    /// A whole number that names something, or that somebody goes on counting with: without separators.
    case number
    /// Microseconds since 1970.
    case time
    /// `allowed`, `denied`, …: coloured.
    case verdict
    case bool
  }

  public enum Cell: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case bool(Bool)
    case none
  }

  public var columns: [Column]
  public var rows: [[Cell]] = []
  /// What each row is about, for `_1`, `_2` …: the id of an event, else the name of an account. Empty: rows are about nothing.
  public var subjects: [String] = []
  /// Rows there are beyond these; nil where nobody counted.
  public var more: Int?
  /// Below the rows: sums.
  public var footer: [Cell]?
  /// The column that is drawn as bars beside the rows, where there is room.
  public var bars: Int?

  public init(_ columns: [Column]) { self.columns = columns }
}

extension Table.Column {
  /// The same with other words above it for people.
  func headed(_ heading: String) -> Table.Column {
    var column = self
    column.heading = heading
    return column
  }

  /// What people see above it.
  var title: String { ShownText.text(heading ?? name) }
}

/// Why one row of a file cannot be taken apart. The rows after it can.
public enum RowFault: Error, Sendable, Hashable {
  /// No line end within the longest row there may be.
  case tooLong(limit: Int)
  case tooManyColumns(limit: Int)
  /// A quote is opened and not closed before the file, or the longest row there may be, ends.
  case unclosedQuote(column: Int)
  /// A quote inside a field that does not begin with one.
  case strayQuote(column: Int)
  /// Something stands between the quote that closes a field and the next comma.
  case afterQuote(column: Int)
  /// The line is no JSON object. `place` counts its bytes from 1.
  case json(place: Int, problem: String, help: String?)
}

extension RowFault: CustomStringConvertible {
  /// One lower-case sentence. Columns are counted from 1.
  public var message: String {
    switch self {
    case .tooLong(let limit): "the row is longer than \(limit) bytes"
    case .tooManyColumns(let limit): "the row has more than \(limit) columns"
    case .unclosedQuote(let column): "the quote of column \(column) is not closed"
    case .strayQuote(let column): "a quote inside column \(column), which does not begin with one"
    case .afterQuote(let column): "column \(column) goes on after its closing quote"
    case .json(let place, let problem, _): "\(problem), at byte \(place) of the line"
    }
  }

  /// What to write instead, one line.
  public var help: String? {
    switch self {
    case .tooLong, .tooManyColumns: nil
    case .unclosedQuote: "end the field with `\"`"
    case .strayQuote, .afterQuote: "put the whole field in quotes and double the ones inside: `\"a \"\"b\"\" c\"`"
    case .json(_, _, let help): help
    }
  }

  public var description: String { message }
}

/// What a scanner has come to.
public enum ScannedRow: Sendable, Hashable {
  case row
  /// A line that begins as notes do; it is no row.
  case note
  case broken(RowFault)
  case end
}

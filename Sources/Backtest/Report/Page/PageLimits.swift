/// How much a page shows, so that it stays a file that can be mailed. What is left out is counted on it.
struct PageLimits {
  /// Comparisons on the page.
  var pairs: Int

  /// Rows of one table of accounts.
  var accounts: Int { max(8, 200 / max(1, pairs)) }
  /// Steps of a series by time; a longer one is drawn in steps of several days.
  var steps: Int { pairs > 8 ? 61 : pairs > 4 ? 122 : 366 }
  /// Series by time that are drawn.
  var plots: Int { pairs > 8 ? 2 : 6 }
  /// Whether each day's numbers stand in a table as well.
  var hasDays: Bool { pairs <= 4 }
  /// Rows of that table.
  var days: Int { 366 / max(1, pairs) }
  /// Accounts with bars, on either side.
  var bars: Int { pairs > 8 ? 3 : 8 }
  /// Rows of other lists.
  var rows: Int { pairs > 8 ? 3 : 15 }
  /// Events that are told with why.
  var witnesses: Int { pairs > 8 ? 1 : 8 }
  /// Lines of an explanation.
  var whyLines: Int { pairs > 8 ? 12 : 40 }
  /// Declarations whose texts are shown, and lines of each.
  var rules: Int { pairs > 8 ? 4 : 24 }
  var ruleLines: Int { pairs > 8 ? 12 : 40 }
  /// Columns of a name before it is cut.
  static let name = 40
  /// Characters of any text.
  static let text = 400
}

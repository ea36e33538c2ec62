/// The named limits on what an author may write. Beyond one there is a diagnostic, never a crash and never silence.
public struct Limits: Sendable, Hashable {
  /// Bytes in one file. The largest hand-written policy is a hundredth of it; long price lists belong in a CSV file.
  public var fileBytes = 1 << 20
  /// Tokens in one file. Keeps the memory of a hostile file within a few megabytes.
  public var fileTokens = 100_000
  /// Expressions inside expressions: brackets, `if`, `not`, calls. Readers lose count far earlier.
  public var nesting = 64
  /// Levels of one expression's tree, long chains of operators included. Bounds the stack of everything that walks it.
  public var expressionHeight = 128
  /// Bytes in one word. It has to fit a trace line and a table heading.
  public var identifierBytes = 64
  /// Bytes in one quoted text. It is read by people, in one breath.
  public var textBytes = 1_000
  /// Rows written inside a table. More are a price list, which a spreadsheet keeps better.
  public var tableRows = 10_000
  /// Rules on one event. Bounds the time of one decision.
  public var rulesPerEvent = 1_000
  /// Pairs of rules compared with each other on one event. Two hundred rules that all pay make as many; nobody reads more.
  public var comparedPairs = 20_000
  /// Rows visited while one table is searched for gaps and overlaps. Ten thousand rows of one or two columns take fewer.
  public var tableSteps = 4_000_000
  /// Diagnostics kept for one file, of which the first 20 are shown. Binary junk has a mistake at every byte.
  public var keptDiagnostics = 500

  public init() {}

  /// The limits in force everywhere, save in tests of the limits themselves.
  public static let standard = Limits()
}

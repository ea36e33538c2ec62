/// All that was found in one run, in the order of the text.
public struct DiagnosticList: Sendable {
  /// How many are shown before "and N more".
  public static let shownAtMost = 20
  /// How many of each severity are kept; later ones are only counted. Broken binary input has a mistake at every byte.
  public static let keptAtMost = 1_000

  private var kept: [Diagnostic] = []
  private var counts = [Int](repeating: 0, count: Severity.allCases.count)

  public init() {}

  public mutating func append(_ diagnostic: Diagnostic) {
    counts[diagnostic.severity.place] += 1
    if counts[diagnostic.severity.place] <= DiagnosticList.keptAtMost { kept.append(diagnostic) }
  }

  public mutating func append(contentsOf diagnostics: some Sequence<Diagnostic>) {
    for diagnostic in diagnostics { append(diagnostic) }
  }

  /// Adds all of another collection, with those it only counted.
  public mutating func append(contentsOf other: DiagnosticList) {
    append(contentsOf: other.kept)
    for severity in Severity.allCases {
      let held = other.kept.count { $0.severity == severity }
      counts[severity.place] += other.counts[severity.place] - held
    }
  }

  /// How many have this severity.
  public func count(_ severity: Severity) -> Int { counts[severity.place] }

  public var count: Int { counts.reduce(0, +) }
  public var isEmpty: Bool { count == 0 }
  public var errorCount: Int { count(.error) }
  public var warningCount: Int { count(.warning) }
  public var hasErrors: Bool { errorCount > 0 }

  /// By source, then by start; what begins at the same place stays in the order it was found.
  public var sorted: [Diagnostic] {
    kept.sorted { ($0.span.source, $0.span.start) < ($1.span.source, $1.span.start) }
  }
}

extension DiagnosticList: Sequence {
  /// The same order as ``sorted``.
  public func makeIterator() -> IndexingIterator<[Diagnostic]> { sorted.makeIterator() }
}

extension Severity {
  fileprivate var place: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .note: 2
    }
  }
}

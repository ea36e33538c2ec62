/// Turns diagnostics into text for people, with the source line and carets under the place.
///
/// ```text
/// error[P0103]: unknown name `blance`
///   --> rules/limits/policy.rules:4:8
///    |
///  4 |   when blance > $5
///    |        ^^^^^^ not a setting, bucket, meter or let
///    |
///    = help: did you mean `balance`?
/// ```
///
/// Nothing in the text of an author can move the cursor or change a colour, and no span can make it fail: one outside
/// its source is shown at the nearer end, one of no source without a place. No text ends with a line feed.
public struct Renderer: Sendable {
  /// The widest excerpt of a source line, in columns, on however wide a screen.
  public static let widest = 160
  /// The width that is used for a screen narrower than this.
  public static let narrowest = 40

  private let sources: SourceMap
  private let width: Int
  private let paint: Paint

  /// - Parameters:
  ///   - color: whether to use terminal colours.
  ///   - width: the columns of the screen, which source lines are cut to. Messages are never cut or wrapped.
  public init(sources: SourceMap, color: Bool = false, width: Int = 100) {
    self.sources = sources
    self.width = max(Renderer.narrowest, min(Renderer.widest, width))
    paint = Paint(isOn: color)
  }

  /// All of them in the order of the text, or the first ``DiagnosticList/shownAtMost`` and how many more there are, then
  /// the count: `2 errors, 1 warning`. Errors are never hidden behind warnings. Empty when there are none.
  public func render(_ all: DiagnosticList) -> String {
    guard !all.isEmpty else { return "" }
    let shown = Renderer.shown(of: all.sorted)
    var closing = Renderer.summary(all)
    if shown.count < all.count { closing = "and \(all.count - shown.count) more\n" + closing }
    return (shown.map { render($0) } + [closing]).joined(separator: "\n\n")
  }

  /// The counts in words: `2 errors, 1 warning`.
  static func summary(_ all: DiagnosticList) -> String {
    Severity.allCases.compactMap { severity in
      let count = all.count(severity)
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }.joined(separator: ", ")
  }

  // Errors take the places first; what remains goes to warnings, then notes. The order stays that of the text.
  private static func shown(of sorted: [Diagnostic]) -> [Diagnostic] {
    let places = Severity.allCases
      .flatMap { severity in sorted.indices.filter { sorted[$0].severity == severity } }
      .prefix(DiagnosticList.shownAtMost)
    return places.sorted().map { sorted[$0] }
  }
}

// MARK: - One diagnostic

extension Renderer {
  /// One diagnostic, over several lines.
  public func render(_ diagnostic: Diagnostic) -> String {
    let style = diagnostic.severity.style
    var lines = [
      paint("\(diagnostic.severity.rawValue)[\(Glyph.shown(diagnostic.code))]", style)
        + paint(": \(Glyph.shown(diagnostic.message))", .strong)
    ]

    let groups = marks(of: diagnostic)
    let gutter = groups.joined().map { String($0.line).utf8.count }.max() ?? 1
    for (index, group) in groups.enumerated() {
      let (line, column) = (group[0].line, group[0].column)
      if index > 0 { lines.append(bar(gutter)) }
      let arrow = paint(String(repeating: " ", count: gutter + 1) + (index == 0 ? "-->" : ":::"), .gutter)
      lines.append("\(arrow) \(Glyph.shown(group[0].source.name)):\(line):\(column)")
      lines.append(bar(gutter))
      lines += snippet(group, gutter: gutter, style: style)
    }

    var closing = diagnostic.notes.flatMap { closingLines("note", .strong, $0, gutter: gutter) }
    if let help = diagnostic.help ?? diagnostic.fix.map(help(for:)) {
      closing += closingLines("help", .help, help, gutter: gutter)
    }
    if !groups.isEmpty && !closing.isEmpty { lines.append(bar(gutter)) }
    lines += closing
    return lines.map { $0.trimmingTrailingSpaces() }.joined(separator: "\n")
  }

  /// `= note: …`, with any further lines of the text below its first.
  private func closingLines(_ word: String, _ style: Paint.Style, _ text: String, gutter: Int) -> [String] {
    let margin = String(repeating: " ", count: gutter + 2)
    let hanging = margin + String(repeating: " ", count: "= \(word): ".utf8.count)
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
      let start = index == 0 ? margin + paint("=", .gutter) + " " + paint(word, style) + ": " : hanging
      return start + Glyph.shown(String(line))
    }
  }

  /// What a fix says when its diagnostic has no help of its own.
  private func help(for fix: Fix) -> String {
    let old = sources.text(fix.span)
    if old.isEmpty { return "add `\(fix.replacement)`" }
    if fix.replacement.isEmpty { return "remove `\(old)`" }
    return "write `\(fix.replacement)` instead of `\(old)`"
  }

  /// The gutter of a line with no number.
  private func bar(_ gutter: Int) -> String { paint(String(repeating: " ", count: gutter + 2) + "|", .gutter) }
}

// MARK: - Marks

extension Renderer {
  /// A place to underline, on the line where it begins.
  private struct Mark {
    let source: Source
    let isPrimary: Bool
    /// From 1.
    let line: Int
    let column: Int
    /// The bytes to underline: to the end of the line, when the span goes on behind it.
    let bytes: Range<Int>
    let message: String
  }

  /// All places of a diagnostic, one group for each source; the diagnostic's own source, and in it its own span, first.
  private func marks(of diagnostic: Diagnostic) -> [[Mark]] {
    let places = [Label(span: diagnostic.span, message: diagnostic.label ?? "")] + diagnostic.labels
    var order: [Int32] = []
    var groups: [Int32: [Mark]] = [:]
    for (index, place) in places.enumerated() where sources.sources.indices.contains(Int(place.span.source)) {
      let source = sources[place.span]
      let range = source.clamped(place.span)
      let (line, column) = source.position(of: range.lowerBound)
      let lineEnd = source.lineBytes(line).endIndex
      let start = min(range.lowerBound, lineEnd)
      let mark = Mark(
        source: source, isPrimary: index == 0, line: line, column: column,
        bytes: start..<max(start, min(range.upperBound, lineEnd)), message: place.message)
      if groups[place.span.source] == nil { order.append(place.span.source) }
      groups[place.span.source, default: []].append(mark)
    }
    return order.map { groups[$0] ?? [] }
  }

  /// The lines of one source that have marks, each with its underlines.
  private func snippet(_ group: [Mark], gutter: Int, style: Paint.Style) -> [String] {
    let room = width - gutter - 4
    var lines: [String] = []
    var rest = group.sorted {
      ($0.line, $0.isPrimary ? 0 : 1, $0.bytes.lowerBound) < ($1.line, $1.isPrimary ? 0 : 1, $1.bytes.lowerBound)
    }
    var lastLine: Int?
    while let first = rest.first {
      if let lastLine, first.line > lastLine + 1 { lines.append(paint("...", .gutter)) }
      lastLine = first.line
      let excerpt = Excerpt(first.source.lineBytes(first.line), around: first.bytes.lowerBound, limit: room)
      let number = String(first.line)
      let padding = String(repeating: " ", count: gutter - number.utf8.count + 1)
      lines.append(paint("\(padding)\(number) |", .gutter) + " " + excerpt.text)

      // Marks of the same line that were cut away get an excerpt of their own.
      let isShown = { (mark: Mark) in mark.line == first.line && excerpt.shows(mark.bytes.lowerBound) }
      for (index, mark) in rest.enumerated() where index == 0 || isShown(mark) {
        let (before, count) = excerpt.columns(of: mark.bytes)
        let line = String(repeating: mark.isPrimary ? "^" : "-", count: count)
        let message = mark.message.isEmpty ? "" : " " + Glyph.shown(mark.message)
        lines.append(
          bar(gutter) + String(repeating: " ", count: before + 1)
            + paint(line + message, mark.isPrimary ? style : .gutter))
      }
      rest = rest.enumerated().filter { $0.offset != 0 && !isShown($0.element) }.map(\.element)
    }
    return lines
  }
}

extension String {
  fileprivate func trimmingTrailingSpaces() -> String {
    var bytes = utf8[...]
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return String(Substring(bytes))
  }
}

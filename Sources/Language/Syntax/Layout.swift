import Diagnostics

/// A file as lines of tokens, and the text those make.
struct Layout {
  /// What stands on one line.
  private struct Line {
    var tokens: [Token] = []
    var comment: TokenStream.Comment?
    /// Whether the author left at least one line empty before it.
    var followsBlank = false

    var inFirstColumn: Bool { tokens.first?.inFirstColumn ?? comment?.inFirstColumn ?? false }
  }

  /// Words that begin the lines of a scenario, wherever they stand.
  static let steps: Set<String> = ["scenario", "given", "when", "then"]
  /// Words that do so in the first column only; elsewhere they go on with the line above.
  private static let stepsInFirstColumn: Set<String> = ["and", "at"]

  private static let stepColumns = 7

  private let source: Source
  private let dialect: Formatter.Dialect
  private let lines: [Line]
  /// For each line the spaces before it.
  private var indents: [Int] = []

  init(_ stream: TokenStream, _ source: Source, _ dialect: Formatter.Dialect) {
    self.source = source
    self.dialect = dialect
    lines = Layout.lines(of: stream, source)
    indents = indentation()
  }

  private static func lines(of stream: TokenStream, _ source: Source) -> [Line] {
    var lines: [Line] = []
    var comments = stream.comments[...]
    var last = 0
    func begin(_ startsLine: Bool, at offset: Int32) {
      guard startsLine || lines.isEmpty else { return }
      let feeds = source.bytes[last..<Int(offset)].count { $0 == Ascii.lineFeed }
      lines.append(Line(followsBlank: feeds > 1 && !lines.isEmpty))
    }
    func take(_ comment: TokenStream.Comment) {
      begin(comment.startsLine, at: comment.span.start)
      lines[lines.count - 1].comment = comment
      last = Int(comment.span.end)
    }
    for token in stream.tokens {
      while let comment = comments.first, comment.span.start < token.span.start || token.kind == .end {
        take(comment)
        comments.removeFirst()
      }
      guard token.kind != .end else { break }
      begin(token.startsLine, at: token.span.start)
      lines[lines.count - 1].tokens.append(token)
      last = Int(token.span.end)
    }
    return lines
  }

  // MARK: - Text

  /// The whole file, each line ended by a line feed.
  var text: String {
    var result = ""
    var breaker = LineBreaker()
    var before: Token?
    for (index, line) in lines.enumerated() {
      if line.followsBlank { result += "\n" }
      let indent = indents[index]
      if line.tokens.isEmpty {
        result += String(repeating: " ", count: indent) + (line.comment?.text ?? "") + "\n"
        continue
      }
      var pieces = pieces(of: line, after: before)
      if dialect == .rules {
        pieces = breaker.breaking(pieces, line.tokens, indent: indent)
      } else if indent == 0, pieces.count > 1, isStep(line.tokens[0]) {
        pieces[1] =
          String(repeating: " ", count: max(1, Layout.stepColumns - pieces[0].utf8.count))
          + pieces[1].drop { $0 == " " }
      }
      result += String(repeating: " ", count: indent) + pieces.joined()
      if let comment = line.comment { result += "  " + comment.text }
      result += "\n"
      before = line.tokens.last
    }
    return result
  }

  /// Each token with the space before it.
  private func pieces(of line: Line, after before: Token?) -> [String] {
    var pieces: [String] = []
    var previous = before
    var earlier: Token?
    var minusIsSign = false
    for (index, token) in line.tokens.enumerated() {
      let hasSpace =
        index > 0
        && Spacing.isSpaced(
          token, after: line.tokens[index - 1], earlier: earlier, previousIsSign: minusIsSign)
      pieces.append((hasSpace ? " " : "") + source.text(token.span))
      minusIsSign =
        token.kind == .minus
        && Spacing.isSign(
          token, after: previous, before: index + 1 < line.tokens.count ? line.tokens[index + 1] : nil)
      earlier = index > 0 ? line.tokens[index - 1] : nil
      previous = token
    }
    return pieces
  }

  // MARK: - Indentation

  private func isStep(_ token: Token) -> Bool {
    token.kind == .word && token.text != "scenario"
      && (Layout.steps.contains(token.text) || Layout.stepsInFirstColumn.contains(token.text))
  }

  private func indentation() -> [Int] {
    let inner = dialect == .rules ? 2 : Layout.stepColumns
    var indents = lines.map { $0.tokens.isEmpty || startsBlock($0) ? 0 : inner }
    // A comment goes with the line below it, unless that begins something new: then one that the author indented right
    // under a block still belongs to the block.
    var belowGoesOn = false
    for (index, line) in lines.enumerated().reversed() {
      if !line.tokens.isEmpty { belowGoesOn = !startsBlock(line) } else if belowGoesOn { indents[index] = inner }
    }
    var isInBlock = false
    for (index, line) in lines.enumerated() {
      if !line.tokens.isEmpty {
        isInBlock = true
      } else if indents[index] == 0 {
        if line.followsBlank || line.inFirstColumn { isInBlock = false }
        if isInBlock { indents[index] = inner }
      }
    }
    return indents
  }

  private func startsBlock(_ line: Line) -> Bool {
    guard let first = line.tokens.first else { return false }
    return first.inFirstColumn || (dialect == .scenario && first.kind == .word && Layout.steps.contains(first.text))
  }
}

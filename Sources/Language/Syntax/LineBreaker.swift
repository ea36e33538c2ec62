/// Breaks lines that are too long before the words that begin a clause of their declaration.
struct LineBreaker {
  private static let words: [String: Set<String>] = [
    "setting": ["must", "from"], "bucket": ["resets", "else"], "table": ["gives", "from", "row"],
    "deny": ["when", "with"], "gate": ["when", "else"], "cap": ["at", "when", "else"], "on": ["when", "else"],
    "before": ["when"], "after": ["when"],
  ]

  /// The word that began the declaration the next line belongs to.
  private var declaration = ""
  private var depth = 0
  private var openChoices = 0

  /// The pieces of one line, with line feeds and indentation where it is broken.
  mutating func breaking(_ pieces: [String], _ tokens: [Token], indent: Int) -> [String] {
    var pieces = pieces
    let length = indent + pieces.reduce(0) { $0 + $1.unicodeScalars.count }
    for (index, token) in tokens.enumerated() {
      if token.inFirstColumn {
        declaration = token.text
        depth = 0
        openChoices = 0
      }
      let isClause = beginsClause(token)
      if isClause, index > 0, length > Formatter.width {
        pieces[index] = "\n  " + pieces[index].drop { $0 == " " }
      }
    }
    return pieces
  }

  private mutating func beginsClause(_ token: Token) -> Bool {
    switch token.kind {
    case .leftParenthesis: depth += 1
    case .rightParenthesis: depth = max(0, depth - 1)
    case .word where token.text == "if": openChoices += 1
    case .word where token.text == "else" && openChoices > 0:
      openChoices -= 1
      return false
    case .word: return depth == 0 && LineBreaker.words[declaration]?.contains(token.text) == true
    default: break
    }
    return false
  }
}

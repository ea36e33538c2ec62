/// Where a space stands between two tokens of one line.
enum Spacing {
  /// Words after which an operand follows, whatever the rest of the file declares.
  private static let leading: Set<String> = [
    "and", "or", "not", "if", "then", "else", "is", "in", "when", "at", "to", "from", "by", "of", "with", "for", "must",
    "row", "as", "default", "because", "below",
  ]

  /// - Parameters:
  ///   - earlier: the token before `previous` on the line.
  ///   - previousIsSign: whether `previous` is a minus with nothing to subtract from.
  static func isSpaced(_ token: Token, after previous: Token, earlier: Token?, previousIsSign: Bool) -> Bool {
    switch token.kind {
    case .comma, .colon, .dot, .dots, .rightParenthesis: return false
    case .slash where previous.kind == .integer: return token.span.start > previous.span.end
    default: break
    }
    switch previous.kind {
    case .leftParenthesis, .dot, .dots: return false
    case .minus where previousIsSign: return false
    // `4/5` is a ratio and `a / b` a division: between two numbers the author's way stays.
    case .slash where token.kind == .integer && earlier?.kind == .integer: return token.span.start > previous.span.end
    default: break
    }
    guard token.kind == .leftParenthesis, previous.kind == .word else { return true }
    if leading.contains(previous.text) || earlier?.kind == .integer { return true }
    if ["up", "down", "even"].contains(previous.text), ["round", "half"].contains(earlier?.text) { return true }
    // `min(a, b)` is a call and `pay (a + b)` is not: only the author knows which this is.
    return token.span.start > previous.span.end
  }

  /// Whether a minus behind this token is a sign, not a subtraction.
  static func isSign(_ minus: Token, after previous: Token?, before next: Token?) -> Bool {
    guard let previous else { return true }
    switch previous.kind {
    case .word:
      // `input -5 tokens` gives a field a value, `input - spent` subtracts: only the author knows which this is.
      let leans =
        minus.span.start > previous.span.end && next?.span.start == minus.span.end
        && (next?.kind == .integer || next?.kind == .money)
      return leading.contains(previous.text) || leans
    case .text, .integer, .decimal, .money, .percent, .time, .rightParenthesis: return false
    default: return true
    }
  }
}

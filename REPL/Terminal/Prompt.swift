/// What stands before a line.
public struct Prompt: Sendable, Hashable {
  /// May hold escapes for colours (`ESC [ … m`).
  public var text: String
  /// What stands before the second and later lines of an entry.
  public var continuation: String

  public init(_ text: String, continuation: String = "   ...> ") {
    self.text = text
    self.continuation = continuation
  }

  /// A stretch of a prompt: an escape, or text.
  private enum Part {
    case escape([Unicode.Scalar])
    case text(Unicode.Scalar)
  }

  private static func parts(_ text: String) -> [Part] {
    var parts: [Part] = []
    let scalars = Array(text.unicodeScalars)
    var place = 0
    while place < scalars.count {
      let scalar = scalars[place]
      place += 1
      guard scalar == "\u{1B}" else {
        parts.append(.text(Glyphs.visible(scalar)))
        continue
      }
      guard place < scalars.count, scalars[place] == "[" else { continue }
      var end = place + 1
      while end < scalars.count, !(0x40...0x7E).contains(scalars[end].value) { end += 1 }
      guard end < scalars.count else { break }
      // Anything but a colour would move the cursor where the editor does not know it.
      if scalars[end] == "m" { parts.append(.escape(["\u{1B}"] + scalars[place...end])) }
      place = end + 1
    }
    return parts
  }

  /// The text without escapes.
  static func plain(_ text: String) -> [Unicode.Scalar] {
    parts(text).compactMap { part in
      if case .text(let scalar) = part { scalar } else { nil }
    }
  }

  /// The text as libedit takes it: escapes between scalars 1, never next to each other and never last, with a plain blank
  /// at the end.
  static func marked(_ text: String, colors: Bool) -> [Unicode.Scalar] {
    var parts = parts(text)
    if !colors {
      parts = parts.filter { part in
        if case .text = part { true } else { false }
      }
    }
    // Blanks at the end give way to the one that ends every prompt, escapes behind them stay.
    let last = parts.lastIndex { part in
      if case .text(let scalar) = part { scalar != " " } else { false }
    }
    let start = last.map { $0 + 1 } ?? 0
    let tail = parts[start...].filter { part in
      if case .escape = part { true } else { false }
    }
    var result: [Unicode.Scalar] = []
    var escape: [Unicode.Scalar] = []
    for part in parts[..<start] + tail + [.text(" ")] {
      switch part {
      case .escape(let scalars): escape += scalars
      case .text(let scalar):
        if !escape.isEmpty { result += ["\u{1}"] + escape + ["\u{1}"] }
        escape = []
        result.append(scalar)
      }
    }
    return result
  }
}

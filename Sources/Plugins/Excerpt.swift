/// What somebody else wrote, made fit to stand in a sentence.
enum Excerpt {
  /// Characters shown of a line that nobody understands.
  static let length = 100

  /// One line of at most so many characters: control characters become spaces, bytes that are no UTF-8 a mark.
  static func text(_ bytes: some Sequence<UInt8>, length: Int = length) -> String {
    text(String(decoding: Array(bytes.prefix(length * 4 + 4)), as: UTF8.self), length: length)
  }

  static func text(_ text: String, length: Int = length) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(length + 1) {
      let isPlain =
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
        default: true
        }
      shown.append(isPlain ? scalar : " ")
    }
    let whole = String(shown)
    guard shown.count > length else { return trimmed(whole) }
    return trimmed(String(String.UnicodeScalarView(shown.prefix(length)))) + "…"
  }

  /// The last line that says something.
  static func lastLine(_ bytes: [UInt8]) -> String? {
    for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() {
      let shown = text(line)
      if !shown.isEmpty { return shown }
    }
    return nil
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}

extension Duration {
  /// `30 s`, `200 ms`
  var limitText: String {
    let (seconds, attoseconds) = components
    return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000) ms"
  }
}

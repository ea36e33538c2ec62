import CEdit

/// How wide scalars are, and which can be shown.
enum Glyphs {
  /// Takes the character set of the environment, or UTF-8 where that is another. false: there is none with UTF-8.
  static func prepare() -> Bool { cedit_locale() != 0 }

  /// Columns of a scalar as libedit draws it: what cannot be printed as `^A` or `\U+200B`.
  static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value >= 0x20 && scalar.value < 0x7F { return 1 }
    if cedit_is_control(scalar.value) != 0 { return scalar.value < 0x80 ? 2 : 4 }
    let width = Int(cedit_width(scalar.value))
    if width >= 0 { return width }
    return scalar.value > 0xFFFF ? 8 : 7
  }

  static func width(_ text: some Sequence<Unicode.Scalar>) -> Int { text.reduce(0) { $0 + width($1) } }

  /// The scalar, or U+FFFD for one that would move the cursor, colour the screen or turn the direction of writing.
  static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: "\u{FFFD}"
    default: scalar
    }
  }

  /// One line that can be printed, of at most so many columns; one that is cut ends in `…`.
  static func clipped(_ text: String, columns: Int) -> String {
    var result = String.UnicodeScalarView()
    var used = 0
    let scalars = text.unicodeScalars.map(visible)
    let total = width(scalars)
    for scalar in scalars {
      let next = width(scalar)
      if used + next > (total > columns ? columns - 1 : columns) { break }
      used += next
      result.append(scalar)
    }
    if total > columns && columns > 0 { result.append("…") }
    return String(result)
  }

  static func padded(_ text: String, columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(text.unicodeScalars)))
  }

  /// Scalars for C, ended by 0. Zeros inside are left out.
  static func wide(_ text: some Sequence<Unicode.Scalar>) -> [UInt32] { text.map(\.value).filter { $0 != 0 } + [0] }
}

/// Colours for a terminal, out of the sixteen that every terminal has; or none.
struct Paint: Sendable {
  let isOn: Bool

  enum Style: String {
    case error = "1;31"
    case warning = "1;33"
    case gutter = "1;34"
    case help = "1;32"
    case strong = "1"
  }

  func callAsFunction(_ text: String, _ style: Style) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}

extension Severity {
  var style: Paint.Style {
    switch self {
    case .error: .error
    case .warning: .warning
    case .note: .gutter
    }
  }
}

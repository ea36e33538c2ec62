import Diagnostics
import Values

/// One cell as text.
enum CellText {
  /// Where there is nothing to say.
  static let nothing = "–"

  /// As people read it: `$1.20`, `1,284`, `2026-10-15 14:02:11`.
  static func people(_ cell: Table.Cell, _ kind: Table.Kind) -> String {
    switch cell {
    case .none: nothing
    case .bool(let value): value ? "yes" : "no"
    case .text(let text): ShownText.text(text)
    case .integer(let number):
      switch kind {
      case .money: Money(nano: number).description
      case .time: TimeText.short(number)
      case .integer: Count.text(Int(number))
      case .number, .text, .verdict, .bool: String(number)
      }
    }
  }

  /// As machines read it where there is one column for it: exact dollars without a sign, times in ISO 8601; nothing for none.
  static func machine(_ cell: Table.Cell, _ kind: Table.Kind) -> String {
    switch cell {
    case .none: ""
    case .bool(let value): value ? "true" : "false"
    case .text(let text): text
    case .integer(let number):
      switch kind {
      case .money: Money(nano: number).plainText
      case .time: TimeText.text(number)
      case .integer, .number, .text, .verdict, .bool: String(number)
      }
    }
  }
}

extension TimeText {
  /// `2026-10-15 14:02:11`, as tables show it. Always UTC.
  static func short(_ microseconds: Int64) -> String {
    text(microseconds).replacing("T", with: " ").replacing("Z", with: "")
  }

  /// `2026-10-15`
  static func day(_ microseconds: Int64) -> String { Instant(microseconds: microseconds).dateText }
}

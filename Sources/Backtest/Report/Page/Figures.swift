import Diagnostics
import Values

/// Numbers as a report for people writes them: rounded, with separators and a real minus.
enum Figures {
  static func count(_ number: Int) -> String { signed(number < 0, Count.text(Int(clamping: number.magnitude))) }

  /// `109 events`
  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String { Count.text(number, one, many) }

  /// `+109`, `−3`, `0`
  static func change(_ number: Int) -> String { number > 0 ? "+" + count(number) : count(number) }

  /// `$1,423.61`, `−$6.51`. An amount that would be rounded to nothing keeps two digits: `$0.00012`, `$0.0020`.
  static func money(_ nano: Int64) -> String {
    signed(nano < 0, "$" + dollars(nano.magnitude))
  }

  /// `+$1.00`, `−$1.00`, `$0.00`
  static func moneyChange(_ nano: Int64) -> String { nano > 0 ? "+" + money(nano) : money(nano) }

  /// The exact amount where ``money(_:)`` is rounded; nil where it is not.
  static func exact(_ nano: Int64) -> String? {
    nano % Money.nanoPerCent == 0 ? nil : signed(nano < 0, Money(nano: nano).description.filter { $0 != "-" })
  }

  /// `$4.00 → $5.00`; where both would be rounded to the same, `$4.00, −$0.00012`.
  static func passage(_ from: Int64, _ to: Int64) -> String {
    if from == to { return money(to) }
    let (old, new) = (money(from), money(to))
    return old == new ? "\(old), \(moneyChange(to &- from))" : "\(old) → \(new)"
  }

  /// How much more one is than another: `+1.5%`, `−0.3%`; nil where there is nothing to compare it with, or no difference.
  static func growth(_ from: Int64, _ to: Int64) -> String? {
    guard from > 0, from != to else { return nil }
    let change = Int128(to) - Int128(from)
    let tenths = (change.magnitude * 2_000 / Int128(from).magnitude + 1) / 2
    let sign = change < 0 ? "−" : "+"
    if tenths == 0 { return "under 0.1%" }
    if tenths >= 10_000 { return "\(sign)\(Count.text(Int(clamping: tenths / 10)))%" }
    return "\(sign)\(tenths / 10).\(tenths % 10)%"
  }

  private static func signed(_ isNegative: Bool, _ text: String) -> String { isNegative ? "−" + text : text }

  private static func dollars(_ nano: UInt64) -> String {
    let cents = (nano / 5_000_000 + 1) / 2
    if cents == 0, nano > 0 { return fraction(nano) }
    let rest = cents % 100
    return Count.text(Int(clamping: cents / 100)) + "." + (rest < 10 ? "0" : "") + "\(rest)"
  }

  /// Two digits of an amount below half a cent: `0.0012`.
  private static func fraction(_ nano: UInt64) -> String {
    var (digits, unit, decimals) = (nano, UInt64(1), 9)
    while digits / unit >= 100 {
      unit *= 10
      decimals -= 1
    }
    digits = (digits + unit / 2) / unit
    var text = String(digits)
    text = String(repeating: "0", count: max(0, decimals - text.utf8.count)) + text
    return "0." + text
  }

  /// A length of a drawing, given in tenths: `43.2`.
  static func length(_ tenths: Int) -> String {
    let (whole, rest) = (tenths.magnitude / 10, tenths.magnitude % 10)
    return (tenths < 0 ? "-" : "") + "\(whole)" + (rest == 0 ? "" : ".\(rest)")
  }
}

import Diagnostics
import Values

extension Lexer {
  /// Digits with an optional fraction, as written.
  struct Digits {
    /// The digits of both parts as one whole number; nil when that does not fit 64 bits.
    var value: Int64?
    /// How many of the digits stand behind the point.
    var decimals: Int
    var range: Range<Int>
  }

  // MARK: - Whole numbers, percentages, times

  mutating func readNumber() {
    if readTime() { return }
    let digits = readDigits()
    let start = digits.range.lowerBound
    if byteAt(place) == UInt8(ascii: "%") {
      place += 1
      return appendPercent(digits, start..<place)
    }
    let scale = readSuffix()
    let written = start..<place
    if Ascii.continuesWord(byteAt(place)) { return skipGluedWord(written) }
    if digits.decimals > 0 {
      report(
        .decimalWithoutUnit, "`\(shown(written))` has decimals but no unit", written,
        label: "only money and percentages have decimals", help: helpForDecimal(digits, scale: scale, written))
      return append(.decimal, written)
    }
    guard let value = digits.value, case let (product, overflow) = value.multipliedReportingOverflow(by: scale),
      !overflow
    else { return reportTooLarge(written, as: .integer) }
    append(.integer, value: product, written)
  }

  /// `k`, `M` or `G` right behind the digits; 1 where there is none.
  private mutating func readSuffix() -> Int64 {
    guard let byte = byteAt(place), !Ascii.continuesWord(byteAt(place + 1)) else { return 1 }
    let scale: Int64? =
      switch byte {
      case UInt8(ascii: "k"): 1_000
      case UInt8(ascii: "M"): 1_000_000
      case UInt8(ascii: "G"): 1_000_000_000
      default: nil
      }
    if scale != nil { place += 1 }
    return scale ?? 1
  }

  private mutating func readDigits() -> Digits {
    let start = place
    var value: Int64? = 0
    var decimals = 0
    func add(_ byte: UInt8) {
      guard let old = value else { return }
      let (tens, first) = old.multipliedReportingOverflow(by: 10)
      let (sum, second) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      value = first || second ? nil : sum
    }
    while let byte = byteAt(place) {
      if Ascii.isDigit(byte) {
        add(byte)
      } else if byte != Ascii.underscore || !Ascii.isDigit(byteAt(place + 1)) {
        break
      }
      place += 1
    }
    if byteAt(place) == UInt8(ascii: "."), Ascii.isDigit(byteAt(place + 1)) {
      place += 1
      while let byte = byteAt(place), Ascii.isDigit(byte) {
        add(byte)
        decimals += 1
        place += 1
      }
    }
    return Digits(value: value, decimals: decimals, range: start..<place)
  }

  private mutating func appendPercent(_ digits: Digits, _ range: Range<Int>) {
    do {
      let ratio = try Ratio(parsing: string(range).filter { $0 != "_" })
      append(.percent, value: ratio.packed, range)
    } catch {
      switch error {
      case .tooManyDecimals(_, let limit):
        report(
          .tooManyDecimals, "`\(shown(range))` has more than \(limit) decimals", range,
          help: "write it as a fraction, such as `1 / 3`")
      default:
        report(
          .numberTooLarge, "`\(shown(range))` is too large for a percentage", range,
          help: "write a smaller one, such as `100%`")
      }
      append(.percent, value: Ratio.one.packed, range)
    }
  }

  /// A date, perhaps with a time, when one stands here.
  private mutating func readTime() -> Bool {
    let start = place
    guard matches([4, -1, 2, -1, 2], separator: UInt8(ascii: "-"), at: start), !Ascii.isDigit(byteAt(start + 10))
    else { return false }
    var end = start + 10
    if let byte = byteAt(end), Ascii.continuesWord(byte) {
      end = endOfTime(from: end)
    } else if byteAt(end) == Ascii.space,
      matches([2, -1, 2], separator: UInt8(ascii: ":"), at: end + 1), !Ascii.isDigit(byteAt(end + 6))
    {
      end = endOfTime(from: end + 1)
    }
    place = end
    do {
      let instant = try Instant(parsing: string(start..<end))
      append(.time, value: instant.microseconds, start..<end)
    } catch {
      report(
        .impossibleTime, error.message, start..<end,
        help: error.help ?? "write a day that exists, such as `2026-07-01`, or a time, such as `2026-07-01 10:00`")
      append(.time, start..<end)
    }
    return true
  }

  /// All that can belong to a time of day, so that a wrong one is reported whole.
  private func endOfTime(from start: Int) -> Int {
    var end = start
    while let byte = byteAt(end) {
      let belongs =
        Ascii.continuesWord(byte) || byte == UInt8(ascii: ":")
        || (byte == UInt8(ascii: ".") && Ascii.isDigit(byteAt(end + 1)))
      guard belongs else { break }
      end += 1
    }
    return end
  }

  /// Whether digits stand here in runs of these lengths; -1 is the separator.
  private func matches(_ shape: [Int], separator: UInt8, at start: Int) -> Bool {
    var offset = start
    for run in shape {
      if run < 0 {
        guard byteAt(offset) == separator else { return false }
        offset += 1
      } else {
        for _ in 0..<run {
          guard Ascii.isDigit(byteAt(offset)) else { return false }
          offset += 1
        }
      }
    }
    return true
  }

  // MARK: - Money

  mutating func readMoney() {
    let start = place
    place += 1
    guard Ascii.isDigit(byteAt(place)) else { return reportLoneDollar(start) }
    let digits = readDigits()
    var written = start..<place
    if readThousands(digits, start) { written = start..<place }
    if Ascii.continuesWord(byteAt(place)) { return skipGluedWord(written, isMoney: true) }
    guard digits.decimals <= 9 else {
      report(
        .tooManyDecimals, "`\(shown(written))` has more than 9 decimals", written,
        label: "the smallest amount is a billionth of a dollar", help: "round it where it is written")
      return append(.money, written)
    }
    var nano = digits.value
    for _ in digits.decimals..<9 {
      guard let (product, overflow) = nano?.multipliedReportingOverflow(by: 10) else { break }
      nano = overflow ? nil : product
    }
    guard let nano, Money(nano: nano).isInRange else { return reportTooLarge(written, as: .money) }
    append(.money, value: nano, written)
  }

  /// `$1,000`: commas part list entries, so here they would silently make two numbers.
  private mutating func readThousands(_ digits: Digits, _ start: Int) -> Bool {
    guard digits.decimals == 0, digits.range.count <= 3 else { return false }
    var end = place
    while byteAt(end) == UInt8(ascii: ","), matches([3], separator: 0, at: end + 1),
      !Ascii.continuesWord(byteAt(end + 4))
    { end += 4 }
    guard end > place else { return false }
    place = end
    let plain = shown(start..<end).filter { $0 != "," }
    report(
      .commaInMoney, "commas part the entries of a list, so `\(shown(start..<end))` is not one amount", start..<end,
      help: "write `\(plain)`", replacement: plain)
    return true
  }

  private mutating func reportLoneDollar(_ start: Int) {
    var help = "write the amount right behind it, such as `$5`"
    if byteAt(place) == UInt8(ascii: "."), Ascii.isDigit(byteAt(place + 1)) {
      place += 1
      let digits = place
      while Ascii.isDigit(byteAt(place)) { place += 1 }
      help = "write `$0.\(shown(digits..<place))`"
    } else if byteAt(place) == UInt8(ascii: "-"), Ascii.isDigit(byteAt(place + 1)) {
      place += 1
      let digits = readDigits()
      help = "write `-$\(shown(digits.range))`"
    } else {
      var next = place
      while byteAt(next) == Ascii.space { next += 1 }
      if Ascii.isDigit(byteAt(next)) {
        place = next
        help = "write `$\(shown(readDigits().range))`"
      }
    }
    report(.loneDollar, "`$` has no amount behind it", start..<place, help: help)
    append(.money, start..<place)
  }

  // MARK: - Reports

  /// `5x`, `1h`, `10K`: neither a number nor a name.
  private mutating func skipGluedWord(_ number: Range<Int>, isMoney: Bool = false) {
    let word = place..<endOfWord(from: place)
    place = word.upperBound
    let range = number.lowerBound..<place
    let digits = shown(number)
    let unit = shown(word)
    let plural = digits == "1" ? "" : "s"
    let meant: String? =
      switch unit {
      case "h", "hr", "hrs": "\(digits) hour\(plural)"
      case "m" where isMoney, "M" where isMoney: "\(digits)_000_000"
      case "m": "\(digits) minute\(plural)` or `\(digits)M"
      case "min", "mins": "\(digits) minute\(plural)"
      case "s", "sec", "secs": "\(digits) second\(plural)"
      case "d": "\(digits) day\(plural)"
      case "w": "\(digits) week\(plural)"
      case "u": "\(digits) unit\(plural)"
      case "c": "\(digits) cent\(plural)"
      case "k" where isMoney, "K" where isMoney: "\(digits)_000"
      case "K": "\(digits)k"
      case "b", "B", "g", "bn": "\(digits)G"
      case "mn", "mio": "\(digits)M"
      default: unit.first == "_" ? nil : "\(digits) \(unit)"
      }
    report(
      .numberRunsIntoWord, "`\(shown(range))` is neither a number nor a name", range,
      help: meant.map { "write `\($0)`" } ?? "write digits, with `_` only between them")
    append(isMoney ? .money : .integer, range)
  }

  private mutating func reportTooLarge(_ range: Range<Int>, as kind: Token.Kind) {
    report(
      .numberTooLarge, "`\(shown(range))` is too large", range,
      label: kind == .money ? "the largest amount is \(Money.largest)" : "the largest number is \(Int64.max)",
      help: kind == .money ? "write a smaller amount, such as `$1000`" : "write a smaller number, such as `100M`")
    append(kind, range)
  }

  private func helpForDecimal(_ digits: Digits, scale: Int64, _ range: Range<Int>) -> String {
    var unit: Int64 = 1
    for _ in 0..<min(digits.decimals, 18) { unit *= 10 }
    if scale > 1, digits.decimals <= 18, let value = digits.value,
      case let (product, overflow) = value.multipliedReportingOverflow(by: scale), !overflow, product % unit == 0
    {
      return "write the whole number `\(product / unit)`"
    }
    return "write `$\(shown(range))` for money, `\(shown(range))%` for a percentage, or a fraction such as `3 / 2`"
  }

  /// What was written, cut to what fits a message.
  func shown(_ range: Range<Int>) -> String { shown(string(range)) }

  func shown(_ text: String) -> String {
    let most = 40
    let start = text.unicodeScalars.prefix(most + 1)
    return start.count > most ? String(String.UnicodeScalarView(start.dropLast())) + "…" : text
  }
}

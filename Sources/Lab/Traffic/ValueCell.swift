import Formats
import Language
import Values

/// How a cell becomes the value of a field, by the field's type. Nothing here is a binary fraction.
enum ValueCell: UInt8 {
  /// Names, keys, cards and records; which of them exist is for the account to say.
  case text
  /// The key of the row, which is read already.
  case rowKey
  case money, rate, count, ratio, bool, time, duration, member

  init(_ type: ValueType) {
    self =
      switch type {
      case .money: .money
      case .rate: .rate
      case .tokens, .integer: .count
      case .ratio: .ratio
      case .bool: .bool
      case .time: .time
      case .duration: .duration
      case .name, .key, .card, .record: .text
      case .enumeration: .member
      }
  }

  // MARK: - Numbers

  /// A whole number. `12.0` and `1e3` are whole: some exports write every number so.
  static func count(_ cell: UnsafeRawBufferPointer) throws(CellFault) -> Int64 {
    if let count = Digits.whole(cell) { return count }
    do throws(ValueError) {
      let value = try decimal(cell).scaled(toPower: 0)
      if value.magnitude < 1_000_000_000_000_000_000 { return value }
      throw .outOfRange(CellFault.shown(cell), of: .number)
    } catch {
      if case .inexact = error { throw CellFault(cell, "is not a whole number") }
      throw CellFault(error)
    }
  }

  /// Nano-dollars: `1.23` and `$1.23` are dollars; other units are written behind the number.
  static func money(_ cell: UnsafeRawBufferPointer) throws(CellFault) -> Int64 {
    var number = cell
    let isNegative = cell.first == UInt8(ascii: "-")
    if isNegative { number = UnsafeRawBufferPointer(rebasing: number.dropFirst()) }
    if number.first == UInt8(ascii: "$") { number = UnsafeRawBufferPointer(rebasing: number.dropFirst()) }
    do throws(ValueError) {
      let nano: Int64
      guard let first = number.first, first &- 0x30 <= 9 else {
        throw .unreadable(CellFault.shown(cell), as: .money)
      }
      if let whole = Digits.scaled(number, decimals: 9) {
        nano = whole
      } else if number.allSatisfy({ $0 < 0x3A || $0 | 0x20 == UInt8(ascii: "e") }) {
        nano = try decimal(number).scaled(toPower: 9)
      } else {
        return try Money(parsing: try text(cell)).nano
      }
      guard Money(nano: nano).isInRange else { throw .outOfRange(CellFault.shown(cell), of: .money) }
      return isNegative ? -nano : nano
    } catch {
      if case .inexact = error { throw CellFault(.tooManyDecimals(CellFault.shown(cell), limit: 9)) }
      throw CellFault(error)
    }
  }

  /// Pico-dollars per token: `$2.50 per 1M tokens`, or the dollars alone.
  static func rate(_ cell: UnsafeRawBufferPointer) throws(CellFault) -> Int64 {
    do throws(ValueError) {
      guard let number = try? decimal(cell) else { return try Rate(parsing: try text(cell)).pico }
      let rate = Rate(pico: try number.scaled(toPower: 6))
      guard rate.isInRange else { throw .outOfRange(CellFault.shown(cell), of: .rate) }
      return rate.pico
    } catch {
      throw CellFault(error)
    }
  }

  /// A packed ratio: `4/5`, `80%` or `0.8`.
  static func ratio(_ cell: UnsafeRawBufferPointer) throws(CellFault) -> Int64 {
    if let billionths = Digits.scaled(cell, decimals: 9) {
      guard let ratio = Ratio(billionths, over: 1_000_000_000) else {
        throw CellFault(.outOfRange(CellFault.shown(cell), of: .ratio))
      }
      return ratio.packed
    }
    do throws(ValueError) { return try Ratio(parsing: try text(cell)).packed } catch { throw CellFault(error) }
  }

  static func bool(_ cell: UnsafeRawBufferPointer) throws(CellFault) -> Int64 {
    switch CellFault.shown(cell).lowercased() {
    case "on", "true", "yes", "1": return 1
    case "off", "false", "no", "0": return 0
    default: throw CellFault(cell, "is neither on nor off", help: "write `on` or `off`")
    }
  }

  /// Microseconds: `90 minutes`, or a number in the unit that its column's name ends in.
  static func duration(_ cell: UnsafeRawBufferPointer, _ unit: TimeCell.Unit) throws(CellFault) -> Int64 {
    if cell.allSatisfy({ $0 &- 0x30 <= 9 || $0 == UInt8(ascii: ".") }) {
      guard unit != .unnamed else {
        throw CellFault(cell, "has no unit", help: "write `90 seconds`, or name the column so that it says: `ttl_s`")
      }
      return try TimeCell.count(cell, unit)
    }
    do throws(ValueError) {
      return try TimeSpan(parsing: try text(cell)).microseconds
    } catch {
      throw CellFault(error)
    }
  }

  private static func decimal(_ cell: UnsafeRawBufferPointer) throws(ValueError) -> DecimalText {
    // Far more than any number needs; what is longer is not even looked at.
    guard cell.count <= ValueError.textLimit else { throw .notANumber(CellFault.shown(cell)) }
    return try DecimalText(utf8: cell)
  }

  private static func text(_ cell: UnsafeRawBufferPointer) throws(ValueError) -> String {
    guard let text = NamePool.text(cell) else { throw .notANumber(CellFault.shown(cell)) }
    return text
  }

  // MARK: - Texts

  /// Why these bytes are no name.
  static func noName(_ cell: UnsafeRawBufferPointer) -> CellFault {
    if cell.count > NamePool.nameBytes { return CellFault(cell, "is longer than \(NamePool.nameBytes) bytes") }
    if String(validating: cell, as: UTF8.self) == nil {
      return CellFault(cell, "is not UTF-8", help: "save the file as UTF-8: `iconv -t UTF-8 FILE`")
    }
    return CellFault(cell, "has a control character in it")
  }
}

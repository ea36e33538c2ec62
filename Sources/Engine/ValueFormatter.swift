import Language
import Values

/// The one place where a register becomes text: money in exact dollars, times in UTC.
public struct ValueFormatter: Sendable {
  let symbols: [Int64: String]
  let keyNames: [String]

  public init(_ program: Program, keyNames: [String] = []) {
    var symbols: [Int64: String] = [:]
    for (name, symbol) in program.names { symbols[symbol] = name }
    self.symbols = symbols
    self.keyNames = keyNames
  }

  public func text(_ value: Int64, _ type: QualifiedType) -> String {
    if value == ValueType.none { return "none" }
    return text(value, type.base)
  }

  public func text(_ value: Int64, _ type: ValueType) -> String {
    switch type {
    case .money: Money(nano: value).description
    case .rate: Rate(pico: value).description
    case .tokens: value == 1 ? "1 token" : "\(value) tokens"
    case .integer: "\(value)"
    case .ratio: Int32(truncatingIfNeeded: value) > 0 ? Ratio(packed: value).percentText : "\(value)"
    case .bool: value == 0 ? "off" : "on"
    case .time: Instant(microseconds: value).description
    case .duration: TimeSpan(microseconds: value).description
    case .name: symbols[value] ?? "(not listed)"
    case .key: value >= 0 && value < keyNames.count ? keyNames[Int(value)] : "key \(value)"
    case .enumeration(let members): value >= 0 && value < members.count ? members[Int(value)] : "\(value)"
    }
  }
}

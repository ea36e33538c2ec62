import Diagnostics
import Values

/// The values of a sweep along a line: where they are numbers of one unit at their true distances, else side by side.
struct ValueAxis {
  /// Short, for below a drawing.
  let names: [String]
  let isNumeric: Bool
  private let places: [Int64]

  init(_ values: [String]) {
    let numbers = values.compactMap(Self.number)
    let isNumeric =
      numbers.count == values.count && Set(numbers.map(\.unit)).count == 1 && Set(numbers.map(\.value)).count > 1
    self.isNumeric = isNumeric
    places = isNumeric ? numbers.map(\.value) : values.indices.map { Int64($0) }
    names = values.map { value in
      let text = value.hasSuffix(".00") ? String(value.dropLast(3)) : value
      return ShownText.cut(text, to: 12)
    }
  }

  private static func number(_ text: String) -> (value: Int64, unit: String)? {
    if text.contains("$"), let money = try? Money(parsing: text) { return (money.nano, "$") }
    let words = text.split(separator: " ")
    let isShare = words.count == 1 && text.hasSuffix("%")
    guard let first = words.first, let number = Int64(isShare ? first.dropLast() : first), number.magnitude < 1 << 60
    else {
      return nil
    }
    return (number, isShare ? "%" : words.dropFirst().joined(separator: " "))
  }

  /// How far along a length a value is.
  func place(_ index: Int, of length: Int) -> Int {
    guard let low = places.min(), let high = places.max(), low < high else { return length / 2 }
    return Int((Int128(places[index]) - Int128(low)) * Int128(length) / (Int128(high) - Int128(low)))
  }
}

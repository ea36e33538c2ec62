import GRDBSQLite

/// Statements in the order they ran, with every value that was bound: what can be said again through the C API alone.
final class SqliteScript {
  /// The texts, each once.
  private(set) var texts: [String] = []
  private(set) var steps: [Step] = []
  private(set) var arguments: [Argument] = []
  /// What the arguments that are texts or bytes consist of, one after another.
  private(set) var bytes: [UInt8] = []
  private var numbers: [String: Int] = [:]

  struct Step {
    var text: Int
    var arguments: Range<Int>
    /// So many rows were read.
    var rows = 0
  }

  struct Argument {
    var place: Int32
    var kind: Kind
    /// The number; where a text or bytes begin.
    var value: Int64 = 0
    var count: Int32 = 0
  }

  enum Kind: UInt8 {
    case null
    case integer
    case text
    case blob
  }

  /// How often each text was run.
  var runs: [String: Int] {
    var runs: [String: Int] = [:]
    for step in steps { runs[texts[step.text], default: 0] += 1 }
    return runs
  }

  func addRow(to step: Int) { steps[step].rows += 1 }

  /// Adds a statement.
  ///
  /// - Parameters:
  ///   - text: as it was prepared.
  ///   - expanded: the same with its values in it.
  /// - Returns: its number; nil where the two do not fit together.
  func add(_ text: String, expanded: [UInt8]) -> Int? {
    let number = numbers[text] ?? texts.count
    if number == texts.count {
      texts.append(text)
      numbers[text] = number
    }
    let first = arguments.count
    guard read(Array(text.utf8), expanded) else { return nil }
    steps.append(Step(text: number, arguments: first..<arguments.count))
    return steps.count - 1
  }

  /// Goes through both texts side by side; where one has a parameter, the other has its value.
  private func read(_ text: [UInt8], _ expanded: [UInt8]) -> Bool {
    var (place, other) = (0, 0)
    var last: Int32 = 0
    var seen: Set<Int32> = []
    var isQuoted = false
    while place < text.count {
      let byte = text[place]
      if byte == UInt8(ascii: "'") { isQuoted.toggle() }
      guard byte == UInt8(ascii: "?"), !isQuoted else {
        guard other < expanded.count, expanded[other] == byte else { return false }
        place += 1
        other += 1
        continue
      }
      place += 1
      var number: Int32 = 0
      while place < text.count, let digit = SqliteScript.digit(text[place]), digit < 10 {
        number = number * 10 + Int32(digit)
        place += 1
      }
      if number == 0 { number = last + 1 }
      last = max(last, number)
      guard let argument = value(of: expanded, &other, number) else { return false }
      if seen.insert(number).inserted { arguments.append(argument) }
    }
    return other == expanded.count
  }

  private func value(of text: [UInt8], _ place: inout Int, _ number: Int32) -> Argument? {
    guard place < text.count else { return nil }
    let start = Int64(bytes.count)
    switch text[place] {
    case UInt8(ascii: "N"):
      place += 4
      return Argument(place: number, kind: .null)
    case UInt8(ascii: "'"):
      place += 1
      while place < text.count {
        if text[place] == UInt8(ascii: "'") {
          place += 1
          guard place < text.count, text[place] == UInt8(ascii: "'") else { break }
        }
        bytes.append(text[place])
        place += 1
      }
      return Argument(place: number, kind: .text, value: start, count: Int32(bytes.count - Int(start)))
    case UInt8(ascii: "x"):
      place += 2
      while place + 1 < text.count, let high = SqliteScript.digit(text[place]),
        let low = SqliteScript.digit(text[place + 1])
      {
        bytes.append(high << 4 | low)
        place += 2
      }
      place += 1
      return Argument(place: number, kind: .blob, value: start, count: Int32(bytes.count - Int(start)))
    default:
      let isNegative = text[place] == UInt8(ascii: "-")
      if isNegative { place += 1 }
      var value: Int64 = 0
      let first = place
      while place < text.count, let digit = SqliteScript.digit(text[place]), digit < 10 {
        value = value &* 10 &- Int64(digit)
        place += 1
      }
      return place == first ? nil : Argument(place: number, kind: .integer, value: isNegative ? value : 0 &- value)
    }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

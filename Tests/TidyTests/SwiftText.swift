/// Swift source with its comments and the insides of its texts blanked, so that a search finds code only.
struct SwiftText {
  /// As many lines as the source has.
  let lines: [Substring]

  init(_ source: String) {
    let blanked = String(decoding: SwiftText.blanked(Array(source.utf8)), as: UTF8.self)
    lines = blanked.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private enum Inside {
    case code
    case line
    case block(depth: Int)
    case text(pounds: Int, isLong: Bool)
  }

  private static func blanked(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    var inside = Inside.code
    var place = 0
    func isNext(_ word: String, at start: Int) -> Bool {
      start + word.utf8.count <= bytes.count && zip(word.utf8, bytes[start...]).allSatisfy { $0 == $1 }
    }
    func pounds(at start: Int) -> Int { bytes[min(start, bytes.count)...].prefix { $0 == UInt8(ascii: "#") }.count }
    func blank(_ count: Int) {
      for index in place..<min(place + count, bytes.count) where bytes[index] != UInt8(ascii: "\n") {
        result[index] = UInt8(ascii: " ")
      }
      place += count
    }
    while place < bytes.count {
      switch inside {
      case .code:
        let marks = pounds(at: place)
        if isNext("//", at: place) {
          inside = .line
        } else if isNext("/*", at: place) {
          inside = .block(depth: 0)
        } else if isNext("\"", at: place + marks) {
          let isLong = isNext("\"\"\"", at: place + marks)
          inside = .text(pounds: marks, isLong: isLong)
          place += marks + (isLong ? 3 : 1)
        } else {
          place += max(1, marks)
        }
      case .line:
        if bytes[place] == UInt8(ascii: "\n") { inside = .code } else { blank(1) }
        if case .code = inside { place += 1 }
      case .block(let depth):
        if isNext("/*", at: place) {
          inside = .block(depth: depth + 1)
          blank(2)
        } else if isNext("*/", at: place) {
          inside = depth > 1 ? .block(depth: depth - 1) : .code
          blank(2)
        } else {
          blank(1)
        }
      case .text(let marks, let isLong):
        let quotes = isLong ? 3 : 1
        if isNext("\\", at: place), pounds(at: place + 1) >= marks {
          blank(2 + marks)
        } else if isNext(isLong ? "\"\"\"" : "\"", at: place), pounds(at: place + quotes) >= marks {
          place += quotes + marks
          inside = .code
        } else if !isLong, bytes[place] == UInt8(ascii: "\n") {
          inside = .code
        } else {
          blank(1)
        }
      }
    }
    return result
  }
}

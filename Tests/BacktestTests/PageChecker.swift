/// Reads a page as strictly as XML is read, and remembers what it is made of.
struct PageChecker {
  private(set) var faults: [String] = []
  private(set) var elements: [String: Int] = [:]
  /// Values of attributes, by element and name: `a href`.
  private(set) var attributes: [String: [String]] = [:]
  /// What people read, without the style sheet.
  private(set) var text = ""

  private let bytes: [UInt8]
  private var place = 0
  private var open: [String] = []

  init(_ page: String) {
    bytes = Array(page.utf8)
    let head = Array("<!DOCTYPE html>\n".utf8)
    if bytes.starts(with: head) { place = head.count } else { faults.append("no document type") }
    for scalar in page.unicodeScalars {
      switch scalar.value {
      case 0xA, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: break
      default: faults.append("U+\(String(scalar.value, radix: 16)) is no character of XML, or a control character")
      }
    }
    while place < bytes.count, faults.count < 20 { step() }
    if !open.isEmpty { faults.append("never closed: \(open)") }
  }

  private mutating func step() {
    guard bytes[place] == UInt8(ascii: "<") else {
      let start = place
      while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
      let piece = String(decoding: bytes[start..<place], as: UTF8.self)
      if open.isEmpty, piece.contains(where: { !$0.isWhitespace }) { faults.append("text outside: \(piece)") }
      check(entities: piece)
      if open.last != "style" { text += PageChecker.plain(piece) }
      return
    }
    guard let end = end(of: place) else {
      faults.append("a tag without an end")
      place = bytes.count
      return
    }
    let inside = String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
    place = end + 1
    if inside.hasPrefix("/") {
      let name = String(inside.dropFirst())
      if open.popLast() != name { faults.append("</\(name)> closes something else") }
      return
    }
    let isEmpty = inside.hasSuffix("/")
    let name = String(inside.prefix { $0.isLetter || $0.isNumber })
    if name.isEmpty { faults.append("<\(inside.prefix(20))> is no tag") }
    elements[name, default: 0] += 1
    read(attributes: String(inside.dropFirst(name.count).dropLast(isEmpty ? 1 : 0)), of: name)
    if !isEmpty { open.append(name) }
  }

  /// The place of the `>` that ends a tag, outside of quotes.
  private func end(of start: Int) -> Int? {
    var isQuoted = false
    for place in start..<bytes.count {
      if bytes[place] == UInt8(ascii: "\"") { isQuoted.toggle() }
      if bytes[place] == UInt8(ascii: ">"), !isQuoted { return place }
    }
    return nil
  }

  private mutating func read(attributes text: String, of name: String) {
    var rest = text[...]
    var seen = Set<String>()
    while !rest.isEmpty {
      guard let match = rest.prefixMatch(of: #/ ([A-Za-z][A-Za-z0-9-]*)="([^"<]*)"/#) else {
        faults.append("<\(name)\(text.prefix(60))>: no attribute")
        return
      }
      let key = String(match.1)
      if !seen.insert(key).inserted { faults.append("<\(name)> has \(key) twice") }
      check(entities: String(match.2))
      attributes["\(name) \(key)", default: []].append(PageChecker.plain(String(match.2)))
      rest = rest[match.range.upperBound...]
    }
  }

  private mutating func check(entities text: String) {
    var rest = text[...]
    while let sign = rest.firstIndex(of: "&") {
      rest = rest[sign...]
      if !["&amp;", "&lt;", "&gt;", "&quot;"].contains(where: rest.hasPrefix) {
        faults.append("\(rest.prefix(12)) is no entity of XML")
      }
      rest = rest.dropFirst()
    }
  }

  private static func plain(_ text: String) -> String {
    text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&amp;", with: "&")
  }
}

/// CSV read as plainly as possible, one byte after the other over the whole text: what the scanner is held against.
struct PlainCsv {
  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  private(set) var rows: [SeenRow] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    while place < bytes.count { takeLine() }
  }

  private func byte(_ place: Int) -> UInt8? { place < bytes.count ? bytes[place] : nil }

  private func isEnd(_ place: Int) -> Bool {
    byte(place) == nil || byte(place) == 0x0A || (byte(place) == 0x0D && (byte(place + 1) ?? 0x0A) == 0x0A)
  }

  /// How many bytes the line end at a place has.
  private func endLength(_ place: Int) -> Int {
    byte(place) == nil ? 0 : byte(place) == 0x0A ? 1 : byte(place + 1) == nil ? 1 : 2
  }

  private mutating func takeLine() {
    let start = place
    if isEnd(start) {
      place += endLength(start)
      line += 1
      return
    }
    if let (fields, end) = row(from: start) {
      rows.append(SeenRow(line, fields, Array(bytes[start..<end])))
      line += bytes[start..<end].count { $0 == 0x0A } + 1
      place = end + endLength(end)
    } else {
      var end = start
      while !isEnd(end) { end += 1 }
      rows.append(SeenRow(line, nil, Array(bytes[start..<end])))
      line += 1
      place = end + endLength(end)
    }
  }

  private func row(from start: Int) -> (fields: [[UInt8]], end: Int)? {
    var fields: [[UInt8]] = []
    var place = start
    while true {
      var field: [UInt8] = []
      if byte(place) == 0x22 {
        place += 1
        while true {
          guard let next = byte(place) else { return nil }
          place += 1
          if next != 0x22 {
            field.append(next)
          } else if byte(place) == 0x22 {
            field.append(0x22)
            place += 1
          } else {
            break
          }
        }
      } else {
        while !isEnd(place), let next = byte(place), next != 0x2C {
          if next == 0x22 { return nil }
          field.append(next)
          place += 1
        }
      }
      fields.append(field)
      if isEnd(place) { return (fields, place) }
      guard byte(place) == 0x2C else { return nil }
      place += 1
    }
  }
}

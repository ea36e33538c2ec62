/// An entry of several lines as it stands in the editor: each line after the first begins with a marker, which looks like a
/// prompt and is no part of the entry.
struct Rows {
  /// What stands before the second and later lines.
  let marker: [Unicode.Scalar]

  init(marker: [Unicode.Scalar]) { self.marker = marker }

  /// The entry with its markers.
  func marked(_ entry: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in entry {
      result.append(scalar)
      if scalar == "\n" { result += marker }
    }
    return result
  }

  /// The entry without its markers, and where the cursor is in it.
  func entry(_ text: [Unicode.Scalar], cursor: Int) -> (entry: [Unicode.Scalar], cursor: Int) {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var place = 0
    var inside: Int?
    while place < text.count {
      if inside == nil && place >= cursor { inside = result.count }
      result.append(text[place])
      place += 1
      if result.last == "\n", isMarked(text, place) {
        if inside == nil && cursor >= place && cursor < place + marker.count { inside = result.count }
        place += marker.count
      }
    }
    return (result, inside ?? result.count)
  }

  private func isMarked(_ text: [Unicode.Scalar], _ place: Int) -> Bool {
    text.count - place >= marker.count && text[place..<place + marker.count].elementsEqual(marker)
  }

  /// Where the cursor stands in the marked text for a place in the entry.
  func place(_ cursor: Int, of entry: [Unicode.Scalar]) -> Int {
    cursor + entry.prefix(cursor).count { $0 == "\n" } * marker.count
  }

  /// What must become of a text after a key, so that every line has a whole marker and the cursor stands in none.
  ///
  /// - Parameter before: the text and cursor ahead of the key, in which all was well.
  /// - Returns: the entry and the place of the cursor in it, or nil where all is well.
  func settled(
    _ text: [Unicode.Scalar], cursor: Int, before: (text: [Unicode.Scalar], cursor: Int)
  ) -> (entry: [Unicode.Scalar], cursor: Int)? {
    guard !marker.isEmpty, text.contains("\n") || before.text.contains("\n") else { return nil }
    if text == before.text {
      // Moved into a marker: out of it, the way it was going.
      guard let start = markerStart(text, around: cursor) else { return nil }
      let (entry, place) = entry(text, cursor: start - 1)
      return (entry, cursor < before.cursor ? place : place + 1)
    }
    // A line feed was deleted under the cursor: its marker goes too.
    if cursor < before.text.count, before.text[cursor] == "\n", text.count == before.text.count - 1,
      isMarked(text, cursor),
      text[..<cursor].elementsEqual(before.text[..<cursor])
    {
      var joined = text
      joined.removeSubrange(cursor..<cursor + marker.count)
      return entry(joined, cursor: cursor)
    }
    var broken = false
    var entry: [Unicode.Scalar] = []
    var inside: Int?
    var place = 0
    while place < text.count {
      if inside == nil && place >= cursor { inside = entry.count }
      let scalar = text[place]
      place += 1
      entry.append(scalar)
      guard scalar == "\n" else { continue }
      if isMarked(text, place) {
        if cursor >= place && cursor < place + marker.count {
          inside = entry.count
          broken = true
        }
        place += marker.count
        continue
      }
      broken = true
      // Somebody deleted backwards into the marker: the two lines become one.
      let rest = cursor - place
      if rest >= 0, rest < marker.count, text[place..<cursor].elementsEqual(marker.prefix(rest)),
        text.count < before.text.count
      {
        entry.removeLast()
        inside = entry.count
        place = cursor
      }
    }
    return broken ? (entry, inside ?? entry.count) : nil
  }

  /// Where the marker begins in which the cursor stands; behind it is well.
  private func markerStart(_ text: [Unicode.Scalar], around cursor: Int) -> Int? {
    for start in stride(from: cursor, to: max(0, cursor - marker.count), by: -1)
    where start > 0 && text[start - 1] == "\n" && isMarked(text, start) && cursor < start + marker.count {
      return start
    }
    return nil
  }

  /// Where the cursor comes by going a line up or down in the entry; nil: there is no such line.
  static func vertical(_ entry: [Unicode.Scalar], cursor: Int, up: Bool) -> Int? {
    let start = entry[..<cursor].lastIndex(of: "\n").map { $0 + 1 } ?? 0
    let column = cursor - start
    if up {
      guard start > 0 else { return nil }
      let above = entry[..<(start - 1)].lastIndex(of: "\n").map { $0 + 1 } ?? 0
      return min(above + column, start - 1)
    }
    guard let next = entry[cursor...].firstIndex(of: "\n") else { return nil }
    let end = entry[(next + 1)...].firstIndex(of: "\n") ?? entry.count
    return min(next + 1 + column, end)
  }
}

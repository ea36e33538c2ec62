/// The part of one source line that is shown, and where its bytes stand in it.
///
/// A line too wide for the screen is cut to a stretch around the place that matters, with `…` at each cut.
struct Excerpt {
  /// What is printed.
  private(set) var text = ""

  private struct Cell {
    let bytes: Range<Int>
    let glyph: Glyph
  }

  private var cells: [Cell] = []
  /// Columns before the first cell: one for a `…`, else none.
  private var lead = 0
  /// The offsets whose place can be pointed at.
  private var visible: ClosedRange<Int>

  // Only so many bytes on either side of the place are laid out: enough to fill the widest screen with the longest
  // scalars, and a bound on the work for a file that is one endless line.
  private static let reach = 1_024

  /// - Parameters:
  ///   - line: the line's bytes, with their offsets in the source.
  ///   - place: the offset that must be seen, in the line or just behind it.
  ///   - limit: how many columns there are.
  init(_ line: ArraySlice<UInt8>, around place: Int, limit: Int) {
    var first = max(line.startIndex, place - Excerpt.reach)
    // Not in the middle of a scalar; four steps are enough for any.
    for _ in 0..<4 where first > line.startIndex && first < place && line[first] & 0xC0 == 0x80 { first += 1 }
    let last = min(line.endIndex, place + Excerpt.reach)

    var columns = 0
    var placeColumn = 0
    var offset = first
    while offset < last {
      let (scalar, length) = ScalarReader.scalar(in: line, at: offset)
      let glyph = Glyph(scalar)
      if offset + length <= place { placeColumn += glyph.columns }
      cells.append(Cell(bytes: offset..<offset + length, glyph: glyph))
      columns += glyph.columns
      offset += length
    }
    visible = line.startIndex...line.endIndex

    var isCutBefore = first > line.startIndex
    var isCutAfter = offset < line.endIndex
    if columns > limit {
      // A third of the room goes to what stands before the place.
      let left = max(0, min(placeColumn - limit / 3, columns - limit))
      isCutBefore = isCutBefore || left > 0
      isCutAfter = isCutAfter || left + limit < columns
      keep(from: left + (isCutBefore ? 1 : 0), to: left + limit - (isCutAfter ? 1 : 0))
    }
    if isCutBefore { lead = 1 }
    if isCutBefore || isCutAfter {
      let from = isCutBefore ? cells.first?.bytes.lowerBound ?? place : line.startIndex
      visible = from...max(from, isCutAfter ? (cells.last?.bytes.lowerBound ?? place) : line.endIndex)
    }
    text = (isCutBefore ? "…" : "") + cells.map(\.glyph.text).joined() + (isCutAfter ? "…" : "")
  }

  /// Keeps the cells that lie wholly within these columns.
  private mutating func keep(from left: Int, to right: Int) {
    var column = 0
    var kept: [Cell] = []
    for cell in cells {
      let isInside = column >= left && column + cell.glyph.columns <= right
      // A combining mark whose letter was cut off would land on the `…`.
      if isInside && !(kept.isEmpty && cell.glyph.columns == 0) { kept.append(cell) }
      column += cell.glyph.columns
    }
    cells = kept
  }

  /// Whether the place can be pointed at.
  func shows(_ offset: Int) -> Bool { visible.contains(offset) }

  /// How many columns lie before the bytes, and how many they take: at least one, so that there is something to see.
  func columns(of bytes: Range<Int>) -> (before: Int, count: Int) {
    var before = lead
    var count = 0
    for cell in cells {
      if cell.bytes.upperBound <= bytes.lowerBound {
        before += cell.glyph.columns
      } else if cell.bytes.lowerBound < bytes.upperBound {
        count += cell.glyph.columns
      }
    }
    return (before, max(1, count))
  }
}

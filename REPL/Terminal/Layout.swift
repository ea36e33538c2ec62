/// Where libedit draws what, so that we can draw beside it.
struct Layout {
  struct Place: Hashable {
    var row: Int
    var column: Int
  }

  private(set) var cursor: Place
  private(set) var end: Place

  /// - Parameters:
  ///   - prompt: without escapes.
  ///   - cursor: how many scalars of `text` stand before it.
  init(prompt: [Unicode.Scalar], text: [Unicode.Scalar], cursor: Int, columns: Int) {
    var place = Place(row: 0, column: 0)
    let columns = max(1, columns)
    func put(_ width: Int) {
      // A wide glyph that does not fit is drawn on the next row.
      if place.column + width > columns { place = Place(row: place.row + 1, column: 0) }
      place.column += width
      if place.column >= columns { place = Place(row: place.row + 1, column: 0) }
    }
    func draw(_ scalar: Unicode.Scalar) {
      switch scalar {
      case "\n": place = Place(row: place.row + 1, column: 0)
      case "\t": repeat { put(1) } while place.column % 8 != 0
      default:
        let width = Glyphs.width(scalar)
        // `^A` may be torn at the edge of the screen, a wide glyph may not.
        if width <= 2 && scalar.value >= 0x20 { put(width) } else { for _ in 0..<width { put(1) } }
      }
    }
    for scalar in prompt { draw(scalar) }
    self.cursor = place
    for (index, scalar) in text.enumerated() {
      if index == cursor { self.cursor = place }
      draw(scalar)
    }
    end = place
    if cursor >= text.count { self.cursor = place }
  }
}

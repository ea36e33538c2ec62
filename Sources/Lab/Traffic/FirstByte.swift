/// The first byte of a file that says what it is: not a space, and not in a note over rejected rows.
struct FirstByte {
  /// Nil where all there is are spaces and notes.
  private(set) var value: UInt8?
  /// The line it stands on, from 1.
  private(set) var line = 1

  var isKnown: Bool { value != nil }

  init(_ bytes: UnsafeRawBufferPointer) {
    let mark = Array(RejectNotes.mark.utf8)
    var place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var isLineStart = true
    while place < bytes.count {
      if isLineStart, bytes[place] == mark[0] {
        let rest = bytes[place...]
        // The rest of the mark, or of the note, may still be on its way.
        if rest.count < mark.count, mark.starts(with: rest) { return }
        if rest.starts(with: mark) {
          guard let end = rest.firstIndex(of: 0x0A) else { return }
          place = end
        }
      }
      switch bytes[place] {
      case 0x0A:
        line += 1
        isLineStart = true
      case 0x20, 0x09, 0x0D: isLineStart = false
      default:
        value = bytes[place]
        return
      }
      place += 1
    }
  }
}

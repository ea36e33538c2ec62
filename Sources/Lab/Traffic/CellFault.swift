import Formats
import Values

/// Why a row, or one cell of it, cannot be read.
struct CellFault: Error {
  /// A lower-case sentence.
  var message: String
  var help: String?

  init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }

  init(_ error: ValueError) { self.init(error.message, help: error.help) }

  /// A cell in backticks before what is wrong with it: nothing in it steers a terminal, and it is short.
  init(_ cell: UnsafeRawBufferPointer, _ problem: String, help: String? = nil) {
    self.init("`\(CellFault.shown(cell))` \(problem)", help: help)
  }

  /// The same with the column before it.
  func of(_ column: String) -> CellFault { CellFault("`\(column)`: \(message)", help: help) }

  static func shown(_ cell: UnsafeRawBufferPointer) -> String {
    let limit = 48
    let text = String(decoding: UnsafeRawBufferPointer(rebasing: cell.prefix(4 * limit)), as: UTF8.self)
    var shown = ""
    for scalar in text.unicodeScalars.prefix(limit) {
      shown.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return text.unicodeScalars.count > limit || cell.count > 4 * limit ? shown + "…" : shown
  }
}

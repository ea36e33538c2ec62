import CEdit

// Drawing beside libedit: it knows of nothing that is drawn here, so all of it stands behind or below what it drew, and is
// gone before it draws again.
extension LineEditor {
  private func write(_ text: String) { cedit_write(text, text.utf8.count) }

  /// The text in dim letters, where they can be told.
  private func dim(_ text: String) -> String { colors ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  /// What libedit believes: no bounds, and no `COLUMNS`.
  private var size: (columns: Int, rows: Int) { TerminalSize.seen(1) ?? (80, 24) }

  private var layout: Layout {
    let (text, cursor) = shown
    return Layout(prompt: promptText, text: text, cursor: cursor, columns: size.columns)
  }

  // MARK: - Hints

  /// What is suggested for an entry whose cursor is at the end.
  func hint(for text: [Unicode.Scalar]) -> Hint? {
    guard hintsShown, canHint, !isSearchLine(shown.text) else { return nil }
    let line = LineEditor.text(text)
    if let wanted, wanted.unicodeScalars.starts(with: text), wanted.unicodeScalars.count > text.count {
      let rest = LineEditor.text(wanted.unicodeScalars.dropFirst(text.count))
      return Hint(rest, accepts: rest)
    }
    if let hint = assistant.hint(for: line) { return hint.text.isEmpty ? nil : hint }
    guard let found = recall.suggestion(for: line) else { return nil }
    let rest = LineEditor.text(found.unicodeScalars.dropFirst(text.count))
    return Hint(rest, accepts: rest)
  }

  /// Shows the hint behind the cursor, if it stands at the end and the hint fits on the row.
  func showHint() {
    guard ghost == nil, hintsShown, canHint else { return }
    let (text, cursor) = entry
    guard cursor == text.count, let hint = hint(for: text) else { return }
    let scalars = hint.text.unicodeScalars.map { Glyphs.visible($0) }
    guard layout.cursor.column + Glyphs.width(scalars) < size.columns else { return }
    ghost = hint
    write("\u{1B}7\(dim(LineEditor.text(scalars)))\u{1B}8")
    cedit_flush()
  }

  /// Takes the hint away. It goes out with what is drawn next.
  func hideHint() {
    guard ghost != nil else { return }
    ghost = nil
    write("\u{1B}[K")
  }

  // MARK: - Rows

  /// Clears the prompt and the line; the cursor stands where the prompt began.
  func erase() {
    hideHint()
    let up = min(layout.cursor.row, size.rows - 1)
    write("\r" + (up > 0 ? "\u{1B}[\(up)A" : "") + "\u{1B}[J")
    cedit_flush()
  }

  /// The cursor goes behind the line, to stay out of the way of what is written next.
  func goBelow() {
    let layout = layout
    let down = min(layout.end.row - layout.cursor.row, size.rows - 1)
    if down > 0 { write("\u{1B}[\(down)B") }
    write("\r\(layout.end.column > 0 ? "\u{1B}[\(layout.end.column)C" : "")")
    cedit_flush()
  }

  /// Draws prompt and line anew, for a screen that has another size by now.
  func redraw() {
    guard let editor else { return }
    // The terminal has taken the hint away with the rows it moved.
    ghost = nil
    erase()
    cedit_resize(editor)
    cedit_draw(editor)
  }

  func clearScreen() -> Drawing {
    guard let editor else { return .none }
    hideHint()
    write("\u{1B}[H\u{1B}[2J")
    cedit_flush()
    cedit_resize(editor)
    cedit_draw(editor)
    return .none
  }

  /// Prints lines where the prompt is, and the prompt and its line anew below them.
  func printAbove(_ text: String) {
    guard let editor else { return }
    erase()
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    for line in lines { write("\(line)\r\n") }
    cedit_flush()
    cedit_draw(editor)
  }

  // MARK: - Completion

  func complete() -> Drawing {
    guard let editor else { return .none }
    let (text, cursor) = entry
    let list = assistant.completions(of: LineEditor.text(text), cursor: cursor)
    let start = min(max(list.start, 0), cursor)
    let typed = text[start..<cursor]
    guard let first = list.candidates.first else {
      guard !list.alike.isEmpty else { return .beep }
      printAbove("nearest:\n" + listing(list.alike, more: 0))
      return .none
    }
    if list.candidates.count == 1 && list.more == 0 {
      var end = Array(first.text.unicodeScalars)
      let hasBlank = cursor < text.count && text[cursor] == " "
      if first.endsWord && !hasBlank { end.append(" ") }
      guard !end.elementsEqual(typed) else { return .beep }
      cedit_delete(editor, typed.count)
      insert(end)
      if first.endsWord && hasBlank { cedit_move(editor, 1) }
      tabbed = nil
      return .line
    }
    let here = UndoSteps.Step(text: text, cursor: cursor)
    if tabbed == here {
      printAbove(listing(list.candidates, more: list.more))
      return .none
    }
    let common = common(list)
    if common.count > typed.count {
      cedit_delete(editor, typed.count)
      insert(common)
      let (text, cursor) = entry
      tabbed = UndoSteps.Step(text: text, cursor: cursor)
      return .line
    }
    tabbed = here
    return .beep
  }

  /// What all candidates begin with.
  private func common(_ list: CompletionList) -> [Unicode.Scalar] {
    if let common = list.common { return Array(common.unicodeScalars) }
    // Beyond the list there may be candidates that begin otherwise.
    guard list.more == 0, let first = list.candidates.first else { return [] }
    return list.candidates.dropFirst().reduce(Array(first.text.unicodeScalars)) { common, candidate in
      Array(common.prefix(zip(common, candidate.text.unicodeScalars).prefix { $0 == $1 }.count))
    }
  }

  private func listing(_ candidates: [Candidate], more: Int) -> String {
    let size = size
    let shown = candidates.prefix(min(InputLimit.listed, max(1, size.rows - 3)))
    let widest = shown.map { Glyphs.width($0.text.unicodeScalars) }.max() ?? 0
    let names = min(widest, size.columns / 2)
    var lines = shown.map { candidate in
      let name = Glyphs.clipped(candidate.text, columns: names)
      if candidate.description.isEmpty { return "  \(name)" }
      let room = size.columns - names - 5
      let description = Glyphs.clipped(candidate.description, columns: room)
      return "  \(Glyphs.padded(name, columns: names))  \(dim(description))"
    }
    let hidden = candidates.count - shown.count + more
    if hidden > 0 { lines.append("  … \(hidden) more, type a letter") }
    return lines.joined(separator: "\n")
  }
}

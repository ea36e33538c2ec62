import CEdit

/// What keys can be bound to, beyond what libedit has.
enum Action: Int32, CaseIterable {
  case complete, paste, enter, newline, up, down, forward, back, end, start, wordForward, wordBack, help, edit, undo
  case older, newer, leave, delete, redraw, settle, refuse, nothing

  /// The name behind the program's: `payg-complete`.
  var name: String {
    switch self {
    case .wordForward: "forward-word"
    case .wordBack: "back-word"
    default: "\(self)"
    }
  }

  var help: String {
    switch self {
    case .complete: "complete the word, or list what it could be"
    case .paste: "take a marked paste"
    case .enter: "run the line, or begin another where it is not finished"
    case .newline: "begin another line"
    case .up: "the line above, or the older entry"
    case .down: "the line below, or the newer entry"
    case .forward: "one character on, or take the hint"
    case .back: "one character back"
    case .end: "end of the line, or take the hint"
    case .start: "start of the line"
    case .wordForward: "one word on, or take one word of the hint"
    case .wordBack: "one word back"
    case .help: "help for the word at the cursor"
    case .edit: "edit in an editor"
    case .undo: "undo the last change"
    case .older: "the older entry that begins like this"
    case .newer: "the newer entry that begins like this"
    case .leave: "leave on an empty line, else delete a character"
    case .delete: "delete a character"
    case .redraw: "clear the screen"
    case .settle: "put markers in order"
    case .refuse: "refuse a line that is too long"
    case .nothing: "do nothing"
    }
  }
}

/// What is drawn after an action.
struct Drawing {
  var rawValue: Int
  static let none = Drawing(rawValue: CEDIT_NOTHING)
  static let end = Drawing(rawValue: CEDIT_END)
  static let line = Drawing(rawValue: CEDIT_REDRAW)
  static let beep = Drawing(rawValue: CEDIT_BEEP)
}

extension LineEditor {
  // MARK: - Reading keys

  /// The next key for libedit.
  func readKey(_ key: UnsafeMutablePointer<UInt32>?) -> Int32 {
    if !reader.isInside, let ready = readied() {
      key?.pointee = ready.rawValue
      return 1
    }
    while true {
      if heedSignals() { return -1 }
      if !reader.isInside && !reader.hasMore && Int(cedit_wait(0, 0)) != CEDIT_READY { showHint() }
      let wasInside = reader.isInside
      switch reader.next() {
      case .woken: continue
      case .ended:
        hideHint()
        hasEnded = true
        return 0
      case .ours(let name):
        hideHint()
        wasLetter = false
        key?.pointee = name.rawValue
        return 1
      case .key(let scalar):
        hideHint()
        wasLetter = !wasInside && scalar.value >= 0x20 && scalar != "\u{7F}"
        // Ctrl-R and Ctrl-S: from here on the line is libedit's, until it holds no search any more.
        if scalar == "\u{12}" || scalar == "\u{13}" { isSearching = true }
        key?.pointee = scalar.value
        return 1
      }
    }
  }

  /// Looks at what the last key did; a key that has to come before the next one.
  private func readied() -> Key? {
    var count = 0
    cedit_line(editor, nil, &count, nil)
    if count > InputLimit.entry { return .refuse }
    // Letters that come faster than they are read are looked at together: a copy for each would take for ever.
    if wasLetter && (reader.hasMore || Int(cedit_wait(0, 0)) == CEDIT_READY) { return nil }
    let (text, cursor) = shown
    if isSearchLine(text) { return nil }
    if rows.settled(text, cursor: cursor, before: (undo.now.text, undo.now.cursor)) != nil { return .settle }
    undo.note(text, cursor: cursor)
    return nil
  }

  /// Whether libedit asks for something below the line.
  func isSearchLine(_ text: [Unicode.Scalar]) -> Bool {
    guard isSearching, let feed = text.lastIndex(of: "\n") else { return false }
    let last = LineEditor.text(text[(feed + 1)...].prefix(4))
    return ["bck:", "bck?", "fwd:", "fwd?"].contains(last)
  }

  /// What signals ask for. true: the line is dropped.
  private func heedSignals() -> Bool {
    guard let editor else { return true }
    if Interrupt.isRaised {
      hideHint()
      goBelow()
      cedit_write("^C\r\n", 4)
      cedit_flush()
      wasInterrupted = true
      return true
    }
    let noted = Int(cedit_noted())
    if noted & CEDIT_STOPPED != 0 {
      hideHint()
      goBelow()
      cedit_paste_marks(0)
      cedit_raw(editor, 0)
      cedit_stop()
      cedit_raw(editor, 1)
      cedit_paste_marks(1)
      cedit_resize(editor)
      cedit_draw(editor)
    } else if noted & CEDIT_CONTINUED != 0 {
      // Somebody else had the terminal: it is made ours again.
      cedit_raw(editor, 0)
      cedit_raw(editor, 1)
      cedit_paste_marks(0)
      cedit_paste_marks(1)
      redraw()
    } else if noted & CEDIT_RESIZED != 0 {
      redraw()
    }
    return false
  }

  // MARK: - Actions

  func act(_ action: Action, _ key: UInt32) -> Drawing {
    if action != .complete { tabbed = nil }
    switch action {
    case .complete: return complete()
    case .paste: return paste()
    case .enter: return enter()
    case .newline:
      insert(["\n"])
      return .line
    case .up, .down: return vertical(up: action == .up)
    case .older, .newer:
      let (text, cursor) = entry
      let all = LineEditor.text(text)
      return show(recall.step(from: all, beginning: LineEditor.text(text[..<cursor]), older: action == .older))
    case .forward: return accept(.all) ?? move(by: 1)
    case .back: return move(by: -1)
    case .end: return accept(.all) ?? move(by: .max)
    case .start: return move(by: .min)
    case .wordForward: return accept(.word) ?? moveWord(forward: true)
    case .wordBack: return moveWord(forward: false)
    case .help:
      let (text, cursor) = entry
      guard let card = assistant.helpCard(for: LineEditor.text(text), cursor: cursor) else { return .beep }
      printAbove(card)
      return .none
    case .edit: return edit()
    case .undo:
      guard let step = undo.undo() else { return .beep }
      let (text, cursor) = rows.entry(step.text, cursor: step.cursor)
      replace(text, cursor: cursor)
      return .line
    case .leave:
      if shown.text.isEmpty {
        hasEnded = true
        cedit_write("\r\n", 2)
        cedit_flush()
        return .end
      }
      return delete()
    case .delete: return delete()
    case .redraw: return clearScreen()
    case .settle:
      let (text, cursor) = shown
      if let (entry, place) = rows.settled(text, cursor: cursor, before: (undo.now.text, undo.now.cursor)) {
        replace(entry, cursor: place)
      }
      // What was settled is as it is, even if it should not be: never twice.
      undo.note(shown.text, cursor: shown.cursor)
      return .line
    case .refuse:
      refuse()
      return .end
    case .nothing: return .none
    }
  }

  private func enter() -> Drawing {
    guard let editor else { return .end }
    let text = LineEditor.text(entry.text)
    if assistant.isComplete(text) {
      cedit_push(editor, Key.submit.rawValue)
      return .none
    }
    insert(["\n"])
    return .line
  }

  private func delete() -> Drawing {
    guard let editor, shown.cursor < shown.text.count else { return .beep }
    cedit_move(editor, 1)
    cedit_delete(editor, 1)
    return .line
  }

  private func paste() -> Drawing {
    guard let bytes = reader.paste(limit: 4 * InputLimit.entry, isInterrupted: { Interrupt.isRaised }) else {
      refuse(draws: true)
      return .none
    }
    let text = Paste.cleaned(bytes)
    guard text.count + entry.text.count <= InputLimit.entry else {
      refuse(draws: true)
      return .none
    }
    insert(text)
    return .line
  }

  /// Says that a line is too long. Otherwise the line that is being edited goes with it.
  private func refuse(draws: Bool = false) {
    let words =
      "error: what was \(draws ? "pasted" : "typed") is longer than \(InputLimit.entry) characters: not taken"
    if draws {
      printAbove(words)
      return
    }
    erase()
    cedit_write(words + "\r\n", words.utf8.count + 2)
    cedit_flush()
    wasRefused = true
  }

  private func edit() -> Drawing {
    guard allowsPrograms else {
      printAbove("error: programs are closed to this session")
      return .none
    }
    var result: Result<String?, TextEditor.Failure> = .success(nil)
    let text = LineEditor.text(entry.text)
    pause {
      do throws(TextEditor.Failure) {
        result = .success(try TextEditor.edit(text, suffix: ".sql", environment: environment))
      } catch {
        result = .failure(error)
      }
    }
    switch result {
    case .success(nil): return .beep
    case .success(let edited?):
      let scalars = Paste.cleaned(Array(edited.utf8))
      guard scalars.count <= InputLimit.entry else {
        refuse(draws: true)
        return .none
      }
      replace(scalars, cursor: scalars.count)
      return .line
    case .failure(let failure):
      printAbove("error: \(failure.description)")
      return .none
    }
  }

  // MARK: - Moving

  private func move(by distance: Int) -> Drawing {
    guard let editor else { return .none }
    let (text, cursor) = shown
    let place = distance == .max ? text.count : distance == .min ? 0 : cursor + distance
    guard (0...text.count).contains(place) else { return .beep }
    cedit_move(editor, Int32(place - cursor))
    return .line
  }

  private func moveWord(forward: Bool) -> Drawing {
    let (text, cursor) = shown
    func isWord(_ index: Int) -> Bool {
      text[index].properties.isAlphabetic || text[index].properties.numericType != nil
    }
    var place = cursor
    if forward {
      while place < text.count && !isWord(place) { place += 1 }
      while place < text.count && isWord(place) { place += 1 }
    } else {
      while place > 0 && !isWord(place - 1) { place -= 1 }
      while place > 0 && isWord(place - 1) { place -= 1 }
    }
    return move(by: place - cursor)
  }

  private func vertical(up: Bool) -> Drawing {
    guard let editor else { return .none }
    let (text, cursor) = entry
    if let place = Rows.vertical(text, cursor: cursor, up: up) {
      cedit_move(editor, Int32(rows.place(place, of: text) - shown.cursor))
      return .line
    }
    let all = LineEditor.text(text)
    if isSearching {
      isSearching = false
      recall.found(all)
    }
    return show(recall.step(from: all, older: up))
  }

  private func show(_ line: String?) -> Drawing {
    guard let line else { return .beep }
    let scalars = Array(line.unicodeScalars)
    replace(scalars, cursor: scalars.count)
    return .line
  }

  // MARK: - Hints

  enum Portion { case all, word }

  /// Takes the hint, if the cursor is at the end of the line and there is one. nil: there is none.
  private func accept(_ portion: Portion) -> Drawing? {
    let (text, cursor) = entry
    guard cursor == text.count, let hint = hint(for: text), let all = hint.accepts, !all.isEmpty else { return nil }
    switch portion {
    case .all: insert(all.unicodeScalars)
    case .word:
      let scalars = Array(all.unicodeScalars)
      var end = 0
      while end < scalars.count && scalars[end] == " " { end += 1 }
      while end < scalars.count && scalars[end] != " " { end += 1 }
      insert(scalars[..<end])
    }
    return .line
  }
}

import CEdit

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The line editor on a terminal: libedit, with completion, hints, paste, entries of several lines and undo of our own.
///
/// One at a time, on one thread. Make it with ``make(programName:assistant:history:environment:note:)``, which finds out
/// whether there is a terminal to edit on.
public final class LineEditor: LineReading {
  let assistant: any LineAssistant
  let environment: [String: String]
  let note: (String) -> Void
  var history: HistoryFile?
  var editor: OpaquePointer?
  var reader: KeyReader
  var recall: Recall
  var undo = UndoSteps()
  var rows = Rows(marker: [])
  /// The prompt without its escapes.
  var promptText: [Unicode.Scalar] = []
  var isReading = false
  var wasInterrupted = false
  var hasEnded = false
  var wasRefused = false
  /// A search through the history was begun with this line; nil: it was not.
  var isSearching = false
  /// Whether the last key was a letter.
  var wasLetter = false
  /// The hint on the screen.
  var ghost: Hint?
  /// A whole line that is suggested.
  var wanted: String?
  /// The line on which Tab was pressed last, and its cursor.
  var tabbed: UndoSteps.Step?
  /// Whether dim text can be told from other text here.
  let canHint: Bool
  let colors: Bool
  public var hintsShown = true
  public var allowsPrograms = true

  // MARK: - Making one

  /// Something that asks for lines on standard input: a line editor where standard input and output are terminals that
  /// can move a cursor and `.editrc` does not say `edit off`, else a plain reader.
  ///
  /// - Parameters:
  ///   - programName: the name of lines in `.editrc` that are only for us.
  ///   - history: nil: none is kept.
  ///   - note: takes what the person at the terminal should know, one line each; otherwise standard error does.
  public static func make(
    programName: String = "payg", assistant: any LineAssistant, history: HistoryFile? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    note: ((String) -> Void)? = nil
  ) -> any LineReading {
    let note = note ?? { _ = Pager.write("note: \($0)\n", to: STDERR_FILENO) }
    Interrupt.install()
    let isTerminal = isatty(STDIN_FILENO) == 1
    let terminal = environment["TERM"] ?? ""
    if isTerminal, isatty(STDOUT_FILENO) == 1, !terminal.isEmpty, terminal != "dumb",
      let editor = LineEditor(programName, assistant, history, environment, note)
    {
      return editor
    }
    return PlainReader(assistant: assistant, history: isTerminal ? history : nil, note: note)
  }

  private init?(
    _ name: String, _ assistant: any LineAssistant, _ history: HistoryFile?, _ environment: [String: String],
    _ note: @escaping (String) -> Void
  ) {
    self.assistant = assistant
    self.environment = environment
    self.note = note
    self.history = history
    colors = (environment["NO_COLOR"] ?? "").isEmpty
    canHint = colors
    reader = KeyReader(TerminalFeed())
    recall = Recall()
    if !Glyphs.prepare() {
      note(
        "the character set of this terminal is not UTF-8, so letters beyond ASCII may look wrong: set `LC_ALL=C.UTF-8`")
    }
    // The modes as they are now are what everybody gets back.
    guard cedit_guard(STDIN_FILENO) == 0 else { return nil }
    let context = Unmanaged.passUnretained(self).toOpaque()
    editor = cedit_open(
      name, context, { LineEditor.of($0)?.readKey($1) ?? 0 },
      { context, number, key in
        guard let editor = LineEditor.of(context), let action = Action(rawValue: number) else { return 0 }
        return Int32(editor.act(action, key).rawValue)
      })
    guard editor != nil else {
      cedit_unguard()
      return nil
    }
    bindAll(name)
    guard cedit_is_on(editor) == 1, cedit_can_draw(editor) == 1 else {
      close()
      return nil
    }
    reader.namesAll = cedit_is_vi(editor) == 1
    do {
      if let history { recall = Recall(try history.load()) }
    } catch {
      self.history = nil
      note(error.description)
    }
    for line in recall.lines { cedit_remember(editor, Glyphs.wide(line.unicodeScalars)) }
  }

  deinit { close() }

  private static func of(_ context: UnsafeMutableRawPointer?) -> LineEditor? {
    context.map { Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue() }
  }

  public func close() {
    guard let open = editor else { return }
    editor = nil
    cedit_paste_marks(0)
    cedit_watch(0)
    cedit_close(open)
    cedit_unguard()
  }

  // MARK: - Asking for a line

  public func next(_ prompt: Prompt) -> LineInput {
    guard let editor, !isReading else { return .ended }
    promptText = Prompt.plain(prompt.text)
    while promptText.last == " " { promptText.removeLast() }
    promptText.append(" ")
    rows = Rows(marker: Prompt.plain(prompt.continuation))
    let marked = Prompt.marked(prompt.text, colors: colors).map(\.value)
    cedit_prompt(editor, marked, marked.count)
    undo = UndoSteps()
    recall.leave()
    tabbed = nil
    (isSearching, wasInterrupted, hasEnded) = (false, false, false)
    // An old interrupt was for the work before.
    Interrupt.clear()
    isReading = true
    cedit_watch(1)
    cedit_paste_marks(1)
    defer {
      isReading = false
      cedit_paste_marks(0)
      cedit_watch(0)
    }
    var text: UnsafePointer<UInt32>?
    var count = 0
    while true {
      wasRefused = false
      let result = cedit_read(editor, &text, &count)
      if wasRefused { continue }
      Interrupt.clear()
      if wasInterrupted {
        wanted = nil
        return .interrupted
      }
      guard result == 1, !hasEnded else { return .ended }
      wanted = nil
      var scalars = LineEditor.scalars(text, count)
      if scalars.last == "\n" { scalars.removeLast() }
      return .line(LineEditor.text(rows.entry(scalars, cursor: 0).entry))
    }
  }

  public func remember(_ line: String) {
    guard recall.add(line) else { return }
    if let editor { cedit_remember(editor, Glyphs.wide(line.unicodeScalars)) }
    do {
      try history?.append(line)
    } catch {
      history = nil
      note("\(error.description); this session's lines are not kept")
    }
  }

  public func preset(_ ghost: String?) {
    wanted = ghost.flatMap { $0.isEmpty || $0.unicodeScalars.contains { Glyphs.visible($0) != $0 } ? nil : $0 }
  }

  public func pause(_ body: () -> Void) {
    guard isReading, let editor else {
      body()
      Interrupt.clear()
      return
    }
    erase()
    cedit_paste_marks(0)
    cedit_watch(0)
    cedit_raw(editor, 0)
    body()
    Interrupt.clear()
    cedit_raw(editor, 1)
    cedit_watch(1)
    cedit_paste_marks(1)
    cedit_resize(editor)
    cedit_draw(editor)
  }

  // MARK: - The line as it is

  static func scalars(_ text: UnsafePointer<UInt32>?, _ count: Int) -> [Unicode.Scalar] {
    UnsafeBufferPointer(start: text, count: count).map { Unicode.Scalar($0) ?? "\u{FFFD}" }
  }

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// The line with its markers.
  var shown: (text: [Unicode.Scalar], cursor: Int) {
    guard let editor else { return ([], 0) }
    var text: UnsafePointer<UInt32>?
    var count = 0
    var cursor = 0
    cedit_line(editor, &text, &count, &cursor)
    return (LineEditor.scalars(text, count), cursor)
  }

  /// The line without its markers.
  var entry: (text: [Unicode.Scalar], cursor: Int) {
    let shown = shown
    let (text, cursor) = rows.entry(shown.text, cursor: shown.cursor)
    return (text, cursor)
  }

  /// Puts an entry in the place of the line.
  func replace(_ entry: [Unicode.Scalar], cursor: Int) {
    guard let editor else { return }
    let old = shown
    cedit_move(editor, Int32(old.text.count - old.cursor))
    cedit_delete(editor, old.text.count)
    let new = rows.marked(entry)
    if !new.isEmpty { _ = cedit_insert(editor, Glyphs.wide(new)) }
    cedit_move(editor, Int32(rows.place(cursor, of: entry) - new.count))
  }

  /// Inserts a part of an entry at the cursor.
  func insert(_ part: some Sequence<Unicode.Scalar>) {
    guard let editor else { return }
    let new = rows.marked(part)
    if !new.isEmpty { _ = cedit_insert(editor, Glyphs.wide(new)) }
  }
}

/// Standard input.
private final class TerminalFeed: ByteFeed {
  private var buffer = [UInt8](repeating: 0, count: 4096)

  func more(within milliseconds: Int32) -> Fed {
    switch Int(cedit_wait(STDIN_FILENO, milliseconds)) {
    case CEDIT_LATE: return .late
    case CEDIT_WOKEN: return .woken
    default: break
    }
    let count = read(STDIN_FILENO, &buffer, buffer.count)
    if count > 0 { return .bytes(Array(buffer[..<count])) }
    if count < 0 && (errno == EINTR || errno == EAGAIN) { return .woken }
    return .ended
  }
}

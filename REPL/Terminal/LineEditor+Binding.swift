import CEdit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension LineEditor {
  /// Our functions and keys, and then `.editrc`, so that whoever wrote one wins.
  func bindAll(_ program: String) {
    guard let editor else { return }
    cedit_style(editor, "emacs")
    for action in Action.allCases {
      _ = cedit_add(editor, action.rawValue, "\(program)-\(action.name)", action.help)
    }
    bindKeys(program)
    for line in editrc() where cedit_obey(editor, line) == 1 { bindKeys(program) }
  }

  /// The lines of `$EDITRC`, else of `~/.editrc`.
  private func editrc() -> [String] {
    guard let path = environment["EDITRC"] ?? environment["HOME"].map({ $0 + "/.editrc" }), !path.isEmpty,
      let bytes = HistoryFile.bytes(of: path, limit: InputLimit.entry)
    else { return [] }
    return bytes.split(separator: 10).map { line in
      let text = String(decoding: line, as: UTF8.self)
      return String(text.drop { $0 == " " || $0 == "\t" })
    }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }

  /// What the keys of ours do, in every map.
  private static let named: [(Key, Action)] = [
    (.paste, .paste), (.settle, .settle), (.up, .up), (.down, .down), (.right, .forward), (.left, .back),
    (.home, .start), (.end, .end), (.delete, .delete), (.wordRight, .wordForward), (.wordLeft, .wordBack),
    (.help, .help), (.pageUp, .older), (.pageDown, .newer), (.refuse, .refuse),
  ]

  /// Keys that mean the same in emacs and while vi inserts.
  private static let common: [(String, Action)] = [
    ("^I", .complete), ("^M", .enter), ("^J", .enter), ("^D", .leave), ("^L", .redraw), ("^_", .undo), ("^F", .forward),
    ("^X^E", .edit), ("^P", .up), ("^N", .down), ("^E", .end),
  ]

  private static let emacs: [(String, Action)] = [
    ("^B", .back), ("^A", .start),
    ("\\e^M", .newline), ("\\e^J", .newline), ("\\eh", .help), ("\\eH", .help), ("\\ep", .older), ("\\en", .newer),
    ("\\eP", .older), ("\\eN", .newer), ("\\ef", .wordForward), ("\\eF", .wordForward), ("\\eb", .wordBack),
    ("\\eB", .wordBack), ("\\e[200~", .paste), ("\\e\\e[C", .wordForward), ("\\e\\e[D", .wordBack),
  ]

  private func bindKeys(_ program: String) {
    guard let editor else { return }
    func bind(_ key: String, _ action: Action, commands: Bool = false) {
      _ = cedit_bind(editor, commands ? 1 : 0, key, "\(program)-\(action.name)")
    }
    let isVi = cedit_is_vi(editor) == 1
    for commands in isVi ? [false, true] : [false] {
      for (key, action) in LineEditor.named { bind("\\" + String(key.rawValue, radix: 8), action, commands: commands) }
      _ = cedit_bind(editor, commands ? 1 : 0, "\\" + String(Key.submit.rawValue, radix: 8), "ed-newline")
    }
    for (key, action) in LineEditor.common { bind(key, action) }
    _ = cedit_bind(editor, 0, "^R", "em-inc-search-prev")
    // Letters beyond ASCII that this version takes for keys with Meta where the character set is not UTF-8.
    for value in 0xA0...0xFF { _ = cedit_bind(editor, 0, "\\" + String(value, radix: 8), "ed-insert") }
    if isVi {
      for (key, action) in [
        ("^M", Action.enter), ("^J", .enter), ("^D", .leave), ("^L", .redraw), ("k", .up), ("j", .down),
      ] { bind(key, action, commands: true) }
      return
    }
    for (key, action) in LineEditor.emacs { bind(key, action) }
    for (body, name) in KeyReader.names {
      guard let action = LineEditor.named.first(where: { $0.0 == name })?.1 else { continue }
      bind("\\e[" + body, action)
      if body.count == 1 { bind("\\eO" + body, action) }
    }
    // Keys that mean nothing here must not leave half of what they send in the line.
    for number in 1...34 where KeyReader.names["\(number)~"] == nil { bind("\\e[\(number)~", .nothing) }
    for shift in 2...9 {
      for letter in "ABCDFHPQRS" where KeyReader.names["1;\(shift)\(letter)"] == nil {
        bind("\\e[1;\(shift)\(letter)", .nothing)
      }
    }
    for key in ["\\e[Z", "\\e[E", "\\e[I", "\\e[O", "\\eOQ", "\\eOR", "\\eOS"] { bind(key, .nothing) }
  }
}

/// What came of asking for a line.
public enum LineInput: Sendable, Hashable {
  /// Without the line feed at its end. It has several lines where Enter added some, or where they were pasted.
  case line(String)
  /// Ctrl-C: the line was dropped.
  case interrupted
  /// Ctrl-D on an empty line, or the end of the input.
  case ended
}

/// Something that asks for lines: ``LineEditor`` on a terminal, else ``PlainReader``.
public protocol LineReading: AnyObject {
  /// Asks for a line.
  func next(_ prompt: Prompt) -> LineInput
  /// Keeps a line for later, here and in the history file.
  func remember(_ line: String)
  /// Suggests a whole line for the next prompt, shown while the line is empty or its beginning. nil: nothing.
  func preset(_ ghost: String?)
  /// Leaves the terminal to somebody else, a pager or an editor, and takes it back.
  func pause(_ body: () -> Void)
  /// Gives the terminal back as it was. Nothing may be asked afterwards.
  func close()
  /// Whether hints are shown.
  var hintsShown: Bool { get set }
  /// Whether a line may be edited in a program of its user's.
  var allowsPrograms: Bool { get set }
}

/// The bounds of what is read.
public enum InputLimit {
  /// Scalars of one entry, a paste of many lines among them: far more than anybody types, and little memory.
  public static let entry = 1 << 20
  /// Candidates that are listed at once: what fits on a small terminal.
  public static let listed = 20
  /// Steps that can be undone.
  public static let undone = 100
}

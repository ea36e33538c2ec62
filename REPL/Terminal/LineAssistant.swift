/// What a line editor asks of whoever understands its lines.
///
/// Called between keys, on the thread that edits: an answer must take no more than some tens of milliseconds. Offsets count
/// Unicode scalars. Lines of an entry are separated by line feeds.
public protocol LineAssistant: AnyObject {
  /// What could stand at the cursor.
  ///
  /// - Parameter cursor: how many scalars of `line` stand before it.
  func completions(of line: String, cursor: Int) -> CompletionList
  /// Dim text shown behind the line while the cursor is at its end: what the grammar still expects, or what is suggested.
  /// nil: none, and the newest line of the history that begins like this one is suggested.
  func hint(for line: String) -> Hint?
  /// Whether Enter ends the input. false: Enter adds a line (a statement that is not finished, an open quote).
  func isComplete(_ text: String) -> Bool
  /// The help card for the word at the cursor, printed above the line. nil: there is none.
  func helpCard(for line: String, cursor: Int) -> String?
}

/// What could stand at the cursor.
public struct CompletionList: Sendable, Hashable {
  /// The first scalar of the line that a candidate replaces; it replaces all from there to the cursor.
  public var start: Int
  public var candidates: [Candidate]
  /// Near matches: listed where there is no candidate, and never inserted.
  public var alike: [Candidate]
  /// How many candidates there are beyond the list.
  public var more: Int
  /// What all of them begin with, those beyond the list too. nil: it is worked out where the list is all there is, and
  /// otherwise nothing is inserted.
  public var common: String?

  public init(
    start: Int, candidates: [Candidate] = [], alike: [Candidate] = [], more: Int = 0, common: String? = nil
  ) {
    self.common = common
    self.start = start
    self.candidates = candidates
    self.alike = alike
    self.more = more
  }
}

public struct Candidate: Sendable, Hashable {
  /// What replaces the beginning that was typed.
  public var text: String
  /// One line that says what it is.
  public var description: String
  /// Whether a blank follows where this is the only one.
  public var endsWord: Bool

  public init(_ text: String, description: String = "", endsWord: Bool = true) {
    self.text = text
    self.description = description
    self.endsWord = endsWord
  }
}

/// Dim text behind the line.
public struct Hint: Sendable, Hashable {
  /// What is shown.
  public var text: String
  /// What Right inserts. nil: it is shown only.
  public var accepts: String?

  public init(_ text: String, accepts: String? = nil) {
    self.text = text
    self.accepts = accepts
  }
}

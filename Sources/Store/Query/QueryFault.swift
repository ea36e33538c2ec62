/// Why a statement has no answer.
public struct QueryFault: Error, Sendable, CustomStringConvertible {
  public var kind: Kind
  /// One lower-case sentence.
  public var message: String
  /// Where in the text, in bytes from its beginning, to show a caret; nil where it is about no place.
  public var offset: Int?
  /// What to do about it, one line.
  public var help: String?
  /// What the caller's own code threw, or the store.
  public var cause: (any Error)?

  public enum Kind: Sendable, Hashable {
    /// It is no statement, or names what there is not.
    case statement
    /// It asks for more than may be asked: to write, for tables below the views, for a function that is not in the list.
    case refused
    /// It is too long, too deep or its rows are too large.
    case tooLarge
    case interrupted
    /// It took longer than it might.
    case timeout
    /// The store could not be read, or the world could not answer.
    case failed
    /// The caller wanted no more rows.
    case stopped
  }

  public init(_ kind: Kind, _ message: String, offset: Int? = nil, help: String? = nil, cause: (any Error)? = nil) {
    self.kind = kind
    self.message = message
    self.offset = offset
    self.help = help
    self.cause = cause
  }

  public var description: String { message }
}

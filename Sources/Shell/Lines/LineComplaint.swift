/// Why a line cannot be answered, with the place of the line it is about.
public struct LineComplaint: CommandFault {
  public var message: String
  /// The line, and the bytes of it that are meant.
  public var line: String
  public var range: Range<Int>?
  /// What to write instead, or to do.
  public var help: String?
  /// A whole line that was probably meant: offered as ghost text, never run by itself.
  public var instead: String?
  public var status: ExitStatus
  /// For machines: `unknown_verb`.
  public var code: String

  public init(
    message: String, line: String, range: Range<Int>? = nil, help: String? = nil, instead: String? = nil,
    status: ExitStatus = .failed, code: String = "line"
  ) {
    self.message = message
    self.line = line
    self.range = range
    self.help = help
    self.instead = instead
    self.status = status
    self.code = code
  }
}

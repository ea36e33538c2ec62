/// Why a command could not do its work, for its user.
public protocol CommandFault: Error {
  var message: String { get }
  var help: String? { get }
  var status: ExitStatus { get }
}

/// A fault that its user has been shown already.
public struct ShownFault: Error {
  public var status: ExitStatus

  public init(status: ExitStatus) { self.status = status }
}

/// A fault made of a sentence.
public struct Complaint: CommandFault {
  public var message: String
  public var help: String?
  public var status: ExitStatus

  public init(message: String, help: String? = nil, status: ExitStatus = .failed) {
    self.message = message
    self.help = help
    self.status = status
  }
}

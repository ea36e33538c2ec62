import Engine
import Synchronization

/// A payment provider that is a program of its own: one line of JSON goes in for a request, one comes out as the
/// answer.
///
/// The program is started for the first request and stays. Where it breaks the protocol, is late or dies, it is ended,
/// the request fails with a ``ProviderFault``, and the next request starts it again: what happened to the first is
/// unknown, and it will be sent again with the same key.
///
/// One request is under way at a time.
public final class ChildProvider: PaymentProvider {
  /// The version of the protocol: the `payg` of a program's first line.
  public static let protocolVersion = 1
  /// How long an answer may take, and the first line of a program that was just started. Card networks answer in a few
  /// seconds and give up after about as long.
  public static let answerLimit = Duration.seconds(30)
  /// Bytes of one line, in either direction. An answer has a hundred.
  public static let lineLimit = 64 << 10
  /// How long a program may take to end once its input has: it might have something to write down.
  public static let farewellLimit = Duration.seconds(1)

  public let name: String
  public let summary: String
  private let talk: Mutex<ChildTalk>

  /// What a program says of itself in its first line.
  public struct Greeting: Sendable, Hashable {
    public var name: String
    public var summary: String
  }

  /// - Parameters:
  ///   - command: the program and its arguments; a name without a slash is looked for in `PATH`.
  ///   - name: nil: the name of the program's file.
  public init(_ command: [String], name: String? = nil, answerLimit: Duration = ChildProvider.answerLimit) {
    let file = command.first?.split(separator: "/").last.map(String.init) ?? "no program"
    self.name = name ?? Excerpt.text(file)
    summary = "the program `\(Excerpt.text(command.joined(separator: " ")))`"
    talk = Mutex(ChildTalk(command: command, name: self.name, answerLimit: answerLimit))
  }

  deinit { stop() }

  /// Starts the program if it does not run, and hears what it says of itself. Lets a wrong command be refused before
  /// there is a request.
  @discardableResult
  public func start() throws(ProviderFault) -> Greeting {
    try talk.withLock { (talk: inout ChildTalk) throws(ProviderFault) -> Greeting in try talk.greeted() }
  }

  public func send(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer {
    try talk.withLock { (talk: inout ChildTalk) throws(ProviderFault) -> ProviderAnswer in try talk.ask(request) }
  }

  /// Whether the program runs at the moment.
  public var isRunning: Bool { talk.withLock { $0.isRunning } }

  /// Lets the program end, or ends it. The next request starts it again.
  public func stop() {
    talk.withLock { $0.stop() }
  }
}

/// What is said between payg and the program of a provider.
struct ChildTalk: Sendable {
  let command: [String]
  let name: String
  let answerLimit: Duration
  private var child: Child?
  private var greeting: ChildProvider.Greeting?

  init(command: [String], name: String, answerLimit: Duration) {
    self.command = command
    self.name = name
    self.answerLimit = answerLimit
  }

  var isRunning: Bool { child.map { !$0.hasEnded } ?? false }

  mutating func stop() {
    child?.end(within: ChildProvider.farewellLimit)
    child = nil
    greeting = nil
  }

  // MARK: - The first line

  mutating func greeted() throws(ProviderFault) -> ChildProvider.Greeting {
    if let greeting, child != nil { return greeting }
    let deadline = ContinuousClock.now + answerLimit
    var started: Child
    do throws(Child.Failure) {
      started = try Child(command)
    } catch {
      throw ProviderFault("`\(name)` \(reason(error, whenLate: ""))")
    }
    let bytes: [UInt8]
    do throws(Child.Failure) {
      bytes = try started.line(limit: ChildProvider.lineLimit, by: deadline)
    } catch {
      throw broken(&started, reason(error, whenLate: "said nothing within \(answerLimit.limitText) of its start"))
    }
    do throws(ChildLine.Misread) {
      let greeting = try ChildLine.greeting(bytes)
      self.greeting = greeting
      child = started
      return greeting
    } catch {
      throw broken(&started, error.message)
    }
  }

  // MARK: - Requests

  mutating func ask(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer {
    let line: [UInt8]
    do throws(ChildLine.Misread) {
      line = try ChildLine.request(request)
    } catch {
      throw ProviderFault("`\(name)` was not asked: \(error.message)")
    }
    try settle()
    _ = try greeted()
    guard var asked = child else { throw ProviderFault("`\(name)` does not run") }
    child = nil
    let deadline = ContinuousClock.now + answerLimit
    let bytes: [UInt8]
    do throws(Child.Failure) {
      try asked.write(line, by: deadline)
      bytes = try asked.line(limit: ChildProvider.lineLimit, by: deadline)
    } catch {
      throw broken(&asked, reason(error, whenLate: "gave no answer within \(answerLimit.limitText)"), request)
    }
    do throws(ChildLine.Misread) {
      let answer = try ChildLine.answer(bytes, to: request.key)
      child = asked
      return answer
    } catch {
      throw broken(&asked, error.message, request)
    }
  }

  /// Looks at a program that has been waiting. One that has ended in the meantime is forgotten: nothing was asked of
  /// it.
  private mutating func settle() throws(ProviderFault) {
    guard var waiting = child else { return }
    let (unread, gone) = waiting.hasMore()
    if unread {
      child = nil
      throw broken(&waiting, "said `\(Excerpt.text(waiting.unread))` without being asked")
    }
    if gone {
      waiting.end(within: ChildProvider.farewellLimit)
      child = nil
    } else {
      child = waiting
    }
  }

  // MARK: - What went wrong

  private func reason(_ failure: Child.Failure, whenLate: String) -> String {
    switch failure {
    case .notStarted(let why): "could not be started: \(why)"
    case .late: whenLate
    case .gone: "ended"
    case .longLine(let limit): "wrote a line of more than \(limit >> 10) KiB"
    }
  }

  /// Ends the program and says why, what it last complained of, and what that means for the request under way.
  private mutating func broken(
    _ child: inout Child, _ why: String, _ request: ProviderRequest? = nil
  ) -> ProviderFault {
    var text = "`\(name)` \(why)"
    if why == "ended" {
      let ending = child.end(within: ChildProvider.farewellLimit)
      text = "`\(name)` \(ending?.text ?? "closed its output")"
      text += request == nil ? " before its first line" : " instead of giving an answer"
    } else {
      child.end()
    }
    greeting = nil
    if let complaint = Excerpt.lastLine(child.complaints) { text += " (it wrote `\(complaint)`)" }
    if let request {
      text += "; whether `\(Excerpt.text(request.key))` was done is unknown until it is asked again with the same key"
    }
    return ProviderFault(text)
  }
}

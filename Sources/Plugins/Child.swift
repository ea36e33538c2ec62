import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A started program: lines go to its standard input and come from its standard output, each by a deadline. The end of
/// what it writes to standard error is kept.
///
/// It leads a process group of its own, so that all of it can be ended, and whoever starts one has to end it.
struct Child: Sendable {
  /// How much of standard error is kept, in bytes: enough for the last lines of a stack trace.
  static let complaintLimit = 4 << 10
  /// How much may come, in bytes, while a line is being sent: many times an answer.
  static let unreadLimit = 1 << 20

  enum Ending: Sendable, Hashable {
    case exited(Int32)
    case signaled(Int32)

    /// `ended with status 3`
    var text: String {
      switch self {
      case .exited(let status): "ended with status \(status)"
      case .signaled(let number): "was ended by \(System.signalName(number))"
      }
    }
  }

  enum Failure: Error, Sendable, Hashable {
    /// It could not be started, and why.
    case notStarted(String)
    /// The deadline has passed.
    case late
    /// It closed its output, or does not read any more: ``end(within:)`` says how it ended.
    case gone
    /// A line has more than so many bytes.
    case longLine(limit: Int)
  }

  private let leader: pid_t
  private var input: Int32
  private var output: Int32
  private var errors: Int32
  private var received: [UInt8] = []
  /// How much of `received` is known to have no line feed.
  private var searched = 0
  private(set) var complaints: [UInt8] = []

  // MARK: - Start and end

  /// Starts a program, found like a shell finds it, with its arguments and the environment of this one.
  ///
  /// - Parameter variables: what differs in the environment.
  init(_ command: [String], variables: [String: String] = [:]) throws(Failure) {
    guard let program = command.first, !program.isEmpty else { throw .notStarted("no command is given") }
    guard !command.contains(where: { $0.utf8.contains(0) }) else {
      throw .notStarted("its command has a zero byte")
    }
    let (started, ours) = try Child.starting.withLock { _ throws(Failure) in
      try Child.started(program, command, variables)
    }
    for end in ours { System.stopWaiting(end) }
    leader = started
    input = ours[0]
    output = ours[1]
    errors = ours[2]
  }

  /// One start at a time: a second one between the opening of a pipe and its marking would inherit it.
  private static let starting = Mutex(())

  private static func started(
    _ program: String, _ command: [String], _ variables: [String: String]
  ) throws(Failure) -> (pid_t, ours: [Int32]) {
    var pipes: [(reading: Int32, writing: Int32)] = []
    do throws(System.Failure) {
      for _ in 0..<3 { pipes.append(try System.openPipe()) }
    } catch {
      for pipe in pipes { close(pipe.reading, pipe.writing) }
      throw .notStarted(System.message(error.number))
    }
    // A child reads from the first pipe and writes to the two others.
    let theirs = [pipes[0].reading, pipes[1].writing, pipes[2].writing]
    let ours = [pipes[0].writing, pipes[1].reading, pipes[2].reading]
    let (number, failure) = spawn(program, command, variables, streams: theirs)
    for end in theirs { close(end) }
    guard failure == 0 else {
      for end in ours { close(end) }
      throw .notStarted(System.message(failure))
    }
    return (number, ours)
  }

  private static func spawn(
    _ program: String, _ command: [String], _ variables: [String: String], streams: [Int32]
  ) -> (pid_t, failure: Int32) {
    var actions = System.noFileActions
    var attributes = System.noAttributes
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (stream, descriptor) in streams.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(stream))
    }
    // The child shall see signals as if a shell had started it, whatever this program ignores or holds back.
    var none = sigset_t()
    sigemptyset(&none)
    var usual = sigset_t()
    sigemptyset(&usual)
    for signal in [SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD] { sigaddset(&usual, signal) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var environment = System.environment(with: variables)
    defer { for text in arguments + environment { free(text) } }
    var number = pid_t()
    let failure = posix_spawnp(&number, program, &actions, &attributes, &arguments, &environment)
    return (number, failure)
  }

  private static func close(_ descriptors: Int32...) {
    for descriptor in descriptors {
      #if canImport(Glibc)
        _ = Glibc.close(descriptor)
      #elseif canImport(Musl)
        _ = Musl.close(descriptor)
      #else
        _ = Darwin.close(descriptor)
      #endif
    }
  }

  /// It gets no more lines: a program that reads to the end of its input ends now.
  mutating func closeInput() {
    if input >= 0 { Child.close(input) }
    input = -1
  }

  /// Lets it end by itself for so long, then ends it and all it has started. After this only `complaints` mean
  /// something.
  ///
  /// - Returns: how it ended, or nil where it had to be ended.
  @discardableResult
  mutating func end(within patience: Duration = .zero) -> Ending? {
    closeInput()
    let deadline = ContinuousClock.now + patience
    var hasEnded = self.hasEnded
    while !hasEnded, ContinuousClock.now < deadline {
      // Whatever it still has to say must not stop it.
      var unheard: [UInt8] = []
      _ = drain(output, into: &unheard)
      drainErrors()
      usleep(2_000)
      hasEnded = self.hasEnded
    }
    // The group is ended before its leader's number is given back: nobody else can have that number yet.
    kill(-leader, SIGKILL)
    var status: Int32 = 0
    while waitpid(leader, &status, 0) < 0, errno == EINTR {}
    drainErrors()
    for descriptor in [output, errors] where descriptor >= 0 { Child.close(descriptor) }
    output = -1
    errors = -1
    return hasEnded ? System.ending(status) : nil
  }

  /// Whether the program has ended, though nobody has asked for its status yet.
  var hasEnded: Bool {
    var found = siginfo_t()
    return waitid(P_PID, id_t(leader), &found, WEXITED | WNOHANG | WNOWAIT) != 0 || found.si_signo != 0
  }

  // MARK: - Lines

  /// Sends one line.
  mutating func write(_ line: [UInt8], by deadline: ContinuousClock.Instant) throws(Failure) {
    var rest = (line + [UInt8(ascii: "\n")])[...]
    while !rest.isEmpty {
      let count = System.write(rest, to: input)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == -Int(EPIPE) {
        throw .gone
      } else if count != -Int(EINTR) {
        try wait(by: deadline, toWrite: true)
      }
    }
  }

  /// Waits for the next line; it is given without its line feed.
  mutating func line(limit: Int, by deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
    while true {
      if let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        guard end <= limit else { throw .longLine(limit: limit) }
        let line = Array(received[..<end])
        received.removeSubrange(...end)
        searched = 0
        return line
      }
      searched = received.count
      guard received.count <= limit else { throw .longLine(limit: limit) }
      let isOver = drain(output, into: &received)
      // A last line may have come together with the end.
      guard received.count == searched else { continue }
      if isOver { throw .gone }
      try wait(by: deadline, toWrite: false)
    }
  }

  /// Whether it has said something since the last line, or is gone. Does not wait.
  mutating func hasMore() -> (unread: Bool, gone: Bool) {
    let gone = drain(output, into: &received)
    drainErrors()
    return (!received.isEmpty, gone)
  }

  /// What it has said since the last line.
  var unread: [UInt8] { received }

  /// Waits until something can be read, or written.
  private mutating func wait(by deadline: ContinuousClock.Instant, toWrite: Bool) throws(Failure) {
    let left = ContinuousClock.now.duration(to: deadline)
    guard left > .zero else { throw .late }
    let (seconds, attoseconds) = left.components
    let milliseconds = min(seconds, 3_600) * 1_000 + attoseconds / 1_000_000_000_000_000 + 1
    var watched = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0), pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      pollfd(fd: toWrite ? input : -1, events: Int16(POLLOUT), revents: 0),
    ]
    _ = poll(&watched, nfds_t(watched.count), Int32(milliseconds))
    drainErrors()
    guard toWrite else { return }
    // Somebody who answers before the question is through may wait for the answer to be read.
    if drain(output, into: &received) { throw .gone }
    guard received.count <= Child.unreadLimit else { throw .longLine(limit: Child.unreadLimit) }
  }

  /// Takes what is there, up to a bound in one go. True at the end of the stream.
  private func drain(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
    guard descriptor >= 0 else { return true }
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    for _ in 0..<4 {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer[..<count]
      } else if count == 0 {
        return true
      } else if errno != EINTR {
        return errno != EAGAIN && errno != EWOULDBLOCK
      }
    }
    return false
  }

  private mutating func drainErrors() {
    guard errors >= 0 else { return }
    if drain(errors, into: &complaints) {
      Child.close(errors)
      errors = -1
    }
    if complaints.count > Child.complaintLimit { complaints.removeFirst(complaints.count - Child.complaintLimit) }
  }
}

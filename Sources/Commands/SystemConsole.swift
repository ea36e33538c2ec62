import Shell

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Console {
  /// The console of this process. From now on a reader that goes away ends it quietly instead of by a signal.
  static func ofSystem() -> Console {
    signal(SIGPIPE, SIG_IGN)
    var environment: [String: String] = [:]
    for name in [
      "NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM", "COLUMNS", "LC_ALL", "LC_CTYPE", "LANG", "PATH", "SHELL",
      StoreOptions.variable, ProviderOptions.variable,
    ] {
      if let value = getenv(name) { environment[name] = String(cString: value) }
    }
    let out = FileSink(STDOUT_FILENO, environment: environment)
    let error = FileSink(STDERR_FILENO, environment: environment)
    return Console(
      out: out, error: error, input: { FileSink.readAll(STDIN_FILENO) }, feed: FileFeed(STDIN_FILENO),
      interrupts: Interrupts(watch: watchInterrupts, hasCome: { interruptCame != 0 }), environment: environment,
      executable: pathOfExecutable())
  }

  /// Whether standard input is a keyboard.
  static var isTyped: Bool { isatty(STDIN_FILENO) == 1 }

  private static func watchInterrupts() {
    // What was begun goes on: a read that waits is the only thing a second Ctrl-C has to end.
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = { _ in interruptCame = 1 }
    #else
      action.__sigaction_handler.sa_handler = { _ in interruptCame = 1 }
    #endif
    action.sa_flags = Int32(SA_RESTART) | Int32(bitPattern: UInt32(SA_RESETHAND))
    sigaction(SIGINT, &action, nil)
  }

  private static func pathOfExecutable() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    #if os(Linux)
      let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
      if length > 0 { return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    #endif
    let name = CommandLine.arguments.first ?? "payg"
    guard realpath(name, &buffer) != nil else { return name }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Ends the process once all is written.
  func end(_ status: ExitStatus) -> Never {
    (out as? FileSink)?.flush()
    (error as? FileSink)?.flush()
    exit(status.rawValue)
  }
}

/// Set by Ctrl-C where somebody watches for it.
nonisolated(unsafe) private var interruptCame: sig_atomic_t = 0

/// An open file that is read as it comes.
final class FileFeed: TextFeed {
  private let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func next(waits: Bool) -> [UInt8]? {
    var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if !waits, poll(&asked, 1, 0) == 0 { return [] }
    let size = 1 << 16
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, length in
        count = read(descriptor, buffer.baseAddress, size)
        length = max(0, count)
      }
      if count < 0, errno == EINTR { continue }
      // What cannot be read is not the end of what there was.
      if count < 0 { FileSink.fail("cannot read standard input", errno) }
      return count > 0 ? bytes : nil
    }
  }
}

/// An open file: standard output or standard error.
final class FileSink: TextSink {
  private let descriptor: Int32
  private var pending: [UInt8] = []
  let isTerminal: Bool
  var isColored: Bool
  let width: Int

  init(_ descriptor: Int32, environment: [String: String]) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    isColored = ColorChoice.isOn(nil, environment: environment, isTerminal: isTerminal)
    width = FileSink.columns(descriptor, environment: environment)
  }

  private static func columns(_ descriptor: Int32, environment: [String: String]) -> Int {
    if let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 { return min(columns, 1_000) }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  /// Errors are written at once, results in larger pieces.
  func write(_ text: String) {
    pending += text.utf8
    if descriptor == STDERR_FILENO || isTerminal || pending.count > 1 << 16 { flush() }
  }

  func flush() {
    var start = 0
    while start < pending.count {
      #if canImport(Darwin)
        let count = pending[start...].withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      #elseif canImport(Musl)
        let count = pending[start...].withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
      #else
        let count = pending[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      if count > 0 {
        start += count
      } else if errno != EINTR {
        // Whoever read this has seen enough: that is no failure. Anything else is.
        if errno == EPIPE { exit(ExitStatus.answered.rawValue) }
        FileSink.fail("cannot write to \(descriptor == STDERR_FILENO ? "standard error" : "standard output")", errno)
      }
    }
    pending = []
  }

  /// Ends the process with a word about why.
  static func fail(_ what: String, _ code: Int32) -> Never {
    let sink = FileSink(STDERR_FILENO, environment: [:])
    // Where standard error is what cannot be written to, there is nobody to tell.
    if !what.hasSuffix("error") { sink.write("error: \(what): \(String(cString: strerror(code)))\n") }
    exit(ExitStatus.failed.rawValue)
  }

  /// All of standard input, up to a limit that no rule file reaches.
  static func readAll(_ descriptor: Int32, limit: Int = 16 << 20) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { fail("cannot read standard input", errno) }
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    return bytes
  }
}

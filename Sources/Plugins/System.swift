#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where Linux and macOS differ, and what of the system needs care.
enum System {
  #if canImport(Darwin)
    typealias FileActions = posix_spawn_file_actions_t?
    typealias SpawnAttributes = posix_spawnattr_t?
    static var noFileActions: FileActions { nil }
    static var noAttributes: SpawnAttributes { nil }
  #else
    typealias FileActions = posix_spawn_file_actions_t
    typealias SpawnAttributes = posix_spawnattr_t
    static var noFileActions: FileActions { posix_spawn_file_actions_t() }
    static var noAttributes: SpawnAttributes { posix_spawnattr_t() }
  #endif

  /// What the system says about an error number: `no such file or directory`.
  static func message(_ number: Int32) -> String {
    let text = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// What a signal is called: `segmentation fault`.
  static func signalName(_ number: Int32) -> String {
    let text = strsignal(number).map { String(cString: $0) } ?? ""
    return text.isEmpty ? "signal \(number)" : "signal \(number), \(text.prefix(1).lowercased() + text.dropFirst())"
  }

  /// A pipe that no program started later inherits, with numbers above those of the standard streams: one that took the
  /// place of a closed standard stream would be overwritten in the child.
  static func openPipe() throws(Failure) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(number: errno) }
    var raised: [Int32] = []
    for end in ends {
      let copy = fcntl(end, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
      let failure = errno
      guard copy >= 0 else {
        for open in ends + raised { close(open) }
        throw Failure(number: failure)
      }
      raised.append(copy)
    }
    for end in ends { close(end) }
    return (raised[0], raised[1])
  }

  /// The environment of this program with some variables changed, as copies that end with a null pointer.
  static func environment(with variables: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
    var copies: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") }
    #if canImport(Darwin)
      var next = _NSGetEnviron().pointee
    #else
      var next = environ
    #endif
    while let entry = next.pointee {
      if !variables.keys.contains(where: { strncmp(entry, "\($0)=", $0.utf8.count + 1) == 0 }) {
        copies.append(strdup(entry))
      }
      next += 1
    }
    return copies + [nil]
  }

  /// From now on reads and writes return at once.
  static func stopWaiting(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    #if canImport(Darwin)
      _ = fcntl(descriptor, F_SETNOSIGPIPE, 1)
    #endif
  }

  /// Writes without a signal where nobody reads any more: the count, or the error number below zero.
  static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int {
    #if canImport(Darwin)
      let count = bytes.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      return count < 0 ? -Int(errno) : count
    #else
      // The signal is held back for this thread, and taken away again if this write was what sent it.
      var brokenPipe = sigset_t()
      sigemptyset(&brokenPipe)
      sigaddset(&brokenPipe, SIGPIPE)
      var waiting = sigset_t()
      sigpending(&waiting)
      let wasWaiting = sigismember(&waiting, SIGPIPE) == 1
      var before = sigset_t()
      pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
      #if canImport(Musl)
        let count = bytes.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
      #else
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      let failure = errno
      if count < 0, failure == EPIPE, !wasWaiting {
        var atOnce = timespec()
        while sigtimedwait(&brokenPipe, nil, &atOnce) < 0, errno == EINTR {}
      }
      pthread_sigmask(SIG_SETMASK, &before, nil)
      return count < 0 ? -Int(failure) : count
    #endif
  }

  struct Failure: Error { var number: Int32 }

  /// How a child ended, from what `waitpid` says.
  static func ending(_ status: Int32) -> Child.Ending {
    status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signaled(status & 0x7F)
  }
}

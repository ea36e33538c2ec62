#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is asked of the operating system.
enum System {
  /// Nanoseconds this thread has been running: what other programs take of the machine does not count.
  static var threadTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  /// Nanoseconds on a clock that nobody sets.
  static var wallTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  static var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

  static func leave() -> Never { exit(0) }

  /// Says what is wrong and ends the program.
  static func stop(_ message: String) -> Never {
    let text = Array("payg-bench: \(message)\n".utf8)
    _ = write(2, text, text.count)
    exit(2)
  }
}

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
  static var threadTime: Double { time(CLOCK_THREAD_CPUTIME_ID) }

  /// The same for all threads of this program together.
  static var ownTime: Double { time(CLOCK_PROCESS_CPUTIME_ID) }

  /// Nanoseconds on a clock that nobody sets.
  static var wallTime: Double { time(CLOCK_MONOTONIC) }

  private static func time(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  static var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

  /// The file this program is in.
  static var ownPath: String {
    #if os(Linux)
      "/proc/self/exe"
    #else
      CommandLine.arguments[0]
    #endif
  }

  /// The most memory this program has had at once, in bytes.
  static var peakMemory: Int {
    #if os(Linux)
      // What `getrusage` says begins with the size of the program that started this one.
      let file = open("/proc/self/status", O_RDONLY)
      defer { close(file) }
      var buffer = [UInt8](repeating: 0, count: 8_192)
      let count = max(0, read(file, &buffer, buffer.count))
      let line = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").first {
        $0.hasPrefix("VmHWM")
      }
      return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
    #else
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return Int(usage.ru_maxrss)
    #endif
  }

  static func leave() -> Never { exit(0) }

  /// Says what is wrong and ends the program.
  static func stop(_ message: String) -> Never {
    let text = Array("payg-bench: \(message)\n".utf8)
    _ = write(2, text, text.count)
    exit(2)
  }
}

import CEdit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Shows long texts a screen at a time.
public enum Pager {
  /// `$PAYG_PAGER`, else `$PAGER`, else `less -FIRX`; nil where one of them is set to nothing, or is `cat`.
  public static func command(_ environment: [String: String]) -> String? {
    let chosen = environment["PAYG_PAGER"] ?? environment["PAGER"] ?? "less -FIRX"
    return chosen.allSatisfy({ $0 == " " }) || chosen == "cat" ? nil : chosen
  }

  /// Whether a text is longer than the screen, and there is somebody to page it.
  public static func isNeeded(_ text: String, environment: [String: String]) -> Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, environment["TERM"] != "dumb" else { return false }
    let size = TerminalSize.of(STDOUT_FILENO, environment: environment)
    var rows = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      rows += 1 + max(0, line.utf8.count - 1) / size.columns
      if rows >= size.rows { return true }
    }
    return false
  }

  /// Writes a text to standard output, through a pager where it is longer than the screen. Leaving the pager early is no
  /// failure.
  public static func show(_ text: String, environment: [String: String]) {
    cedit_flush()
    guard isNeeded(text, environment: environment), let command = command(environment) else {
      _ = write(text, to: STDOUT_FILENO)
      return
    }
    var ends: [Int32] = [-1, -1]
    guard cedit_pipe(&ends) == 0 else {
      _ = write(text, to: STDOUT_FILENO)
      return
    }
    // A pager shows: what it shows may have been written by anybody, so it starts no programs and writes no files.
    let before = environment["LESSSECURE"]
    setenv("LESSSECURE", "1", 1)
    let child = cedit_start(command, nil, ends[0])
    if let before { setenv("LESSSECURE", before, 1) } else { unsetenv("LESSSECURE") }
    close(ends[0])
    if child >= 0 {
      cedit_ignore_broken_pipes(1)
      _ = write(text, to: ends[1])
      cedit_ignore_broken_pipes(0)
    }
    close(ends[1])
    // 126 and 127: the shell could not start it.
    if child < 0 || [126, 127].contains(cedit_await(child)) { _ = write(text, to: STDOUT_FILENO) }
    // Ctrl-C was for the pager.
    Interrupt.clear()
  }

  /// Writes all of a text. false: nobody reads it any more.
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var copy = text
    return copy.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        #if canImport(Glibc)
          let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Musl)
          let count = Musl.write(descriptor, rest.baseAddress, rest.count)
        #else
          let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
        #endif
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }
  }
}

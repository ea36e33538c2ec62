import CFaultVFS
import Foundation

/// A process forked off this one, and the end of a pipe that hears what it says.
///
/// This program compiles the rules once and starts no thread and opens no store itself, so that its children can.
struct Worker {
  let number: pid_t
  let mouth: Int32

  /// Runs `body` in a process of its own, which ends with the status it returns.
  init(_ body: (_ say: (String) -> Void) -> Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { fail("no pipe: \(errno)") }
    number = fault_fork()
    if number < 0 { fail("no fork: \(errno)") }
    if number == 0 {
      close(ends[0])
      let status = body { text in
        let bytes = Array(text.utf8)
        // At most 4 KiB at once go into a pipe whole, so that nobody reads half a line of somebody who is killed.
        _ = bytes.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
      }
      _exit(status)
    }
    close(ends[1])
    mouth = ends[0]
  }

  /// Everything it says until it ends, and how it ended: its status, or minus the signal that ended it.
  func finish() -> (lines: [String], status: Int32) {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(mouth, &part, part.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += part[0..<count]
    }
    close(mouth)
    var status: Int32 = 0
    while waitpid(number, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    return (lines, signal == 0 ? (status >> 8) & 0xff : -signal)
  }

  /// Waits until it has said something, or is gone; not for ever.
  func hear() {
    var asked = pollfd(fd: mouth, events: Int16(POLLIN), revents: 0)
    _ = poll(&asked, 1, 10_000)
  }

  func kill() { _ = Foundation.kill(number, SIGKILL) }
}

/// Children wait at it until it is opened, so that they all start at once.
struct Gate {
  private var ends: [Int32] = [0, 0]

  init() { if pipe(&ends) != 0 { fail("no pipe: \(errno)") } }

  /// In a child: returns when the parent opens the gate, or is gone.
  func wait() {
    close(ends[1])
    var byte: UInt8 = 0
    while read(ends[0], &byte, 1) < 0, errno == EINTR {}
  }

  /// In a child that has waited for another gate already: whether it is open.
  func isOpen() -> Bool {
    var asked = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
    return poll(&asked, 1, 0) > 0
  }

  /// In a child that only asks whether it is open.
  func listen() { close(ends[1]) }

  /// In the parent.
  func open() { close(ends[1]) }
  func forget() { close(ends[0]) }
}

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(1)
}

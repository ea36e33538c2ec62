#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// This program, started once more to do one thing: nothing that was read or compiled before helps it.
struct Child {
  static let flag = "--child"

  /// What it printed.
  var numbers: [Double] = []
  /// Nanoseconds from before it was started until it had ended.
  var elapsed = 0.0

  static func run(_ words: [String]) throws -> Child {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Mismatch("no pipe can be made") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    defer { posix_spawn_file_actions_destroy(&actions) }
    let start = System.wallTime
    let program = System.ownPath
    var arguments: [UnsafeMutablePointer<CChar>?] =
      ([program, flag, "\(start)"] + words).map { word in word.withCString { strdup($0) } }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var number: pid_t = 0
    let failure = posix_spawn(&number, program, &actions, nil, arguments, environ)
    close(ends[1])
    guard failure == 0 else { throw Mismatch("`\(program)` cannot be started") }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count <= 0 { break }
      text += buffer[..<count]
    }
    close(ends[0])
    var status: Int32 = 0
    waitpid(number, &status, 0)
    let elapsed = System.wallTime - start
    guard status == 0 else { throw Mismatch("`\(words.joined(separator: " "))` failed") }
    let numbers = String(decoding: text, as: UTF8.self).split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
    return Child(numbers: numbers, elapsed: elapsed)
  }

  /// Does what a child is for, and ends.
  static func work(_ words: [String]) -> Never {
    do {
      guard let start = words.first.flatMap({ Double($0) }), words.count > 3 else { throw Mismatch("what?") }
      switch words[1] {
      case "import": try ImportBenchmark.child(words[2], words[3])
      case "compare": try BacktestBenchmark.child(Array(words.dropFirst(2)))
      default: try OpenBenchmark.child(words[1], words[2], words[3], start: start)
      }
    } catch {
      System.stop("\(error)")
    }
    System.leave()
  }
}

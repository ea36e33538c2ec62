import Engine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tries a library out in a process of its own, so that a crash in it is a refusal and not a crash of payg.
///
/// The process is payg once more, with the hidden command ``command``. It says on standard output what it is about to
/// do, and at the end whether all went well.
public struct PluginProbe: Sendable {
  /// `payg __probe-plugin FILE`
  public static let command = "__probe-plugin"
  /// How long a library may take to load and to run its examples. Both take milliseconds.
  public static let timeLimit = Duration.seconds(10)
  /// Lines the other process may write: two for each step, and what the library prints.
  public static let lineLimit = 100_000
  private static let greeting = "payg-probe 1"
  private static let step = "payg-probe step "
  private static let refused = "payg-probe refused "
  private static let help = "payg-probe help "
  private static let good = "payg-probe good"
  private static let bad = "payg-probe bad"

  private let executable: String
  private let timeLimit: Duration

  /// - Parameter executable: a payg of the same version.
  public init(executable: String, timeLimit: Duration = PluginProbe.timeLimit) {
    self.executable = executable
    self.timeLimit = timeLimit
  }

  /// What the other process has said so far.
  private struct Report {
    var hasGreeted = false
    var place = "loading it"
    var reason: String?
    var help: String?
    var isGood = false

    /// Takes a line; true where it is the last. The library may print too: what is not said like this is not meant.
    mutating func take(_ line: String) -> Bool {
      if line == greeting {
        hasGreeted = true
      } else if line.hasPrefix(step) {
        place = String(line.dropFirst(step.count))
      } else if line.hasPrefix(refused) {
        reason = String(line.dropFirst(refused.count))
      } else if line.hasPrefix(PluginProbe.help), reason != nil {
        help = String(line.dropFirst(PluginProbe.help.count))
      } else if line == good {
        isGood = reason == nil
        return true
      } else if line == bad, reason != nil {
        return true
      }
      return false
    }

    mutating func listen(to child: inout Child, by deadline: ContinuousClock.Instant) throws(Child.Failure) {
      for _ in 0..<lineLimit {
        let line = try child.line(limit: ChildProvider.lineLimit, by: deadline)
        if take(String(decoding: line, as: UTF8.self)) { return }
      }
      reason = "it prints without end while it is tried out"
    }
  }

  // MARK: - This process

  /// Throws where the library is refused, crashes or takes too long.
  public func tryOut(_ path: String) throws(NativePlugin.Refusal) {
    func refusal(_ reason: String, help: String? = nil) -> NativePlugin.Refusal {
      NativePlugin.Refusal(path: path, reason: reason, help: help)
    }
    var child: Child
    do throws(Child.Failure) {
      // A crash is expected here, and shall not be taken apart for seconds.
      child = try Child([executable, Self.command, "--", path], variables: ["SWIFT_BACKTRACE": "enable=no"])
    } catch {
      throw refusal("it could not be tried out: `\(executable)` cannot be started")
    }
    child.closeInput()
    let deadline = ContinuousClock.now + timeLimit
    var report = Report()
    do throws(Child.Failure) {
      try report.listen(to: &child, by: deadline)
    } catch {
      throw explain(error, &child, report, path)
    }
    child.end()
    if !report.isGood { throw refusal(report.reason ?? "it was refused", help: report.help) }
  }

  /// What it means that nothing more is heard.
  private func explain(
    _ failure: Child.Failure, _ child: inout Child, _ report: Report, _ path: String
  ) -> NativePlugin.Refusal {
    func refusal(_ reason: String) -> NativePlugin.Refusal { NativePlugin.Refusal(path: path, reason: reason) }
    switch failure {
    case .late:
      child.end()
      return refusal("\(report.place) takes more than \(timeLimit.limitText)")
    case .gone:
      let ending = child.end(within: ChildProvider.farewellLimit)
      guard report.hasGreeted else {
        return refusal("it could not be tried out: `\(executable) \(Self.command)` does not answer as payg does")
      }
      let complaint = Excerpt.lastLine(child.complaints).map { " (it wrote `\($0)`)" } ?? ""
      if case .signaled(let number)? = ending {
        return refusal("\(report.place) crashes: \(System.signalName(number))\(complaint)")
      }
      return refusal("\(report.place) ends the program\(complaint)")
    case .longLine, .notStarted:
      child.end()
      return refusal("it prints lines without end while it is tried out")
    }
  }

  // MARK: - The other process

  /// Tries a library out in this process and says so on standard output. Nothing else may be written there.
  ///
  /// - Parameter others: the plugins whose words are taken, and which its examples may use.
  public static func answer(_ path: String, beside others: [any Plugin]) -> Bool {
    say(greeting)
    do throws(NativePlugin.Refusal) {
      say(step + "loading it")
      let plugin = try NativePlugin(path)
      try PluginTrial(plugin, beside: others).run(isWhole: true) { say(step + $0) }
      say(good)
      return true
    } catch {
      say(refused + error.reason)
      if let text = error.help { say(help + text) }
      say(bad)
      return false
    }
  }

  /// Writes past every buffer, since the next call may be the last, and on a line of its own, whatever the library has
  /// printed.
  private static func say(_ line: String) {
    var rest = Array(("\n" + line.split(separator: "\n").joined(separator: " ") + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = System.write(rest, to: STDOUT_FILENO)
      if count <= 0 && count != -Int(EINTR) { return }
      rest = rest.dropFirst(max(0, count))
    }
  }
}

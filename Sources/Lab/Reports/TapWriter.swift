import Formats

/// Writes a run as TAP version 14: one line a scenario, what went wrong as a block below it.
public enum TapWriter {
  public static func text(_ run: TestRun) -> String {
    var lines = ["TAP version 14", "1..\(run.results.count)"]
    for (index, result) in run.results.enumerated() {
      let name = "\(index + 1) - \(escaped("\(result.place) \(result.title)"))"
      switch result.outcome {
      case .passed: lines.append("ok \(name)")
      case .skipped(let reason): lines.append("ok \(name) # SKIP \(escaped(reason))")
      case .failed(let failures):
        lines.append("not ok \(name)")
        for failure in failures { lines += block(failure) }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func block(_ failure: TestResult.Failure) -> [String] {
    var lines = [
      "  ---", "  at: \(quoted(failure.place))", "  wanted: \(quoted(failure.wanted))", "  got: \(quoted(failure.got))",
    ]
    if !failure.why.isEmpty { lines += ["  why:"] + failure.why.map { "    - \(quoted($0))" } }
    return lines + ["  ..."]
  }

  /// A description: `#` would begin a directive, a backslash an escape.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "#": result += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A YAML text in double quotes.
  private static func quoted(_ text: String) -> String { Json.text(text).compact }
}

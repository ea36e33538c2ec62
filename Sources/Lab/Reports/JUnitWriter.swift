/// Writes a run as JUnit XML: a suite for each file, a case for each scenario.
public enum JUnitWriter {
  public static func text(_ run: TestRun) -> String {
    var order: [String] = []
    var suites: [String: [TestResult]] = [:]
    for result in run.results {
      if suites[result.file] == nil { order.append(result.file) }
      suites[result.file, default: []].append(result)
    }

    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites name=\"payg\" \(counts(run.results)) time=\"\(run.elapsed.secondsText)\">")
    for file in order {
      let results = suites[file] ?? []
      let elapsed = results.reduce(Duration.zero) { $0 + $1.elapsed }
      lines.append("  <testsuite name=\"\(escaped(file))\" \(counts(results)) time=\"\(elapsed.secondsText)\">")
      for result in results { lines += element(result) }
      lines.append("  </testsuite>")
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func counts(_ results: [TestResult]) -> String {
    let failed = results.count { $0.isFailed }
    let skipped = results.count { $0.isSkipped }
    return "tests=\"\(results.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(skipped)\""
  }

  private static func element(_ result: TestResult) -> [String] {
    let start =
      "    <testcase classname=\"\(escaped(result.file))\" name=\"\(escaped(result.title))\" "
      + "file=\"\(escaped(result.file))\" line=\"\(result.line)\" time=\"\(result.elapsed.secondsText)\""
    switch result.outcome {
    case .passed: return [start + "/>"]
    case .skipped(let reason):
      return [start + ">", "      <skipped message=\"\(escaped(reason))\"/>", "    </testcase>"]
    case .failed(let failures):
      // A case holds one failure element in the schema most servers check against, so all lines go into one.
      let message = failures.first.map { "wanted \($0.wanted), got \($0.got)" } ?? "failed"
      let body = failures.flatMap { failure in
        ["\(failure.place)", "  wanted  \(failure.wanted)", "  got     \(failure.got)"] + failure.why.map { "  " + $0 }
      }
      return [
        start + ">",
        "      <failure type=\"scenario\" message=\"\(escaped(message))\">"
          + escaped(body.joined(separator: "\n")) + "</failure>",
        "    </testcase>",
      ]
    }
  }

  /// Text for an attribute or an element. Characters that XML cannot hold at all are shown as U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: result += "&amp;"
      case 0x3C: result += "&lt;"
      case 0x3E: result += "&gt;"
      case 0x22: result += "&quot;"
      case 0x0A: result += "&#10;"
      case 0x09: result += "&#9;"
      case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

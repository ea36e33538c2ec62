import Diagnostics
import Formats
import Lab

/// A run for people: a line for each file, what failed last, so that it is on the screen.
struct TestReport {
  var ink: Ink
  var traces = false

  func text(_ run: TestRun) -> String {
    var lines: [String] = []
    var order: [String] = []
    var files: [String: [TestResult]] = [:]
    for result in run.results {
      if files[result.file] == nil { order.append(result.file) }
      files[result.file, default: []].append(result)
    }
    let width = order.map { $0.count }.max() ?? 0
    for file in order {
      let results = files[file] ?? []
      let failed = results.count { $0.isFailed }
      let skipped = results.count { $0.isSkipped }
      var counts = ["\(results.count - failed - skipped) passed"]
      if failed > 0 { counts.append(ink.red("\(failed) failed")) }
      if skipped > 0 { counts.append(ink.yellow("\(skipped) skipped")) }
      let mark = failed > 0 ? ink.red("not ok") : ink.green("ok    ")
      lines.append(
        "\(mark)  \(file)\(String(repeating: " ", count: width - file.count))  \(counts.joined(separator: ", "))")
      if traces { for result in results { lines += trace(result) } }
    }
    for result in run.results {
      if case .skipped(let reason) = result.outcome {
        lines.append("\(ink.yellow("skipped"))  \(result.place)  \(result.title): \(reason)")
      }
    }
    for result in run.results where result.isFailed { lines += [""] + failed(result) }
    let summary = "\(run.summary)  \(ink.dim("\(run.elapsed.seconds) s"))"
    lines += [run.failed > 0 ? "" : nil, summary].compactMap { $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  private func failed(_ result: TestResult) -> [String] {
    var lines = ["\(ink.red("not ok"))  \(result.place)  \(ink.strong(result.title))"]
    for failure in result.failures {
      lines.append("  \(failure.place)")
      lines.append("    wanted  \(failure.wanted)")
      lines.append("    got     \(ink.red(failure.got))")
      lines += failure.why.map { "      \($0)" }
    }
    return lines
  }

  private func trace(_ result: TestResult) -> [String] {
    ["  \(result.title)"] + result.trace.map { "    \($0)" }
  }
}

extension Duration {
  /// `1.2`
  var seconds: String {
    let tenths = (components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 + 50) / 100
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// What no scenario showed, for people.
struct CoverageReport {
  struct Part {
    var rules: LoadedRules
    var coverage: Coverage
    var gaps: [Coverage.Gap]
  }

  var parts: [Part]
  var ink: Ink

  var text: String {
    var lines: [String] = []
    for part in parts {
      let totals = part.coverage.totals
      lines.append("")
      lines.append(
        "coverage of \(part.rules.path): \(totals.rules) of \(totals.ofRules) rules decided or acted, "
          + "\(totals.clauses) of \(totals.ofClauses) clauses were true and false")
      for gap in part.gaps {
        let reason = gap.excuse.map { ink.dim("  (\($0))") } ?? ""
        let mark = gap.excuse == nil ? ink.yellow("uncovered") : "excused  "
        lines.append("  \(mark)  \(part.rules.place(gap.span))  \(gap.rule)  \(gap.text)\(reason)")
      }
      let open = part.gaps.count { $0.excuse == nil }
      if open == 0 {
        lines.append(ink.green("  nothing is uncovered") + (part.gaps.isEmpty ? "" : " without a reason"))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A run for machines.
enum TestJSON {
  static func object(_ run: TestRun, _ covered: [CoverageReport.Part]) -> Json {
    var members: [Json.Member] = [
      .init("schema", "payg.test/1"), .init("passed", .integer(Int64(run.passed))),
      .init("failed", .integer(Int64(run.failed))), .init("skipped", .integer(Int64(run.skipped))),
      .init("scenarios", .list(run.results.map(object))),
    ]
    if !covered.isEmpty { members.append(.init("coverage", .list(covered.map(object)))) }
    return .object(members)
  }

  private static func object(_ result: TestResult) -> Json {
    var members: [Json.Member] = [
      .init("file", .text(result.file)), .init("line", .integer(Int64(result.line))),
      .init("title", .text(result.title)),
    ]
    switch result.outcome {
    case .passed: members.append(.init("outcome", "passed"))
    case .skipped(let reason): members += [.init("outcome", "skipped"), .init("reason", .text(reason))]
    case .failed(let failures):
      members.append(.init("outcome", "failed"))
      members.append(
        .init(
          "failures",
          .list(
            failures.map { failure in
              [
                "line": .integer(Int64(failure.line)), "column": .integer(Int64(failure.column)),
                "wanted": .text(failure.wanted), "got": .text(failure.got),
                "why": .list(failure.why.map { .text($0) }),
              ]
            })))
    }
    if !result.trace.isEmpty { members.append(.init("trace", .list(result.trace.map { .text($0) }))) }
    return .object(members)
  }

  private static func object(_ part: CoverageReport.Part) -> Json {
    let totals = part.coverage.totals
    return .object([
      .init("rules", .text(part.rules.path)), .init("rules_covered", .integer(Int64(totals.rules))),
      .init("rules_total", .integer(Int64(totals.ofRules))),
      .init("clauses_covered", .integer(Int64(totals.clauses))),
      .init("clauses_total", .integer(Int64(totals.ofClauses))),
      .init(
        "gaps",
        .list(
          part.gaps.map { gap in
            [
              "rule": .text(gap.rule), "place": .text(part.rules.place(gap.span)), "missing": .text(gap.text),
              "reason": gap.excuse.map { .text($0) } ?? .null,
            ]
          })),
    ])
  }
}

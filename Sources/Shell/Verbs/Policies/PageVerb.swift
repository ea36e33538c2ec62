import Backtest

extension Verb {
  static let page = Verb(
    "page", .policy, "FILE", summary: "write the last comparison as a page, with charts, that stands alone",
    details:
      "For somebody who was not there: one file of HTML that takes nothing from anywhere, by day, by night, and on paper.",
    examples: ["page limit-10.html"], isQuery: false, isCommand: false, flags: ["anyway"]
  ) { request, session in
    try session.refuseIfSafe(request)
    _ = try session.lastComparison(request)
    let file = request.arguments.text(.file) ?? ""
    if let found = FileTarget.refusal(of: file, store: session.storePath) {
      throw request.complaint("cannot write \(file): \(found)", at: .file, help: "page report.html")
    }
    if !request.flags.contains("anyway") {
      try session.refuseToReplace(file, request, unless: ComparisonReport.isPage)
    }
    guard let result = session.comparison else { throw ShownFault(status: .failed) }
    var report = ComparisonReport(result)
    report.openings = ["as they were in the store at the beginning of the period"]
    guard session.write(report.page, to: .file(file, appends: false)) == .answered else {
      throw ShownFault(status: .failed)
    }
    return Answer("payg.page/1")
  }
}

/// An explanation taken apart: the page says itself whose event it is and when it was.
struct ToldAnswer {
  /// `DENIED`
  let verdict: String
  /// `key main, model gpt-4o, input 1,200 tokens`
  let fields: String
  /// What decided and what it paid.
  let body: [String]
  /// Lines that were left out: what let it pass or was not reached, and what did not fit.
  let rest: Int

  init(_ why: String, most: Int) {
    let lines = why.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // The verdict, the event, its id, its time and what it asked for stand two blanks apart.
    let parts = (lines.first ?? "").split(separator: "  ", omittingEmptySubsequences: true).map(String.init)
    verdict = parts.first ?? "nothing to decide"
    fields = parts.dropFirst(4).joined(separator: "  ")
    let told = lines.dropFirst().prefix { line in
      !["passed: ", "not tried: "].contains { line.drop { $0 == " " }.hasPrefix($0) }
    }
    let indent = told.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    body = told.prefix(most).map { Page.clipped(String($0.dropFirst(indent))) }
    rest = max(0, told.count - most)
  }
}

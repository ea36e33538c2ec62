import Diagnostics
import Language

/// Reads scenario files, and single lines of them as typed at a prompt.
///
/// The lexis and the expressions are those of the rule language; the lines are told apart by the word in the first column.
public struct ScenarioParser {
  /// The words that begin a line, in the first column.
  public static let keywords = ["scenario", "at", "given", "when", "then", "and"]

  var parser: Parser
  let tokens: [Token]

  /// Reads one file. Never fails: what cannot be read is left out, with a diagnostic.
  public static func parse(source: Int32, in sources: SourceMap) -> (ScenarioFile, [Diagnostic]) {
    let stream = Lexer.tokens(of: source, in: sources)
    var reader = ScenarioParser(stream, source: source, in: sources)
    var scenarios = reader.readScenarios()
    let diagnostics = reader.diagnostics(with: stream)
    for index in scenarios.indices {
      let next = index + 1 < scenarios.count ? scenarios[index + 1].span.start : Int32.max
      let place = scenarios[index].span.start..<max(scenarios[index].span.start, next)
      scenarios[index].isBroken = diagnostics.contains { place.contains($0.span.start) }
    }
    return (ScenarioFile(source: source, scenarios: scenarios), diagnostics)
  }

  /// Reads the text behind one keyword, without the keyword: the lines of a program or a prompt.
  public static func parseSteps(
    _ keyword: Keyword, source: Int32, in sources: SourceMap
  ) -> ([StepSyntax], [Diagnostic]) {
    let stream = Lexer.tokens(of: source, in: sources)
    var reader = ScenarioParser(stream, source: source, in: sources)
    let steps = reader.readSteps(keyword, 0..<max(0, stream.tokens.count - 1))
    return (steps, reader.diagnostics(with: stream))
  }

  /// What a block of lines is: what `and` goes on with.
  public enum Keyword: String, Sendable, CaseIterable {
    case given
    case when
    case then
  }

  private init(_ stream: TokenStream, source: Int32, in sources: SourceMap) {
    parser = Parser(stream, source: source, in: sources)
    tokens = stream.tokens
  }

  private func diagnostics(with stream: TokenStream) -> [Diagnostic] {
    let places = Set(stream.diagnostics.map(\.span.start))
    let all = stream.diagnostics + parser.diagnostics.filter { !places.contains($0.span.start) }
    return all.enumerated()
      .sorted { ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset) }
      .map(\.element)
  }

  // MARK: - Files

  private mutating func readScenarios() -> [ScenarioSyntax] {
    var scenarios: [ScenarioSyntax] = []
    var keyword: Keyword?
    var isInside = false
    for range in blocks() {
      parser.recover()
      let first = tokens[range.lowerBound]
      switch first.kind == .word ? first.text : "" {
      case "scenario":
        keyword = nil
        isInside = true
        if let scenario = readTitle(range) { scenarios.append(scenario) } else { isInside = false }
      case "at" where !scenarios.isEmpty:
        readStart(range, of: &scenarios[scenarios.count - 1], isFirst: keyword == nil)
      case "and":
        guard let keyword, !scenarios.isEmpty else {
          parser.report(
            .scenarioKeyword, "`and` goes on with a line above it, and there is none", at: first.span,
            help: "begin with `given`, `when` or `then`")
          continue
        }
        append(keyword, range, to: &scenarios)
      case let word:
        guard let found = Keyword(rawValue: word) else {
          reportUnknown(first)
          continue
        }
        keyword = found
        guard isInside, !scenarios.isEmpty else {
          if scenarios.isEmpty {
            parser.report(
              .scenarioKeyword, "`\(word)` stands outside of a scenario", at: first.span,
              help: "begin with `scenario \"what it shows\"`")
          }
          continue
        }
        append(found, range, to: &scenarios)
      }
    }
    return scenarios
  }

  /// The stretches that begin in the first column; what stands indented before the first one is its own.
  private func blocks() -> [Range<Int>] {
    let count = tokens.last?.kind == .end ? tokens.count - 1 : tokens.count
    guard count > 0 else { return [] }
    var starts = (0..<count).filter { tokens[$0].inFirstColumn }
    if starts.first != 0 { starts.insert(0, at: 0) }
    return zip(starts, starts.dropFirst() + [count]).map { $0..<$1 }
  }

  private mutating func append(_ keyword: Keyword, _ range: Range<Int>, to scenarios: inout [ScenarioSyntax]) {
    let steps = readSteps(keyword, range.lowerBound + 1..<range.upperBound)
    let last = scenarios.count - 1
    scenarios[last].steps += steps
    scenarios[last].span = scenarios[last].span.joined(with: tokens[range.upperBound - 1].span)
  }

  private mutating func reportUnknown(_ token: Token) {
    let near = token.kind == .word ? Suggestion.nearest(token.text.lowercased(), in: ScenarioParser.keywords) : nil
    let text = token.kind == .text ? "a quoted text" : "`\(token.text)`"
    parser.report(
      .scenarioKeyword, "\(text) does not begin a line of a scenario", at: token.span,
      help: near.map { "did you mean `\($0)`?" }
        ?? "a line begins with `scenario`, `at`, `given`, `when`, `then` or `and`, or is indented below one that does",
      replacement: near)
  }

  private mutating func readTitle(_ range: Range<Int>) -> ScenarioSyntax? {
    parser.within(range) { parser in
      let keyword = parser.advance()
      guard let title = parser.accept(.text) else {
        parser.report(
          .scenarioTitle, "a scenario needs a title in quotes", at: parser.isAtEnd ? keyword.span : parser.peek().span,
          help: "scenario \"what it shows\"")
        return nil
      }
      var scenario = ScenarioSyntax(title: QuotedText(title.text, title.span), span: keyword.span)
      if parser.accept("needs") != nil {
        repeat {
          guard let family = parser.accept(.word) else {
            parser.report(
              .scenarioTitle, "expected the name of a family after `\(parser.previous.text)`",
              at: parser.previous.span, help: "scenario \"what it shows\" needs holds, topup")
            break
          }
          scenario.needs.append(Identifier(family.text, family.span))
        } while parser.accept(.comma) != nil
      }
      if parser.accept("skip") != nil {
        if let reason = parser.accept(.text) {
          scenario.skip = QuotedText(reason.text, reason.span)
        } else {
          parser.report(
            .scenarioTitle, "`skip` needs a reason in quotes", at: parser.previous.span,
            help: "skip \"why it has to wait\"")
        }
      }
      scenario.span = parser.span(from: keyword)
      parser.expectLineEnd(
        of: "title", help: "what follows begins on a line of its own, with `given`, `when` or `then`")
      return scenario
    }
  }

  private mutating func readStart(_ range: Range<Int>, of scenario: inout ScenarioSyntax, isFirst: Bool) {
    let before = scenario.start
    let time: ExprSyntax = parser.within(range) { parser in
      let keyword = parser.advance()
      if !isFirst || before != nil {
        parser.report(
          .scenarioClock, "the clock starts once, before the first `given`", at: keyword.span,
          help: "when clock to 2026-02-01")
      }
      let time = parser.parseExpression()
      parser.expectLineEnd(of: "time", help: "at 2026-01-10 14:02")
      return time
    }
    if before == nil, isFirst { scenario.start = time }
  }

  // MARK: - Lines

  /// Reads the lines of a block. A line that ends with a comma goes on with the next.
  private mutating func readSteps(_ keyword: Keyword, _ range: Range<Int>) -> [StepSyntax] {
    var steps: [StepSyntax] = []
    if range.isEmpty {
      let place =
        range.lowerBound > 0 ? tokens[range.lowerBound - 1].span : Span(source: parser.source, start: 0, end: 0)
      parser.report(
        .scenarioLine, "nothing stands behind `\(keyword.rawValue)`", at: place, help: ScenarioParser.examples[keyword])
    }
    for line in lines(range) {
      parser.recover()
      steps += parser.within(line) { parser in
        switch keyword {
        case .given: parser.readGivens()
        case .when: parser.readDeed()
        case .then: parser.readChecks()
        }
      }
    }
    return steps
  }

  private func lines(_ range: Range<Int>) -> [Range<Int>] {
    guard !range.isEmpty else { return [] }
    var depth = 0
    var starts = [range.lowerBound]
    for index in range.dropFirst() {
      let before = tokens[index - 1]
      if before.kind == .leftParenthesis { depth += 1 }
      if before.kind == .rightParenthesis { depth -= 1 }
      if tokens[index].startsLine, depth <= 0, before.kind != .comma {
        starts.append(index)
        depth = 0
      }
    }
    return zip(starts, starts.dropFirst() + [range.upperBound]).map { $0..<$1 }
  }

  static let examples: [Keyword: String] = [
    .given: "given balance is $20", .when: "when request costing 150 units", .then: "then allowed",
  ]
}

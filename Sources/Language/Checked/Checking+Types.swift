import Diagnostics
import Values

// What is said where another type was wanted or a value may be missing, with what to write instead.
extension Checking {
  /// The author's text of an expression, on one line.
  func text(_ expr: Expr) -> String { text(expr.span) }

  func text(_ span: Span) -> String {
    program.sources.text(span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  func reportMismatch(_ expr: Expr, _ wanted: QualifiedType) {
    let found = isNone(expr) ? "none" : expr.type.name
    var labels: [Label] = []
    if case .fact(let fact) = expr.kind, let declared = declaration(of: fact), declared != expr.span {
      labels = [Label(span: declared, message: "declared here")]
    }
    report(
      .wrongType, "expected \(wanted.name), found \(found)", expr.span, label: "this is \(found)", labels: labels,
      help: isNone(expr) ? "write a value, or make the type `\(wanted.base.name) or none`" : advice(expr, wanted.base))
  }

  /// Where the author declared a fact.
  private func declaration(of fact: Fact) -> Span? {
    switch fact {
    case .setting(let index): program.settings[index].span
    case .meter(let index): program.meters[index].span
    case .posted(let index): program.buckets[index].span
    case .field(let event, let field): program.events[event].fields[field].span
    default: nil
    }
  }

  private func advice(_ expr: Expr, _ wanted: ValueType) -> String? {
    let text = text(expr)
    if wanted == .bool, case .constant = expr.kind { return "write `on` or `off`" }
    switch (expr.type.base, wanted) {
    case (.integer, .money): return "write an amount: `$\(text)`"
    case (.integer, .tokens): return "write `\(text) tokens`"
    case (.integer, .ratio): return "write `\(text)%`, or a fraction such as `4/5`"
    case (.integer, .rate): return "write `$\(text) per 1M tokens`"
    case (.money, .rate): return "write `\(text) per 1M tokens`"
    case (.integer, .duration):
      // Whoever writes 3600 does not mean days.
      if case .constant(let number) = expr.kind, number > 365 { return "write a unit, such as `\(text) seconds`" }
      return "write a unit, such as `\(text) days`"
    case (.ratio, .money): return "a share of an amount is `round up to 1 unit (amount * \(text))`"
    case (.name, .enumeration(let members)):
      return "write one of these words without quotes: \(members.joined(separator: ", "))"
    case (.enumeration, .name): return "names stand in quotes: `\"\(text)\"`"
    case (.enumeration(let members), .bool): return "ask for one of its words: `\(text) is \(members.first ?? "word")`"
    case (.name, .bool): return "compare it: `\(text) is \"name\"`"
    case (.money, .bool), (.tokens, .bool), (.integer, .bool), (.rate, .bool), (.duration, .bool), (.time, .bool):
      return "compare it: `\(text) > \(nothing(expr.type.base))`"
    case (_, .record(let kind)): return "whoever sends the event names the \(kind.rawValue): leave the value out"
    case (_, .card): return "a card is a field of an event, or a setting of type `card or none`"
    case (_, .enumeration(let members)): return "write one of \(members.joined(separator: ", "))"
    default: return nil
    }
  }

  /// A value of a type that stands for nothing, for help lines.
  func nothing(_ type: ValueType) -> String {
    switch type {
    case .money: "$0"
    case .rate: "$0 per 1M tokens"
    case .tokens: "0 tokens"
    case .integer: "0"
    case .ratio: "0/1"
    case .bool: "off"
    case .time: "now"
    case .duration: "0 hours"
    case .name: "\"name\""
    case .key, .card, .record: type.name
    case .enumeration(let members): members.first ?? "word"
    }
  }

  func reportReadsNone(_ expr: Expr, _ place: Place) {
    let name = text(expr)
    let otherwise = "if \(name) is set then \(name) else \(nothing(expr.type.base))"
    var notes = ["a value that may be none is read only where a test before it says it is set"]
    var help = otherwise
    switch expr.type.base {
    case .key, .name, .card, .record: help = "test it before: `\(name) is set`"
    default: break
    }
    if let span = place.comparison, text(span).count <= 80 { help = "\(name) is set and \(text(span))" }
    switch place.refusal {
    case .minimum:
      notes = ["where none means no cap, `min` would lose its other limits with the one that is none"]
      help = "write one cap for each limit, or `\(otherwise)`"
    case .subtrahend:
      notes = ["where none means no cap, subtracting none would lift the cap"]
      help = otherwise
    case .test, nil: break
    }
    report(
      .readsNone, "`\(name)` may be none here", expr.span, label: "this is \(expr.type.name)", notes: notes, help: help)
  }

  /// A bound of a range as an author would write it.
  func shown(_ value: Int128, _ type: ValueType) -> String {
    let small = Int64(exactly: value)
    switch type {
    case .money:
      let dollars = (value < 0 ? "-$" : "$") + grouped(value.magnitude / 1_000_000_000)
      guard let small, value % 1_000_000_000 != 0 else { return dollars }
      let text = Money(nano: small).description
      return dollars + text.drop { $0 != "." }
    case .tokens: return (value < 0 ? "-" : "") + grouped(value.magnitude) + (value == 1 ? " token" : " tokens")
    case .integer: return (value < 0 ? "-" : "") + grouped(value.magnitude)
    case .rate: return small.map { Rate(pico: $0).description } ?? "\(value) pico-dollars per token"
    case .time:
      let instant = small.map(Instant.init(microseconds:))
      return instant.flatMap { $0.isInRange ? $0.dateText : nil } ?? "\(value) microseconds"
    case .duration: return small.map { TimeSpan(microseconds: $0).description } ?? "\(value) microseconds"
    default: return "\(value)"
    }
  }

  /// `1_000_000`
  private func grouped(_ number: UInt128) -> String {
    let digits = Array(String(number))
    guard digits.count > 4 else { return String(digits) }
    return String(
      digits.enumerated().flatMap { index, digit in
        index > 0 && (digits.count - index) % 3 == 0 ? ["_", digit] : [digit]
      })
  }

  /// An expression kept inside what a fact of its type may be. What lies outside, a billion dollars away or past the year
  /// 9999, counts as the nearest that does not.
  func clamped(_ expr: Expr, to range: ValueRange) -> Expr {
    var result = expr
    func bound(_ value: Int128) -> Expr {
      let value = Int64(clamping: value)
      return Expr(.constant(value), expr.type, .constant(value), expr.span)
    }
    if result.range.high > range.high {
      let high = bound(range.high)
      result = Expr(.minimum(result, high), expr.type, result.range.lesser(high.range), expr.span)
    }
    if result.range.low < range.low {
      let low = bound(range.low)
      result = Expr(.maximum(result, low), expr.type, result.range.greater(low.range), expr.span)
    }
    return result
  }
}

// MARK: - Words in texts

extension Checking {
  /// Whether every `{word}` in a text for callers names something that can be filled in; reports what does not.
  func checkWords(in text: QuotedText, _ family: String) {
    var rest = text.text.utf8[...]
    while let open = rest.firstIndex(of: UInt8(ascii: "{")) {
      rest = rest[rest.index(after: open)...]
      guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else { return }
      let word = String(rest[..<close]) ?? ""
      rest = rest[rest.index(after: close)...]
      guard !canFill(word, family) else { continue }
      let known = names.words(from: family)
      report(
        .unknownName, "`{\(word)}` cannot be filled in", text.span, label: "no setting, bucket, meter or let `\(word)`",
        help: nearest(word, in: known).map { "did you mean `{\($0)}`?" } ?? "write a setting's name in the braces")
    }
  }

  private func canFill(_ word: String, _ family: String) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1:
      if case .one(let symbol) = names.bare(word, from: family) { return isValue(symbol) }
      return program.events.contains { $0.fields.contains { $0.name == word } }
    case 2:
      if let symbol = names.member(parts[1], of: parts[0]) { return isValue(symbol) }
      guard let event = names.events[parts[0]] else { return false }
      return program.events[event].fields.contains { $0.name == parts[1] }
    default: return false
    }
  }

  private func isValue(_ symbol: Names.Symbol) -> Bool { if case .table = symbol { false } else { true } }
}

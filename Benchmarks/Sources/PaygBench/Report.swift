/// Prints readings as they come, as a table or as one JSON object.
struct Report {
  private let json: Bool
  private var objects: [String] = []
  private var benchmark = ""

  init(_ options: Options) { json = options.json }

  mutating func begin(_ benchmark: any Benchmark) {
    self.benchmark = benchmark.name
    if json { return }
    print("\n\(benchmark.name): \(benchmark.summary)")
    print(Report.row("", "median", "spread", "baseline", "ratio", "aim"))
  }

  mutating func add(_ reading: Reading) {
    if json {
      objects.append(Report.object(reading, benchmark))
      return
    }
    print(
      Report.row(
        reading.name, "\(Report.text(reading.median)) \(reading.unit.rawValue)",
        reading.rounds.count > 1 ? "±\(Report.text(reading.spread * 100))%" : "",
        reading.baseline.map { "\(Report.text($0.median)) \(reading.unit.rawValue)" } ?? "",
        reading.ratio.map { "\(Report.text($0))x" } ?? "", Report.aim(reading)))
  }

  func finish() {
    if json { print("{\"readings\": [\n  \(objects.joined(separator: ",\n  "))\n]}") }
  }

  private static func aim(_ reading: Reading) -> String {
    guard let aim = reading.aim, let isMet = reading.isMet else { return "" }
    let wanted =
      switch aim {
      case .ratio(let most): "at most \(text(most))x"
      case .value(let most): "at most \(text(most)) \(reading.unit.rawValue)"
      case .atLeast(let least): "at least \(text(least)) \(reading.unit.rawValue)"
      }
    return "\(wanted): \(isMet ? "met" : "MISSED")"
  }

  private static func row(_ name: String, _ rest: String...) -> String {
    var line = "  " + name.padded(to: 40)
    for (text, width) in zip(rest, [16, 8, 16, 10, 0]) {
      line += width == 0 ? "  " + text : String(repeating: " ", count: max(1, width - text.count)) + text
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func object(_ reading: Reading, _ benchmark: String) -> String {
    var members = [
      "\"benchmark\": \"\(benchmark)\"", "\"name\": \"\(reading.name)\"", "\"unit\": \"\(reading.unit.rawValue)\"",
      "\"median\": \(reading.median)", "\"spread\": \(reading.spread)",
      "\"rounds\": [\(reading.rounds.map { "\($0)" }.joined(separator: ", "))]",
    ]
    if let baseline = reading.baseline { members.append("\"baseline\": \(baseline.median)") }
    if let ratio = reading.ratio { members.append("\"ratio\": \(ratio)") }
    switch reading.aim {
    case .ratio(let most): members.append("\"aim_ratio\": \(most)")
    case .value(let most): members.append("\"aim\": \(most)")
    case .atLeast(let least): members.append("\"aim_at_least\": \(least)")
    case nil: break
    }
    if let isMet = reading.isMet { members.append("\"met\": \(isMet)") }
    return "{\(members.joined(separator: ", "))}"
  }

  /// Three digits that count, and no exponent.
  private static func text(_ value: Double) -> String {
    let size = abs(value)
    let decimals = size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2
    let scale = [1.0, 10, 100][decimals]
    let scaled = Int((value * scale).rounded())
    if decimals == 0 { return "\(scaled)" }
    let digits = "\(abs(scaled))".leftPadded(to: decimals + 1)
    return "\(scaled < 0 ? "-" : "")\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }

  fileprivate func leftPadded(to width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }
}

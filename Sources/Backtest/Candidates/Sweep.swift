import Lab
import Language
import Values

/// One setting's default at several values: `limits.spending_limit in $10..$100 step $10`, `pricing.rounding in up, down`.
///
/// Accounts that set it themselves keep what they set.
public struct Sweep: Sendable, Hashable {
  /// Values at most: with the current one they are compared in one pass.
  public static let mostValues = ComparisonOptions.mostCandidates - 1

  /// `limits.spending_limit`
  public var setting: String
  /// As a policy would write them.
  public var values: [String]

  /// - Parameter text: a setting, `in`, and a range with a step or a list.
  public init(_ text: String) throws(BacktestFault) {
    let words = text.split(separator: " ").map(String.init)
    guard words.count >= 3, words[1] == "in", words[0].contains(".") else {
      throw Sweep.fault("`\(text)` is no sweep")
    }
    setting = words[0]
    let rest = words.dropFirst(2)
    if let step = rest.firstIndex(of: "step"), let dots = rest[..<step].joined(separator: " ").firstRange(of: "..") {
      let range = rest[..<step].joined(separator: " ")
      values = try Sweep.values(
        from: String(range[..<dots.lowerBound]), to: String(range[dots.upperBound...]),
        step: rest[(step + 1)...].joined(separator: " "))
    } else {
      values = rest.joined(separator: " ").split(separator: ",")
        .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }.filter { !$0.isEmpty }
    }
    guard !values.isEmpty else { throw Sweep.fault("`\(text)` has no values") }
    guard values.count <= Sweep.mostValues else {
      throw .request(
        message: "\(values.count) values, and at most \(Sweep.mostValues) are tried in one pass",
        help: "take a larger step")
    }
  }

  private static func fault(_ message: String) -> BacktestFault {
    .request(message: message, help: "payg sweep 'limits.spending_limit in $10..$100 step $10' on last month")
  }

  private static func values(from: String, to: String, step: String) throws(BacktestFault) -> [String] {
    guard let low = Amount(from), let high = Amount(to), let width = Amount(step), low.unit == width.unit,
      high.unit == width.unit || high.unit.isEmpty, width.number > 0, low.number <= high.number
    else { throw fault("`\(from)..\(to) step \(step)` is no range") }
    var values: [String] = []
    var number = low.number
    while number <= high.number, values.count <= mostValues {
      values.append(Amount(number: number, unit: low.unit).text)
      number += width.number
    }
    return values
  }

  /// An amount of money, or a whole number with the word behind it.
  private struct Amount {
    var number: Int64
    var unit: String

    init(number: Int64, unit: String) {
      self.number = number
      self.unit = unit
    }

    init?(_ text: String) {
      let words = text.split(separator: " ")
      if text.hasPrefix("$"), let money = try? Money(parsing: text) {
        (number, unit) = (money.nano, "$")
      } else if let first = words.first, let whole = Int64(first), whole.magnitude < 1 << 60 {
        (number, unit) = (whole, words.dropFirst().joined(separator: " "))
      } else {
        return nil
      }
    }

    var text: String { unit == "$" ? "\(Money(nano: number))" : unit.isEmpty ? "\(number)" : "\(number) \(unit)" }
  }

  /// The current policy, then one for each value.
  public func candidates(_ reading: CandidateReading) throws -> [Candidate] {
    var candidates = [try reading.candidate("current")]
    let texts = try reading.texts("current")
    for value in values {
      let reform = "reform \"\(setting) at \(value)\"\n  \(setting) default \(value)\n"
      let changed = try texts.adding(reform: Array(reform.utf8), path: "sweep.rules")
      candidates.append(
        try Candidate(name: value, rules: LoadedRules(changed, vocabulary: reading.vocabulary, depth: .checked)))
    }
    return candidates
  }
}

import Formats

/// What the rules made of one case.
public struct ConformanceResult: Sendable {
  public var id: String
  public var title: String
  public var decisions: [Json]
  public var final: Json
  /// What differs from what the case expects, a line each; empty: it passed. Also why it could not be carried out, and what
  /// nothing was made of.
  public var differences: [String]

  public var passed: Bool { differences.isEmpty }

  /// `{"id", "decisions", "final"}` in the words of the cases.
  public var json: Json {
    .object([.init("id", .text(id)), .init("decisions", .list(decisions)), .init("final", final)])
  }

  init(
    _ conformanceCase: ConformanceFile.Case, decisions: [Json], final: Json, remarks: [String] = [],
    fault: String? = nil
  ) {
    id = conformanceCase.id
    title = conformanceCase.title
    self.decisions = decisions
    self.final = final
    differences = remarks + (fault.map { [$0] } ?? [])
    guard fault == nil else { return }
    if let expect = conformanceCase.expect {
      compare(expect, wholly: true)
    }
    if let byHand = conformanceCase.assertedByHand {
      compare(byHand, wholly: false)
    }
  }

  private mutating func compare(_ wanted: Json, wholly: Bool) {
    let steps = wanted["decisions"]?.elements ?? []
    if steps.count != decisions.count {
      differences.append("\(steps.count) decisions were expected, \(decisions.count) were taken")
    }
    for (number, (step, decision)) in zip(steps, decisions).enumerated() {
      compare(step, decision, "decision \(number + 1)", wholly)
    }
    if let last = wanted["final"] { compare(last, final, "final", wholly) }
  }

  /// Notes every member that differs. `wholly`: members that are not expected differ too.
  private mutating func compare(_ wanted: Json, _ got: Json, _ place: String, _ wholly: Bool) {
    guard case .object(let members) = wanted, case .object(let found) = got else {
      note(place, wanted, got)
      return
    }
    for member in members {
      guard let value = got[member.name] else {
        note("\(place) \(member.name)", member.value, nil)
        continue
      }
      if case .object = member.value {
        compare(member.value, value, "\(place) \(member.name)", wholly)
      } else if member.value != value {
        note("\(place) \(member.name)", member.value, value)
      }
    }
    guard wholly else { return }
    for member in found where wanted[member.name] == nil {
      note("\(place) \(member.name)", nil, member.value)
    }
  }

  private mutating func note(_ place: String, _ wanted: Json?, _ got: Json?) {
    let line = "\(place): expected \(wanted?.compact ?? "nothing"), got \(got?.compact ?? "nothing")"
    if !differences.contains(line) { differences.append(line) }
  }
}

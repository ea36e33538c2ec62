import Audit
import Foundation
import Testing

/// The worked cases, carried out by the auditor.
@Suite("The auditor and the worked cases")
struct AuditConformanceTests {
  @Test("every case comes out as expected, whole and by hand")
  func cases() throws {
    let cases = try ConformanceCase.all()
    #expect(cases.count == 67)
    for one in cases {
      let (decisions, final) = try one.run()
      for (name, isWhole) in [("expect", true), ("asserted_by_hand", false)] {
        guard let wanted = one.json[name] as? [String: Any], let steps = wanted["decisions"] as? [[String: Any]] else {
          Issue.record("\(one.id) has no \(name)")
          continue
        }
        #expect(steps.count == decisions.count, "\(one.id)")
        for (number, (step, decision)) in zip(steps, decisions).enumerated() {
          let found = Self.differences(step, decision, isWhole: isWhole)
          #expect(found.isEmpty, "\(one.id), \(name), decision \(number + 1): \(found)")
        }
        let found = Self.differences(wanted["final"] as? [String: Any] ?? [:], final, isWhole: isWhole)
        #expect(found.isEmpty, "\(one.id), \(name), final: \(found)")
      }
    }
  }

  static func text(_ value: Any?) -> String {
    guard let value else { return "nothing" }
    let bytes = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
    return bytes.map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
  }

  /// What differs. `isWhole`: what is told and not wanted differs too.
  static func differences(_ wanted: [String: Any], _ got: [String: Any], isWhole: Bool) -> [String] {
    let names = isWhole ? Set(wanted.keys).union(got.keys) : Set(wanted.keys)
    return names.sorted().compactMap { name in
      let (left, right) = (text(wanted[name]), text(got[name]))
      return left == right ? nil : "\(name): expected \(left), got \(right)"
    }
  }

  @Test("a difference is seen")
  func differencesAreSeen() {
    #expect(Self.differences(["a": 1], ["a": 2], isWhole: false).count == 1)
    #expect(Self.differences(["a": true], ["a": 1], isWhole: false).count == 1)
    #expect(Self.differences([:], ["a": 2], isWhole: true).count == 1)
    #expect(Self.differences(["a": 1], [:], isWhole: false).count == 1)
    #expect(Self.differences(["a": ["b": 1]], ["a": ["b": 1]], isWhole: true).isEmpty)
  }
}

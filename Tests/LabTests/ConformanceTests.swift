import Foundation
import Standard
import Testing

@testable import Lab

/// Worked cases carried out with the shipped rules.
@Suite("Conformance")
struct ConformanceTests {
  static let rules = Result { try RuleFolder(Place.rules).load(vocabulary: StandardPlugin.vocabulary) }
  static let file = Result {
    try ConformanceFile(Array(Data(contentsOf: Place.fixtures.appending(path: "cases.json"))))
  }

  static func run(_ text: String) throws -> [ConformanceResult] {
    Conformance(try rules.get()).run(try ConformanceFile(Array(text.utf8)))
  }

  @Test("the worked cases come out as worked out, by hand and whole")
  func cases() throws {
    let file = try Self.file.get()
    #expect(file.cases.count >= 145 && file.cases.allSatisfy { $0.expect != nil && $0.assertedByHand != nil })
    let conformance = Conformance(try Self.rules.get())
    for one in file.cases {
      let result = conformance.run(one, defaults: file.defaults)
      #expect(result.passed, "\(one.id) \(one.title): \(result.differences)")
    }
  }

  @Test(
    "each kind of difference is told",
    arguments: [
      (#""decisions": [{"decision": "deny"}]"#, "decision"), (#""decisions": []"#, "1"),
      (#""final": {"balance_units": 4}"#, "balance_units"),
      (#""final": {"nothing_like_it": 4}"#, "nothing_like_it"), (#""final": {"keys_used": {"k1": 4}}"#, "k1"),
    ])
  func differences(_ expected: String, _ word: String) throws {
    let results = try Self.run(
      """
      {"scenarios": [{"id": "x", "given": {"at": "2026-01-01T00:00:00Z", "lots": [{"id": "p", "kind": "paid", "amount": 5}]},
        "events": [{"type": "request", "id": "r", "cost": 2}], "asserted_by_hand": {\(expected)}}]}
      """)
    #expect(!results[0].passed)
    #expect(results[0].differences.contains { $0.contains(word) }, "\(results[0].differences)")
  }

  @Test("a case nobody has worked out is answered all the same")
  func withoutExpectation() throws {
    let results = try Self.run(
      """
      {"scenarios": [{"id": "x", "given": {"at": "2026-01-01T00:00:00Z", "lots": []},
        "events": [{"type": "request", "id": "r", "cost": 2}]}]}
      """)
    #expect(results[0].passed)
    #expect(results[0].json["decisions"]?.elements.first?["code"] == "insufficient_balance")
    #expect(results[0].json["final"]?["balance_units"] == 0)
    #expect(results[0].json.members.map(\.name) == ["id", "decisions", "final"])
  }

  @Test(
    "what the rules do not have fails the case, never skips it",
    arguments: [
      (#""events": [{"type": "teleport"}]"#, "teleport"), (#""policy": {"gravity": "up"}, "events": []"#, "gravity"),
      (#""policy": {"rounding": "sideways"}, "events": []"#, "sideways"),
      (#""events": [{"type": "sub_status", "status": "odd"}]"#, "odd"),
      (#""events": [{"id": "no type"}]"#, "type"),
    ])
  func unknownWords(_ part: String, _ word: String) throws {
    let results = try Self.run(
      #"{"scenarios": [{"id": "x", "given": {"at": "2026-01-01T00:00:00Z", "lots": []}, \#(part)}]}"#)
    #expect(!results[0].passed && results[0].differences.joined().contains(word), "\(results[0].differences)")
  }

  @Test(
    "a member nothing is made of fails the case, which is answered all the same",
    arguments: [
      (#""given": {"at": "2026-01-01T00:00:00Z", "weather": 1}, "events": []"#, "weather"),
      (
        #""given": {"at": "2026-01-01T00:00:00Z", "lots": [{"amount": 5, "frozen": true}]}, "events": []"#, "frozen"
      ),
      (#""given": {"at": "2026-01-01T00:00:00Z", "keys": {"a": {"colour": 1}}}, "events": []"#, "colour"),
      (#""given": {"at": "2026-01-01T00:00:00Z", "subscription": {"seats": 5}}, "events": []"#, "seats"),
      (
        #""given": {"at": "2026-01-01T00:00:00Z"}, "events": [{"type": "request", "id": "r", "cost": 0, "rush": true}]"#,
        "rush"
      ),
      (
        #"""
        "given": {"at": "2026-01-01T00:00:00Z"},
        "events": [{"type": "set_auto_topup", "auto_topup": {"enabled": false, "suspended": true}}]
        """#, "suspended"
      ),
    ])
  func unknownMembers(_ part: String, _ word: String) throws {
    let results = try Self.run(#"{"scenarios": [{"id": "x", \#(part)}]}"#)
    #expect(results[0].differences.count == 1 && results[0].differences[0].contains("`\(word)`"))
    #expect(results[0].final["balance_units"] != nil)
  }

  @Test("what a refused configuration chose is not kept")
  func refusedConfiguration() throws {
    let results = try Self.run(
      """
      {"scenarios": [{"id": "x", "given": {"at": "2026-01-01T00:00:00Z"}, "events": [
        {"type": "set_auto_topup", "enabled": true, "amount": 5000, "card": "other"},
        {"type": "topup", "id": "t", "amount": 2500000},
        {"type": "refund", "id": "f", "amount": 2500000, "approved_by": "support"}]}]}
      """)
    #expect(results[0].decisions[0]["code"] == "below_minimum")
    #expect(results[0].decisions[2]["parts"]?.elements.first?["method"] == "card_1")
    #expect(results[0].final["auto_suspended"] == nil)
  }

  @Test(
    "hostile files are faults with a place",
    arguments: [
      "", "[]", "{}", "{\"scenarios\": 5}", "{\"scenarios\": [5]}", "{\"scenarios\": [{\"id\": \"x\"}]}", "\u{0}",
      "{\"scenarios\": [",
    ])
  func hostile(_ text: String) {
    #expect(throws: ConformanceFault.self) { try ConformanceFile(Array(text.utf8)) }
    #expect(throws: ConformanceFault.self) {
      try ConformanceFile([UInt8](repeating: UInt8(ascii: "["), count: 100_000))
    }
  }

  @Test(
    "hostile cases fail alone",
    arguments: [
      #"{"at": 5}"#, #"{"at": "2026-13-01T00:00:00Z"}"#,
      #"{"at": "2026-01-01T00:00:00Z", "lots": [{"amount": 9223372036854775807}]}"#,
      #"{"at": "2026-01-01T00:00:00Z", "lots": [{"amount": 1.5}]}"#, #"{"at": "2026-01-01T00:00:00Z", "lots": [{}]}"#,
      #"{"at": "2026-01-01T00:00:00Z", "teleporter": 5}"#,
      #"{"at": "2026-01-01T00:00:00Z", "prices": {"m": {"in": -5, "out": 0}}}"#,
      #"{"at": "2026-01-01T00:00:00Z", "prices": {"m": {"in": 99999999999999999, "out": 0}}}"#,
      #"{"at": "2026-01-01T00:00:00Z", "keys": {"a": {"limit": -1}}}"#,
      #"{"at": "2026-01-01T00:00:00Z", "subscription": {"quota": -1}}"#,
      #"{"at": "2026-01-01T00:00:00Z", "subscription": {"quota": 5, "rate": [1, 0]}}"#,
      #"{"at": "2026-01-01T00:00:00Z", "subscription": {"quota": 5, "used": -9223372036854775808}}"#,
    ])
  func hostileCases(_ given: String) throws {
    let results = try Self.run(
      """
      {"scenarios": [{"id": "bad", "given": \(given), "events": [{"type": "request", "id": "r", "model": "m", "in": 5, "out": 5}]},
        {"id": "good", "given": {"at": "2026-01-01T00:00:00Z"}, "events": []}]}
      """)
    #expect(results.count == 2 && !results[0].passed && results[1].passed, "\(results.map(\.differences))")
  }
}

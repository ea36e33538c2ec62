import Formats
import Foundation
import Testing

@testable import Commands

/// Requests as JSON lines.
@Suite("Submit")
struct SubmitTests {
  static func answers(_ outcome: Stand.Outcome) throws -> [Json] {
    try outcome.out.split(separator: "\n").map { try JsonReader.read(Array($0.utf8)) }
  }

  static func request(_ id: String, _ cost: String = "$1", _ more: String = "") -> String {
    #"{"account": "acme", "event": "request", "id": "\#(id)", "fields": {"costing": "\#(cost)", "key": "k1"}\#(more)}"#
      + "\n"
  }

  @Test("one answer a line, in order")
  func order() throws {
    try Stand.with([Stand.acme]) { stand in
      let outcome = stand.run(
        ["submit"],
        input: [Self.request("r1"), Self.request("r2", "$30"), Self.request("r1"), Self.request("r1", "$2")])
      #expect(outcome.status == 0 && outcome.error == "")
      let answers = try Self.answers(outcome)
      #expect(answers.map { $0["line"]?.integer } == [1, 2, 3, 4])
      #expect(answers.map { $0["verdict"]?.text } == ["allowed", "denied", "allowed", "conflict"])
      #expect(answers.map { $0["status"]?.integer } == [200, 402, 200, 409])
      #expect(answers.map { $0["replay"]?.bool } == [false, false, true, false])
      #expect(answers[0]["event"] == answers[2]["event"])
      #expect(
        outcome.out.hasPrefix(
          #"{"schema": "payg.answer/1", "line": 1, "id": "r1", "verdict": "allowed", "status": 200, "code": null, "#
            + #""amount_nano": 1000000000, "covered_nano": 1000000000, "paid": {"balance": 1000000000}, "replay": false, "#
        ), "\(outcome.out)")
      #expect(answers[1]["code"] == "insufficient_balance" && answers[1]["paid"] == .object([]))
    }
  }

  @Test("a line that cannot be answered says why, and the next is answered")
  func mistakes() throws {
    try Stand.with([Stand.acme]) { stand in
      let table: [(line: String, error: String)] = [
        ("nonsense", "column 1: "), ("[1]", "expected an object, found a list"), (#"{"account": "acme"}"#, "`event`"),
        (#"{"account": 5, "event": "request"}"#, "`account` is a number, not a text"),
        (#"{"account": "acme", "event": "reqest"}"#, "no event `reqest`"),
        (#"{"account": "acme", "event": "request", "feilds": {}}"#, "`feilds` is no part of a request"),
        (#"{"account": "acme", "event": "request", "fields": {"costin": "$1"}}"#, "`costin`"),
        (#"{"account": "acme", "event": "request", "fields": {"costing": "twelve"}}"#, "`twelve`"),
        (#"{"account": "acme", "event": "request", "fields": 5}"#, "object"),
        (#"{"account": "acme", "event": "request", "at": "2026-13-01"}"#, "2026-13-01"),
        (#"{"account": "acm", "event": "request"}"#, "there is no account `acm`"),
        (#"{"account": "acme", "event": "request", "at": "2027-01-01"}"#, "later than it is"),
        (String(repeating: "x", count: LineFeed.lineLimit + 1), "longer than 1 MiB"),
        (#"{"account": "acme", "event": "request", "id": "\#u{0}x", "fields": {}}"#, "column"),
        (String(repeating: "[", count: 1_000), "column"),
      ]
      for (line, error) in table {
        let outcome = stand.run(["submit"], input: [line + "\n" + Self.request("good")])
        let answers = try Self.answers(outcome)
        #expect(outcome.status == 0 && answers.count == 2, "\(line.prefix(80)): \(outcome)")
        #expect(answers.first?["error"]?.text?.contains(error) == true, "\(line.prefix(80)): \(outcome.out)")
        #expect(answers.first?["line"] == 1 && answers.last?["verdict"] == "allowed")
      }
      let mistaken = try Self.answers(stand.run(["submit"], input: [#"{"account": "acme", "event": "x", "id": "m1"}"#]))
      #expect(mistaken.first?["id"] == "m1")
    }
  }

  @Test("what waits for the provider: without one it is said, with one it is asked")
  func waiting() throws {
    let topup = #"{"account": "acme", "event": "topup", "id": "t1", "fields": {"amount": "$25"}}"# + "\n"
    try Stand.with(clock: nil, [Stand.acme, ["set", "acme", "card", "visa"]]) { stand in
      let answers = try Self.answers(stand.run(["submit"], input: [Self.request("a"), topup, Self.request("b")]))
      #expect(answers.map { $0["verdict"]?.text } == ["allowed", "waiting", "allowed"])
      #expect(answers[1]["status"] == 202 && answers[1]["requests"]?.elements.count == 1)
    }
    try Stand.with([Stand.acme, ["set", "acme", "card", "visa"]]) { stand in
      let answers = try Self.answers(stand.run(["submit"], input: [Self.request("a"), topup, Self.request("b")]))
      #expect(answers.map { $0["verdict"]?.text } == ["allowed", "allowed", "allowed"], "\(answers)")
      #expect(answers[1]["requests"] == [] && answers.map { $0["line"]?.integer } == [1, 2, 3])
      #expect(stand.run(["accounts"]).out == "acme\t0.00\t43.00\t0.00\t1\n")
    }
  }

  @Test("every size of group gives the same answers", arguments: [1, 2, 3, 256])
  func batches(size: Int) throws {
    try Stand.with([Stand.acme]) { stand in
      let lines = (1...25).map { Self.request("r\($0)") }
      let answers = try Self.answers(stand.run(["submit", "--batch", "\(size)"], input: [lines.joined()]))
      #expect(answers.count { $0["verdict"] == "allowed" } == 20 && answers.count == 25)
      #expect(stand.run(["audit"]).status == 0)
    }
    #expect(try Program.run(["submit", "--batch", "0"]).status == 64)
  }

  @Test("an answer comes while the input is still open, once its event is on the disk")
  func conversation() throws {
    try Stand.with([Stand.acme]) { stand in
      let process = Process()
      process.executableURL = URL(filePath: Program.path)
      process.arguments = ["submit", "--store", stand.store]
      let (input, output) = (Pipe(), Pipe())
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      for number in 1...3 {
        try input.fileHandleForWriting.write(contentsOf: Data(Self.request("r\(number)").utf8))
        var line = Data()
        while line.last != UInt8(ascii: "\n"), let byte = try output.fileHandleForReading.read(upToCount: 1) {
          line += byte
        }
        let answer = try JsonReader.read(Array(line))
        #expect(answer["line"] == .integer(Int64(number)) && answer["verdict"] == "allowed")
        #expect(stand.run(["accounts"]).out == "acme\t0.00\t\(20 - number).00\t0.00\t1\n")
      }
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }
}

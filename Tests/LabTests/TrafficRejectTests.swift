import Formats
import Foundation
import Testing
import Values

@testable import Lab

@Suite("Rejected rows of usage files")
struct TrafficRejectTests {
  typealias Bench = TrafficBench

  static func importing(_ path: String, rejects: String) throws -> (ids: [String], rejected: Int) {
    let reader = try TrafficReader(path, program: Bench.program, options: TrafficOptions(event: "request"))
    let file = RejectFile(rejects, of: reader)
    var ids: [String] = []
    while let line = try reader.next() {
      switch line {
      case .row(let row): ids.append(row.call.id)
      case .rejected(let row): try file.append(row)
      }
    }
    try file.close()
    #expect(file.count == reader.rejectedCount)
    return (ids, file.count)
  }

  @Test("corrected, they are imported under the ids they would have had")
  func corrected() throws {
    try Place.withFolder { folder in
      let usage = "\(folder)/usage.csv"
      let rejects = "\(folder)/usage.rejected.csv"
      try Place.write(
        "\u{FEFF}account,at,input\r\na,2026-01-01,1\r\n\na,2026-01-01,12x\r\na,soon,1\na,2026-01-01\n\"open,2026-01-01,1\n",
        to: usage)
      let first = try Self.importing(usage, rejects: rejects)
      #expect(first.ids == ["usage:2"])
      let written = try String(contentsOfFile: rejects, encoding: .utf8)
      #expect(
        written == """
          # line numbers are those of usage
          account,at,input
          # line 4: `input`: `12x` is not a number
          a,2026-01-01,12x
          # line 5: `at`: `soon` is not a time
          a,soon,1
          # line 6: 2 fields, and the header has 3
          a,2026-01-01
          # line 7: the quote of column 1 is not closed
          "open,2026-01-01,1

          """)
      // As they are, they are rejected again, and the file made of them is the same.
      let again = "\(folder)/again.csv"
      #expect(try Self.importing(rejects, rejects: again).rejected == 4)
      #expect(try String(contentsOfFile: again, encoding: .utf8) == written)

      let corrected =
        written.replacing("12x", with: "12").replacing("a,soon", with: "a,2026-01-02")
        .replacing("\"open", with: "open") + "a,2026-01-03,9\n"
      try Place.write(corrected, to: rejects)
      let last = "\(folder)/last.csv"
      let second = try Self.importing(rejects, rejects: last)
      #expect(
        second.ids == ["usage:4", "usage:5", "usage:7", "usage.rejected:11"], "the last row was in no file before")
      #expect(
        try String(contentsOfFile: last, encoding: .utf8)
          == "# line numbers are those of usage\naccount,at,input\n# line 6: 2 fields, and the header has 3\na,2026-01-01\n"
      )
    }
  }

  @Test("rejected lines of JSON come back too, and a file without any is not made")
  func ndjson() throws {
    try Place.withFolder { folder in
      let usage = "\(folder)/u.ndjson"
      let rejects = "\(folder)/r.ndjson"
      try Place.write("{\"account\":\"a\",\"at\":\"2026-01-01\",\"input\":1}\n", to: usage)
      #expect(try Self.importing(usage, rejects: rejects).ids == ["u:1"])
      #expect(!TextFile.isFile(rejects))
      try Place.write(
        "{\"account\":\"a\",\"at\":\"2026-01-01\",\"input\":1}\n{\"account\":\"a\",\"at\":5}\n{\n", to: usage)
      #expect(try Self.importing(usage, rejects: rejects).rejected == 2)
      let written = try String(contentsOfFile: rejects, encoding: .utf8)
      try Place.write(written.replacing(":5}", with: ":1767225600}"), to: rejects)
      let second = try Self.importing(rejects, rejects: "\(folder)/r2.ndjson")
      #expect(second.ids == ["u:2"] && second.rejected == 1)
    }
  }

  @Test("an interrupted import goes on with the file it began")
  func appends() throws {
    try Place.withFolder { folder in
      let path = "\(folder)/rejects.csv"
      for line in 3...4 {
        let reader = try Bench.reader("account,at,key\n")
        let file = RejectFile(path, of: reader, appends: true)
        try file.append(RejectedRow(line: line, firstLine: line, reason: "no\nway", bytes: Array("x,y".utf8)))
        try file.flush()
        try file.close()
      }
      #expect(
        try String(contentsOfFile: path, encoding: .utf8)
          == "# line numbers are those of usage\naccount,at,key\n# line 3: no way\nx,y\n# line 4: no way\nx,y\n")
    }
  }

  @Test("a row that was too long is shown by its beginning, and is told to be cut")
  func cut() throws {
    let rejected = try Bench.rejected("account,at\n\(String(repeating: "x", count: 500)),1\na,2026-01-01\n") {
      $0.limits.lineBytes = 100
      $0.limits.shownBytes = 10
      $0.mapping = ["account": "key"]
      $0.account = "a"
    }
    #expect(rejected.count == 1)
    let row = try #require(rejected.first)
    #expect(row.isCut && row.bytes.count == 10 && row.reason == "the row is longer than 100 bytes")
    #expect(RejectNotes.of(row) == "# line 2: the row is longer than 100 bytes, and only its beginning is here\n")
    #expect(row.shown(limit: 4) == "xxxx…")
  }

  // MARK: - Anything

  @Test("mutated files are read or refused, every row is accounted for, and nothing traps")
  func mutants() throws {
    let seed =
      ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    print("mutated usage files: PAYG_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    let files = [
      "seq,ts_us,account,key,model,input_tokens,output_tokens,costing\n0,1767225600000000,a5,k4,gpt-4o,374,44,1.25\n1,1767225604314579,a358,,\"gpt, 4\",396,109,\n",
      "\u{FEFF}at,user,event,amount,payment,input\r\n2026-01-01T00:00:00.5+02:00,a,refund,$1.5,t1,\r\n2026-01-01,b,request,,,7\r\n",
      "{\"at\":\"2026-01-01\",\"account\":\"a\",\"input\":5,\"costing\":\"1.5\"}\n{\"ts\":1767225600,\"account\":\"b\",\"x\":[1]}\n",
      "# line numbers are those of u\naccount,at,input\n# line 7: no\na,2026-01-01,5\n",
    ]
    let signs = Array("\"\"\n\n\r,,{}[]:#\\-.09aé$ /%".utf8) + [0, 0xFF, 0xEF]
    var counts = (read: 0, rejected: 0, refused: 0)
    for _ in 0..<4_000 {
      var bytes = Array(files[Int.random(in: 0..<files.count, using: &random)].utf8)
      for _ in 0..<Int.random(in: 1..<5, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = signs[Int.random(in: 0..<signs.count, using: &random)]
        case 1: bytes.insert(signs[Int.random(in: 0..<signs.count, using: &random)], at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count - 1, place + 3 > bytes.count - 1 ? place : place + 3))
        default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
        }
        if bytes.isEmpty { bytes = [0x0A] }
      }
      do throws(TrafficFault) {
        let options = TrafficOptions(event: "request")
        let reader = try TrafficReader(ChunkSource("u.csv", bytes: bytes), program: Bench.program, options: options)
        var line = 0
        for found in try Bench.all(reader) {
          switch found {
          case .row(let row):
            counts.read += 1
            #expect(row.line > line && !row.account.isEmpty && !row.call.id.isEmpty, "seed \(seed)")
            #expect(Instant(microseconds: row.call.at).isInRange, "seed \(seed)")
            #expect(row.call.fields.count == Bench.program.events[row.call.event].givenCount, "seed \(seed)")
            line = row.line
          case .rejected(let row):
            counts.rejected += 1
            #expect(row.line > line && !row.reason.isEmpty && !row.bytes.isEmpty, "seed \(seed)")
            line = row.line
          }
        }
        #expect(line <= bytes.count { $0 == 0x0A } + 1, "seed \(seed)")
      } catch {
        counts.refused += 1
        #expect(!error.message.isEmpty)
      }
    }
    #expect(min(counts.read, counts.rejected, counts.refused) > 100, "\(counts)")
  }
}

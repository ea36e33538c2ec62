import Engine
import Formats
import FoundationEssentials
import Language
import Testing
import Values

@testable import Lab

@Suite("Usage files, many rows at a time")
struct TrafficBatchTests {
  typealias Bench = TrafficBench

  /// What came of one row, and the numbers of its names.
  struct Found {
    var line: TrafficLine
    var numbers: TrafficNumbers
  }

  static func batches(_ reader: TrafficReader, of count: () -> Int) throws -> [Found] {
    var found: [Found] = []
    var isMore = true
    while isMore {
      let wanted = count()
      let before = found.count
      isMore = try reader.next(wanted) { line, numbers in found.append(Found(line: line, numbers: numbers)) }
      #expect(isMore ? found.count == before + wanted : found.count - before < wanted)
    }
    return found
  }

  /// A source that hands bytes over in pieces of random lengths.
  static func cut(_ bytes: [UInt8], most: Int, _ random: SeededGenerator) -> ChunkSource {
    var (place, random) = (0, random)
    return ChunkSource("u.csv") { () throws(InputFault) -> [UInt8]? in
      guard place < bytes.count else { return nil }
      let end = min(bytes.count, place + Int.random(in: 1...most, using: &random))
      defer { place = end }
      return Array(bytes[place..<end])
    }
  }

  @Test("rows come as they were written, however quoted, cut and counted")
  func written() throws {
    let seed =
      ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    print("batches of usage: PAYG_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    let names = [
      "a", "acct_000006", "k000006_04", "claude-sonnet-4-5", "é€", "a,b", "say \"yes\"", "sixteen_bytes_16", "x y",
    ]
    for _ in 0..<200 {
      let ending = Bool.random(using: &random) ? "\n" : "\r\n"
      var text =
        (Bool.random(using: &random) ? "\u{FEFF}" : "") + "seq,ts_us,account,key,model,input_tokens,x,costing\(ending)"
      var wanted: [TrafficLine] = []
      var line = 2
      for _ in 0..<Int.random(in: 0..<40, using: &random) {
        while Int.random(in: 0..<8, using: &random) == 0 {
          text += ending
          line += 1
        }
        let id = Bool.random(using: &random) ? "\(UInt64.random(in: 0...UInt64.max, using: &random))" : ""
        let at = Bench.newYear + Int64.random(in: 0..<1_000_000_000_000, using: &random)
        let account = names.randomElement(using: &random) ?? ""
        let key = Bool.random(using: &random) ? names.randomElement(using: &random) : nil
        let model = Bool.random(using: &random) ? names.randomElement(using: &random) : nil
        let input = Bool.random(using: &random) ? Int64.random(in: 0..<1_000_000_000, using: &random) : nil
        let cents = Bool.random(using: &random) ? Int64.random(in: 0..<100_000, using: &random) : nil
        let costing = cents.map { "\($0 / 100).\($0 % 100 / 10)\($0 % 10)" }
        let cells = [
          id, "\(at)", account, key ?? "", model ?? "", input.map { "\($0)" } ?? "", "left\nalone", costing ?? "",
        ]
        text +=
          cells.map { cell in
            let isPlain = !cell.contains { $0 == "," || $0 == "\"" || $0 == "\n" } && Bool.random(using: &random)
            return isPlain ? cell : "\"\(cell.replacing("\"", with: "\"\""))\""
          }.joined(separator: ",") + ending
        let none = EventCall.Value.number(ValueType.none)
        let fields: [EventCall.Value] = [
          key.map { .text($0) } ?? none, model.map { .text($0) } ?? none, .number(input ?? 0), .number(0), .number(0),
          cents.map { .number($0 * 10_000_000) } ?? none,
        ]
        let call = EventCall(event: 0, id: id.isEmpty ? "u:\(line)" : id, at: at, fields: fields)
        wanted.append(.row(TrafficRow(line: line, account: account, key: key, call: call)))
        line += 2
      }
      let source = Self.cut(Array(text.utf8), most: 50, random)
      let reader = try TrafficReader(source, program: Bench.program, options: TrafficOptions(event: "request"))
      let found = try Self.batches(reader) { Int.random(in: 1..<20, using: &random) }
      #expect(found.map(\.line) == wanted, "seed \(seed)")
      var numbered: [Int: String] = [:]
      for case let (.row(row), numbers) in found.map({ ($0.line, $0.numbers) }) {
        #expect((row.key == nil) == (numbers.key == nil), "seed \(seed)")
        for (name, number) in [(row.account, numbers.account), (row.key, numbers.key)] {
          guard let name, let number else { continue }
          #expect(numbered.updateValue(name, forKey: number) ?? name == name, "seed \(seed)")
        }
      }
      #expect(Set(numbered.values).count == numbered.count, "seed \(seed)")
    }
  }

  @Test("a file that is damaged gives the same rows one by one and many at a time")
  func damaged() throws {
    let seed =
      ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    print("damaged batches of usage: PAYG_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    let whole = Array(
      ("account,at,key,input\n" + (0..<9).map { "a\($0),2026-01-0\($0 + 1),k,\($0)" }.joined(separator: "\r\n")).utf8)
    let signs = Array("\"\",\n\r #x".utf8) + [0, 0xFF]
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0..<4 {
        bytes[Int.random(in: 22..<bytes.count, using: &random)] = signs[Int.random(in: 0..<signs.count, using: &random)]
      }
      let options = TrafficOptions(event: "request")
      let one = try Bench.all(
        TrafficReader(ChunkSource("u.csv", bytes: bytes), program: Bench.program, options: options))
      let cut = Self.cut(bytes, most: 9, random)
      let reader = try TrafficReader(cut, program: Bench.program, options: options)
      let many = try Self.batches(reader) { Int.random(in: 1..<5, using: &random) }
      #expect(many.map(\.line) == one, "seed \(seed)")
      #expect(reader.rowCount + reader.rejectedCount == one.count, "seed \(seed)")
    }
  }

  @Test("an account that is given for all rows has a number too")
  func given() throws {
    let reader = try Bench.reader("at,key,input\n2026-01-01,k,1\n2026-01-01,,2\n") { $0.account = "all" }
    let found = try Self.batches(reader) { 8 }
    #expect(found.count == 2 && found.allSatisfy { $0.numbers.account != nil })
    #expect(found.map(\.numbers.account) == [found[0].numbers.account, found[0].numbers.account])
    #expect(
      found[0].numbers.key != nil && found[0].numbers.key != found[0].numbers.account && found[1].numbers.key == nil)
  }
}

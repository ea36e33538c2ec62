import Testing
import Values

@testable import Formats

@Suite("CSV scanner")
struct CsvScannerTests {
  /// Rows as `LINE:cell|cell`, broken ones as `LINE!`.
  static func shown(_ text: String, _ lengths: [Int] = [1 << 20], noteMark: String = "") throws -> [String] {
    try csvRows(pieces(Array(text.utf8), of: lengths), noteMark: noteMark).rows.map { row in
      guard let fields = row.fields else { return "\(row.line)!" }
      return "\(row.line):" + fields.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
    }
  }

  static let table: [(String, [String])] = [
    ("", []), ("\n", []), ("\r\n\n", []), ("\r", []), ("a", ["1:a"]), ("a\n", ["1:a"]), ("a\r\n", ["1:a"]),
    ("a\r", ["1:a"]),
    ("a,b\nc,d", ["1:a|b", "2:c|d"]), ("a,b\r\nc,d\r\n", ["1:a|b", "2:c|d"]), ("\n\na\n\r\nb\n", ["3:a", "5:b"]),
    (",\n", ["1:|"]), (",,", ["1:||"]), ("a,\r\n,b", ["1:a|", "2:|b"]),
    ("\u{FEFF}a,b\n", ["1:a|b"]), ("\u{FEFF}\"a\",b\n", ["1:a|b"]), ("a\n\u{FEFF}b", ["1:a", "2:\u{FEFF}b"]),
    ("\"a\"", ["1:a"]), ("\"\"", ["1:"]), ("\"\",\"\"\n", ["1:|"]), ("\"a,b\",c\n", ["1:a,b|c"]),
    ("\"a\"\"b\"\n", ["1:a\"b"]), ("\"\"\"\"\n", ["1:\""]), ("\"\"\"a\"\"\",\"\"\"\"\"\"", ["1:\"a\"|\"\""]),
    ("\"a\nb\",c\nd", ["1:a\nb|c", "3:d"]), ("\"a\r\n\r\nb\"\r\nd\r\n", ["1:a\r\n\r\nb", "4:d"]),
    ("a\rb,c\n", ["1:a\rb|c"]), ("\"a\r\"\r", ["1:a\r"]), ("a,\"b\"\r\nc", ["1:a|b", "2:c"]),
    ("a\0b,\0\n", ["1:a\0b|\0"]), ("é,€\n", ["1:é|€"]),
    // What makes no sense costs its first line.
    ("a\"b,c\nd\n", ["1!", "2:d"]), ("\"a\"b\nd\n", ["1!", "2:d"]), ("\"a\"\rb\nd\n", ["1!", "2:d"]),
    ("\"a\nb\nc\n", ["1!", "2:b", "3:c"]), ("x,\"a\nb\"c\nd", ["1!", "2!", "3:d"]), ("\"a", ["1!"]), ("\"", ["1!"]),
    ("\"a\"\"", ["1!"]), ("1234567,\"\n12345678", ["1!", "2:12345678"]),
  ]

  @Test("cuts rows and fields, whatever arrives together", arguments: table)
  func cuts(_ text: String, _ rows: [String]) throws {
    for length in [1 << 20, 1, 2, 3, 7, 8, 9] { #expect(try Self.shown(text, [length]) == rows, "pieces of \(length)") }
  }

  @Test("lines that begin with the mark are notes, quotes in them and all")
  func notes() throws {
    let text = "# line 1: \"x\na,b\n# line\nc\n\"# line 3\"\n"
    for length in [1, 3, 100] {
      #expect(try Self.shown(text, [length], noteMark: "# line ") == ["1!", "2:a|b", "3:# line", "4:c", "5:# line 3"])
    }
  }

  @Test("a fault says which column it is in")
  func faults() throws {
    let faults = try csvRows(ChunkSource("x", bytes: Array("a,b\"\na,\"b\"c\na,b,\"c".utf8))).faults
    #expect(faults == [.strayQuote(column: 2), .afterQuote(column: 2), .unclosedQuote(column: 3)])
    #expect(faults.allSatisfy { $0.help != nil && $0.message.contains("column") })
  }

  // MARK: - Limits

  @Test("a row may be as long as the limit and not a byte longer", arguments: [1, 5, 1 << 20])
  func lineLimit(_ length: Int) throws {
    let limits = ScanLimits(lineBytes: 10)
    let text =
      "1234567890\n12345678901\n1234567890\r\nabc\n\"12345678901\"\n\"12345\n89\"\na,\"12345\n6789\"\n8,b"
    let (rows, faults) = try csvRows(pieces(Array(text.utf8), of: [length]), limits: limits)
    // A carriage return counts, and so do line ends inside quotes.
    #expect(rows.map(\.line) == [1, 2, 3, 4, 5, 6, 8, 9, 10])
    #expect(rows.map { $0.fields != nil } == [true, false, false, true, false, true, false, false, true])
    #expect(
      faults == [
        .tooLong(limit: 10), .tooLong(limit: 10), .tooLong(limit: 10), .unclosedQuote(column: 2),
        .strayQuote(column: 1),
      ])
  }

  @Test("a line of a gigabyte costs a few megabytes and only itself")
  func hugeLine() throws {
    // The same piece again and again: only what the scanner keeps takes room.
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    var count = 0
    let source = ChunkSource("huge") { () throws(InputFault) -> [UInt8]? in
      count += 1
      switch count {
      case 1: return Array("a,b\n".utf8)
      case 2...1_025: return piece
      case 1_026: return Array(",\"\"x\nc,d\n".utf8)
      default: return nil
      }
    }
    let (rows, faults) = try csvRows(source)
    #expect(faults == [.tooLong(limit: 1 << 20)])
    #expect(rows.map(\.line) == [1, 2, 3])
    #expect(rows[1].bytes.count == ScanLimits().shownBytes)
    #expect(rows[2].fields == [Array("c".utf8), Array("d".utf8)])
    #expect(source.consumed > 1 << 30)
  }

  @Test("a quote that is never closed costs its own line, not the rows behind it")
  func openQuote() throws {
    let rows = (0..<50_000).map { "a\($0),12345678901234567890" }.joined(separator: "\n")
    let (seen, faults) = try csvRows(ChunkSource("x", bytes: Array(("\"open,1\n" + rows).utf8)))
    #expect(faults == [.unclosedQuote(column: 1)])
    #expect(seen.count == 50_001)
    #expect(seen.last?.line == 50_001)
  }

  @Test("a row with more columns than the limit is told apart from the rows around it")
  func columnLimit() throws {
    let limits = ScanLimits(lineBytes: 1_000, columns: 3)
    let text = "a,b,c\na,b,c,d\n\"a\",\"b\",\"c\",\"d\"\"\"\n,,\n"
    let (rows, faults) = try csvRows(ChunkSource("x", bytes: Array(text.utf8)), limits: limits)
    #expect(rows.map { $0.fields?.count } == [3, nil, nil, 3])
    #expect(faults == [.tooManyColumns(limit: 3), .tooManyColumns(limit: 3)])
  }

  // MARK: - Against a plain reader

  @Test("random rows are read as they were written")
  func randomRows() throws {
    var (random, seed) = seededGenerator("random CSV rows")
    let letters = ["a", "7", " ", "é", "€", "\"\"", ",", "\n", "\r\n", "\r", "\0", "#"]
    for _ in 0..<300 {
      var text = Int.random(in: 0..<4, using: &random) == 0 ? "\u{FEFF}" : ""
      var wanted: [[String]] = []
      for _ in 0..<Int.random(in: 1..<20, using: &random) {
        let cells = (0..<Int.random(in: 1..<8, using: &random)).map { _ in
          (0..<Int.random(in: 0..<12, using: &random)).map { _ in letters[Int.random(in: 0..<12, using: &random)] }
            .joined()
        }
        let line = cells.map { "\"\($0)\"" }.joined(separator: ",")
        text += line + (Bool.random(using: &random) ? "\n" : "\r\n")
        wanted.append(cells.map { $0.replacing("\"\"", with: "\"") })
      }
      let lengths = (0..<3).map { _ in Int.random(in: 1..<40, using: &random) }
      let (rows, faults) = try csvRows(pieces(Array(text.utf8), of: lengths))
      #expect(faults.isEmpty, "seed \(seed)")
      #expect(rows.map { $0.fields?.map { String(decoding: $0, as: UTF8.self) } } == wanted, "seed \(seed)")
    }
  }

  @Test("anything is read as a plain reader reads it")
  func againstPlainReader() throws {
    var (random, seed) = seededGenerator("CSV against a plain reader")
    let signs = Array("\"\"\"\",,,\n\n\r\r\na1é\0".utf8)
    for _ in 0..<6_000 {
      let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
        signs[Int.random(in: 0..<signs.count, using: &random)]
      }
      let lengths = (0..<2).map { _ in Int.random(in: 1..<30, using: &random) }
      let seen = try csvRows(pieces(bytes, of: lengths)).rows
      let wanted = PlainCsv(bytes).rows
      #expect(
        seen == wanted, "seed \(seed), pieces of \(lengths): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
      )
      if seen != wanted { break }
    }
  }
}

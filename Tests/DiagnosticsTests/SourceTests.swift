import Diagnostics
import Testing
import Values

@Suite("source")
struct SourceTests {
  @Test(
    "counts lines and columns from 1",
    arguments: [
      ("abc\ndef", 0, 1, 1), ("abc\ndef", 2, 1, 3), ("abc\ndef", 3, 1, 4), ("abc\ndef", 4, 2, 1), ("abc\ndef", 7, 2, 4),
      ("abc\ndef\n", 8, 3, 1), ("", 0, 1, 1), ("\n\n", 1, 2, 1), ("\n\n", 2, 3, 1),
      // The CR of a line ending belongs to neither line.
      ("ab\r\ncd", 2, 1, 3), ("ab\r\ncd", 3, 1, 3), ("ab\r\ncd", 4, 2, 1), ("a\rb", 2, 1, 3),
      // Columns are scalars: é is two bytes, 漢 three, the flag two scalars of four.
      ("é=1", 2, 1, 2), ("漢字 x", 7, 1, 4), ("🇩🇪x", 8, 1, 3), ("e\u{301}x", 3, 1, 3),
      // Inside a scalar is its start.
      ("漢x", 1, 1, 1), ("漢x", 2, 1, 1), ("漢x", 3, 1, 2),
      // Outside is the nearer end.
      ("abc", -5, 1, 1), ("abc", 99, 1, 4), ("abc\n", Int.max, 2, 1), ("abc", Int.min, 1, 1),
    ])
  func positions(text: String, offset: Int, line: Int, column: Int) {
    let position = Source(name: "a", text: text).position(of: offset)
    #expect(position.line == line)
    #expect(position.column == column)
  }

  @Test(
    "counts each broken byte as one column",
    arguments: [
      ([0xFF, 0xFE, 0x41], 2, 3), ([0x80, 0x80, 0x41], 2, 3), ([0xE6, 0xBC, 0x41], 2, 3), ([0xC0, 0x80, 0x41], 2, 3),
      ([0xED, 0xA0, 0x80, 0x41], 3, 4), ([0xF4, 0x90, 0x80, 0x80], 4, 5), ([0xE2], 1, 2),
      // Longer than needed.
      ([0xE0, 0x80, 0x80, 0x41], 3, 4), ([0xF0, 0x80, 0x80, 0x80, 0x41], 4, 5),
    ] as [([UInt8], Int, Int)])
  func brokenBytes(bytes: [UInt8], offset: Int, column: Int) {
    #expect(Source(name: "a", bytes: bytes).position(of: offset).column == column)
  }

  @Test("gives lines without their endings")
  func lines() {
    let source = Source(name: "a", text: "one\r\ntwo\n\nlast\r")
    let lines = (0...5).map { String(decoding: source.lineBytes($0), as: UTF8.self) }
    #expect(lines == ["", "one", "two", "", "last\r", ""])
    #expect(source.lineCount == 4)
    #expect(source.lineBytes(Int.max).isEmpty && source.lineBytes(Int.min).isEmpty)
    #expect(source.lineBytes(2).startIndex == 5)
  }

  @Test("gives the text of a span, and of one that is out of it")
  func text() {
    let source = Source(name: "a", text: "one two")
    #expect(source.text(Span(source: 0, start: 4, end: 7)) == "two")
    #expect(source.text(Span(source: 0, start: 4, end: 99)) == "two")
    #expect(source.text(Span(source: 0, start: -9, end: 3)) == "one")
    #expect(source.text(Span(source: 0, start: 5, end: 2)) == "")
    #expect(source.text(Span(source: 0, start: .max, end: .min)) == "")
  }

  @Test("is equal by name and text")
  func equality() {
    let source = Source(name: "a", text: "x")
    #expect(source == Source(name: "a", bytes: [0x78]))
    #expect(source != Source(name: "b", text: "x"))
    #expect(source != Source(name: "a", text: "y"))
    #expect(Set([source, Source(name: "a", text: "x")]).count == 1)
  }

  @Test("maps numbers to sources, and unknown ones to the empty one")
  func map() {
    var map = SourceMap()
    let first = map.add(Source(name: "a", text: "one"))
    let second = map.add(Source(name: "b", text: "two"))
    #expect((first, second) == (0, 1))
    #expect(map[second].name == "b")
    #expect(map.text(Span(source: second, start: 0, end: 2)) == "tw")
    #expect(map[7] == Source.empty && map[-1] == Source.empty && map[Span.none] == Source.empty)
    #expect(map.text(.none) == "")
  }

  @Test("joins spans")
  func spans() {
    let left = Span(source: 1, start: 2, end: 5)
    #expect(left.joined(with: Span(source: 1, start: 9, end: 12)) == Span(source: 1, start: 2, end: 12))
    #expect(Span(source: 1, start: 9, end: 12).joined(with: left) == Span(source: 1, start: 2, end: 12))
    #expect(left.joined(with: .none) == left)
    #expect(Span.none.joined(with: left) == left)
    #expect(left.joined(with: Span(source: 2, start: 0, end: 1)) == left)
    #expect(Span(source: 0, range: 3..<Int.max) == Span(source: 0, start: 3, end: .max))
  }

  @Test("agrees with a count from the start of the text")
  func walked() {
    var (random, seed) = seededGenerator("positions")
    let pieces = ["a", "\n", "\r\n", "é", "漢", "🇩🇪", "\t"]
    for _ in 0..<300 {
      let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      let source = Source(name: "a", text: text)
      var (line, column, offset) = (1, 1, 0)
      let scalars = Array(text.unicodeScalars)
      for (index, scalar) in scalars.enumerated() {
        let position = source.position(of: offset)
        #expect((position.line, position.column) == (line, column), "\(text.debugDescription), PAYG_SEED=\(seed)")
        offset += String(scalar).utf8.count
        let endsLine = scalar == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
        if scalar == "\n" { (line, column) = (line + 1, 1) } else if !endsLine { column += 1 }
      }
    }
  }
}

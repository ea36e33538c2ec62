import Diagnostics
import Testing
import Values

@Suite("renderer")
struct RendererTests {
  /// The diagnostic with its span around the first `marked` in the text.
  private func render(
    _ text: String, marked: String, name: String = "a.rules", message: String = "wrong", label: String? = nil,
    notes: [String] = [], help: String? = nil, fix: String? = nil, color: Bool = false, width: Int = 100
  ) -> String {
    var sources = SourceMap()
    let number = sources.add(Source(name: name, text: text))
    let span = place(of: marked, in: text, source: number)
    return Renderer(sources: sources, color: color, width: width).render(
      Diagnostic(
        code: "P0103", message: message, span: span, label: label, notes: notes, help: help,
        fix: fix.map { Fix(span: span, replacement: $0) }))
  }

  private func place(of marked: String, in text: String, source: Int32) -> Span {
    let (bytes, wanted) = (Array(text.utf8), Array(marked.utf8))
    let start = (0...bytes.count - wanted.count).first { bytes[$0...].starts(with: wanted) } ?? 0
    return Span(source: source, range: start..<start + wanted.count)
  }

  @Test("shows the line, the carets, the notes and the help")
  func whole() {
    let text = "policy limits \"…\"\ngate balance rule x\n\n  when blance > $5\n"
    let shown = render(
      text, marked: "blance", name: "rules/limits/policy.rules", message: "unknown name `blance`",
      label: "not a setting, bucket, meter or let", notes: ["names are looked up in this policy first"],
      help: "did you mean `balance`?")
    #expect(
      shown == """
        error[P0103]: unknown name `blance`
          --> rules/limits/policy.rules:4:8
           |
         4 |   when blance > $5
           |        ^^^^^^ not a setting, bucket, meter or let
           |
           = note: names are looked up in this policy first
           = help: did you mean `balance`?
        """)
  }

  @Test("widens the gutter for large line numbers")
  func gutter() {
    let text = String(repeating: "\n", count: 99) + "wrong here"
    #expect(
      render(text, marked: "here", notes: ["one", "two\nlines"]) == """
        error[P0103]: wrong
            --> a.rules:100:7
             |
         100 | wrong here
             |       ^^^^
             |
             = note: one
             = note: two
                     lines
        """)
  }

  @Test(
    "aligns carets under tabs, wide characters, marks and broken text",
    arguments: [
      ("\twhen x", "x", "    when x", "         ^"),
      ("let 漢字 = x", "x", "let 漢字 = x", "           ^"),
      ("let 漢字 = x", "漢字", "let 漢字 = x", "    ^^^^"),
      ("e\u{301}e\u{301} x", "x", "e\u{301}e\u{301} x", "   ^"),
      ("한글 x", "x", "한글 x", "     ^"), ("\u{1100} x", "x", "\u{1100} x", "   ^"),
      ("ｆｕｌｌ x", "x", "ｆｕｌｌ x", "         ^"),
      ("a\u{1B}[31m x", "x", "a\u{FFFD}[31m x", "       ^"),
      ("a\0\u{7F}\u{85} x", "x", "a\u{FFFD}\u{FFFD}\u{FFFD} x", "     ^"),
      ("a\u{202E}b\u{2066} x", "x", "a\u{FFFD}b\u{FFFD} x", "     ^"),
      ("a\rb x", "x", "a\u{FFFD}b x", "    ^"),
      ("a\u{2028}b x", "x", "a\u{FFFD}b x", "    ^"),
      ("x\u{200B}y", "y", "x\u{200B}y", " ^"),
      ("😀 x", "x", "😀 x", "   ^"),
      ("tail x   ", "x", "tail x", "     ^"),
    ])
  func aligned(text: String, marked: String, line: String, carets: String) {
    let lines = render(text, marked: marked).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[3] == " 1 | \(line)")
    #expect(lines[4] == "   | \(carets)")
  }

  @Test("shows the first line of a span over several, to its end")
  func multiline() {
    #expect(
      render("one two\r\nthree\r\n", marked: "two\r\nthree", label: "all this") == """
        error[P0103]: wrong
          --> a.rules:1:5
           |
         1 | one two
           |     ^^^ all this
        """)
  }

  @Test(
    "points at the end of a line, of the text, and of nothing",
    arguments: [
      ("abc\n", 3, 3, "1:4", " 1 | abc", "   |    ^"), ("abc\n", 4, 4, "2:1", " 2 |", "   | ^"),
      ("", 0, 0, "1:1", " 1 |", "   | ^"),
      ("abc", 99, 120, "1:4", " 1 | abc", "   |    ^"), ("abc", -7, 1, "1:1", " 1 | abc", "   | ^"),
      ("abc", -7, -3, "1:1", " 1 | abc", "   | ^"), ("abc", 2, 1, "1:3", " 1 | abc", "   |   ^"),
      ("abc", .max, .min, "1:4", " 1 | abc", "   |    ^"), ("a\r\nb", 2, 3, "1:2", " 1 | a", "   |  ^"),
      ("漢字", 1, 4, "1:1", " 1 | 漢字", "   | ^^^^"),
    ] as [(String, Int32, Int32, String, String, String)])
  func edges(text: String, start: Int32, end: Int32, position: String, line: String, carets: String) {
    var sources = SourceMap()
    let number = sources.add(Source(name: "a", text: text))
    let lines = Renderer(sources: sources).render(
      Diagnostic(code: "P0001", message: "m", span: Span(source: number, start: start, end: end))
    ).split(separator: "\n").map(String.init)
    #expect(lines == ["error[P0001]: m", "  --> a:\(position)", "   |", line, carets])
  }

  @Test(
    "shows no place for a span of no source",
    arguments: [Span.none, Span(source: 5, start: 0, end: 1), Span(source: .max, start: 0, end: 1)])
  func noPlace(span: Span) {
    let shown = Renderer(sources: SourceMap()).render(
      Diagnostic(
        code: "P0002", severity: .warning, message: "nothing to check", span: span, help: "add a `policy.rules`"))
    #expect(
      shown == """
        warning[P0002]: nothing to check
           = help: add a `policy.rules`
        """)
  }

  @Test("cuts a long line around the place", arguments: [0, 1, 30, 500, 998, 999])
  func cut(place: Int) {
    var bytes = [UInt8](repeating: UInt8(ascii: "."), count: 1_000)
    bytes[place] = UInt8(ascii: "X")
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = render(text, marked: "X", width: 80).split(separator: "\n").map { Array($0.unicodeScalars) }
    #expect(lines[3].count == 80)
    #expect(lines[3].firstIndex(of: "X") == lines[4].firstIndex(of: "^"))
    #expect(lines[3].filter { $0 == "…" }.count == (place < 30 || place > 990 ? 1 : 2))
    #expect(lines[4].filter { $0 == "^" }.count == 1)
  }

  @Test("keeps carets within the screen when the place is wider than it")
  func cutWide() {
    let text = String(repeating: "a", count: 20) + String(repeating: "漢", count: 500) + "b"
    let lines = render(text, marked: String(repeating: "漢", count: 500), width: 60).split(separator: "\n")
    #expect(lines[3].unicodeScalars.last == "…")
    let carets = lines[4].utf8.filter { $0 == UInt8(ascii: "^") }.count
    #expect(carets % 2 == 0 && carets >= 30 && carets < 55)
    #expect(lines[4].utf8.count <= 60)
  }

  @Test("leaves a line that fits whole, at every width", arguments: [-5, 0, 40, 100, 160, 5_000, Int.max])
  func widths(width: Int) {
    let room = max(40, min(160, width)) - 5
    let fits = String(repeating: "a", count: room - 1) + "X"
    #expect(render(fits, marked: "X", width: width).split(separator: "\n")[3] == " 1 | \(fits)")
    let line = render(fits + "b", marked: "X", width: width).split(separator: "\n")[3]
    #expect(line.unicodeScalars.count == room + 5 && line.contains("…"))
  }

  @Test("shows other places, in their own lines and sources")
  func labels() {
    var sources = SourceMap()
    let first = sources.add(
      Source(name: "a.rules", text: "setting limit : money\nother\nmore\nsetting limit : integer\n"))
    let second = sources.add(Source(name: "b.rules", text: "use limit\n"))
    let shown = Renderer(sources: sources).render(
      Diagnostic(
        code: "C0201", message: "`limit` is declared twice", span: Span(source: first, start: 41, end: 46),
        label: "again here",
        labels: [
          Label(span: Span(source: first, start: 8, end: 13), message: "first declared here"),
          Label(span: Span(source: second, start: 4, end: 9), message: "used here"),
          Label(span: Span(source: first, start: 49, end: 56), message: "as another type"),
          Label(span: .none, message: "nowhere"),
        ], help: "give one of them another name"))
    #expect(
      shown == """
        error[C0201]: `limit` is declared twice
          --> a.rules:4:9
           |
         1 | setting limit : money
           |         ----- first declared here
        ...
         4 | setting limit : integer
           |         ^^^^^ again here
           |                 ------- as another type
           |
          ::: b.rules:1:5
           |
         1 | use limit
           |     ----- used here
           |
           = help: give one of them another name
        """)
  }

  @Test("shows places of one long line that are far apart each in an excerpt")
  func farApart() {
    let text = "AA" + String(repeating: ".", count: 5_000) + "BB"
    var sources = SourceMap()
    let number = sources.add(Source(name: "a", text: text))
    let lines = Renderer(sources: sources, width: 60).render(
      Diagnostic(
        code: "T0001", message: "m", span: Span(source: number, start: 5_002, end: 5_004), label: "here",
        labels: [Label(span: Span(source: number, start: 0, end: 2), message: "and there")])
    ).split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[3].hasSuffix("..BB") && lines[4].hasSuffix(" ^^ here"))
    #expect(lines[5].hasPrefix(" 1 | AA..") && lines[6] == "   | -- and there")
  }

  @Test(
    "turns a fix into help where there is none",
    arguments: [
      ("blance", "blance", "balance", "= help: write `balance` instead of `blance`"),
      ("a b", " b", "", "= help: remove ` b`"),
      ("a b", "", ":", "= help: add `:`"),
    ])
  func fixes(text: String, marked: String, replacement: String, help: String) {
    #expect(render(text, marked: marked, fix: replacement).hasSuffix(help))
    #expect(render(text, marked: marked, help: "own words", fix: replacement).hasSuffix("= help: own words"))
  }

  @Test("lets no message, name or label touch the terminal")
  func sanitised() {
    let evil = "\u{1B}[2J\r\u{202E}\u{7}"
    let shown = render(
      evil + "x", marked: "x", name: evil, message: "unknown name `\(evil)\n`", label: evil, notes: [evil], help: evil)
    #expect(
      !shown.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" || $0 == "\u{202E}" })
    #expect(
      shown.split(separator: "\n")[0] == "error[P0103]: unknown name `\u{FFFD}[2J\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}`")
  }

  @Test("colours with sixteen colours, and only the paint differs")
  func colours() {
    let plain = render("  when blance", marked: "blance", label: "not known", notes: ["n"], help: "h")
    let painted = render("  when blance", marked: "blance", label: "not known", notes: ["n"], help: "h", color: true)
    #expect(painted.hasPrefix("\u{1B}[1;31merror[P0103]\u{1B}[0m\u{1B}[1m: wrong\u{1B}[0m\n"))
    #expect(painted.contains("\u{1B}[1;34m 1 |\u{1B}[0m   when blance"))
    #expect(painted.contains("\u{1B}[1;31m^^^^^^ not known\u{1B}[0m"))
    #expect(painted.contains("\u{1B}[1;32mhelp\u{1B}[0m: h"))
    var stripped = painted
    for style in ["1;31", "1;33", "1;34", "1;32", "1", "0"] {
      stripped = stripped.split(separator: "\u{1B}[\(style)m", omittingEmptySubsequences: false).joined()
    }
    #expect(stripped == plain)
    #expect(!plain.contains("\u{1B}"))
  }

  @Test("shows all, with the counts")
  func all() {
    var sources = SourceMap()
    let number = sources.add(Source(name: "a", text: "xyz"))
    let renderer = Renderer(sources: sources)
    var all = DiagnosticList()
    #expect(renderer.render(all) == "")
    all.append(
      Diagnostic(code: "T2", severity: .warning, message: "second", span: Span(source: number, start: 2, end: 3)))
    all.append(Diagnostic(code: "T1", message: "first", span: Span(source: number, start: 0, end: 1)))
    #expect(
      renderer.render(all) == """
        error[T1]: first
          --> a:1:1
           |
         1 | xyz
           | ^

        warning[T2]: second
          --> a:1:3
           |
         1 | xyz
           |   ^

        1 error, 1 warning
        """)
  }

  @Test("shows twenty, errors before warnings, and says how many more")
  func many() {
    var all = DiagnosticList()
    for index in 0..<30 { all.append(Diagnostic(code: "W", severity: .warning, message: "w\(index)", span: .none)) }
    for index in 0..<3 { all.append(Diagnostic(code: "E", message: "e\(index)", span: .none)) }
    all.append(Diagnostic(code: "N", severity: .note, message: "n", span: .none))
    let blocks = Renderer(sources: SourceMap()).render(all).split(separator: "\n\n").map(String.init)
    #expect(blocks.count == DiagnosticList.shownAtMost + 1)
    #expect(blocks.prefix(17) == (0..<17).map { "warning[W]: w\($0)" }[...])
    #expect(blocks[17..<20] == ["error[E]: e0", "error[E]: e1", "error[E]: e2"])
    #expect(blocks.last == "and 14 more\n3 errors, 30 warnings, 1 note")
  }

  @Test("shows any bytes and any span")
  func hostile() {
    var (random, seed) = seededGenerator("renderer")
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...400, using: &random)
      let kinds: [ClosedRange<UInt8>] = [0...255, 0x20...0x7E, 0x80...0xBF, 0xE0...0xF4, 0x09...0x0D]
      let bytes = (0..<count).map { _ in
        UInt8.random(in: kinds.randomElement(using: &random) ?? 0...255, using: &random)
      }
      var sources = SourceMap()
      let number = sources.add(Source(name: "a", bytes: bytes))
      func anySpan() -> Span {
        let reach = Int32(count + 3)
        return Span(
          source: number + Int32.random(in: -1...1, using: &random) % 2,
          start: Int32.random(in: -3...reach, using: &random),
          end: Int32.random(in: -3...reach, using: &random))
      }
      let width = Int.random(in: 0...200, using: &random)
      let diagnostic = Diagnostic(
        code: "T", message: "m", span: anySpan(),
        labels: [Label(span: anySpan(), message: "l"), Label(span: anySpan(), message: "")])
      let shown = Renderer(sources: sources, width: width).render(diagnostic)
      for line in shown.split(separator: "\n") {
        #expect(line.unicodeScalars.last != " ", "PAYG_SEED=\(seed)")
        #expect(
          !line.unicodeScalars.contains { $0.properties.generalCategory == .control }, "PAYG_SEED=\(seed)")
      }
    }
  }

  @Test(
    "shows a place in one line of a megabyte",
    arguments: ["a", "\t", "漢", "e\u{301}\u{301}\u{301}", "\u{200B}", "\u{1}"])
  func megabyte(piece: String) {
    let line = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
    let shown = render(line + "X" + line, marked: "X")
    let lines = shown.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[3].contains("X") && lines[4].contains("^"))
    #expect(lines[3].utf8.count < 5_000)
  }
}

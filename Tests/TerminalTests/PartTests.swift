import Foundation
import Testing

@testable import Terminal

/// The parts of the editor that need no terminal.
@Suite("Line editor: parts")
struct PartTests {
  // MARK: - Prompts

  @Test("escapes stand between marks, never next to each other, never last, and a blank ends it")
  func marksPrompt() {
    func marked(_ text: String, colors: Bool = true) -> String { LineEditor.text(Prompt.marked(text, colors: colors)) }
    let red = "\u{1B}[31m"
    let off = "\u{1B}[0m"
    #expect(marked("payg> ") == "payg> ")
    #expect(marked("payg>") == "payg> ")
    #expect(marked("\(red)payg\(off)> ") == "\u{1}\(red)\u{1}payg\u{1}\(off)\u{1}> ")
    #expect(marked("\(red)payg> \(off)") == "\u{1}\(red)\u{1}payg>\u{1}\(off)\u{1} ")
    #expect(marked("\(red)\u{1B}[1mpayg> \(off)\(off)") == "\u{1}\(red)\u{1B}[1m\u{1}payg>\u{1}\(off)\(off)\u{1} ")
    #expect(marked("\(red)payg> \(off)", colors: false) == "payg> ")
    // What moves the cursor does not come through, nor does what would end a mark.
    #expect(marked("a\u{1B}[2Jb\u{1}c\nd\u{1B}") == "ab\u{FFFD}c\u{FFFD}d ")
    #expect(marked("") == " ")
    #expect(LineEditor.text(Prompt.plain("\(red)payg\(off)> ")) == "payg> ")
  }

  // MARK: - Keys

  final class Script: ByteFeed {
    var steps: [Fed]
    init(_ steps: [Fed]) { self.steps = steps }
    func more(within milliseconds: Int32) -> Fed {
      if steps.isEmpty { return .ended }
      // Who would wait for ever does not see that nothing came for a while.
      if milliseconds < 0 { while steps.count > 1 && steps[0] == .late { steps.removeFirst() } }
      return steps.removeFirst()
    }
  }

  static func events(_ steps: [Fed], namesAll: Bool = false) -> [KeyReader.Event] {
    var reader = KeyReader(Script(steps))
    reader.namesAll = namesAll
    var events: [KeyReader.Event] = []
    while true {
      let event = reader.next()
      if event == .ended { return events }
      events.append(event)
    }
  }

  static func text(_ bytes: [UInt8]) -> String {
    LineEditor.text(
      events([.bytes(bytes)]).map { event in
        if case .key(let scalar) = event { scalar } else { "!" }
      })
  }

  @Test("UTF-8 is read, however it is cut, and nothing that is not UTF-8 is lost")
  func decodes() {
    let text = "aé語👩‍💻\u{7F}\u{1}"
    #expect(PartTests.text(Array(text.utf8)) == text)
    let cut = text.utf8.flatMap { [Fed.woken, .bytes([$0])] }
    #expect(PartTests.events(cut).filter { $0 != .woken } == text.unicodeScalars.map { .key($0) })
    #expect(PartTests.text([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
    #expect(PartTests.text([0xC3, 0x61]) == "\u{FFFD}a")
    // Too long a form, a surrogate, a control of the upper half, beyond the last scalar, cut off.
    #expect(PartTests.text([0xC0, 0x80]) == "\u{FFFD}\u{FFFD}")
    #expect(PartTests.text([0xE0, 0x80, 0x80]) == "\u{FFFD}")
    #expect(PartTests.text([0xED, 0xA0, 0x80]) == "\u{FFFD}")
    #expect(PartTests.text([0xC2, 0x80]) == "\u{FFFD}")
    #expect(PartTests.text([0xF4, 0x90, 0x80, 0x80]) == "\u{FFFD}")
    #expect(PartTests.text([0x61, 0xE8, 0xAA]).hasPrefix("a\u{FFFD}"))
  }

  @Test("every byte gives a key and stops nobody")
  func survivesBytes() {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
    print("seed \(seed)")
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<2000 {
      let bytes = (0..<random(40)).map { _ in random(3) == 0 ? [0x1B, 0x5B, 0x4F, 0x7E][random(4)] : UInt8(random(256))
      }
      for namesAll in [false, true] {
        for event in PartTests.events([.bytes(bytes)], namesAll: namesAll) {
          // Names of ours never come from a character.
          if case .key(let scalar) = event { #expect(!(0x80..<0xA0).contains(scalar.value), "seed \(seed)") }
        }
      }
    }
  }

  @Test("a paste is known by its mark; other sequences only where they are named")
  func sequences() {
    func bytes(_ text: String) -> Fed { .bytes(Array(text.utf8)) }
    #expect(PartTests.events([bytes("\u{1B}[200~")]) == [.ours(.paste)])
    #expect(PartTests.events([bytes("\u{1B}[2"), bytes("00~")]) == [.ours(.paste)])
    let up = "\u{1B}[A".unicodeScalars.map { KeyReader.Event.key($0) }
    #expect(PartTests.events([bytes("\u{1B}[A")]) == up)
    #expect(
      PartTests.events([bytes("\u{1B}[A\u{1B}OC\u{1B}[1;5D")], namesAll: true) == [
        .ours(.up), .ours(.right), .ours(.wordLeft),
      ])
    // Escape alone, Escape and a letter, and a sequence that means nothing.
    #expect(PartTests.events([bytes("\u{1B}"), .late, bytes("[A")], namesAll: true).first == .key("\u{1B}"))
    #expect(PartTests.events([bytes("\u{1B}k")], namesAll: true) == [.key("\u{1B}"), .key("k")])
    #expect(PartTests.events([bytes("\u{1B}[99;99Zx")], namesAll: true) == [.key("x")])
  }

  @Test("between the parts of a key is no place for another")
  func isInside() {
    var reader = KeyReader(Script([.bytes(Array("a\u{1B}[1;2Cb\u{18}\u{5}\u{1B}hc\u{16}\u{3}d".utf8))]))
    var inside = ""
    while reader.next() != .ended { inside += reader.isInside ? "+" : "-" }
    // a, six parts of a sequence, b, Ctrl-X Ctrl-E, Escape h, c, Ctrl-V Ctrl-C, d
    #expect(inside == "-" + "+++++-" + "-" + "+-" + "+-" + "-" + "+-" + "-")
  }

  @Test("a paste ends at its mark, at the end of the input or at Ctrl-C, and is bounded")
  func pastes() {
    func paste(_ steps: [Fed], limit: Int = 100, interrupted: Bool = false) -> [UInt8]? {
      var reader = KeyReader(Script(steps))
      return reader.paste(limit: limit) { interrupted }
    }
    func bytes(_ text: String) -> Fed { .bytes(Array(text.utf8)) }
    #expect(paste([bytes("a\u{1B}[20"), bytes("1~b")]) == Array("a".utf8))
    #expect(paste([bytes("a\u{1B}[201"), bytes("x")]) == Array("a\u{1B}[201x".utf8))
    #expect(paste([bytes("a"), .woken, bytes("b\u{1B}[201~")]) == Array("ab".utf8))
    #expect(paste([bytes("a"), .woken, bytes("b")], interrupted: true) == [])
    #expect(paste([bytes(String(repeating: "x", count: 100) + "\u{1B}[201~")])?.count == 100)
    #expect(paste([bytes(String(repeating: "x", count: 107) + "\u{1B}[201~")]) == nil)
    func cleaned(_ text: String) -> String { LineEditor.text(Paste.cleaned(Array(text.utf8))) }
    #expect(cleaned("a\tb\r\nc\rd\ne\n\r\n") == "a b\nc\nd\ne")
    #expect(cleaned("\r\n\r\na") == "\n\na")
    #expect(cleaned("a\0b\u{1B}c\u{202E}d") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d")
    #expect(Paste.cleaned([0xFF]) == ["\u{FFFD}"])
  }

  // MARK: - Layout

  @Test("rows and columns are those of libedit")
  func layouts() {
    func place(_ text: String, _ cursor: Int, columns: Int = 10) -> [Int] {
      let layout = Layout(
        prompt: Array("> ".unicodeScalars), text: Array(text.unicodeScalars), cursor: cursor, columns: columns)
      return [layout.cursor.row, layout.cursor.column, layout.end.row, layout.end.column]
    }
    #expect(place("", 0) == [0, 2, 0, 2])
    #expect(place("abc", 1) == [0, 3, 0, 5])
    #expect(place("12345678", 8) == [1, 0, 1, 0])
    #expect(place("123456789", 7) == [0, 9, 1, 1])
    #expect(place("ab\ncd", 4) == [1, 1, 1, 2])
    _ = cedit()
    #expect(place("1234567語", 8) == [1, 2, 1, 2])
    #expect(place("\u{1}", 1) == [0, 4, 0, 4])
    #expect(place("\t", 1, columns: 20) == [0, 8, 0, 8])
  }

  /// Wide letters are wide only in a character set that has them.
  private func cedit() -> Bool { Glyphs.prepare() }

  @Test("texts are cut to columns")
  func clips() {
    _ = cedit()
    #expect(Glyphs.clipped("abc", columns: 3) == "abc")
    #expect(Glyphs.clipped("abcd", columns: 3) == "ab…")
    #expect(Glyphs.clipped("日本語", columns: 5) == "日本…")
    #expect(Glyphs.clipped("a\u{1B}[2J", columns: 9) == "a\u{FFFD}[2J")
    #expect(Glyphs.clipped("abc", columns: 0) == "")
  }

  // MARK: - Rows

  static let rows = Rows(marker: Array("..> ".unicodeScalars))

  static func settled(_ before: String, _ from: Int, _ after: String, _ cursor: Int) -> String? {
    rows.settled(
      Array(after.unicodeScalars), cursor: cursor, before: (Array(before.unicodeScalars), from)
    ).map { entry, cursor in
      LineEditor.text(entry[..<cursor]) + "|" + LineEditor.text(entry[cursor...])
    }
  }

  @Test("markers come and go with their lines, and the cursor is never in one")
  func settles() {
    let rows = PartTests.rows
    let entry = Array("a\nb\n\nc".unicodeScalars)
    let marked = rows.marked(entry)
    #expect(LineEditor.text(marked) == "a\n..> b\n..> \n..> c")
    for cursor in 0...entry.count {
      let (back, place) = rows.entry(marked, cursor: rows.place(cursor, of: entry))
      #expect(back == entry && place == cursor)
    }
    #expect(PartTests.settled("a\n..> b", 6, "a\n..> b", 6) == nil)
    // Into the marker, from the right and from the left.
    #expect(PartTests.settled("a\n..> b", 6, "a\n..> b", 5) == "a|\nb")
    #expect(PartTests.settled("a\n..> b", 1, "a\n..> b", 2) == "a\n|b")
    #expect(PartTests.settled("a\n..> b", 7, "a\n..> b", 3) == "a|\nb")
    // Deleted into the marker: one line. Deleted the line feed: one line.
    #expect(PartTests.settled("a\n..> b", 6, "a\n..>b", 5) == "a|b")
    #expect(PartTests.settled("a\n..> b", 6, "a\nb", 2) == "a|b")
    #expect(PartTests.settled("a\n..> b", 1, "a..> b", 1) == "a|b")
    // Lines that came without markers, from the history.
    #expect(PartTests.settled("x", 1, "a\nb", 3) == "a\nb|")
    #expect(PartTests.settled("", 0, "a\n\nb", 1) == "a|\n\nb")
  }

  @Test("up and down keep the column where they can")
  func vertical() {
    let entry = Array("abc\n\nwxyz".unicodeScalars)
    #expect(Rows.vertical(entry, cursor: 8, up: true) == 4)
    #expect(Rows.vertical(entry, cursor: 4, up: true) == 0)
    #expect(Rows.vertical(entry, cursor: 2, up: true) == nil)
    #expect(Rows.vertical(entry, cursor: 2, up: false) == 4)
    #expect(Rows.vertical(entry, cursor: 4, up: false) == 5)
    #expect(Rows.vertical(entry, cursor: 9, up: false) == nil)
    #expect(Rows.vertical(Array("ab\nwxyz".unicodeScalars), cursor: 7, up: true) == 2)
  }

  // MARK: - Undo and recall

  @Test("letters are undone a word at a time, and steps are bounded")
  func undoes() {
    var steps = UndoSteps()
    func note(_ text: String) { steps.note(Array(text.unicodeScalars), cursor: text.unicodeScalars.count) }
    for end in 1...8 { note(String("why this".prefix(end))) }
    note("")
    #expect(steps.undo().map { LineEditor.text($0.text) } == "why this")
    #expect(steps.undo().map { LineEditor.text($0.text) } == "why ")
    #expect(steps.undo().map { LineEditor.text($0.text) } == "why")
    #expect(steps.undo().map { LineEditor.text($0.text) } == "")
    #expect(steps.undo() == nil)
    for number in 0..<500 { note("\(number) x \(number)") }
    var count = 0
    while steps.undo() != nil { count += 1 }
    #expect(count == InputLimit.undone)
  }

  @Test("older and newer lines, with what was being written at the end")
  func recalls() {
    var recall = Recall(["why a", "show", "why b"])
    #expect(recall.step(from: "draft", older: false) == nil)
    #expect(recall.step(from: "draft", older: true) == "why b")
    #expect(recall.step(from: "why b", older: true) == "show")
    #expect(recall.step(from: "show", older: false) == "why b")
    #expect(recall.step(from: "why b", older: false) == "draft")
    #expect(recall.step(from: "draft", beginning: "why", older: true) == "why b")
    #expect(recall.step(from: "why b", beginning: "why b", older: true) == "why a")
    #expect(recall.step(from: "why a", beginning: "why a", older: true) == nil)
    #expect(recall.step(from: "why a", beginning: "why a", older: false) == "why b")
    // An edited line is the new draft.
    #expect(recall.step(from: "edited", older: true) == "why b")
    #expect(recall.step(from: "why b", older: false) == "edited")
    #expect(recall.add("x") && !recall.add("x") && !recall.add(""))
    #expect(recall.suggestion(for: "why") == "why b")
    #expect(recall.suggestion(for: "") == nil && recall.suggestion(for: "why b") == nil)
  }
}

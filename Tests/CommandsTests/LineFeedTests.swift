import Testing

@testable import Commands
@testable import Shell

/// Lines from standard input, in the groups they arrive in.
@Suite("Line feed")
struct LineFeedTests {
  /// Gives its pieces one by one; an empty one is a moment in which nothing is there.
  final class Pipe: TextFeed {
    var pieces: [String]
    /// How often somebody waited.
    var waits = 0

    init(_ pieces: [String]) { self.pieces = pieces }

    func next(waits: Bool) -> [UInt8]? {
      while true {
        guard let piece = pieces.first else { return nil }
        if waits { self.waits += 1 }
        pieces.removeFirst()
        if piece.isEmpty, waits { continue }
        return Array(piece.utf8)
      }
    }
  }

  static func groups(_ pieces: [String], atMost limit: Int = 100) -> [[String]] {
    var feed = LineFeed(Pipe(pieces))
    var groups: [[String]] = []
    while let group = feed.group(atMost: limit) {
      groups.append(
        group.map { "\($0.number):" + ($0.bytes.map { String(decoding: $0, as: UTF8.self) } ?? "too long") })
    }
    return groups
  }

  @Test("what is there is one group, and nobody waits for more")
  func grouping() {
    #expect(Self.groups(["a\nb\n", "", "c\n"]) == [["1:a", "2:b"], ["3:c"]])
    #expect(Self.groups(["a\nb\n", "c\n"]) == [["1:a", "2:b", "3:c"]])
    #expect(Self.groups(["a\n", "b", "", "c\nd\n"]) == [["1:a"], ["2:bc", "3:d"]])
    #expect(Self.groups([]) == [])
  }

  @Test("a group has at most so many lines, and the rest comes next")
  func limit() {
    #expect(Self.groups(["1\n2\n3\n4\n5\n"], atMost: 2) == [["1:1", "2:2"], ["3:3", "4:4"], ["5:5"]])
    #expect(Self.groups(["1\n2\n3\n"], atMost: 1) == [["1:1"], ["2:2"], ["3:3"]])
  }

  @Test("line ends, empty lines and a last line without an end")
  func ends() {
    #expect(Self.groups(["a\r\n\n \t\nb"]) == [["1:a", "4:b"]])
    #expect(Self.groups(["a"]) == [["1:a"]])
    #expect(Self.groups(["\n\n"]) == [])
    #expect(Self.groups(["a\n\n"]) == [["1:a"]])
  }

  @Test("a line that is too long is passed over, wherever it is cut, and the next is read")
  func tooLong() {
    let long = String(repeating: "x", count: LineFeed.lineLimit + 1)
    #expect(Self.groups([long + "\nb\n"]) == [["1:too long", "2:b"]])
    #expect(Self.groups(["a\n" + long, long, "x\nb\n"]) == [["1:a", "2:too long", "3:b"]])
    #expect(Self.groups([long, long]) == [["1:too long"]])
    let fits = String(repeating: "x", count: LineFeed.lineLimit)
    #expect(Self.groups([fits + "\n"]) == [["1:" + fits]])
  }

  @Test("every way to cut a text gives the same lines")
  func cuts() {
    let text = "one\n\ntwo\r\nthree"
    let whole = Self.groups([text]).flatMap { $0 }
    #expect(whole == ["1:one", "3:two", "4:three"])
    for cut in 0...text.utf8.count {
      let bytes = Array(text.utf8)
      let parts = [bytes[..<cut], bytes[cut...]].map { String(decoding: $0, as: UTF8.self) }
      #expect(Self.groups(parts).flatMap { $0 } == whole, "cut at \(cut)")
    }
  }
}

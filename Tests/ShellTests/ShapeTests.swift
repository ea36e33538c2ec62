import Testing

@testable import Shell

@Suite("What may follow a verb")
struct ShapeTests {
  private func match(_ shape: String, _ line: String) -> Shape.Match { Shape(shape).match(Words(line), from: 0) }

  @Test(
    "words go to the places of a shape",
    arguments: [
      ("[ACCOUNT] [for PERIOD] [by day|week]", "", ""),
      ("[ACCOUNT] [for PERIOD] [by day|week]", "acme", "ACCOUNT=acme"),
      ("[ACCOUNT] [for PERIOD] [by day|week]", "for last month", "PERIOD=last month"),
      (
        "[ACCOUNT] [for PERIOD] [by day|week]", "acme for last 7 days by week",
        "ACCOUNT=acme PERIOD=last 7 days by week"
      ),
      ("[ACCOUNT] [for PERIOD] [by day|week]", "'for' by day", "ACCOUNT=for by day"),
      ("EVENT [of ACCOUNT]", "'my id' of acme", "EVENT=my id of ACCOUNT=acme"),
      (
        "[ACCOUNT] CHANGE", "acme request costing $5, key \"a b\"",
        "ACCOUNT=acme CHANGE=request costing $5, key \"a b\""
      ),
      ("[N x] CHANGE", "30 x request", "N=30 x CHANGE=request"),
      ("to TIME", "to 2026-10-15 14:02", "to TIME=2026-10-15 14:02"),
    ])
  func words(shape: String, line: String, expected: String) throws {
    let arguments = try #require(match(shape, line).arguments)
    var parts = arguments.values.map { (at: $0.range.lowerBound, text: "\($0.place.rawValue)=\($0.text)") }
    let all = Words(line).words
    for word in arguments.fixed where word != "for" {
      if let place = all.first(where: { $0.text == word && !$0.isQuoted }) {
        parts.append((at: place.range.lowerBound, text: word))
      }
    }
    #expect(parts.sorted { $0.at < $1.at }.map(\.text).joined(separator: " ") == expected)
  }

  @Test(
    "what does not fit says how far it came and what could stand there",
    arguments: [
      ("[ACCOUNT] [for PERIOD]", "acme fro", 1, "`for`"),
      ("[ACCOUNT] [for PERIOD]", "acme for", 2, "a period such as `last month`"),
      ("[ACCOUNT] [for PERIOD]", "acme for ever", 2, "a period such as `last month`"),
      ("EVENT", "", 0, "the id of an event"),
      ("EVENT", "a b", 1, ""),
      ("by day|week", "by dya", 1, "`day` or `week`"),
    ])
  func misfits(shape: String, line: String, reached: Int, expected: String) {
    let found = match(shape, line)
    #expect(found.arguments == nil)
    #expect(found.reached == reached)
    #expect(Shape.text(of: found.expected) == expected)
  }

  @Test("a hint shows what is still to come, in the words of the shape")
  func hints() {
    let shape = Shape("[ACCOUNT] [for PERIOD] [by day|week]")
    #expect(shape.rest(behind: Words("spend "), from: 1) == "[ACCOUNT] [for PERIOD] [by day|week]")
    #expect(shape.rest(behind: Words("spend acme "), from: 1) == "[for PERIOD] [by day|week]")
    #expect(shape.rest(behind: Words("spend acme for "), from: 1) == "PERIOD [by day|week]")
    #expect(shape.rest(behind: Words("spend acme by "), from: 1) == "day|week")
    #expect(shape.rest(behind: Words("spend acme for today by day "), from: 1).isEmpty)
  }

  @Test("every shape of every verb can be read, and every example of every verb fits it")
  func everyVerb() throws {
    #expect(Verbs.all.count > 30)
    for verb in Verbs.all {
      for example in verb.examples where !LineCutter.beginsSQL(example) {
        let words = Words(example)
        let found = try #require(Verbs.find(words.words), "\(example)")
        #expect(found.verb.name == verb.name, "\(example) is an example of \(verb.name)")
        let tail = try Tail(words, of: verb, branches: ["try"])
        #expect(
          verb.shape.match(tail.words, from: found.count).arguments != nil, "\(example) does not fit \(verb.shape.text)"
        )
      }
    }
  }

  @Test("no two verbs have one name")
  func names() {
    let names = Verbs.all.map(\.name)
    #expect(Set(names).count == names.count, "\(names.filter { name in names.count { $0 == name } > 1 })")
  }
}

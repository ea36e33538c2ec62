import Foundation
import Testing

@testable import Shell

/// What stands in quotes behind `compare`.
@Suite("Supposing")
struct SupposingTests {
  private static func completions(_ line: String) throws -> (start: Int, words: [String]) {
    let found = try Typed().session.completions(of: line, at: line.utf8.count)
    return (found.start, found.candidates.map(\.text))
  }

  @Test("Tab knows fields, models, events and what may follow them")
  func completes() throws {
    #expect(try Self.completions("compare current 'mod").words == ["model"])
    #expect(try Self.completions("compare current 'mod").start == "compare current '".utf8.count)
    #expect(try Self.completions("compare 'outp").words == ["output"])
    #expect(try Self.completions("compare 'output at most 500, ca").words.contains("cached"))
    #expect(try Self.completions("compare 'output ").words == ["is", "at most", "at least"])
    #expect(try Self.completions("compare 'model ").words == ["is"])
    #expect(try Self.completions("compare 'output at ").words == ["most", "least"])
    let models = try Self.completions("compare 'model is gpt-4o-mi")
    #expect(models.words.contains("gpt-4o-mini") && models.words.allSatisfy { $0.hasPrefix("gpt-4o-mi") })
    #expect(models.start == "compare 'model is ".utf8.count)
    #expect(try Self.completions("compare 'cached at least 60% o").words == ["of"])
    #expect(try Self.completions("compare 'cached at least 60% of inp").words == ["input"])
    #expect(try Self.completions("compare 'output at most 5 w").words == ["where"])
    #expect(try Self.completions("compare 'output at most 5 where acc").words == ["account"])
    #expect(try Self.completions("compare 'output at most 5 where model is no").words.contains("none"))
    #expect(try Self.completions("compare 'never subs").words == ["subscribe"])
    #expect(try Self.completions("compare current 'first subscribe quota $20 ra").words == ["rate"])
    #expect(try Self.completions("compare current 'first fallback.en").words == ["fallback.enabled"])
    #expect(try Self.completions("compare 'fee ").words == ["$20 each month"])
    #expect(try Self.completions("compare 'fee $7 ").words == ["each month"])
    #expect(try Self.completions("compare 'limits.spending_limit de").words == ["default"])
    #expect(try Self.completions("compare 'curr").words == ["current"])
    // A third is none, and nothing is supposed elsewhere.
    #expect(try Self.completions("compare current current 'mod").words.isEmpty)
    #expect(try Self.completions("show 'mod").words.isEmpty)
  }

  @Test("what is half written says how it goes on")
  func hints() throws {
    let session = try Typed().session
    #expect(session.hint(for: "compare 'output ")?.text == "is|at most|at least VALUE")
    #expect(session.hint(for: "compare current 'fee ")?.text == "AMOUNT each month")
    #expect(session.hint(for: "compare current 'fee $3 ")?.text == "each month")
    #expect(session.hint(for: "compare 'first ")?.text == "EVENT or SETTING VALUE")
    #expect(session.hint(for: "compare 'never ")?.text == "EVENT [where NAME is VALUE]")
    #expect(session.hint(for: "compare 'out") == nil)
    #expect(session.hint(for: "balance 'fee ") == nil)
  }

  @Test("help has an example of each, and all of them run")
  func help() throws {
    let card = try Typed().type(".help compare")
    for words in [
      "model is gpt-4o-mini", "output at most 500", "cached at least 60% of input", "first subscribe",
      "fee $16 each month", "never subscribe",
    ] {
      #expect(card.contains(words), "\(words)\n\(card)")
    }
    for example in Verb.compare.examples {
      let typed = try Typed()
      let text = typed.type(example)
      #expect(typed.status == .answered, "\(example)\n\(text)")
      #expect(typed.type("affected").contains("pays_b"))
    }
  }
}

import Diagnostics
import Testing

@Suite("suggestion")
struct SuggestionTests {
  @Test(
    "finds the nearest name",
    arguments: [
      ("blance", ["balance", "quota", "enabled"], "balance"),
      ("qouta", ["balance", "quota"], "quota"),
      ("balanec", ["balance"], "balance"),
      ("spendinglimit", ["spending_limit", "key_limit"], "spending_limit"),
      ("enbaeld", ["enabled"], "enabled"),
      ("xxxxxxx", ["balance", "quota"], nil),
      ("plan", ["pla", "plans", "clan"], "plans"),
      ("pan", ["plan"], "plan"),
      ("abcd", ["abxy"], nil),
      ("abcde", ["abcxy"], "abcxy"),
      ("limit", ["limbo", "limits", "remit"], "limits"),
      ("x", ["y", "z"], nil),
      ("", ["a", "ab"], nil),
      ("naïve", ["naive"], "naive"),
    ] as [(String, [String], String?)])
  func nearest(word: String, candidates: [String], expected: String?) {
    #expect(Suggestion.nearest(word, in: candidates) == expected)
    #expect(Suggestion.nearest(word, in: candidates.reversed()) == expected)
  }

  @Test("ranks by slips, then by a common beginning, then by the alphabet")
  func ranked() {
    let names = ["cat_b", "bat_a", "cat_c", "cat_a", "cat_a", "cab_z", "dog_x"]
    #expect(Suggestion.ranked("cat_x", in: names, limit: 9) == ["cat_a", "cat_b", "cat_c", "cab_z", "bat_a"])
    #expect(Suggestion.ranked("cat_x", in: names, limit: 2) == ["cat_a", "cat_b"])
    #expect(Suggestion.ranked("cat_x", in: names, limit: 0) == [])
    #expect(Suggestion.ranked("cat_x", in: names, limit: -1) == [])
  }

  @Test("compares no word longer than a name may be")
  func long() {
    let longest = String(repeating: "a", count: Suggestion.longestWord)
    #expect(Suggestion.nearest(longest, in: [longest.dropLast() + "b"]) != nil)
    #expect(Suggestion.nearest(longest + "a", in: [longest]) == nil)
    let endless = String(repeating: "a", count: 1_000_000)
    #expect(Suggestion.nearest(endless, in: [endless]) == nil)
    #expect(Suggestion.nearest("abc", in: [endless]) == nil)
  }
}

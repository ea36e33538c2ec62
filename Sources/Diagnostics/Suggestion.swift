/// Finds the name that was probably meant.
///
/// Nearness is counted in slips: a letter too many, one missing, one wrong, or two neighbours swapped
/// (the Damerau–Levenshtein distance, each place touched at most once).
public enum Suggestion {
  /// Words longer than this, in letters, are not compared. No name in the language may be longer.
  public static let longestWord = 64

  /// The nearest of the candidates, or nil when none is near.
  public static func nearest(_ word: String, in candidates: some Sequence<String>) -> String? {
    ranked(word, in: candidates, limit: 1).first
  }

  /// The near ones of the candidates, nearest first, at most `limit` of them.
  ///
  /// Near is two slips, or one for a word under five letters, and fewer slips than the word has letters. Of equally
  /// near ones those that begin the same for longer come first, then those earlier in the alphabet.
  public static func ranked(_ word: String, in candidates: some Sequence<String>, limit: Int) -> [String] {
    let letters = Array(word.unicodeScalars.prefix(longestWord + 1))
    guard letters.count <= longestWord, limit > 0 else { return [] }
    let reach = min(letters.count < 5 ? 1 : 2, letters.count - 1)

    var near: [(name: String, slips: Int, shared: Int)] = []
    for name in Set(candidates) {
      let other = Array(name.unicodeScalars.prefix(longestWord + 1))
      guard other.count <= longestWord, abs(other.count - letters.count) <= reach else { continue }
      let slips = distance(letters, other)
      guard slips <= reach else { continue }
      near.append((name, slips, zip(letters, other).prefix { $0 == $1 }.count))
    }
    near.sort { ($0.slips, -$0.shared, $0.name) < ($1.slips, -$1.shared, $1.name) }
    return near.prefix(limit).map(\.name)
  }

  /// The number of slips between two words.
  static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
    // Row by row: `row[j]` is the distance from the first i letters of one word to the first j of the other. A swap
    // looks two rows back.
    var before: [Int] = []
    var above: [Int] = []
    var row = Array(0...second.count)
    for i in first.indices {
      (before, above) = (above, row)
      row[0] = i + 1
      for j in second.indices {
        let wrong = above[j] + (first[i] == second[j] ? 0 : 1)
        var least = min(wrong, above[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          least = min(least, before[j - 1] + 1)
        }
        row[j + 1] = least
      }
    }
    return row[second.count]
  }
}

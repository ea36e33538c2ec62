import Backtest
import Language

extension Words {
  /// The line with quotes around `model is NAME`, whose `is` is the word at a place; nil where it is nothing of that kind.
  func quoting(around place: Int) -> String? {
    guard place > 1, words.indices.contains(place), ["is", "at", "default"].contains(words[place].text),
      let on = words[place...].firstIndex(where: { $0.text == "on" }), words[..<on].allSatisfy({ !$0.isQuoted })
    else { return nil }
    let range = words[place - 1].range.lowerBound..<words[on - 1].range.upperBound
    return Words.text(line, 0..<range.lowerBound) + "'\(Words.text(line, range))'"
      + Words.text(line, range.upperBound..<line.utf8.count)
  }
}

/// What stands in quotes behind `compare`: a policy, and what is supposed besides.
extension Session {
  /// What could stand at the end of such a text; nil where the line has none there.
  ///
  /// - Parameters:
  ///   - begun: the word whose quote nothing closes.
  ///   - words: those before it.
  ///   - line: up to the cursor.
  func supposed(_ begun: Word, behind words: Words, _ line: String) -> Completions? {
    let start = begun.range.lowerBound + 1
    let text = Words.text(line, start..<line.utf8.count)
    guard isSupposing(words.words), let next = candidateWords(behind: text) else { return nil }
    var found = Completions(start: start + next.start)
    let written = Words.text(line, found.start..<line.utf8.count)
    var all = next.words.map { Completions.Candidate($0.text, $0.about) }
    if next.start == 0, !isSafe { all += files(written).filter { $0.text.first != "'" && $0.text.first != "\"" } }
    var seen = Set<String>()
    all = all.filter { seen.insert($0.text).inserted }
    found.candidates = all.filter { $0.text.hasPrefix(written) }
    if found.candidates.isEmpty, !written.isEmpty { found.alike = all.filter { $0.text.contains(written) } }
    if !written.isEmpty || next.start > 0 { found.candidates = Array(found.candidates.prefix(Session.mostSupposed)) }
    return found
  }

  /// Names of models are many.
  private static let mostSupposed = 200

  /// What follows in such a text, shown dimly behind it.
  func supposedHint(_ words: Words) -> (text: String, accepts: String?)? {
    var words = words
    guard let begun = words.words.popLast(), isSupposing(words.words) else { return nil }
    let start = begun.range.lowerBound + 1
    guard start <= words.line.utf8.count,
      let next = candidateWords(behind: Words.text(words.line, start..<words.line.utf8.count)), !next.hint.isEmpty
    else { return nil }
    return (next.hint, nil)
  }

  /// Whether a candidate may stand behind these words.
  private func isSupposing(_ words: [Word]) -> Bool {
    guard let (verb, count) = Verbs.find(words), verb.name == Verb.compare.name else { return false }
    return words.count - count < 2
  }

  private func candidateWords(behind text: String) -> CandidateWords? {
    try? look(Coordinates()) { world in try CandidateWords(behind: text, world.engine.program) }
  }
}

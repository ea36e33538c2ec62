import Values

/// What a plan costs, as somebody writes it: `fee $20 each month`.
enum FeeText {
  /// Nano-dollars.
  static func fee(_ part: CandidateText.Part, _ list: CandidateText) throws(BacktestFault) -> Int64 {
    let example = "fee $20 each month"
    guard let each = part.words.firstIndex(where: { $0.text == "each" }), each > 1 else {
      throw list.fault("a fee is an amount for each month", at: part.range, help: example)
    }
    guard part.words.count == each + 2, part.isWord(each + 1, "month") else {
      throw list.fault(
        "a fee is for each month", at: part.words[each].range.lowerBound..<part.range.upperBound, help: example)
    }
    let range = part.words[1].range.lowerBound..<part.words[each - 1].range.upperBound
    do throws(ValueError) {
      let money = try Money(parsing: list.string(range))
      guard money.nano >= 0 else { throw .outOfRange(list.string(range), of: .money) }
      return money.nano
    } catch {
      throw list.fault("a fee is an amount of money: \(error.message)", at: range, help: example)
    }
  }
}

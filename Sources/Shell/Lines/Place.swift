/// What may stand at a place of a line that is no fixed word. Its name is what help and hints show: `ACCOUNT`.
public enum Place: String, Sendable, Hashable, CaseIterable {
  case account = "ACCOUNT"
  case key = "KEY"
  /// An event by its id, or by `#` and its number in the history; `_` is the last answer, `_3` its third row.
  case event = "EVENT"
  /// An event of the policy by its name: `request`.
  case kind = "KIND"
  case payment = "PAYMENT"
  case rule = "RULE"
  case setting = "SETTING"
  /// Anything of the policy that has a value: `balance`, `limits.payg_spent`.
  case fact = "FACT"
  case period = "PERIOD"
  case time = "TIME"
  case branch = "BRANCH"
  /// `current`, a policy of the store by its hash, a folder of rules, a reform.
  case policy = "POLICY"
  case amount = "AMOUNT"
  case count = "N"
  case name = "NAME"
  case file = "FILE"
  case verb = "VERB"
  case view = "VIEW"
  case mode = "MODE"
  /// The rest of the line, as a scenario has it behind `when`: changes, joined by ` then `.
  case changes = "CHANGE"
  /// The rest of the line, as a scenario has it behind `then`.
  case checks = "CHECK"
  /// The rest of the line: a value as a scenario has it.
  case value = "VALUE"
  /// The rest of the line: a scenario's line.
  case line = "LINE"
  /// The rest of the line, whatever it is.
  case text = "TEXT"

  /// Takes everything that is left of the line.
  var takesRest: Bool { [.changes, .checks, .value, .line, .text].contains(self) }

  /// How many words may belong to it.
  var mostWords: Int {
    switch self {
    case .period: 5
    case .time: 2
    default: 1
    }
  }

  /// Whether these words can be it. What they name is looked up later, so that a wrong name gets a good message.
  func takes(_ words: ArraySlice<Word>) -> Bool {
    guard let first = words.first else { return false }
    switch self {
    case .period: return Period.isPeriod(words.map(\.text))
    case .time: return Moments.isTime(words.map(\.text))
    case .count: return Int(first.text) != nil
    default: return first.isQuoted || !Shape.isFixed(first.text)
    }
  }
}

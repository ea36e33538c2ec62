import Engine
import Language
import Ledger
import Values

/// One thing that is otherwise when an event comes.
enum Change: Sendable, Hashable {
  /// A given field of the event itself, with the caller's word for it.
  case field(Int, Int64, word: String? = nil)
  case setting(Int, key: Int?, Int64)
  /// Another event happens before it.
  case event(Int, [Int64], words: [Int: String] = [:])
  /// It comes later.
  case wait(Int64)
}

extension Question {
  /// The name under which something made up for a question is known: a card nobody has named, somebody who approves.
  static let newCard = "card"
  static let somebody = "somebody"

  /// The event with the fields and the time that changes give it.
  func changed(_ changes: [Change]) -> (input: EventInput, words: [Int: String]) {
    var (input, words) = (self.input, self.words)
    // As something that was not asked before.
    input.id = ""
    for change in changes {
      switch change {
      case .field(let field, let value, let word):
        input.fields[field] = value
        words[field] = word ?? (value == self.input.fields[field] ? self.words[field] : nil)
        let name = program.events[input.event].fields[field].name
        input.labels.removeAll { $0.name == name }
        if let word, program.events[input.event].fields[field].type.base == .name {
          input.labels.append(Transaction.Label(name, word))
        }
      case .wait(let time): input.at = time
      case .setting, .event: break
      }
    }
    return (input, words)
  }

  /// The lines that make the changes, one each; nothing for a change of the event itself.
  func deeds(_ changes: [Change], _ text: LineText) -> [String] {
    let waits = changes.compactMap { if case .wait(let time) = $0 { text.clock(time) } else { nil } }
    return waits
      + changes.compactMap { change in
        switch change {
        case .setting(let setting, let key, let value): text.set(setting, key: key, value)
        case .event(let event, let fields, let words): text.event(event, fields, words: words)
        case .field, .wait: nil
        }
      }
  }

  /// The line of the event itself under these changes.
  func eventLine(_ changes: [Change], _ text: LineText) -> String {
    let (input, words) = changed(changes)
    return text.event(input.event, input.fields, words: words)
  }
}

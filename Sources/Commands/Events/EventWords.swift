import Diagnostics
import Engine
import Formats
import Lab
import Language
import Shell
import Store

/// An event as a command line or a request names it.
struct EventWords {
  var event: String
  var words: [String]

  init(event: String, _ words: [String]) {
    self.event = event
    self.words = words
  }

  /// What the words say, for an account of a store. What is wrong with them is shown.
  func request(on account: String, _ reader: StoreReader, _ console: Console) throws -> EventRun.Request {
    let program = try reader.engine.program
    let keys = try reader.account(account).keyNames
    let declared = program.events[try EventWords.index(of: event, in: program)]
    let texts = Set(declared.fields.prefix(declared.givenCount).filter { $0.type.base.isWord }.map(\.name))
    let text = event + " " + LineWords.text(words) { texts.contains($0) }
    do throws(LineFault) {
      let line = try LineReader(program).event(text, keys: keys, now: reader.now)
      return EventRun.Request(
        event: line.call.event, fields: line.call.fields, id: line.call.id.isEmpty ? nil : line.call.id,
        at: line.statesTime ? line.call.at : nil)
    } catch {
      console.show(error.diagnostics, of: error.sources)
      if declared.takesMoney, !text.contains("$") {
        console.error.write("  a shell takes `$20` for a variable: put amounts into single quotes, '$20'\n")
      }
      throw ShownFault(status: .badCommandLine)
    }
  }

  static func index(of event: String, in program: Program) throws(Complaint) -> Int {
    if let index = program.events.firstIndex(where: { $0.name == event }) { return index }
    let near = Suggestion.nearest(event, in: program.events.map(\.name))
    throw Complaint(
      message: "the policy of the store has no event `\(event)`",
      help: near.map { "did you mean `\($0)`?" } ?? "payg policy lists them", status: .badCommandLine)
  }
}

extension Event {
  /// Whether an amount may be given with it.
  fileprivate var takesMoney: Bool { fields.prefix(givenCount).contains { $0.type.base == .money } }
}

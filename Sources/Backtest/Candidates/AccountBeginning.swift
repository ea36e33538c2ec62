import Diagnostics
import Engine
import Lab
import Language
import Ledger
import Values

/// What accounts are supposed to begin with besides: lines of a scenario, carried out at the time of an account's first event.
public struct AccountBeginning: Sendable {
  private var steps: [Step] = []

  private struct Step {
    /// As it was written, without `first`.
    var text: String
    var deed: Deed
    /// The event that happens, where it is one.
    var event: String?
  }

  private enum Deed {
    /// Most lines mean the same for every account, and are read once.
    case event(EventCall)
    case setting(Int, EventCall.Value)
    case when(String)
    case given(String)
  }

  /// The lines.
  public var lines: [String] { steps.map(\.text) }

  /// The events that happen, by their names.
  var events: [String] { steps.compactMap(\.event) }

  init() {}

  /// Begins an account so.
  ///
  /// - Parameter time: of its first event, in microseconds since 1970.
  /// - Returns: lines that were not carried out, with why.
  func begin(_ opening: inout Opening, under engine: RuleEngine, at time: Int64) -> [String] {
    let simulation = Simulation(opening.account, engine: opening.engine ?? engine, at: time)
    var problems: [String] = []
    for step in steps {
      do throws(SimulationFault) {
        switch step.deed {
        case .event(var call):
          call.at = time
          take(simulation.when(call), step, &problems)
        case .setting(let setting, let value):
          if let refusal = simulation.change(setting: setting, to: value, key: nil, at: time) {
            problems.append("first \(step.text): \(refusal)")
          }
        case .when(let line): take(try simulation.when(line), step, &problems)
        case .given(let line): try simulation.given(line)
        }
      } catch {
        problems.append("first \(step.text): \(error.line?.message ?? error.message)")
      }
    }
    opening.account = simulation.account
    return problems
  }

  private func take(_ answer: SimulatedAnswer, _ step: Step, _ problems: inout [String]) {
    if let refusal = answer.refusal {
      problems.append("first \(step.text): \(refusal)")
    } else if answer.decision != nil, !answer.isAllowed {
      problems.append("first \(step.text): \(answer.summary)")
    }
  }

  // MARK: - Reading

  /// Reads one line more.
  ///
  /// - Parameters:
  ///   - text: what stands behind `first`.
  ///   - engine: of the candidate.
  /// - Returns: what is wrong with it; nil when all is well.
  mutating func add(_ text: String, _ engine: RuleEngine) -> (message: String, help: String?)? {
    let program = engine.program
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first else { return ("nothing stands behind `first`", "first cancel") }
    if ["clock", "at", "table", "provider", "global", "then"].contains(first) {
      return (
        "`\(first)` is nothing that an account begins with",
        "first EVENT, first SETTING VALUE, or first balance is $20; what serves all accounts is changed by a reform"
      )
    }
    let reader = LineReader(program)
    if let event = program.events.first(where: { $0.name == first }) {
      let line = AccountBeginning.separated(text, event)
      // Of one that has a key, each account puts in its own.
      if event.hasKey { return check(.when(line), Step(text: text, deed: .when(line), event: first), engine) }
      do throws(LineFault) {
        let read = try reader.event(line, keys: [], now: AccountBeginning.now)
        guard !read.statesTime else {
          return ("`first` is when an account's first event happens", "leave out `at`")
        }
        steps.append(Step(text: text, deed: .event(read.call), event: first))
        return nil
      } catch {
        return (error.message, error.help)
      }
    }
    if let (setting, value) = AccountBeginning.setting(words, program) {
      guard program.settings[setting].scope != .global else {
        return (
          "`\(program.settings[setting].name)` serves all accounts",
          "\(program.settings[setting].name) default \(value)"
        )
      }
      if program.settings[setting].scope == .account {
        do throws(LineFault) {
          let change = try reader.change(
            "\(program.settings[setting].name) to \(value)", keys: [], now: AccountBeginning.now)
          steps.append(Step(text: text, deed: .setting(change.setting, change.value), event: nil))
          return nil
        } catch {
          return (error.message, error.help)
        }
      }
    }
    let isDeed = first == "set"
    return check(
      isDeed ? .when(text) : .given(text), Step(text: text, deed: isDeed ? .when(text) : .given(text)), engine)
  }

  /// Any time: no line that is read once depends on it.
  private static let now: Int64 = 1_767_225_600_000_000

  /// A line that each account reads for itself is tried on an empty one with a key.
  private mutating func check(_ deed: Deed, _ step: Step, _ engine: RuleEngine) -> (message: String, help: String?)? {
    var account = engine.newAccount()
    account.addKey("k1")
    let simulation = Simulation(account, engine: engine, at: AccountBeginning.now)
    do throws(SimulationFault) {
      switch deed {
      case .when(let line): _ = try simulation.when(line)
      case .given(let line): try simulation.given(line)
      case .event, .setting: break
      }
    } catch {
      // A key is an account's own; whether the line holds for one is found out there.
      let namesKey = step.text.split(separator: " ").contains("key")
      if let line = error.line, !namesKey { return (line.message, line.help) }
    }
    if simulation.engine.globals != engine.globals || simulation.engine.compiled !== engine.compiled {
      return ("`\(step.text)` is about all accounts", "change that with a reform: SETTING default VALUE")
    }
    steps.append(step)
    return nil
  }

  /// The setting that a line states, and its value.
  private static func setting(_ words: [String], _ program: Program) -> (setting: Int, value: String)? {
    var words = words[...]
    if words.first == "set" { words = words.dropFirst() }
    guard let name = words.popFirst(), case .one(.setting(let setting)) = NameIndex(program).find(name) else {
      return nil
    }
    if let next = words.first, ["is", "=", "to"].contains(next) { words = words.dropFirst() }
    guard !words.isEmpty, !words.contains("for") else { return nil }
    return (setting, words.joined(separator: " "))
  }

  /// The line with commas between its fields, which may be left out here: `subscribe quota $50 rate 4/5`.
  static func separated(_ text: String, _ event: Event) -> String {
    let fields = Set(event.fields.prefix(event.givenCount).map(\.name))
    var line: [String] = []
    var isBare = true
    for (place, word) in CandidateText(text, isWhole: true).parts.flatMap(\.words).map(\.text).enumerated() {
      // A name right behind a field's is its value.
      if place > 1, fields.contains(word), !isBare, line.last?.hasSuffix(",") == false {
        line[line.count - 1] += ","
      }
      isBare = fields.contains(word) && (place == 1 || line.last?.hasSuffix(",") == true)
      line.append(word)
    }
    return line.joined(separator: " ")
  }
}

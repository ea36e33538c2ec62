/// One thing that can be asked: its grammar, its help and what answers it.
public struct Verb: Sendable {
  public enum Group: String, Sendable, CaseIterable {
    case why = "Ask why"
    case look = "Look"
    case whatIf = "What if"
    case policy = "Policies"
    case check = "Check"
    case settings = "The shell"
  }

  /// `spend`, `what if`, `.mode`
  public let name: String
  public let group: Group
  public let shape: Shape
  /// One line.
  public let summary: String
  /// More, for the help card.
  public let details: String
  /// Lines that run on the demo store.
  public let examples: [String]
  /// Whether `as of`, `@EVENT`, `on BRANCH` and `under POLICY` may stand behind it.
  public let isQuery: Bool
  /// Whether it is a command of the command line as well.
  public let isCommand: Bool
  /// Flags it knows beside those of every answer: `anyway`.
  let flags: Set<String>
  /// The rest of its line is words: no `>` in it compares anything.
  let restIsPlain: Bool
  let answer: @Sendable (Request, Session) throws -> Answer

  init(
    _ name: String, _ group: Group, _ shape: String = "", summary: String, details: String = "", examples: [String],
    isQuery: Bool = true, isCommand: Bool = true, flags: Set<String> = [], restIsPlain: Bool = false,
    answer: @escaping @Sendable (Request, Session) throws -> Answer
  ) {
    self.name = name
    self.group = group
    self.shape = Shape(shape)
    self.summary = summary
    self.details = details
    self.examples = examples
    self.isQuery = isQuery
    self.isCommand = isCommand
    self.flags = flags
    self.restIsPlain = restIsPlain
    self.answer = answer
  }
}

/// A line that a verb has understood.
public struct Request {
  public var verb: Verb
  public var arguments: Arguments
  public var coordinates: Coordinates
  /// `--chart`, `--all`: flags of the verb that are no output mode.
  public var flags: Set<String> = []
  /// How the answer is going to be printed; nil where nobody said.
  public var mode: Mode?
  /// The line, for carets.
  public var words: Words

  /// A fault about what stands at a place, with a caret below it.
  func complaint(_ message: String, at place: Place, help: String? = nil) -> LineComplaint {
    LineComplaint(message: message, line: words.line, range: arguments.range(place), help: help)
  }
}

/// All verbs, in the order help shows them.
public enum Verbs {
  public static let all: [Verb] = why + look + whatIf + policies + checks + settings

  /// The verb that words begin with, the longest name before shorter ones, and how many words it takes.
  static func find(_ words: [Word]) -> (verb: Verb, count: Int)? {
    var best: (verb: Verb, count: Int)?
    for verb in all {
      let names = verb.name.split(separator: " ").map(String.init)
      guard words.count >= names.count, zip(words, names).allSatisfy({ $0.text == $1 && !$0.isQuoted }) else {
        continue
      }
      if names.count > best?.count ?? 0 { best = (verb, names.count) }
    }
    return best
  }
}

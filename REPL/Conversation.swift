import Commands
import Shell
import Terminal

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Somebody at a terminal and a session: asks for lines until they leave.
final class Conversation {
  private let session: Session
  private let environment: [String: String]
  private var lines: [String] = []

  init(_ session: Session) {
    self.session = session
    environment = ProcessInfo.processInfo.environment
  }

  /// - Returns: what the program tells whoever started it.
  func run() -> ExitStatus {
    Interrupt.install()
    session.console.interrupts = Interrupts(watch: {}, hasCome: { Interrupt.isRaised })
    let assistant = Assistant(session)
    let editor = LineEditor.make(
      programName: "payg", assistant: assistant, history: HistoryFile(environment: environment),
      environment: environment)
    defer { editor.close() }
    surround(editor)
    if let failure = greet() { return failure }
    while true {
      editor.hintsShown = session.settings.showsHints
      editor.allowsPrograms = !session.isSafe
      editor.preset(session.suggestion)
      session.console.out.flush()
      switch editor.next(Prompt(session.prompt)) {
      case .ended: return .answered
      case .interrupted: session.forgetSuggestion()
      case .line(let line):
        let kept = line.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n")
        if !kept.allSatisfy(\.isWhitespace) {
          editor.remember(kept)
          lines.append(kept)
        }
        Interrupt.clear()
        if session.run(kept).leaves { return .answered }
      }
    }
  }

  /// What a session may ask of the terminal.
  private func surround(_ editor: any LineReading) {
    let environment = environment
    session.surroundings.history = { [unowned self] in lines }
    session.surroundings.rows = { TerminalSize.of(1, environment: environment).rows }
    session.surroundings.page = { text in
      editor.pause { Pager.show(text, environment: environment) }
    }
    session.surroundings.edit = { text, name in
      var edited: Result<String?, any Error> = .success(nil)
      editor.pause { edited = Result { try TextEditor.edit(text, suffix: name, environment: environment) } }
      return try edited.get()
    }
  }

  /// Says where this is. A store that cannot be read is said so, and nothing is asked of it.
  ///
  /// - Returns: how that ends; nil where it goes on.
  private func greet() -> ExitStatus? {
    do {
      session.console.out.write(try session.banner(version: Payg.version))
      return nil
    } catch {
      return session.tell(error)
    }
  }
}

/// A session as a line editor asks it. Offsets count scalars there and bytes here.
private final class Assistant: LineAssistant {
  private let session: Session

  init(_ session: Session) { self.session = session }

  func completions(of line: String, cursor: Int) -> CompletionList {
    let found = session.completions(of: line, at: Self.bytes(line, cursor))
    let start = String(decoding: Array(line.utf8.prefix(found.start)), as: UTF8.self).unicodeScalars.count
    return CompletionList(
      start: start, candidates: found.candidates.map(Self.candidate), alike: found.alike.map(Self.candidate))
  }

  private static func candidate(_ found: Completions.Candidate) -> Candidate {
    Candidate(found.text, description: found.description, endsWord: found.endsWord)
  }

  func hint(for line: String) -> Hint? { session.hint(for: line).map { Hint($0.text, accepts: $0.accepts) } }

  func isComplete(_ text: String) -> Bool { session.isComplete(text) }

  func helpCard(for line: String, cursor: Int) -> String? { session.helpCard(for: line, at: Self.bytes(line, cursor)) }

  private static func bytes(_ line: String, _ scalars: Int) -> Int {
    String(String.UnicodeScalarView(line.unicodeScalars.prefix(scalars))).utf8.count
  }
}

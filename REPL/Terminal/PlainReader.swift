import CEdit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads lines without editing them: from a pipe or a file, or from a terminal that can do no more.
public final class PlainReader: LineReading {
  private let assistant: any LineAssistant
  private var history: HistoryFile?
  private let note: (String) -> Void
  private let isTerminal: Bool
  /// Where prompts go: what is written to a file is data. nil: nobody would see them.
  private let promptPlace: Int32?
  private var recall = Recall()
  private var bytes: [UInt8] = []
  private var head = 0
  private var hasEnded = false
  public var hintsShown = false
  public var allowsPrograms = true

  /// - Parameter note: takes what the person at the terminal should know; otherwise standard error does.
  public init(
    assistant: any LineAssistant, history: HistoryFile? = nil, note: ((String) -> Void)? = nil
  ) {
    self.assistant = assistant
    self.history = history
    self.note = note ?? { _ = Pager.write("note: \($0)\n", to: STDERR_FILENO) }
    isTerminal = isatty(STDIN_FILENO) == 1
    promptPlace = isTerminal ? [STDOUT_FILENO, STDERR_FILENO].first { isatty($0) == 1 } : nil
    Interrupt.install()
  }

  public func next(_ prompt: Prompt) -> LineInput {
    Interrupt.clear()
    var text = ""
    var isFirst = true
    while true {
      if let promptPlace {
        cedit_flush()
        let words = LineEditor.text(Prompt.plain(isFirst ? prompt.text : prompt.continuation))
        _ = Pager.write(words.hasSuffix(" ") ? words : words + " ", to: promptPlace)
      }
      switch line() {
      case .interrupted:
        if let promptPlace { _ = Pager.write("\n", to: promptPlace) }
        Interrupt.clear()
        return .interrupted
      case .ended:
        if let promptPlace, isFirst { _ = Pager.write("\n", to: promptPlace) }
        return isFirst ? .ended : .line(text)
      case .line(let line): text += isFirst ? line : "\n" + line
      }
      guard text.unicodeScalars.count <= InputLimit.entry else {
        refuse()
        text = ""
        isFirst = true
        continue
      }
      if assistant.isComplete(text) { return .line(text) }
      isFirst = false
    }
  }

  private func refuse() {
    _ = Pager.write("error: a line is longer than \(InputLimit.entry) characters: not taken\n", to: STDERR_FILENO)
  }

  /// One line of bytes. One that is too long is left out, and said.
  private func line() -> LineInput {
    var isTooLong = false
    var searched = head
    while true {
      if let feed = bytes[searched...].firstIndex(of: 10) {
        let line = bytes[head..<feed]
        head = feed + 1
        if isTooLong {
          refuse()
          isTooLong = false
          searched = head
          continue
        }
        return .line(PlainReader.text(line))
      }
      if bytes.count - head > 4 * InputLimit.entry {
        isTooLong = true
        bytes = []
        head = 0
      }
      if head > 0 {
        bytes.removeFirst(head)
        head = 0
      }
      searched = bytes.count
      if hasEnded {
        if isTooLong { refuse() }
        guard !bytes.isEmpty, !isTooLong else { return .ended }
        defer { bytes = [] }
        return .line(PlainReader.text(bytes[...]))
      }
      switch Int(cedit_wait(STDIN_FILENO, -1)) {
      case CEDIT_READY:
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { hasEnded = true }
        // On a terminal, Ctrl-D ends one line only; a program that asks again gets another.
        if count == 0 && isTerminal && bytes.isEmpty && !isTooLong {
          hasEnded = false
          return .ended
        }
      default:
        if Interrupt.isRaised {
          bytes = []
          return .interrupted
        }
      }
    }
  }

  private static func text(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
  }

  public func remember(_ line: String) {
    guard history != nil, recall.add(line) else { return }
    do {
      try history?.append(line)
    } catch {
      history = nil
      note("\(error.description); this session's lines are not kept")
    }
  }

  /// Nothing is shown before a line is typed.
  public func preset(_ ghost: String?) {}

  public func pause(_ body: () -> Void) {
    body()
    Interrupt.clear()
  }

  public func close() {}
}

import Diagnostics

/// Where a command reads and writes. Commands know no terminal: a test or a shell gives them texts instead.
///
/// What was asked for goes to `out`, all else to `error`.
public struct Console {
  public var out: TextSink
  public var error: TextSink
  /// The whole of standard input.
  public var input: () -> [UInt8]
  /// Standard input piece by piece, for whoever answers before it has ended.
  public var feed: any TextFeed
  public var interrupts: Interrupts
  public var environment: [String: String]
  /// Talks with somebody at a terminal until they leave; nil where there is none.
  public var converse: ((Session) -> ExitStatus)?
  /// The path of the running program.
  public var executable: String

  public init(
    out: TextSink, error: TextSink, input: @escaping () -> [UInt8] = { [] }, feed: any TextFeed = KeptFeed([]),
    interrupts: Interrupts = .none, environment: [String: String] = [:], executable: String = "payg"
  ) {
    self.out = out
    self.error = error
    self.input = input
    self.feed = feed
    self.interrupts = interrupts
    self.environment = environment
    self.executable = executable
  }

  /// A console that keeps what is written.
  public static func kept() -> Console { Console(out: KeptText(), error: KeptText()) }

  /// Whether somebody types and reads.
  public var isConversation: Bool { converse != nil && out.isTerminal }

  public func print(_ line: String) { out.write(line + "\n") }

  /// Writes a mistake of the command's user: `error: there is no …`, and what to do about it.
  public func complain(_ message: String, help: String? = nil) {
    let ink = Ink(error.isColored)
    error.write(ink.red("error") + ": \(ShownText.lines(message))\n")
    if let help { error.write("  " + ink.green("help") + ": \(ShownText.lines(help))\n") }
  }

  public func show(_ diagnostics: DiagnosticList, of sources: SourceMap) {
    let renderer = Renderer(sources: sources, color: error.isColored, width: error.width)
    let text = renderer.render(diagnostics)
    if !text.isEmpty { error.write(text + "\n") }
  }
}

/// Something texts can be written to.
public protocol TextSink: AnyObject {
  var isTerminal: Bool { get }
  var isColored: Bool { get set }
  /// Columns.
  var width: Int { get }
  func write(_ text: String)
  /// Sends on what was written so far.
  func flush()
}

extension TextSink {
  public func flush() {}
}

/// Something texts can be read from, as they come.
public protocol TextFeed: AnyObject {
  /// The next piece; nil at the end. Without waiting it is empty where there is nothing yet.
  func next(waits: Bool) -> [UInt8]?
}

/// A feed of pieces that are there already.
public final class KeptFeed: TextFeed {
  private var pieces: [[UInt8]]

  public init(_ texts: [String]) { pieces = texts.reversed().map { Array($0.utf8) } }

  public func next(waits: Bool) -> [UInt8]? { pieces.popLast() }
}

/// Ctrl-C, for a command that would rather end in good order than at once.
public struct Interrupts {
  /// From now on Ctrl-C is noted instead of ending the program; a second one ends it.
  public var watch: () -> Void
  /// Whether it came since.
  public var hasCome: () -> Bool

  public init(watch: @escaping () -> Void, hasCome: @escaping () -> Bool) {
    self.watch = watch
    self.hasCome = hasCome
  }

  public static var none: Interrupts { Interrupts(watch: {}, hasCome: { false }) }
}

/// A sink that keeps what is written, for tests and for the shell.
public final class KeptText: TextSink {
  public private(set) var text = ""
  public let isTerminal = false
  public var isColored = false
  public let width = 100

  public init() {}

  public func write(_ text: String) { self.text += text }
}

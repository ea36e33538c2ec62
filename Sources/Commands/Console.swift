import Diagnostics

/// Where a command reads and writes. Commands know no terminal: a test or a shell gives them texts instead.
///
/// What was asked for goes to `out`, all else to `error`.
public struct Console {
  public var out: TextSink
  public var error: TextSink
  /// The whole of standard input.
  public var input: () -> [UInt8]
  public var environment: [String: String]
  /// The path of the running program.
  public var executable: String

  public init(
    out: TextSink, error: TextSink, input: @escaping () -> [UInt8] = { [] }, environment: [String: String] = [:],
    executable: String = "payg"
  ) {
    self.out = out
    self.error = error
    self.input = input
    self.environment = environment
    self.executable = executable
  }

  /// A console that keeps what is written.
  public static func kept() -> Console { Console(out: KeptText(), error: KeptText()) }

  public func print(_ line: String) { out.write(line + "\n") }

  /// Writes a mistake of the command's user: `error: there is no …`, and what to do about it.
  public func complain(_ message: String, help: String? = nil) {
    let ink = Ink(error.isColored)
    error.write(ink.red("error") + ": \(message)\n")
    if let help { error.write("  " + ink.green("help") + ": \(help)\n") }
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

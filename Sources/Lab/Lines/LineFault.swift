import Diagnostics

/// Why a line about an account cannot be understood.
public struct LineFault: Error, Sendable, CustomStringConvertible {
  /// What is wrong, the first of it first.
  public var diagnostics: DiagnosticList
  /// The texts it is about: the line, and the rules.
  public var sources: SourceMap

  init(_ diagnostics: [Diagnostic], _ sources: SourceMap) {
    self.diagnostics = DiagnosticList()
    self.diagnostics.append(contentsOf: diagnostics)
    self.sources = sources
  }

  /// The first mistake in one lower-case sentence.
  public var message: String { diagnostics.sorted.first?.message ?? "the line cannot be understood" }

  /// What to write instead, one line.
  public var help: String? { diagnostics.sorted.first?.help }

  /// All mistakes with their places, as they are shown to people.
  public var description: String { Renderer(sources: sources).render(diagnostics) }
}

/// One thing an author should know about what they wrote: what is wrong, where, and what to write instead.
public struct Diagnostic: Hashable, Sendable {
  /// The stable name to look it up by, such as `P0103`.
  public var code: String
  public var severity: Severity
  /// One lower-case sentence with the author's text in backticks and no full stop.
  public var message: String
  /// The place it is about; ``Span/none`` when it is about no place.
  public var span: Span
  /// What stands behind the carets.
  public var label: String?
  /// Other places that matter.
  public var labels: [Label]
  /// Facts that explain it.
  public var notes: [String]
  /// What to do, one line that can be pasted.
  public var help: String?
  /// The change that would put it right, for editors; shown as help when there is no other.
  public var fix: Fix?

  public init(
    code: String, severity: Severity = .error, message: String, span: Span, label: String? = nil,
    labels: [Label] = [], notes: [String] = [], help: String? = nil, fix: Fix? = nil
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.span = span
    self.label = label
    self.labels = labels
    self.notes = notes
    self.help = help
    self.fix = fix
  }
}

/// How much a diagnostic matters.
public enum Severity: String, CaseIterable, Hashable, Sendable {
  /// The text cannot be used.
  case error
  /// The text can be used, and is probably not what was meant.
  case warning
  /// Worth knowing.
  case note
}

/// Another place that matters to a diagnostic, and why.
public struct Label: Hashable, Sendable {
  public var span: Span
  public var message: String

  public init(span: Span, message: String) {
    self.span = span
    self.message = message
  }
}

/// A change to the text: the span gives way to the replacement.
public struct Fix: Hashable, Sendable {
  public var span: Span
  public var replacement: String

  public init(span: Span, replacement: String) {
    self.span = span
    self.replacement = replacement
  }
}

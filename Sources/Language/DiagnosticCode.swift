/// One kind of mistake an author can make: what `payg explain P0101` tells about it.
public struct DiagnosticCode: Sendable, Hashable {
  /// The stable name, such as `P0101`: lexis P00xx, grammar P01xx, checks P02xx, analysis P03xx, scenarios P04xx.
  public let id: String
  /// The mistake in a few words.
  public let title: String
  /// Why it is one and how to put it right, for authors.
  public let explanation: String
  /// A small broken file whose first diagnostic has this code.
  public let example: String
  /// The limits the example is read under; tighter than ``Limits/standard`` where a real case would fill pages.
  public let limits: Limits

  public init(id: String, title: String, explanation: String, example: String, limits: Limits = .standard) {
    self.id = id
    self.title = title
    self.explanation = explanation
    self.example = example
    self.limits = limits
  }

  /// Every code of the language, by id.
  public static let all: [DiagnosticCode] = (syntaxCodes + checkCodes + analysisCodes).sorted { $0.id < $1.id }

  /// The code with this id, or nil.
  public static func named(_ id: String) -> DiagnosticCode? { all.first { $0.id == id } }
}

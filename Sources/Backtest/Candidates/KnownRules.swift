import Lab
import Language

/// Policies that were read, so that several candidates of the same rules read them once. Serves one vocabulary.
public final class KnownRules: Sendable {
  /// Policies kept at most; the sweep of a setting has its own.
  static let most = ComparisonOptions.mostCandidates

  private let known = Guarded<[PolicyTexts: Candidate]>([:])

  public init() {}

  /// The candidate of texts, without anything supposed.
  func candidate(_ name: String, _ texts: PolicyTexts, _ vocabulary: Vocabulary) throws(BacktestFault) -> Candidate {
    if var found = known.with({ $0[texts] }) {
      found.name = name
      return found
    }
    let made = try Candidate(name: name, rules: LoadedRules(texts, vocabulary: vocabulary, depth: .checked))
    known.with { known in if known.count < KnownRules.most { known[texts] = made } }
    return made
  }
}

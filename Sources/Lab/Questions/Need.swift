import Engine
import Language
import Ledger
import Values

/// The smallest change of each thing, alone, that turns the answer to an event: what would have let it pass, or, for one that
/// was allowed, what would have denied it.
///
/// What can be tried is found in the declarations of the rules: fields and keys of the event, settings, events that bring money,
/// events that need nothing said, and time. Every way was carried out with the real engine at its value and one step nearer to
/// how things stand; a number that did not turn the answer there and nowhere nearer is not shown.
///
/// ```swift
/// let need = try Need(question)
/// print(need.text())
/// let again = need.ways.first?.wholeLine  // set limits.spending_limit to $50.05 then request …
/// ```
public struct Need: Sendable {
  /// The answer as it is, at a provider that says what is known of its cards.
  public let answer: Decision
  /// The best first: what the deciding rule reads comes before what only happens to help.
  public private(set) var ways: [Way] = []
  /// What was tried and cannot help, with the reason.
  public private(set) var cannot: [Refused] = []
  /// Two things that help together, looked for only where no single one does.
  public private(set) var pair: TwoWays?
  /// How often the rules were asked.
  public private(set) var probes = 0
  /// The limit of probes was reached: there may be other ways.
  public private(set) var isCutShort = false
  /// Why nothing was looked for: the answer is not one that a change could turn. Nil: it was.
  public private(set) var nothingToTurn: String?

  /// What is printed of the ways unless all are asked for.
  public static let shown = 6
  /// How often the rules are asked at most.
  public static let mostProbes = 20_000
  /// How many of these go to pairs.
  static let pairProbes = 2_000

  /// - Parameters:
  ///   - mostProbes: how often the rules may be asked.
  /// - Throws: where the event itself cannot be decided at all.
  public init(_ question: Question, mostProbes: Int = Need.mostProbes) throws(EngineFault) {
    let (exchange, after) = try question.answer()
    answer = exchange.decision
    if answer.isReplay || answer.verdict == .conflict {
      nothingToTurn = "the id `\(answer.id)` was answered before: send it as a new event, under another id"
      return
    }
    if answer.verdict == .waiting {
      nothingToTurn = "it still waits for the payment provider"
      return
    }
    let explanation = Explanation(answer, by: question.engine, account: after, words: question.labels)
    var search = NeedSearch(question, answer, explanation, Prober(question, limit: mostProbes))
    guard search.startsTheSame else {
      nothingToTurn = "a charge was made for the id `\(answer.id)` before: its answer hangs on that"
      return
    }
    search.run()
    (ways, cannot, pair) = (search.ways, search.cannot, search.pair)
    (probes, isCutShort) = (search.prober.probes, search.isCutShort)
  }

  /// What people read: the ways, then what cannot help.
  ///
  /// - Parameter all: with ways beyond the first few, and every thing that cannot help.
  public func text(all: Bool = false) -> String {
    if let nothingToTurn { return nothingToTurn }
    let other = answer.isAllowed ? "denied" : "allowed"
    var lines: [String] = []
    if ways.isEmpty {
      if let pair {
        lines.append("no single change would have it \(other); two together would:")
        lines.append("  " + pair.text)
      } else {
        lines.append("nothing that was tried would have it \(other)")
      }
    } else {
      lines.append("any one of these would have it \(other), each carried out at its value and one step before it:")
    }
    let listed = all ? ways : Array(ways.filter { !$0.isRemote }.prefix(Need.shown))
    // Where nothing near helps, what is remote is better than nothing.
    let few = listed.isEmpty ? Array(ways.prefix(Need.shown)) : listed
    for (place, way) in few.enumerated() {
      let number = "\(place + 1)"
      lines.append("  " + String(repeating: " ", count: max(0, 2 - number.count)) + number + "  " + way.text)
    }
    let rest = ways.count - few.count
    if rest > 0 { lines.append("      \(rest) more: need … --all") }
    for refused in all ? cannot : Array(cannot.prefix(3)) {
      lines.append("   –  \(refused.name) cannot help: \(refused.reason)")
    }
    if isCutShort {
      lines.append("  the search ended after \(ValueFormatter.grouped("\(probes)")) tries: there may be other ways")
    }
    return lines.joined(separator: "\n")
  }
}

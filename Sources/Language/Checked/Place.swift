import Diagnostics
import Values

/// Where an expression stands: which family asks, which event is at hand, what may be known there.
struct Place {
  enum Phase: Sendable {
    /// Literals only: defaults, table cells.
    case constant
    /// `must` conditions: settings only.
    case settings
    /// Before the waterfall: `when`, `at`, amounts.
    case decision
    /// `before denial`: the shortfall is known.
    case rescue
    /// `after` and `always`: what was drawn is known, what could not be, and what was before.
    case afterwards
    /// A `let`, which takes the phase of whoever reads it.
    case open
  }

  var family: String?
  /// The events at hand; nil in a `let`, whose readers decide.
  var events: [Int]?
  var phase: Phase
  /// Keys of the optionals known to have a value here.
  var guards: Set<String> = []
  /// In a cap's `at`, an optional that is none means "no cap": reads are allowed and collected.
  var lifts = false
  /// Why nothing is lifted here although it is elsewhere in the same `at`, and what to write.
  var refusal: Refusal?
  /// The comparison this stands in, for a help line that repeats it with a test before it.
  var comparison: Span?
  var asker = Asker.rule
  /// In a `must`: whose setting the condition is of.
  var scope: Scope?
  /// Whose numbers are at hand, where an expression is about each record of a kind in turn.
  var owns: RecordKind?
  /// Whether its events were named by a word for several, which may stand for none.
  var namesClass = false
  /// While finding out whether a `let` is an exact sum, which is read where it is used.
  var isLenient = false

  enum Asker: Sendable {
    case rule
    /// A gate or a cap: about every event that pays.
    case waterfall
    case promise
  }

  enum Refusal: Sendable {
    /// In `min`, the others would vanish with the one that is none.
    case minimum
    /// To the right of `-`, nothing to subtract is not the same as no cap.
    case subtrahend
    /// In the test of an `if`.
    case test
  }

  /// This place, where nothing is lifted.
  func refusing(_ reason: Refusal) -> Place {
    guard lifts else { return self }
    var place = self
    place.lifts = false
    place.refusal = reason
    return place
  }

  func knowing(_ keys: Set<String>) -> Place {
    var place = self
    place.guards.formUnion(keys)
    return place
  }

  static func constant(in family: String?) -> Place { Place(family: family, events: [], phase: .constant) }
}

extension Scope {
  /// Whether one value of this scope serves several of the other.
  func isWider(than other: Scope) -> Bool { size > other.size }

  private var size: Int {
    switch self {
    case .key: 0
    case .account: 1
    case .global: 2
    }
  }

  /// As an author says it.
  var words: String {
    switch self {
    case .key: "per key"
    case .account: "per account"
    case .global: "for all accounts"
    }
  }
}

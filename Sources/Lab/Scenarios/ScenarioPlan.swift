import Diagnostics
import Language

/// A scenario whose every word has been found in a program: what a simulation carries out.
public struct ScenarioPlan: Sendable {
  public var title: String
  /// The author's reason for leaving it out.
  public var skip: String?
  /// Where the clock starts, in microseconds since 1970.
  public var start: Int64
  /// Names of the account's keys; an event that names none comes with the first.
  public var keys: [String]
  /// The rules, with the rows the scenario states in its tables.
  public var program: Program
  /// Whether a table of the program was changed for this scenario.
  public var changesTables: Bool
  public var steps: [Step]
  public var span: Span

  /// Midnight at the beginning of 2026: where the clock of a scenario starts that says nothing else.
  public static let usualStart: Int64 = 1_767_225_600_000_000

  public struct Step: Sendable {
    public var kind: Kind
    public var span: Span

    public enum Kind: Sendable {
      case given(Given)
      case deed(Deed)
      case check(Check)
    }
  }

  /// Something that is so.
  public enum Given: Sendable {
    case setting(Int, key: Int?, Int64)
    case bucket(Int, Int64, lotKind: Int)
    case meter(Int, key: Int?, Int64)
  }

  /// Something that happens.
  public enum Deed: Sendable {
    case event(EventCall)
    case clockTo(Int64)
    case clockForward(Int64)
    case change(setting: Int, key: Int?, Int64)
  }

  public struct EventCall: Sendable, Hashable {
    public var event: Int
    /// Empty: the answer is not remembered.
    public var id: String
    /// nil: when the clock stands.
    public var time: Int64?
    /// One for each given field of the event.
    public var fields: [Int64]
    /// The texts behind fields of type `name`, for statements and traces.
    public var labels: [Label]

    public struct Label: Sendable, Hashable {
      public var name: String
      public var text: String
    }
  }

  /// Something that should have come true.
  public enum Check: Sendable {
    case allowed
    case denied(denial: Int?, decider: Decider?)
    case refused(String?)
    case conflict
    case replayed
    case pays(bucket: Int, Int64)
    case notified(String)
    case noNotice
    case fired(rule: Int, Bool)
    /// `event` is the one whose fields the condition may read.
    case holds(Expr, key: Int?, event: Int?)

    /// Whether it says how the last event was answered.
    public var statesAnswer: Bool {
      switch self {
      case .allowed, .denied, .refused, .conflict, .replayed: true
      case .pays, .notified, .noNotice, .fired, .holds: false
      }
    }
  }

  public enum Decider: Sendable, Hashable {
    case rule(Int)
    case bucket(Int)
  }
}

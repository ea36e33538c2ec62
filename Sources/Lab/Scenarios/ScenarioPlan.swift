import Diagnostics
import Engine
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

  /// Something that is so. Values that an account gives their numbers, such as cards, are texts until it is carried out.
  public enum Given: Sendable {
    case setting(Int, key: Int?, EventCall.Value)
    case bucket(Int, Int64, lotKind: Int)
    case meter(Int, key: Int?, Int64)
    case payment(OpeningPayment)
    /// What the payment provider says to so many questions more.
    case answers(ProviderAnswer, count: Int)
  }

  /// What a customer has paid before.
  public struct OpeningPayment: Sendable, Hashable {
    public var id: String
    public var bucket: Int
    /// Nano-dollars.
    public var amount: Int64
    public var spent: Int64
    public var card: String?
  }

  /// Something that happens.
  public enum Deed: Sendable {
    case event(EventCall)
    case clockTo(Int64)
    case clockForward(Int64)
    case change(setting: Int, key: Int?, EventCall.Value)
  }

  /// Something that should have come true.
  public enum Check: Sendable {
    case allowed
    case denied(denial: Int?, decider: Decider?)
    case refused(String?)
    case conflict
    case replayed
    case waiting
    case pays(bucket: Int, Int64)
    /// What the provider was asked to take, from one card or from all of them.
    case collects(Int64, card: String?)
    /// What it was asked to send back, to one card or to all of them.
    case refunds(Int64, card: String?)
    case absorbs(Int64)
    case notified(String)
    case noNotice
    case fired(rule: Int, Bool)
    case number(RecordNumber, Comparison, EventCall.Value)
    /// `event` is the one whose fields the condition may read.
    case holds(Expr, key: Int?, event: Int?)

    /// Whether it says how the last event was answered.
    public var statesAnswer: Bool {
      switch self {
      case .allowed, .denied, .refused, .conflict, .replayed, .waiting: true
      case .pays, .collects, .refunds, .absorbs, .notified, .noNotice, .fired, .number, .holds: false
      }
    }
  }

  /// A number of one hold, payment or refund: `unspent of payment "t1"`.
  public struct RecordNumber: Sendable, Hashable {
    public var kind: RecordKind
    public var id: String
    public var place: Place
    public var type: QualifiedType

    public enum Place: Sendable, Hashable {
      /// Its place among the numbers of a record.
      case stored(Int)
      /// Its place among what the rules derive of each payment.
      case derived(Int)
    }
  }

  public enum Decider: Sendable, Hashable {
    case rule(Int)
    case bucket(Int)
  }
}

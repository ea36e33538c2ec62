import Engine
import Formats
import Lab
import Language
import Ledger
import Store
import Values

/// One thing that happened to an account, to be carried out once more.
enum Replayed {
  /// An event, with what the payment provider said to it.
  case event(EventCall, [ProviderAnswer])
  case key(String)
  /// A change of a setting; without a value: back to its default.
  case set(String, to: EventCall.Value?, key: String?, at: Int64)
  case adjust(String, to: Int64, lotKind: String, at: Int64)
  case clock(Int64)

  /// What the store itself noted: a key, a setting, a correction; nil for the rest, and for fields that cannot be read.
  init?(noted entry: StoredEvent) {
    guard let fields = entry.json else { return nil }
    switch entry.kind {
    case "@key":
      guard let key = fields["key"]?.text else { return nil }
      self = .key(key)
    case "@set":
      let value: EventCall.Value?
      switch fields["to"] {
      case nil: value = nil
      case .integer(let number)?: value = .number(number)
      case .bool(let isOn)?: value = .number(isOn ? 1 : 0)
      case .text(let text)?: value = .text(text)
      default: value = .number(ValueType.none)
      }
      self = .set(fields["setting"]?.text ?? "", to: value, key: fields["key"]?.text, at: entry.at)
    case "@adjust":
      guard let bucket = fields["bucket"]?.text, let amount = fields["to"]?.integer else { return nil }
      self = .adjust(bucket, to: amount, lotKind: fields["lot"]?.text ?? "", at: entry.at)
    default: return nil
    }
  }

  enum Outcome {
    case answered(SimulatedAnswer)
    case done
    /// The rules refuse it now: it stays as it is.
    case refused(String)
  }

  func perform(on simulation: Simulation) throws -> Outcome {
    var refusal: String?
    switch self {
    case .event(let call, let answers):
      simulation.upcoming = answers
      defer { simulation.upcoming = [] }
      return .answered(simulation.when(call))
    case .key(let name): try Stage.translated { try simulation.given("key \(Change.escaped(name))") }
    case .set(let name, let value, let key, let at):
      if let index = simulation.engine.compiled.setting(named: name) {
        refusal = simulation.change(setting: index, to: value, key: key, at: at)
      } else {
        refusal = "there is no setting `\(name)`"
      }
    case .adjust(let bucket, let amount, let lotKind, let at):
      refusal = simulation.adjust(bucket: bucket, to: amount, lotKind: lotKind, at: at)
    case .clock(let time):
      _ = try Stage.translated { try simulation.when("clock to \(Instant(microseconds: time))") }
    }
    return refusal.map { .refused($0) } ?? .done
  }
}

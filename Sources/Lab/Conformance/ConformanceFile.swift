import Formats
import Values

/// A file of worked billing cases: what an account was, what happened to it, and what should have come of it.
///
/// Amounts are units (500,000 are a dollar), prices micro-dollars per million tokens. The program answers every case in the
/// same words, whether or not the case says what it expects.
public struct ConformanceFile: Sendable {
  public var cases: [Case]
  /// The knobs as they are where a case does not turn them.
  public var defaults: Json

  public struct Case: Sendable {
    public var id: String
    public var family: String
    public var title: String
    public var given: Json
    public var policy: Json
    public var events: [Json]
    public var expect: Json?
    /// The values somebody worked out by hand: each must hold as well.
    public var assertedByHand: Json?
  }

  /// Reads the text of such a file.
  public init(_ bytes: [UInt8]) throws(ConformanceFault) {
    let file: Json
    do throws(JsonReader.Failure) {
      file = try JsonReader.read(bytes)
    } catch {
      throw ConformanceFault("\(error.line):\(error.column): \(error.message)")
    }
    guard case .list(let scenarios)? = file["scenarios"] else {
      throw ConformanceFault("the file has no list `scenarios`")
    }
    defaults = file["default_policy"] ?? .object([])
    cases = []
    for (number, scenario) in scenarios.enumerated() {
      guard let id = scenario["id"]?.text, let given = scenario["given"], let events = scenario["events"] else {
        throw ConformanceFault("scenario \(number + 1) lacks its `id`, `given` or `events`")
      }
      cases.append(
        Case(
          id: id, family: scenario["family"]?.text ?? "", title: scenario["title"]?.text ?? "", given: given,
          policy: scenario["policy"] ?? .object([]), events: events.elements, expect: scenario["expect"],
          assertedByHand: scenario["asserted_by_hand"]))
    }
  }
}

/// Why a file of cases, or one case, could not be carried out.
public struct ConformanceFault: Error, Sendable, CustomStringConvertible {
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

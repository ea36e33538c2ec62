import Audit
import Engine
import Lab
import Language
import Standard

/// Rules made ready for stories: compiled once, for any number of accounts.
public struct Stage: Sendable {
  public let rules: LoadedRules
  let engine: RuleEngine
  let words: Twin.Words
  /// The prices the engine is compiled with.
  private let prices: [String: AuditPrice]

  /// - Parameter prices: those that most stories begin with.
  public init(_ rules: LoadedRules, prices: [String: AuditPrice]) throws(TwinFault) {
    self.rules = rules
    self.prices = prices
    engine = try Twin.engine(Twin.priced(rules.program, prices))
    words = try Twin.Words(rules.program)
  }

  /// An engine in which the models of a story have the story's prices. Others may have prices too: nobody asks for them.
  func engine(for opening: AuditOpening) throws(TwinFault) -> RuleEngine {
    if opening.prices.allSatisfy({ prices[$0.key] == $0.value }) { return engine }
    return try Twin.engine(Twin.priced(rules.program, opening.prices))
  }
}

/// Where the engine and the auditor part.
public struct Discrepancy: Error, Sendable, CustomStringConvertible {
  /// The number of the event, from 0; nil: it is a statement in the end.
  public var event: Int?
  public var differences: [String]

  public var description: String {
    ((event.map { "event \($0 + 1):" } ?? "in the end:") + "\n  " + differences.joined(separator: "\n  "))
  }
}

extension Stage {
  /// Tells a story to both. The first event after which they differ, nil if there is none.
  public func discrepancy(in story: AuditCase) -> Discrepancy? {
    do throws(TwinFault) {
      var twin = try Twin(self, story.opening, policy: story.policy)
      var auditor = Auditor(story.opening, policy: story.policy)
      for (number, event) in story.events.enumerated() {
        let differences = twin.differences(after: event, from: &auditor)
        if !differences.isEmpty { return Discrepancy(event: number, differences: differences) }
      }
      let statements = twin.statementDifferences(from: auditor)
      return statements.isEmpty ? nil : Discrepancy(event: nil, differences: statements)
    } catch {
      return Discrepancy(event: nil, differences: [error.message])
    }
  }

  /// Makes up a story of so many events and tells it to both as it goes on.
  ///
  /// - Returns: the story as far as it was told, and where they part, if they do.
  public func tell(seed: UInt64, length: Int) -> (story: AuditCase, discrepancy: Discrepancy?) {
    var workload = Workload(seed: seed)
    var story = AuditCase(opening: workload.opening, policy: workload.policy)
    do throws(TwinFault) {
      var twin = try Twin(self, workload.opening, policy: workload.policy)
      var auditor = Auditor(workload.opening, policy: workload.policy)
      for number in 0..<length {
        let event = workload.next(for: auditor)
        story.events.append(event)
        let differences = twin.differences(after: event, from: &auditor)
        if !differences.isEmpty { return (story, Discrepancy(event: number, differences: differences)) }
      }
      let statements = twin.statementDifferences(from: auditor)
      return (story, statements.isEmpty ? nil : Discrepancy(event: nil, differences: statements))
    } catch {
      return (story, Discrepancy(event: nil, differences: [error.message]))
    }
  }
}

extension Twin {
  /// Lets an event happen to both, and compares the answers and what the account is then.
  mutating func differences(after event: AuditEvent, from auditor: inout Auditor) -> [String] {
    let theirs = auditor.take(event)
    let ours = take(event)
    var found = ours == theirs ? [] : ["answer: the engine says \(ours)", "        the auditor \(theirs)"]
    found += differences(from: auditor)
    return found
  }
}

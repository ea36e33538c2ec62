import Engine
import Language
import Ledger

/// Traffic that is in memory: a branch of the shell, a test.
public struct ListedTraffic: TrafficHistory {
  public var name: String
  public var program: Program
  public var occurrences: [Occurrence]
  public var notes: [String] = []
  /// How accounts begin; nil: with nothing in them.
  public var openings: (@Sendable (String, Candidate) throws -> Opening)?
  /// Occurrences per batch.
  public var batch: Int

  public init(
    name: String, program: Program, _ occurrences: [Occurrence], batch: Int = 1_024,
    openings: (@Sendable (String, Candidate) throws -> Opening)? = nil
  ) {
    self.name = name
    self.program = program
    self.occurrences = occurrences
    self.batch = max(1, batch)
    self.openings = openings
  }

  public var count: Int? { occurrences.count }

  public func parts() -> [any TrafficPart] { [Part(occurrences: occurrences, batch: batch)] }

  public func opening(of account: String, under candidate: Candidate) throws -> Opening {
    try openings?(account, candidate) ?? Opening(account: candidate.engine.newAccount())
  }

  private final class Part: TrafficPart {
    let occurrences: [Occurrence]
    let batch: Int
    var place = 0

    init(occurrences: [Occurrence], batch: Int) {
      self.occurrences = occurrences
      self.batch = batch
    }

    func next() -> [Occurrence]? {
      guard place < occurrences.count else { return nil }
      let end = min(occurrences.count, place + batch)
      defer { place = end }
      return Array(occurrences[place..<end])
    }

    var progress: (part: Int, whole: Int?) { (place, occurrences.count) }
  }
}

import Audit
import Lab
import Standard

/// Many stories, one after another, until enough events have happened or one goes wrong.
public struct Campaign {
  public let stage: Stage
  /// The lengths of stories, in turn.
  public let lengths: [Int]

  public private(set) var events = 0
  public private(set) var stories = 0

  /// - Parameter lengths: most are short, so that many accounts are seen; some live long.
  public init(_ stage: Stage, lengths: [Int] = [60, 150, 400, 1_500]) {
    self.stage = stage
    self.lengths = lengths
  }

  public struct Failure: Error {
    public var seed: UInt64
    public var story: AuditCase
    public var discrepancy: Discrepancy
  }

  /// Tells stories from seeds `seed`, `seed + 1` … until `wanted` events have happened.
  public mutating func run(events wanted: Int, seed: UInt64) throws(Failure) {
    var seed = seed
    while events < wanted {
      let length = min(lengths[Int(seed % UInt64(lengths.count))], wanted - events)
      let (story, discrepancy) = stage.tell(seed: seed, length: length)
      events += story.events.count
      stories += 1
      if let discrepancy { throw Failure(seed: seed, story: story, discrepancy: discrepancy) }
      seed += 1
    }
  }

  /// The shortest story that still goes wrong, and how.
  public func shrink(_ story: AuditCase, mostTrials: Int = 4_000) -> (story: AuditCase, discrepancy: Discrepancy?) {
    var shrinker = Shrinker(mostTrials: mostTrials) { stage.discrepancy(in: $0) != nil }
    let short = shrinker.shrink(story)
    return (short, stage.discrepancy(in: short))
  }
}

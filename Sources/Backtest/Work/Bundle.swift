/// The occurrences of one shard among those that were read together.
///
/// They stay where they were read, and several bundles share them: handing them on copies none and counts one reference.
struct Bundle: Sendable {
  let shard: Int
  let count: Int
  private let places: Range<Int>
  private let batch: Batch

  private final class Batch: Sendable {
    let occurrences: [Occurrence]
    /// Sums of their accounts' names.
    let sums: [UInt64]
    /// Their indices, shard by shard.
    let order: [Int32]

    init(_ occurrences: [Occurrence], _ sums: [UInt64], _ order: [Int32]) {
      self.occurrences = occurrences
      self.sums = sums
      self.order = order
    }
  }

  /// Sorts a batch by shard: accounts are given one by the sums of their names, what happened to one stays in order.
  static func sorted(_ occurrences: [Occurrence], over shards: Int) -> [Bundle] {
    let sums = occurrences.withUnsafeBufferPointer { occurrences in
      occurrences.indices.map { index in
        var sum = TextSum()
        sum.add(occurrences[index].account)
        return sum.value
      }
    }
    var ends = [Int](repeating: 0, count: shards)
    for sum in sums { ends[Int(sum % UInt64(shards))] += 1 }
    var start = 0
    for shard in ends.indices { (ends[shard], start) = (start, start + ends[shard]) }
    let starts = ends
    var order = [Int32](repeating: 0, count: sums.count)
    for (index, sum) in sums.enumerated() {
      let shard = Int(sum % UInt64(shards))
      order[ends[shard]] = Int32(truncatingIfNeeded: index)
      ends[shard] += 1
    }
    let batch = Batch(occurrences, sums, order)
    return starts.indices.filter { starts[$0] < ends[$0] }.map { shard in
      Bundle(shard: shard, count: ends[shard] - starts[shard], places: starts[shard]..<ends[shard], batch: batch)
    }
  }

  /// Hands out each occurrence with the sum of its account's name. The pointer is good for the call alone.
  func forEach(_ body: (UInt64, UnsafePointer<Occurrence>) throws -> Void) throws {
    try batch.occurrences.withUnsafeBufferPointer { occurrences in
      guard let first = occurrences.baseAddress else { return }
      for place in places {
        let index = Int(batch.order[place])
        try body(batch.sums[index], first + index)
      }
    }
  }
}

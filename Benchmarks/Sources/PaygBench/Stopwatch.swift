/// One piece of work that is measured, again and again.
struct Work {
  /// How many operations one run does.
  var operations: Int
  /// Brings everything into the state a run begins with. Not measured.
  var prepare: () -> Void = {}
  /// Returns something that depends on all it did, so that none of it can be left out.
  var run: () -> Int
}

/// Measures pieces of work against each other, in turns.
struct Stopwatch {
  static let rounds = 15

  /// Nanoseconds per operation, for each piece of work a value per round.
  ///
  /// The pieces take turns in every round, so that a machine that is busy for a while slows all of them.
  ///
  /// - Parameter seconds: how long each is measured in all.
  static func measure(_ works: [Work], seconds: Double) -> [[Double]] {
    let slice = seconds / Double(rounds)
    for work in works { _ = time(work, atLeast: min(0.2, slice * 3)) }
    var results = works.map { _ in [Double]() }
    for _ in 0..<rounds {
      for (index, work) in works.enumerated() { results[index].append(time(work, atLeast: slice)) }
    }
    return results
  }

  /// What keeps the compiler from leaving work out.
  nonisolated(unsafe) static var checksum = 0

  private static func time(_ work: Work, atLeast seconds: Double) -> Double {
    var measured = 0.0
    var operations = 0
    repeat {
      work.prepare()
      let start = System.threadTime
      let result = work.run()
      measured += System.threadTime - start
      checksum &+= result
      operations += work.operations
    } while measured < seconds * 1e9
    return measured / Double(operations)
  }
}

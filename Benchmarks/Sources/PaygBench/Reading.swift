/// One measured number, with the rounds it comes from.
struct Reading {
  var name: String
  var unit: Unit
  /// One value per round, in the unit.
  var rounds: [Double]
  /// What it is held against, in the same rounds: mostly the same work written by hand.
  var baseline: [Double]?
  var aim: Aim?

  enum Unit: String {
    case nanoseconds = "ns"
    case microseconds = "µs"
    case milliseconds = "ms"
    case megabytesPerSecond = "MB/s"
    case perSecond = "/s"
    case allocations = "allocations"
    case bytes = "bytes"
    case megabytes = "MB"
    case percent = "%"
    case seconds = "s"
    case times = "x"

    /// Whether more of it is better.
    var isSpeed: Bool { self == .megabytesPerSecond || self == .perSecond }
  }

  enum Aim {
    /// At most so many times the baseline.
    case ratio(Double)
    /// At most so much.
    case value(Double)
    /// At least so much.
    case atLeast(Double)
  }

  var median: Double { rounds.median }

  /// Half of the rounds lie within so much of the median, as a part of it.
  var spread: Double {
    let middle = median
    return middle == 0 ? 0 : rounds.map { abs($0 - middle) }.median / middle
  }

  /// How many times longer it takes than the baseline: the median over the rounds, so that what slows a machine down for a while
  /// slows both.
  var ratio: Double? {
    guard let baseline else { return nil }
    return zip(rounds, baseline).map { unit.isSpeed ? $1 / $0 : $0 / $1 }.median
  }

  var isMet: Bool? {
    switch aim {
    case .ratio(let most): ratio.map { $0 <= most }
    case .value(let most): median <= most
    case .atLeast(let least): median >= least
    case nil: nil
    }
  }
}

extension [Double] {
  /// The middle value; zero of none.
  var median: Double {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

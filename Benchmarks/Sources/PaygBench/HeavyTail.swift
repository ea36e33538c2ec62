/// Who asks how often: the r-th busiest 1/r^1.3 times as often as the first.
struct HeavyTail {
  /// Running sums.
  private let shares: [Double]

  /// - Parameter count: how many there are.
  init(_ count: Int) {
    var sum = 0.0
    var shares: [Double] = []
    for rank in 1...count {
      sum += 1 / HeavyTail.power(Double(rank))
      shares.append(sum)
    }
    self.shares = shares
  }

  /// To the power of 1.3, near enough: x · x^(1/4) · x^(1/20).
  private static func power(_ x: Double) -> Double {
    let quarter = x.squareRoot().squareRoot()
    return x * quarter * (1 + (quarter.squareRoot() - 1) * 0.4)
  }

  /// Whose turn it is, from 0.
  ///
  /// - Parameter part: from 0 to below 1.
  func pick(_ part: Double) -> Int {
    let wanted = part * (shares.last ?? 0)
    var (low, high) = (0, shares.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if shares[middle] > wanted { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension Simulation {
  /// Puts the clock anywhere, before anything has happened: for stating what was so at the beginning of some traffic.
  ///
  /// - Parameter time: microseconds since 1970.
  public func start(at time: Int64) { if last == nil, journal.transactions.isEmpty { clock = time } }
}

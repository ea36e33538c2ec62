extension StoreReader {
  /// The number of the last event there is; nothing comes before 1.
  public var lastEvent: Int64 { memory.lastEvent }

  /// Whether there was an account at a moment.
  public func hasAccount(_ name: String, at moment: Moment) throws -> Bool {
    let first = try statements[
      "SELECT seq, at FROM event WHERE account = (SELECT id FROM account WHERE name = ?) ORDER BY seq LIMIT 1"
    ].bind(1, name).first { ($0.integer(0), $0.integer(1)) }
    guard let (seq, at) = first else { return false }
    switch moment {
    case .now: return true
    case .before(let end): return seq < end
    case .after(let last): return seq <= last
    case .time(let time):
      if at <= time { return true }
      // What was imported later may count as of before its first entry.
      do {
        _ = try account(name, at: moment)
        return true
      } catch let fault as StoreFault {
        if case .refused = fault.kind { return false }
        throw fault
      }
    }
  }
}

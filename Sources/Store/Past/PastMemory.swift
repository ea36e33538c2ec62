/// What was worked out of the past, to go on from: who asks what was before an event asks next what was after it.
final class PastMemory {
  private var replays: [AccountReplay.Stop] = []
  private var eras: (lastEvent: Int64, timeline: Timeline)?

  /// So many are kept, over all accounts; each is as large as an account.
  private static let limit = 8

  /// The latest one of an account that `isEarlier` says is on the way.
  func stop(of account: Int64, where isEarlier: (AccountReplay.Stop) -> Bool) -> AccountReplay.Stop? {
    guard
      let place = replays.indices.filter({ replays[$0].replay.id == account && isEarlier(replays[$0]) })
        .max(by: { (replays[$0].lastEvent ?? 0) < (replays[$1].lastEvent ?? 0) })
    else { return nil }
    let found = replays.remove(at: place)
    replays.append(found)
    return found
  }

  func keep(_ stop: AccountReplay.Stop) {
    replays.removeAll { $0.replay.id == stop.replay.id && $0.lastEvent == stop.lastEvent }
    if replays.count == PastMemory.limit { replays.removeFirst() }
    replays.append(stop)
  }

  func timeline(until lastEvent: Int64, _ make: () throws(StoreFault) -> Timeline) throws(StoreFault) -> Timeline {
    if let eras, eras.lastEvent == lastEvent { return eras.timeline }
    let timeline = try make()
    eras = (lastEvent, timeline)
    return timeline
  }
}

extension AccountReplay {
  /// A replay that has come to an event.
  struct Stop {
    var replay: AccountReplay
    /// Which of the timeline's eras it is in.
    var era: Int
    /// The last event that it carried out.
    var lastEvent: Int64?
    /// How many it carried out, and the latest time that one of them names.
    var count: Int
    var latest: Int64 = 0
  }
}

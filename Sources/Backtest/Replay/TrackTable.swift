/// Accounts by name. Their names come with sums that are mixed well, so that nothing is hashed once more.
struct TrackTable {
  private var sums: [UInt64] = Array(repeating: 0, count: 16)
  private var tracks: [AccountTrack?] = Array(repeating: nil, count: 16)
  private(set) var count = 0

  subscript(name: String, sum: UInt64) -> AccountTrack? { tracks[place(of: name, sum)] }

  /// Takes in an account that is not there yet.
  mutating func insert(_ track: AccountTrack, _ sum: UInt64) {
    if 2 * count >= tracks.count { grow() }
    let place = place(of: track.name, sum)
    sums[place] = sum
    tracks[place] = track
    count += 1
  }

  mutating func remove(_ name: String, _ sum: UInt64) {
    var gap = place(of: name, sum)
    guard tracks[gap] != nil else { return }
    tracks[gap] = nil
    count -= 1
    // Those behind it move up, as far as they may stand there.
    let mask = tracks.count - 1
    var next = (gap + 1) & mask
    while tracks[next] != nil {
      let home = TrackTable.home(sums[next]) & mask
      if (next - home) & mask >= (next - gap) & mask {
        (sums[gap], tracks[gap]) = (sums[next], tracks[next])
        tracks[next] = nil
        gap = next
      }
      next = (next + 1) & mask
    }
  }

  /// All of them with their sums, in no order.
  var all: [(track: AccountTrack, sum: UInt64)] {
    tracks.indices.compactMap { place in tracks[place].map { ($0, sums[place]) } }
  }

  // The lower half is alike for all accounts of a shard.
  private static func home(_ sum: UInt64) -> Int { Int(sum >> 32) }

  /// Where it is, or would be.
  private func place(of name: String, _ sum: UInt64) -> Int {
    let mask = tracks.count - 1
    var place = TrackTable.home(sum) & mask
    while let track = tracks[place], sums[place] != sum || track.name != name { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let all = all
    sums = Array(repeating: 0, count: 2 * sums.count)
    tracks = Array(repeating: nil, count: sums.count)
    count = 0
    for (track, sum) in all { insert(track, sum) }
  }
}

import Diagnostics

/// Names that begin like a word, for completion: found by index, and never more than a few thousand looked at.
extension StoreReader {
  /// Names of accounts, sorted.
  public func accountNames(prefix: String, limit: Int) throws(StoreFault) -> [String] {
    var names: [String] = []
    try statements["SELECT name FROM account WHERE name >= ?1 AND name < ?2 ORDER BY name LIMIT ?3"]
      .bind(1, prefix).bind(2, StoreReader.end(of: prefix)).bind(3, max(0, limit)).forEach { names.append($0.text(0)) }
    return names
  }

  /// The accounts that have a payment of this id or key, sorted. Ids of payments are only unique within an account.
  public func accounts(ofPayment id: String, limit: Int) throws(StoreFault) -> [String] {
    var names: [String] = []
    try statements[
      """
      SELECT name FROM account WHERE id IN (SELECT account FROM payment WHERE id = ?1 OR key = ?1) ORDER BY name LIMIT ?2
      """
    ].bind(1, id).bind(2, max(0, limit)).forEach { names.append($0.text(0)) }
    return names
  }

  /// Ids of events: first those of the latest events, newest first, then others in order. Those the store gave itself only
  /// where the word begins as they do.
  ///
  /// - Parameter account: only its events; nil: those of all accounts.
  public func eventIDs(prefix: String, account: String? = nil, limit: Int) throws(StoreFault) -> [String] {
    guard limit > 0 else { return [] }
    var found: [String] = []
    var seen = Set<String>()
    func take(_ id: String) -> Bool {
      let isOwn = id.utf8.first == UInt8(ascii: "#") && prefix.isEmpty
      if !isOwn, id.utf8.starts(with: prefix.utf8), seen.insert(id).inserted { found.append(id) }
      return found.count < limit
    }
    try latestIDs(account, take)
    if found.count >= limit || prefix.isEmpty { return found }
    let id = try account.map { name throws(StoreFault) in try memory.account(name).id }
    var looked = 0
    var rest: [String] = []
    try statements["SELECT id, account FROM event WHERE id >= ?1 AND id < ?2 ORDER BY id"]
      .bind(1, prefix).bind(2, StoreReader.end(of: prefix)).walk { (row) throws(StoreFault) -> Bool in
        looked += 1
        if id == nil || row.integer(1) == id {
          let text = row.text(0)
          if rest.last != text { rest.append(text) }
        }
        return looked < StoreReader.looked && rest.count < limit
      }
    for text in rest where !take(text) { break }
    return found
  }

  /// The ids that a word was most likely meant to be, the nearest first.
  public func nearestEventIDs(
    to word: String, account: String? = nil, limit: Int = 3
  ) throws(StoreFault) -> [String] {
    guard limit > 0, !word.isEmpty else { return [] }
    var candidates = Set<String>()
    // Neighbours: whoever begins the same for long, however old.
    for (order, comparison) in [("", ">="), ("DESC", "<")] {
      var looked = 0
      let id = try account.map { name throws(StoreFault) in try memory.account(name).id }
      try statements["SELECT id, account FROM event WHERE id \(comparison) ? ORDER BY id \(order)"].bind(1, word)
        .walk { (row) throws(StoreFault) -> Bool in
          looked += 1
          if id == nil || row.integer(1) == id { candidates.insert(row.text(0)) }
          return looked < 200
        }
    }
    var count = 0
    try latestIDs(account) { id in
      candidates.insert(id)
      count += 1
      return count < 400
    }
    candidates = candidates.filter { $0.utf8.first != UInt8(ascii: "#") || word.utf8.first == UInt8(ascii: "#") }
    candidates.remove(word)
    var ranked = Suggestion.ranked(word, in: candidates, limit: limit)
    if ranked.count < limit {
      func shared(_ id: String) -> Int { zip(id.utf8, word.utf8).prefix { $0 == $1 }.count }
      let rest = candidates.subtracting(ranked).map { (id: $0, shared: shared($0)) }
        .sorted { ($1.shared, $0.id.utf8.count, $0.id) < ($0.shared, $1.id.utf8.count, $1.id) }
      ranked += rest.filter { $0.shared > 0 }.prefix(limit - ranked.count).map(\.id)
    }
    return ranked
  }

  /// So many events are looked at for one answer.
  private static let looked = 4_000

  private func latestIDs(_ account: String?, _ take: (String) -> Bool) throws(StoreFault) {
    let id = try account.map { name throws(StoreFault) in try memory.account(name).id }
    let condition = id == nil ? "account IS NOT NULL" : "account = ?1"
    let statement = try statements["SELECT id FROM event WHERE \(condition) ORDER BY seq DESC LIMIT ?2"]
    if let id { statement.bind(1, id) }
    statement.bind(2, StoreReader.looked / 4)
    try statement.walk { (row) throws(StoreFault) -> Bool in take(row.text(0)) }
  }

  /// What comes after every text that begins like this.
  private static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }
}

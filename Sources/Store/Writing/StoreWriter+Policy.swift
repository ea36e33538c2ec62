import Engine
import Formats
import Language
import Ledger
import Values

extension StoreWriter {
  /// Puts another policy in force. Everything that accounts have stays what it is, by its name.
  ///
  /// - Returns: its hash.
  /// - Throws: `brokenPolicy`; `refused` where accounts have something that it has no place for: money in a bucket, a setting
  ///   or a value of one, an open hold, a payment.
  @discardableResult
  public func usePolicy(_ files: [PolicyFile]) throws(StoreFault) -> String {
    let engine: RuleEngine
    do throws(PolicyFault) {
      engine = try store.compile(files)
    } catch {
      throw fault(.brokenPolicy(error.message))
    }
    let hash = engine.program.hash
    if hash.isEmpty { throw fault(.brokenPolicy("it has no hash")) }
    // Not compiled: it may be one that no program of today can.
    let current = try memory.activeHash()
    if current == hash { return hash }
    if current != nil {
      try finish()
      let map = SlotMap(engine.compiled)
      try checkRoom(in: map, after: try? memory.activePolicy().map.program)
      try forgetWhatIsGone(in: map)
    }
    let policy = StoredPolicy(id: try keep(files, hash: hash), hash: hash, engine: engine)
    var line = JsonLine()
    line.add("hash", hash)
    _ = try append(Own.policy, id: nil, account: nil, at: now, fields: line.bytes())
    try statements["INSERT INTO active_policy (one, policy) VALUES (1, ?1) ON CONFLICT DO UPDATE SET policy = ?1"]
      .bind(1, policy.id).run()
    memory.use(policy)
    return hash
  }

  private func keep(_ files: [PolicyFile], hash: String) throws(StoreFault) -> Int64 {
    if let known = try statements["SELECT id FROM policy WHERE hash = ?"].bind(1, hash).first({ $0.integer(0) }) {
      return known
    }
    let id = try statements["SELECT coalesce(max(id), 0) + 1 FROM policy"].first { $0.integer(0) } ?? 1
    try statements["INSERT INTO policy (id, hash, added_at) VALUES (?, ?, ?)"]
      .bind(1, id).bind(2, hash).bind(3, machineTime()).run()
    for file in files {
      try statements["INSERT INTO policy_file (policy, name, text) VALUES (?, ?, ?)"]
        .bind(1, id).bind(2, file.name).bind(3, blob: file.bytes).run()
    }
    return id
  }

  /// Looks whether the policy has a place for everything that accounts have.
  ///
  /// - Parameter old: the policy until now; nil where it cannot be compiled any more.
  private func checkRoom(in map: SlotMap, after old: Program?) throws(StoreFault) {
    var room = PolicyRoom(map, after: old)
    try statements["SELECT DISTINCT name FROM book WHERE amount <> 0 OR held <> 0 OR used <> 0 ORDER BY name"]
      .forEach { room.look(atMoneyIn: $0.text(0)) }
    try statements["SELECT DISTINCT name, value, key > 0 FROM setting ORDER BY name"]
      .forEach { room.look(atSetting: $0.text(0), $0.value(1), isKey: $0.bool(2)) }
    try statements["SELECT name, value FROM global_setting ORDER BY name"]
      .forEach { room.look(atGlobal: $0.text(0), $0.value(1)) }
    try statements["SELECT DISTINCT kind FROM hold WHERE state = 'open' ORDER BY kind"]
      .forEach { room.look(atHoldsOf: $0.text(0)) }
    try statements["SELECT DISTINCT bucket FROM payment ORDER BY bucket"]
      .forEach { room.look(atPaymentsFor: $0.text(0)) }
    try statements["SELECT DISTINCT kind FROM payment WHERE state = 'pending' AND kind <> '' ORDER BY kind"]
      .forEach { room.look(atPendingPaymentsOf: $0.text(0)) }
    try room.check(store.path)
  }

  /// Deletes what is counted under names that the policy does not have: should a later one have them again, it counts anew.
  private func forgetWhatIsGone(in map: SlotMap) throws(StoreFault) {
    func forget(_ table: String, _ column: String, _ kind: SlotMap.Table, isPerKey: Bool) throws(StoreFault) {
      let key = isPerKey ? "key > 0" : ""
      var gone: [(String, Bool)] = []
      try statements["SELECT DISTINCT \(column)\(isPerKey ? ", \(key)" : "") FROM \(table)"].forEach { row in
        let isKey = isPerKey && row.bool(1)
        if map.place(kind, row.text(0), isKey: isKey) == nil { gone.append((row.text(0), isKey)) }
      }
      for (name, isKey) in gone {
        let condition = isPerKey ? " AND (\(key)) = \(isKey ? 1 : 0)" : ""
        try statements["DELETE FROM \(table) WHERE \(column) = ?\(condition)"].bind(1, name).run()
      }
    }
    try forget("meter", "name", .meter, isPerKey: true)
    try forget("period", "kind", .period, isPerKey: true)
    try forget("latest", "kind", .latest, isPerKey: false)
    try forget("book", "name", .book, isPerKey: false)
  }
}

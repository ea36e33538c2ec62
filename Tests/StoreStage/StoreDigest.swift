import Engine
import Store

/// Everything that can be asked of a store, as lines of text, so that two stores can be compared.
public enum StoreDigest {
  /// What any two runs of the same events agree on, whatever failed and was sent again in between.
  public static func outcome(_ store: AccountStore) throws -> [String] {
    try store.read { reader in
      let engine = try reader.engine
      var lines = ["policy \(try reader.policyHash)", "time \(reader.now)"]
      for name in try reader.accountNames() {
        let account = try reader.account(name)
        lines.append("\(name): \(engine.program.buckets.indices.map { account.book($0) })")
        lines.append("\(name): keys \(account.keyNames), cards \(account.cardNames)")
        for (number, setting) in engine.program.settings.enumerated() where setting.scope != .global {
          let keys: [Int?] = setting.scope == .key ? account.keyNames.indices.map { $0 } : [nil]
          for key in keys {
            lines.append("\(name): \(setting.name) \(key ?? -1) \(account.stored(setting: number, key: key))")
          }
        }
        lines += account.payments.map { "\(name): payment \($0.id) \($0.amount) \($0.state) \($0.refunded)" }
        lines += account.refunds.map { "\(name): refund \($0.amount) \($0.state)" }
        lines.append("\(name): open holds \(account.openHolds.map { account.holds[$0].id })")
      }
      lines.append("globals \(engine.globals)")
      lines += try events(reader).filter { $0.verdict == "allowed" }
        .map { "\($0.kind) \($0.id) \($0.amount)" }.sorted()
      return lines
    }
  }

  /// Every answer a reader can get, down to the facts of each decision.
  public static func answers(_ store: AccountStore) throws -> [String] {
    try store.read { reader in
      var lines = [
        store.id, "policy \(try reader.policyHash)", "time \(reader.now)", "test \(reader.isTest)",
        "globals \(try reader.engine.globals)",
      ]
      lines += try reader.policyFiles().map { "\($0.name) \($0.bytes.hashValue)" }
      for name in try reader.accountNames() {
        let account = try reader.account(name)
        lines.append("\(name): \(account.row) \(account.keyRows) \(account.keyNames) \(account.cardNames)")
        lines += account.payments.map { "\(name): \($0)" } + account.refunds.map { "\(name): \($0)" }
        lines += account.openHolds.map { "\(name): \(account.holds[$0])" }
        lines.append("\(name): \(account.lotBooks)")
      }
      for event in try events(reader) {
        lines.append("\(event)")
        if let (decision, _) = try reader.decision(of: event.seq) { lines.append("\(decision)") }
      }
      lines += try reader.outbox().map { "\($0)" }
      return lines
    }
  }

  public static func events(_ reader: StoreReader) throws -> [StoredEvent] {
    var found: [StoredEvent] = []
    while true {
      let page = try reader.events(before: found.last?.seq, limit: 200)
      found += page
      // A damaged index may lead in circles.
      if page.isEmpty || found.count > 100_000 { return found }
    }
  }
}

import Engine

extension AccountStore {
  /// Works everything out again from the events and compares it with what is kept: decisions, postings, balances, meters,
  /// lots, holds, payments, outbox, sums. At most `limit` findings are kept.
  ///
  /// It reads one moment of the store, whatever is written meanwhile, and one account after another: it needs the memory of the
  /// largest.
  ///
  /// - Parameter progress: is told how many of how many events were looked at, now and then.
  /// - Throws: `damaged` for a file that cannot be relied on at all; `brokenPolicy` where a policy it was ever under cannot be
  ///   compiled here.
  public func audit(limit: Int = 100, progress: (Int, Int) -> Void = { _, _ in }) throws(StoreFault) -> AuditReport {
    do {
      return try read { reader in try AccountStore.audit(self, reader.memory, limit, progress) }
    } catch {
      throw StoreFault(sqlite: error, path: path)
    }
  }

  /// How many events lie between two reports of progress.
  private static let stride = 4096

  private static func audit(
    _ store: AccountStore, _ memory: StoreMemory, _ limit: Int, _ progress: (Int, Int) -> Void
  ) throws(StoreFault) -> AuditReport {
    var findings = Findings(limit: max(0, limit))
    try FileAudit(statements: memory.statements, path: store.path).run(&findings)
    try ChainAudit(statements: memory.statements).run(&findings)
    let total = try memory.statements["SELECT count(*) FROM event"].first { Int($0.integer(0)) } ?? 0
    let timeline = try Timeline(store, memory, &findings)
    var done = timeline.events
    progress(done, total)
    var accounts: [(id: Int64, name: String)] = []
    try memory.statements["SELECT id, name FROM account ORDER BY id"]
      .forEach { accounts.append(($0.integer(0), $0.text(1))) }
    for (id, name) in accounts where timeline.isSound {
      var account = AccountAudit(memory, store: store, id: id, name: name, timeline)
      try account.run(&findings) {
        done += 1
        if done % stride == 0 { progress(done, total) }
      }
    }
    try timeline.compare(memory.statements, &findings)
    findings.report.accounts = accounts.count
    findings.report.events = done
    progress(done, total)
    return findings.report
  }
}

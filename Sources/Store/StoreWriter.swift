import Engine
import Language
import Ledger
import Values

/// One transaction of a store. Only good inside of the closure that got it.
public final class StoreWriter: StoreReader {
  var changed: [CachedAccount] = []
  // Reused from event to event.
  var archive: [UInt8] = []

  /// Events that are dated so much later than it is are refused, in microseconds: clocks of machines differ a little, and an
  /// account's clock never goes back.
  static let tolerance: Int64 = 300_000_000

  /// Writes the rows of everything that was changed.
  func finish() throws(StoreFault) {
    if changed.isEmpty { return }
    let map = try memory.activePolicy().map
    for account in changed {
      try memory.table.save(account.id, from: account.saved, to: account.state, map)
      // Only now: a hold that was resolved has to be at hand for its row to be written.
      account.state.letGo()
      account.saved = account.state
      account.isChanged = false
    }
    changed.removeAll(keepingCapacity: true)
  }

  func note(_ account: CachedAccount) {
    if account.isChanged { return }
    account.isChanged = true
    changed.append(account)
  }

  // MARK: - The log

  /// Adds an entry to the history and returns its number.
  ///
  /// - Parameter isAnswer: it is the answer that counts for its id.
  func append(
    _ kind: String, id: String?, account: Int64?, at: Int64, isAnswer: Bool = false, resumes: Int? = nil,
    fields: [UInt8]
  ) throws(StoreFault) -> Int64 {
    let seq = memory.lastEvent + 1
    let id = id ?? "#\(seq)"
    let attempt = isAnswer ? 0 : seq
    let recordedAt = machineTime()
    let resumes = resumes.map { Int64($0) }
    var sum = EventSum(after: memory.lastSum)
    sum.add(seq)
    sum.add(account)
    sum.add(kind)
    sum.add(id)
    sum.add(attempt)
    sum.add(at)
    sum.add(recordedAt)
    sum.add(resumes)
    sum.add(fields)
    try statements[.event].bind(1, seq).bind(2, account).bind(3, kind).bind(4, id).bind(5, attempt).bind(6, at).bind(
      7, recordedAt
    )
    .bind(8, resumes).bind(9, text: fields).bind(10, sum.kept).run()
    (memory.lastEvent, memory.lastSum) = (seq, sum.kept)
    return seq
  }

  /// What an entry moved, and which settings it changed.
  func write(_ journal: Journal, of event: Int64, in account: AccountState, _ policy: StoredPolicy) throws(StoreFault) {
    var (postings, settings) = (0, 0)
    for transaction in journal.transactions {
      let pairs = transaction.postings
      for index in stride(from: 0, to: pairs.count - 1, by: 2) {
        // Postings stand in pairs: what one book loses the other gains.
        let (loses, gains) =
          pairs[index].amount < 0 ? (pairs[index], pairs[index + 1]) : (pairs[index + 1], pairs[index])
        if gains.amount == 0 { continue }
        try statements[.posting].bind(1, event).bind(2, postings).bind(3, transaction.step.word).bind(
          4, transaction.postedAt
        )
        .bind(5, policy.map.name(of: loses.book)).bind(6, policy.map.name(of: gains.book)).bind(7, gains.amount).run()
        postings += 1
      }
      for change in transaction.settings {
        try write(change, n: settings, of: event, in: account, policy)
        settings += 1
      }
    }
  }

  func write(
    _ change: Transaction.SettingChange, n: Int, of event: Int64, in account: AccountState, _ policy: StoredPolicy
  ) throws(StoreFault) {
    let texts = FieldText(map: policy.map)
    let before = texts.kept(
      change.before, of: change.setting, cards: account.cardNames, keys: account.keyNames)
    let after = texts.kept(change.after, of: change.setting, cards: account.cardNames, keys: account.keyNames)
    let isPerKey = policy.map.program.settings[change.setting].scope == .key
    try statements[
      """
      INSERT INTO setting_change (event, n, key, name, was_set, before, is_set, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """
    ].bind(1, event).bind(2, n).bind(3, isPerKey ? (change.key ?? -1) + 1 : 0)
      .bind(4, policy.map.program.settings[change.setting].name).bind(5, before != nil).bind(6, before ?? .none)
      .bind(7, after != nil).bind(8, after ?? .none).run()
  }

  /// An instant that may be: not in the future.
  func checked(_ at: Int64?) throws(StoreFault) -> Int64 {
    let now = now
    guard let at else { return now }
    guard at <= now + (isTest ? 0 : StoreWriter.tolerance) else {
      throw fault(
        .refused(
          "\(Instant(microseconds: at)) is later than it is: \(Instant(microseconds: now))",
          help: isTest ? "move the clock first: payg clock to \(Instant(microseconds: at))" : nil))
    }
    guard at >= 0 else { throw fault(.engine(.timeOutOfRange(at))) }
    return at
  }
}

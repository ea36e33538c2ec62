/// What the payment provider said about one request.
public struct ProviderWord: Sendable, Hashable {
  /// `paid`, `declined`, `failed`; nil where it has not said yet.
  public var answer: String?
  /// Why not, in its words.
  public var reason: String?
  /// Why nobody knows yet.
  public var fault: String?
  /// How often it was asked, and when it answered.
  public var sent: Int
  public var answeredAt: Int64?
}

extension StoreReader {
  /// What the provider said about the charges of an account, by the number of the payment from 0; of its refunds likewise.
  public func providerWords(
    of account: String
  ) throws(StoreFault) -> (charges: [Int: ProviderWord], refunds: [Int: ProviderWord]) {
    let id = try memory.account(account).id
    // Keys begin with the store's name and the account's, so that those of one account lie together.
    let start = WorldKey.key("", account: account, store: store.id)
    var charges: [Int: ProviderWord] = [:]
    var refunds: [Int: ProviderWord] = [:]
    try statements[
      """
      SELECT kind, n, answer, reason, fault, sent, answered_at FROM outbox WHERE key >= ?1 AND key < ?2 AND account = ?3
      """
    ].bind(1, start).bind(2, start + "\u{10FFFF}").bind(3, id).forEach { row in
      let word = ProviderWord(
        answer: row.optionalText(2), reason: row.optionalText(3), fault: row.optionalText(4), sent: Int(row.integer(5)),
        answeredAt: row.optional(6))
      if row.text(0) == "refund" { refunds[row.index(1)] = word } else { charges[row.index(1)] = word }
    }
    return (charges, refunds)
  }
}

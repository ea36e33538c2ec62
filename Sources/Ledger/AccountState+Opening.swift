import Values

extension AccountState {
  /// Gives the account a payment from before its first event: paid, of which so much is left. It is posted against
  /// adjustments, since the money came in elsewhere.
  ///
  /// - Parameters:
  ///   - id: what people know it by; `payment-N` for none.
  ///   - amount: what was paid, in nano-dollars.
  ///   - remaining: what is left of it. The rest counts as spent.
  ///   - at: when it was paid, in microseconds since 1970. The account's clock does not fall behind it.
  /// - Returns: what was carried out, for the journal.
  /// - Throws: `paymentExceeded` if more would be left than was paid; `wrongRecord` for a bucket or card that is not there;
  ///   what ``apply(_:key:now:rolled:keyRolled:origin:order:event:fields:)`` throws. Nothing was changed then.
  public mutating func openPayment(
    id: String, amount: Int64, remaining: Int64, card: Int?, bucket: Int, at: Int64, order: BurnOrder
  ) throws(LedgerFault) -> [LedgerChange] {
    guard layout.buckets.indices.contains(bucket) else { throw .wrongRecord(kind: "bucket", index: bucket) }
    if let card, !cardNames.indices.contains(card) { throw .wrongRecord(kind: "card", index: card) }
    guard amount > 0, amount <= Money.largest.nano, remaining >= 0, remaining <= amount else {
      throw .paymentExceeded(payment: payments.count, amount: remaining)
    }
    let number = payments.count + 1
    let name = id.isEmpty ? "payment-\(number)" : id
    var changes = [
      LedgerChange(
        .credit, target: bucket, amount: remaining, contra: .adjustments, lotKind: layout.paidLotKind)
    ]
    try changes.withUnsafeMutableBufferPointer { changes throws(LedgerFault) in
      try apply(changes, key: -1, now: at, origin: name, order: order)
    }
    var payment = Payment(
      id: name, key: "\(name)#\(number)", bucket: bucket, amount: amount, card: card, isAutomatic: false, event: -1,
      origin: name, at: at, state: .paid)
    if let book = layout.buckets[bucket].lotBook {
      if remaining == 0 {
        lotBooks[book].receive(kind: layout.paidLotKind, isPaid: true, amount: 0, at: at, origin: name)
      }
      payment.lot = lotBooks[book].lots.last?.number
      lotBooks[book].backdate(amount: amount)
    }
    payments.append(payment)
    return changes
  }
}

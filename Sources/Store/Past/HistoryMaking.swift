/// Entries that are in no file, as whoever looks at a hypothetical history needs them.
extension StoredEvent {
  public init(
    seq: Int64, account: String?, kind: String, id: String, at: Int64, recordedAt: Int64, fields: String,
    decided verdict: String?, code: String?, decider: String?, amount: Int64, policyHash: String?, countedAt: Int64?
  ) {
    self.init(
      seq: seq, account: account, kind: kind, id: id, at: at, recordedAt: recordedAt, fields: fields, verdict: verdict,
      code: code, decider: decider, amount: amount, policyHash: policyHash, countedAt: countedAt)
  }
}

extension StoredPosting {
  public init(
    of event: Int64, n: Int, step: String, at: Int64, from source: String, to destination: String, amount: Int64
  ) {
    self.init(event: event, n: n, step: step, at: at, source: source, destination: destination, amount: amount)
  }
}

extension Movement {
  public init(_ posting: StoredPosting, kind: String, id: String, namedAt: Int64, fields: String) {
    self.init(posting: posting, kind: kind, id: id, namedAt: namedAt, fields: fields)
  }
}

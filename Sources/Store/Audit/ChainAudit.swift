/// Looks whether the entries of the history are those that were written, all of them, in their order.
struct ChainAudit {
  let statements: StatementCache

  func run(_ findings: inout Findings) throws(StoreFault) {
    var (last, sum): (Int64, Int64) = (0, 0)
    try statements[
      "SELECT seq, account, kind, id, attempt, at, recorded_at, resumes, fields, sum FROM event ORDER BY seq"
    ].forEach { row in
      let seq = row.integer(0)
      var expected = EventSum(after: sum)
      expected.add(seq)
      expected.add(row.optional(1))
      expected.add(row.text(2))
      expected.add(row.text(3))
      for column in Int32(4)...6 { expected.add(row.integer(column)) }
      expected.add(row.optional(7))
      expected.add(row.text(8))
      if seq != last &+ 1 {
        let gap = seq == last &+ 2 ? "entry \(last &+ 1) is" : "entries \(last &+ 1) to \(seq &- 1) are"
        findings.add(nil, "event", "event \(seq)", "\(gap) missing before it")
      } else if expected.kept != row.integer(9) {
        findings.add(nil, "event", "event \(seq)", "is not what was written, or the one before it is not")
      }
      (last, sum) = (seq, row.integer(9))
    }
  }
}

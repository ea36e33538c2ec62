import Engine
import Values

extension Forecast {
  /// What people read, a pace a line and its buckets below.
  public func text() -> String {
    var lines: [String] = []
    for bucket in buckets {
      // Balances are exact, as everywhere; a pace is rounded.
      var line = "\(bucket.name)  " + (bucket.owed > 0 ? "\(exact(bucket.owed)) is owed" : exact(bucket.available))
      if let refill = bucket.refill, refill.allowance > 0 {
        line += " of \(exact(refill.allowance)) each \(refill.window.name)"
      }
      if let closed = bucket.closedBy { line += ", closed by \(closed)" }
      lines.append(line)
    }
    for outlook in outlooks {
      let days = "last \(outlook.days) days"
      guard outlook.spent > 0 else {
        lines.append("\(days): nothing was spent" + (outlook.end == .at(now) ? ", and nothing is left" : ""))
        continue
      }
      lines.append("\(days): \(money(outlook.pace)) a day   \(told(outlook.end, all: true))")
      for (bucket, end) in zip(buckets, outlook.buckets)
      where buckets.count > 1 && bucket.closedBy == nil && bucket.canPay {
        lines.append("   \(bucket.name) \(told(end, all: false))")
      }
    }
    return lines.joined(separator: "\n")
  }

  private func exact(_ nano: Int64) -> String { ValueFormatter.grouped(Money(nano: nano).description) }

  private func told(_ end: End, all: Bool) -> String {
    switch end {
    case .at(let time) where time <= now: all ? "nothing is left now" : "is empty now"
    case .at(let time):
      "\(all ? "runs out" : "is empty first at") \(Explanation.minuteText(time - time % Instant.perSecond))"
        + (all ? " (\(span(time - now)))" : "")
    case .noPace: "never: nothing is spent"
    case .never: all ? "never runs out: what is filled anew is enough" : "is not used up"
    case .notBefore(let time): "lasts beyond \(Instant(microseconds: time).dateText)"
    }
  }

  private func span(_ micro: Int64) -> String {
    let (days, hours) = (micro / Instant.perDay, micro % Instant.perDay / Instant.perHour)
    if days > 2 { return "in \(ValueFormatter.grouped("\(days)")) days" }
    let all = days * 24 + hours
    return all < 1 ? "within the hour" : "in \(all) hour\(all == 1 ? "" : "s")"
  }

  /// To the cent where it is that or more, else exactly.
  private func money(_ nano: Int64) -> String {
    let shown = nano.magnitude >= UInt64(Money.nanoPerCent) ? nano - nano % Money.nanoPerCent : nano
    return ValueFormatter.grouped(Money(nano: shown).description)
  }
}

extension Forecast.Bucket {
  /// There is something in it, or will be.
  fileprivate var canPay: Bool { available > 0 || (refill?.allowance ?? 0) > 0 }
}

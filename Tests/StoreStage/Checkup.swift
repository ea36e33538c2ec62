import Engine
import Foundation
import Store

/// An answer that a writer was given: from then on it must be in the history.
public struct Acknowledgement: Sendable, Hashable {
  public var event: Int64
  public var account: String
  public var id: String
  public var verdict: String

  public init(_ answer: StoredAnswer) {
    event = answer.event
    account = answer.account
    id = answer.id
    verdict = answer.decision.verdict.rawValue
  }

  public init?(line: String) {
    let words = line.split(separator: "\t" as Character, omittingEmptySubsequences: false).map(String.init)
    guard words.count == 4, let event = Int64(words[0]) else { return nil }
    (self.event, account, id, verdict) = (event, words[1], words[2], words[3])
  }

  public var line: String { "\(event)\t\(account)\t\(id)\t\(verdict)\n" }
}

/// What is held against a store after something happened to it. Every finding is a sentence; none is the aim.
public struct Checkup {
  public private(set) var findings: [String] = []
  public private(set) var history: [Int64: StoredEvent] = [:]
  let store: AccountStore

  public init(_ store: AccountStore) throws {
    self.store = store
    var before: Int64? = nil
    repeat {
      let page = try store.read { try $0.events(before: before, limit: 500) }
      for event in page { history[event.seq] = event }
      before = page.last?.seq
      if page.isEmpty { break }
    } while before != nil
  }

  /// Everything is worked out again and nothing contradicts it.
  public mutating func audit() throws {
    let report = try store.audit(limit: 10)
    for finding in report.findings {
      findings.append("audit: \(finding.account ?? "the store"), \(finding.table) \(finding.row): \(finding.text)")
    }
    if report.events != history.count { findings.append("audit saw \(report.events) events of \(history.count)") }
  }

  /// What was acknowledged is there, as it was said.
  public mutating func find(_ acknowledged: some Sequence<Acknowledgement>) {
    for known in acknowledged {
      guard let event = history[known.event] else {
        findings.append("event \(known.event) (`\(known.id)`, \(known.verdict)) was acknowledged and is lost")
        continue
      }
      if event.account != known.account || event.id != known.id || event.verdict != known.verdict {
        findings.append(
          "event \(known.event) was `\(known.id)`, \(known.verdict), and is `\(event.id)`, \(event.verdict ?? "undecided")"
        )
      }
    }
  }

  /// Nothing is allowed twice: one event of one kind and id, one answer that counts.
  public mutating func countAnswers() {
    var allowed: Set<[String]> = []
    for event in history.values where event.verdict == "allowed" {
      if !allowed.insert([event.account ?? "", event.kind, event.id]).inserted {
        findings.append("`\(event.kind)` `\(event.id)` of \(event.account ?? "nobody") is allowed twice")
      }
    }
  }

  /// What the provider was asked agrees with the store: one key for one payment, one payment for one key, no second key
  /// for an event that asks for money itself while its first may still be paid.
  ///
  /// - Parameter isDrained: nothing waits any more, so that every key has its answer.
  public mutating func compare(log: [LoggedProvider.Entry], isDrained: Bool) throws {
    var amounts: [String: LoggedProvider.Entry] = [:]
    for entry in log {
      if let first = amounts[entry.key], first != entry {
        findings.append("`\(entry.key)` was two requests: \(first), \(entry)")
      }
      amounts[entry.key] = entry
    }
    var keysOfEvents: [[String]: [String]] = [:]
    var seen: Set<String> = []
    let open = Set(try store.read { try $0.outbox() }.map(\.request.key))
    for name in try store.read({ try $0.accountNames() }) {
      let account = try store.read { try $0.account(name) }
      for payment in account.payments {
        let key = "\(store.id)/\(name)/\(payment.key)"
        if !seen.insert(key).inserted { findings.append("`\(key)` is two payments") }
        if let sent = amounts[key], sent.amount != payment.amount || sent.kind != "collect" {
          findings.append("`\(key)` was asked for \(sent.amount), and the payment is \(payment.amount)")
        }
        if !payment.isAutomatic, !payment.origin.isEmpty {
          keysOfEvents[[name, "\(payment.event)", payment.origin], default: []].append(key)
        }
        let isPaid = payment.state == .paid
        if isPaid, amounts[key] == nil { findings.append("`\(key)` is paid and the provider was never asked") }
        if isPaid, !LoggedProvider.isPaid(key) { findings.append("`\(key)` is paid and the provider said no") }
        if (payment.state == .pending) != open.contains(key) {
          findings.append("`\(key)` is \(payment.state) and \(open.contains(key) ? "in" : "not in") the outbox")
        }
        if isDrained, amounts[key] != nil, isPaid != LoggedProvider.isPaid(key) {
          findings.append("`\(key)` is \(payment.state), and the provider said \(LoggedProvider.outcome(of: key))")
        }
        if isDrained, payment.state == .pending { findings.append("`\(key)` waits though nothing should") }
      }
      for refund in account.refunds {
        let key = "\(store.id)/\(name)/\(refund.key)"
        if !seen.insert(key).inserted { findings.append("`\(key)` is two records") }
        if isDrained, refund.state == .pending { findings.append("`\(key)` waits though nothing should") }
      }
    }
    for key in amounts.keys where !seen.contains(key) {
      findings.append("the provider was asked for `\(key)`, which the store does not know")
    }
    for (event, keys) in keysOfEvents {
      let mayBePaid = keys.filter(LoggedProvider.isPaid)
      if mayBePaid.count > 1 { findings.append("\(event) has several charges: \(mayBePaid)") }
    }
  }

  public mutating func note(_ finding: String) { findings.append(finding) }
}

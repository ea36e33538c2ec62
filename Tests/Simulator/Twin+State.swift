import Audit
import Engine
import Lab
import Language
import Ledger
import Values

extension Twin {
  /// Everything in which the account differs from the auditor's, a line each.
  mutating func differences(from auditor: Auditor) -> [String] {
    var found: [String] = []
    func compare(_ what: @autoclosure () -> String, _ ours: Int64, _ theirs: Int64) {
      if ours != theirs { found.append("\(what()): the engine has \(ours), the auditor \(theirs)") }
    }
    let reader = engine.reader(account, at: now)
    compare("balance", reader.value(of: .posted(words.balance)), auditor.balance)
    compare("balance.available", reader.value(of: .available(words.balance)), max(0, auditor.available))
    compare("balance.held", reader.value(of: .held(words.balance)), auditor.balanceHeld)
    compare("quota", reader.value(of: .posted(words.quota)), auditor.quotaLeft)
    compare("quota.available", reader.value(of: .available(words.quota)), auditor.quotaAvailable)
    if let meter = words.spent {
      compare("payg_spent", reader.value(of: .meter(meter)), auditor.cycle.spent + auditor.cycle.held)
    }
    if let bounds = auditor.cycleBounds {
      compare("cycle.start", reader.value(of: .cycleStart), bounds.start)
      compare("cycle.end", reader.value(of: .cycleEnd), bounds.end)
    }
    compare("absorbed", -account.contra(.absorbed), auditor.absorbed)
    compare("paid in by cards", -account.contra(.cards), auditor.cardIn)
    compare("the books together", Int64(clamping: account.sumOfBooks), 0)
    for (index, name) in account.keyNames.enumerated() {
      guard let key = auditor.keys[name] else {
        found.append("key \(name): the auditor has none")
        continue
      }
      // These meters run for ever, so what stands in the row is what counts.
      let row = Array(account.keyRow(index) ?? [])
      if let meter = words.keySpent {
        compare("spent by \(name)", row[account.layout.meters[meter].slot], key.spent + key.held)
      }
      if let meter = words.keyBalanceSpent {
        compare(
          "spent of the balance by \(name)", row[account.layout.meters[meter].slot], key.balanceSpent + key.balanceHeld)
      }
    }
    for transaction in journal.transactions[checkedTransactions...] {
      compare("the postings of a transaction together", transaction.postings.reduce(0) { $0 + $1.amount }, 0)
    }
    checkedTransactions = journal.transactions.count
    compareLots(auditor, &found)
    comparePayments(auditor, &found)
    let suspended = words.settings["funding.charges_suspended"].map { reader.value(of: .setting($0)) } ?? 0
    compare("suspended", suspended, auditor.autoTopUp.isSuspended ? 1 : 0)
    found += auditor.faults.map { "the auditor: \($0)" }
    found += broken.map { "broken promise: \($0)" }
    return found
  }

  private func compareLots(_ auditor: Auditor, _ found: inout [String]) {
    let lots = account.lots(of: words.balance, order: order)
    let (ours, theirs) = (lots.map(\.remaining), auditor.lots.lots.map(\.remaining))
    if ours != theirs { found.append("lots: the engine has \(ours), the auditor \(theirs)") }
    if lots.map(\.isPaid) != auditor.lots.lots.map(\.isPaid) { found.append("paid and given lots differ") }
  }

  private func comparePayments(_ auditor: Auditor, _ found: inout [String]) {
    guard account.payments.count == auditor.payments.count else {
      found.append(
        "payments: the engine has \(account.payments.map(\.id)), the auditor \(auditor.payments.map(\.id))")
      return
    }
    for (ours, theirs) in zip(account.payments, auditor.payments) {
      if !isSame(ours.state, theirs.state) || ours.refunded != theirs.refunded || ours.id != theirs.id
        || (ours.clawback != nil) != theirs.isDisputed || ours.amount != theirs.amount
        || ours.isAutomatic != theirs.isAutomatic
      {
        found.append("payment \(theirs.id): the engine has \(ours), the auditor \(theirs)")
      }
    }
  }

  private func isSame(_ ours: Payment.State, _ theirs: AuditPayment.State) -> Bool {
    switch (ours, theirs) {
    case (.pending, .pending), (.paid, .paid), (.declined, .declined), (.failed, .failed): true
    default: false
    }
  }

  /// Differences of the statements of every month so far.
  func statementDifferences(from auditor: Auditor) -> [String] {
    var found: [String] = []
    for theirs in auditor.statements {
      let first = CivilDate(year: Int(theirs.month / 12), month: Int(theirs.month % 12) + 1, day: 1)
      guard let first, let window = Twin.month(first),
        let ours = Statement(journal, of: words.balance, opening: auditor.opening, in: window)
      else {
        found.append("no statement of month \(theirs.month)")
        continue
      }
      let pairs: [(String, Int64, Int64)] = [
        ("opening", ours.opening, theirs.opening), ("closing", ours.closing, theirs.closing),
        ("top-ups", ours.topUps, theirs.topUps), ("grants", ours.grants, theirs.grants),
        ("usage", ours.usage, theirs.usage), ("refunds", ours.refunds, theirs.refunds),
        ("clawbacks", ours.clawbacks, theirs.clawbacks), ("reinstated", ours.reinstated, theirs.reinstated),
        ("other", ours.other, 0),
      ]
      for (name, mine, others) in pairs where mine != others {
        found.append("statement of \(first), \(name): the engine has \(mine), the auditor \(others)")
      }
      let models = Dictionary(
        uniqueKeysWithValues: ours.usageByModel.filter { $0.amount != 0 }.map { ($0.model, $0.amount) })
      if models != theirs.usageByModel.filter({ $0.value != 0 }) {
        found.append("statement of \(first), by model: the engine has \(models), the auditor \(theirs.usageByModel)")
      }
    }
    return found
  }

  private static func month(_ first: CivilDate) -> Window? {
    BillingCalendar.window(.month, at: Int64(first.daysSinceEpoch) * 86_400_000_000, anchor: nil)
  }
}

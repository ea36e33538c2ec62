import Ledger
import Testing
import Values

/// Random lists of every kind of instruction, and what must hold whatever came before.
@Suite struct LedgerSequenceTests {
  /// A ledger, and beside it the sums that nobody needs windows or records for.
  struct Sequence {
    var world = LedgerWorld()
    var random: SeededGenerator
    var now: Int64
    /// What was settled or paid of the quota, and in all with each key.
    var quotaPaid: Int64 = 0
    var keyPaid: [Int64] = [0, 0]
    var done: [LedgerChange.Kind: Int] = [:]
    var faults = 0

    init(seed: UInt64) throws {
      random = SeededGenerator(seed: seed)
      now = try instant("2026-01-30")
    }

    mutating func number(_ bound: Int) -> Int { Int(random.next() % UInt64(max(1, bound))) }
    mutating func amount(_ bound: Int64) -> Int64 { Int64(number(Int(bound))) }
    /// Now and then one that names nothing.
    mutating func index(_ count: Int) -> Int { number(12) == 0 ? count - number(3) : number(count) }

    mutating func step() throws {
      now += Int64(number(40)) * Int64(number(40)) * 1_500_000_000
      while let hold = world.account.expiredHold(by: now) {
        try world.release(hold, as: .expired, at: now)
      }
      let wrong = number(4) == 0
      let before = world
      do {
        switch number(4) {
        case 0: try hold()
        case 1: try settle()
        default:
          var list = money()
          for _ in 0..<number(3) { list += money() }
          if wrong { list.insert(illegal(), at: number(list.count + 1)) }
          try run(list, key: -1)
        }
      } catch is LedgerFault {
        faults += 1
        #expect(world.account == before.account)
      }
    }

    private mutating func run(_ list: [LedgerChange], key: Int) throws {
      for change in try world.run(list, key: key, at: now, id: "e\(number(1_000))") {
        done[change.kind, default: 0] += 1
      }
    }

    private mutating func hold() throws {
      let key = number(3) - 1
      let drawn = [amount(60), amount(30), number(4) == 0 ? amount(5) : 0]
      let list = world.account.changes(
        holding: drawn, covered: drawn.reduce(0, +), until: now + 1 + amount(60) * 60_000_000_000, key: key)
      try run(list, key: key)
    }

    private mutating func settle() throws {
      let hold = index(world.account.holds.count)
      let known = world.account.holds.has(hold)
      let key = known ? world.account.holds[hold].key : -1
      let rolled = world.rolled(at: now, key: key)
      if number(3) == 0 {
        let list = world.account.changes(
          releasing: hold, as: .voided, rolled: rolled.own, keyRolled: rolled.key)
        return try run(list, key: key)
      }
      let isOpen = known && world.account.holds[hold].state == .open
      let reserved = isOpen ? world.account.holds[hold].drawn : [0, 0, 0]
      let overrun = [amount(20), amount(20), 0]
      let drawn = zip(reserved, overrun).map { amount($0.0 + 1) + $0.1 }
      let list = world.account.changes(
        settling: hold, drawn: drawn, overrun: overrun, covered: drawn.reduce(0, +),
        overrunCovered: overrun.reduce(0, +), absorbed: amount(9), rolled: rolled.own, keyRolled: rolled.key)
      try run(list, key: key)
      quotaPaid += drawn[1]
      if key >= 0 { keyPaid[key] += drawn.reduce(0, +) }
    }

    /// One instruction that moves money, or some that belong together; quite often one that is refused.
    private mutating func money() -> [LedgerChange] {
      let payment = index(world.account.payments.count)
      let refund = index(world.account.refunds.count)
      let bucket = number(5) == 0 ? LedgerWorld.purse : LedgerWorld.balance
      switch number(13) {
      case 0: return [LedgerChange(.credit, target: bucket, amount: amount(60), contra: .grants, lotKind: 1)]
      case 1: return [LedgerChange(.debit, target: bucket, amount: amount(40), contra: .adjustments)]
      case 2, 3: return [LedgerChange(.draw, target: bucket, amount: amount(60))]
      case 4:
        return [
          LedgerChange(
            .collect, target: bucket, amount: amount(200), lotKind: number(2),
            allowance: number(2) == 0 ? 0 : LedgerLayout.none)
        ]
      case 5:
        let count = world.account.payments.count
        return [
          LedgerChange(.collect, target: bucket, amount: 1 + amount(200), allowance: 0),
          LedgerChange(.receive, target: count),
        ]
      case 6: return [LedgerChange(.receive, target: payment)]
      case 7: return [LedgerChange(.close, target: payment, amount: 2 + amount(2))]
      case 8: return [LedgerChange(.refund, target: payment, amount: amount(60))]
      case 9: return [LedgerChange(number(2) == 0 ? .confirm : .restore, target: refund)]
      case 10: return [LedgerChange(.clawBack, target: payment, amount: amount(120))]
      case 11: return [LedgerChange(.reinstate, target: payment)]
      default:
        return [
          LedgerChange(.reserve, target: 0, amount: 7), LedgerChange(.reserve, target: 0, amount: -7),
          LedgerChange(.absorb, target: 0, amount: amount(9)), LedgerChange(.touch, target: 0, amount: now),
        ]
      }
    }

    mutating func illegal() -> LedgerChange { LedgerSequenceTests.illegal[number(LedgerSequenceTests.illegal.count)] }
  }

  /// None of these can be carried out.
  static let illegal: [LedgerChange] = [
    LedgerChange(.draw, target: 0, amount: Int64.max), LedgerChange(.set, target: 0, amount: 101),
    LedgerChange(.reserve, target: 1, amount: -1_000_000), LedgerChange(.addHeld, target: 4, allowance: -9),
    LedgerChange(.drawLate, target: 1, amount: Int64.max), LedgerChange(.absorb, target: 0, amount: Int64.max),
    LedgerChange(.add, target: 4, amount: Int64.min), LedgerChange(.hold, target: 0, amount: -1),
    LedgerChange(.resolve, target: 99_999, amount: 2), LedgerChange(.resolve, target: 0, amount: 0),
    LedgerChange(.collect, target: 77, amount: 5), LedgerChange(.receive, target: -1),
    LedgerChange(.close, target: 0, amount: 1), LedgerChange(.refund, target: 0, amount: Int64.max),
    LedgerChange(.confirm, target: 99_999), LedgerChange(.restore, target: -1),
    LedgerChange(.clawBack, target: 0, amount: Int64.max), LedgerChange(.reinstate, target: 99_999),
  ]

  // MARK: - What always holds

  static func check(_ sequence: Sequence, _ note: Comment) {
    let (world, account) = (sequence.world, sequence.world.account)
    #expect(account.sumOfBooks == 0, note)
    for order in BurnOrder.allCases {
      let lots = account.lots(of: 0, order: order)
      #expect(lots.reduce(0) { $0 + $1.remaining } == max(0, account.book(0)), note)
      #expect(lots.allSatisfy { (0...$0.amount).contains($0.remaining) }, note)
    }
    checkPayments(account, world.pending, note)
    checkHolds(sequence, note)
    var books: [Book: Int64] = [:]
    for posting in world.journal.transactions.flatMap(\.postings) { books[posting.book, default: 0] += posting.amount }
    for bucket in account.layout.buckets.indices {
      #expect(account.book(bucket) == books[.bucket(bucket), default: 0], note)
    }
    for contra in Contra.allCases { #expect(account.contra(contra) == books[.contra(contra), default: 0], note) }
  }

  private static func checkPayments(_ account: AccountState, _ pending: Int64, _ note: Comment) {
    #expect(pending == account.payments.count { $0.state == .pending }, note)
    #expect(
      Set(account.payments.map(\.key) + account.refunds.map(\.key)).count
        == account.payments.count + account.refunds.count, note)
    var taken: [Int: Int64] = [:]
    for (index, payment) in account.payments.enumerated() {
      let sent = account.refunds.filter { $0.payment == index && $0.state != .failed }.reduce(0) { $0 + $1.amount }
      #expect(payment.refunded == sent && sent <= payment.paid, note)
      if let clawback = payment.clawback {
        #expect(clawback.amount <= payment.paid && clawback.debt >= 0, note)
        if payment.lot != nil {
          #expect(clawback.amount == clawback.debt + clawback.parts.reduce(0) { $0 + $1.amount }, note)
        }
        for part in clawback.parts { taken[part.lot, default: 0] += part.amount }
      }
      #expect((payment.lot != nil) == (payment.state == .paid && payment.bucket == 0), note)
      if let lot = payment.lot { taken[lot, default: 0] += payment.refunded }
    }
    for lot in account.lots(of: 0) { #expect(lot.remaining <= lot.amount - taken[lot.number, default: 0], note) }
  }

  private static func checkHolds(_ sequence: Sequence, _ note: Comment) {
    let (world, account, layout) = (sequence.world, sequence.world.account, sequence.world.layout)
    let open = account.holds.numbers.filter { account.holds[$0].state == .open }
    #expect(account.openHolds.sorted() == open, note)
    #expect(account.nextExpiry == open.map { account.holds[$0].expiresAt }.min() ?? Int64.max, note)
    func current(_ hold: Hold, _ window: WindowKind?) -> Bool {
      layout.accountWindows.enumerated().allSatisfy {
        $0.element.kind != window || hold.epochs[$0.offset] == account.row[$0.element.epochSlot]
      }
    }
    let holds = open.map { account.holds[$0] }
    for (bucket, place) in layout.buckets.enumerated() {
      let held = holds.filter { current($0, place.window) }.reduce(0) { $0 + $1.drawn[bucket] }
      #expect(world.held(bucket) == held, note)
    }
    for (meter, part) in [(LedgerWorld.monthly, nil), (LedgerWorld.daily, 0), (LedgerWorld.quotaTotal, 1)] {
      let held = holds.filter { current($0, layout.meters[meter].window) }
        .reduce(0) { sum, hold in sum + (part.map { hold.drawn[$0] } ?? hold.covered) }
      #expect(world.meter(meter).held == held, note)
      #expect(world.meter(meter).total >= held, note)
    }
    #expect(
      world.meter(LedgerWorld.quotaTotal).total - world.meter(LedgerWorld.quotaTotal).held == sequence.quotaPaid, note)
    for key in 0..<2 {
      let held = holds.filter { $0.key == key }.reduce(0) { $0 + $1.covered }
      #expect(world.meter(LedgerWorld.keyTotal, key: key) == (sequence.keyPaid[key] + held, held), note)
      for (index, window) in layout.keyWindows.enumerated() {
        let row = Array(account.keyRow(key) ?? [])
        let sum = holds.filter { $0.key == key && $0.keyEpochs[index] == row[window.epochSlot] }
          .reduce(0) { $0 + $1.covered }
        #expect(world.meter(LedgerWorld.keyMonthly, key: key).held == sum, note)
      }
    }
  }

  @Test(arguments: 0..<UInt64(150))
  func anySequenceKeepsTheBooks(seed: UInt64) throws {
    var sequence = try Sequence(seed: seed)
    for _ in 0..<60 {
      try sequence.step()
      LedgerSequenceTests.check(sequence, "seed \(seed)")
    }
  }

  /// The sequences would prove nothing if they never got anywhere.
  @Test func sequencesReachEveryKind() throws {
    var done: [LedgerChange.Kind: Int] = [:]
    var faults = 0
    for seed in 0..<UInt64(150) {
      var sequence = try Sequence(seed: seed)
      for _ in 0..<60 { try sequence.step() }
      done.merge(sequence.done) { $0 + $1 }
      faults += sequence.faults
    }
    let kinds: [LedgerChange.Kind] = [
      .draw, .credit, .debit, .reserve, .addHeld, .drawLate, .hold, .resolve, .absorb, .collect, .receive, .close,
      .refund, .confirm, .restore, .clawBack, .reinstate,
    ]
    for kind in kinds { #expect(done[kind, default: 0] > 10, "\(kind)") }
    #expect(faults > 500)
  }
}

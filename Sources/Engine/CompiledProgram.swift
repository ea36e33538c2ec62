import Language
import Ledger
import Values

/// A program made ready to run: where its numbers live, and which of its rules apply to which event.
public final class CompiledProgram: Sendable {
  public let program: Program
  public let layout: LedgerLayout
  let plans: [EventPlan]
  let codes: [EventCode]
  let tables: RowTables
  let lotOrder: LotOrder
  /// By event: whether its rules read records of the account, or what is derived of all payments. Promises do not count: nobody
  /// asks for the facts they saw, and a request must not look at every payment for them.
  let readsRecords: [Bool]
  let readsTotals: [Bool]
  /// By rule: what it tells people when it acts.
  let notices: [[Decision.Notice]]
  /// What archives leave out: the facts of an account and of events that nothing has happened to.
  let blanks: BlankFacts

  public init(_ program: Program) throws(CompileError) {
    try CompiledProgram.guardShape(program)
    self.program = program
    layout = LedgerLayout(CompiledProgram.declarations(of: program))
    plans = program.events.indices.map { EventPlan(program, event: $0) }
    tables = RowTables(program)
    lotOrder = LotOrder(program, layout)
    var codes: [EventCode] = []
    for plan in plans { codes.append(try EventCompiler.compile(program, layout, plan)) }
    self.codes = codes
    readsRecords = codes.map { !$0.records.isEmpty }
    readsTotals = codes.map { $0.totals.keys.contains { $0 != .promises } }
    notices = program.rules.enumerated().map { rule, declared in
      declared.effects.flatMap(\.operations).compactMap { operation in
        guard case .notify(let level) = operation else { return nil }
        return Decision.Notice(level: level, rule: rule)
      }
    }
    blanks = BlankFacts(program, layout)
  }

  /// The most that deciding one event can take: instructions run one after another, registers in use.
  public func worstCase(event: Int) -> (instructions: Int, registers: Int) { codes[event].worstCase }

  private static func declarations(of program: Program) -> LedgerLayout.Declarations {
    var anchor = ExprScan(program)
    if let expr = program.cycleAnchor { anchor.visit(expr) }
    var declarations = LedgerLayout.Declarations()
    declarations.settings = program.settings.indices.map { index in
      let setting = program.settings[index]
      let scope: LedgerLayout.Scope =
        switch setting.scope {
        case .global: .global
        case .account: .account
        case .key: .key
        }
      return (
        scope, Arithmetic.clamp(setting.range.low), Arithmetic.clamp(setting.range.high), setting.type.isOptional,
        anchor.facts.contains(.setting(index))
      )
    }
    // Stored bounds are forgotten when such a setting is set or such an event takes effect; of anything else nobody would know.
    declarations.cycleIsVolatile = anchor.facts.contains { fact in
      if case .last = fact { return false }
      guard case .setting(let index) = fact else { return true }
      return program.settings[index].scope != .account || program.settings[index].defaults.count > 1
    }
    declarations.buckets = program.buckets.map { ($0.resets?.window, $0.keepsLots) }
    declarations.meters = program.meters.map { meter in
      let measure: LedgerLayout.Measure =
        switch meter.measure {
        case .payments: .payments
        case .bucketPayments(let bucket): .bucketPayments(bucket)
        case .sum, .count: .other
        }
      return (
        meter.window, meter.scope == .key, Arithmetic.clamp(meter.range.low), Arithmetic.clamp(meter.range.high),
        measure
      )
    }
    declarations.eventsMovingCycle = Set(
      anchor.facts.compactMap { if case .last(let event) = $0 { event } else { nil } })
    declarations.paidLotKind = program.lotKinds.firstIndex(of: "paid") ?? 0
    declarations.eventCount = program.events.count
    return declarations
  }

  /// The setting of this full name.
  public func setting(named name: String) -> Int? { program.settings.firstIndex { $0.name == name } }

  public func event(named name: String) -> Int? { program.events.firstIndex { $0.name == name } }

  public func bucket(named name: String) -> Int? { CompiledProgram.index(of: name, in: program.buckets.map(\.name)) }

  public func meter(named name: String) -> Int? { CompiledProgram.index(of: name, in: program.meters.map(\.name)) }

  /// An exact name, or the last word of exactly one.
  static func index(of name: String, in names: [String]) -> Int? {
    if let exact = names.firstIndex(of: name) { return exact }
    let ending = "." + name
    let matches = names.indices.filter { names[$0].hasSuffix(ending) }
    return matches.count == 1 ? matches[0] : nil
  }
}

/// The rules that apply to one event, each list in the order it is tried.
struct EventPlan: Sendable {
  let event: Int
  let hasKey: Bool
  /// By rank of their denial.
  var denies: [Int] = []
  var ons: [Int] = []
  var totalCaps: [Int] = []
  /// By bucket, by rank.
  var gates: [[Int]]
  var caps: [[Int]]
  var rescues: [Int] = []
  var afters: [Int] = []
  var promises: [Int] = []
  /// Whether a charge of a card may have to be answered before this event is.
  var waits = false

  init(_ program: Program, event: Int) {
    self.event = event
    hasKey = program.events[event].hasKey
    gates = Array(repeating: [], count: program.buckets.count)
    caps = gates
    for (index, rule) in program.rules.enumerated() {
      switch rule.kind {
      case .deny(let events, _), .on(let events), .after(let events): if !events.contains(event) { continue }
      case .gate, .cap, .beforeDenial: break
      }
      var scan = ExprScan(program)
      for clause in rule.clauses { scan.visit(clause) }
      for effect in rule.effects { scan.visit(effect.operations) }
      if case .cap(_, let limit, _) = rule.kind { scan.visit(limit) }
      // A rule about a key, or about the fields of another event, says nothing about an event that has none.
      if scan.readsKey && !hasKey { continue }
      if !scan.events.isSubset(of: [event]) { continue }
      switch rule.kind {
      case .deny: denies.append(index)
      case .gate(let bucket, _): gates[bucket].append(index)
      case .cap(let bucket?, _, _): caps[bucket].append(index)
      case .cap(nil, _, _): totalCaps.append(index)
      case .on: ons.append(index)
      case .beforeDenial: rescues.append(index)
      case .after: afters.append(index)
      }
    }
    // Stable, so that rules with one denial stay in the order of the program.
    func byRank(_ rules: [Int]) -> [Int] {
      rules.sorted { left, right in
        let ranks = (EventPlan.rank(of: left, program), EventPlan.rank(of: right, program))
        return ranks.0 == ranks.1 ? left < right : ranks.0 < ranks.1
      }
    }
    waits =
      waiter(program) != nil || program.buckets.indices.contains { rescuer(of: $0, program) != nil }
    denies = byRank(denies)
    totalCaps = byRank(totalCaps)
    gates = gates.map(byRank)
    caps = caps.map(byRank)
    for (index, promise) in program.promises.enumerated()
    where promise.events.isEmpty || promise.events.contains(event) {
      var scan = ExprScan(program)
      scan.visit(promise.condition)
      if scan.readsKey && !hasKey { continue }
      if !scan.events.isSubset(of: [event]) { continue }
      promises.append(index)
    }
  }

  /// The first rule that charges a card for this bucket before a denial.
  func rescuer(of bucket: Int, _ program: Program) -> Int? {
    rescues.first { rule in
      program.rules[rule].effects.flatMap(\.operations).contains {
        if case .collect(_, _, bucket, _) = $0 { true } else { false }
      }
    }
  }

  /// The first rule whose charge the event waits for, and the denial without it.
  func waiter(_ program: Program) -> (rule: Int, denial: Int)? {
    for rule in ons {
      for case .collect(_, _, _, let denial?) in program.rules[rule].effects.flatMap(\.operations) {
        return (rule, denial)
      }
    }
    return nil
  }

  static func rank(of rule: Int, _ program: Program) -> Int64 {
    switch program.rules[rule].kind {
    case .deny(_, let denial), .gate(_, let denial), .cap(_, _, let denial), .beforeDenial(let denial):
      program.denials[denial].rank
    case .on, .after: 0
    }
  }
}

import Backtest
import Engine
import Lab
import Language
import Ledger
import Store
import Values

/// Carries changes out on copies, one after another. Whoever keeps its state has a branch; whoever does not has a question.
struct Stage {
  let world: World
  var state: Branch.State
  /// The account that changes are about which name none.
  var account: String?
  var steps: [Branch.Step] = []
  /// The last change was one of something that serves every account.
  private var isForAll = false
  /// The last one, for what is expected of its answer.
  var simulation: Simulation?

  init(_ world: World, account: String?) throws {
    self.world = world
    self.account = account
    if let branch = try world.branch {
      state = branch.current
    } else {
      state = Branch.State()
      if let choice = try world.choice() {
        (state.engine, state.policyHash, state.texts) = (choice.engine, choice.hash, choice.texts)
      }
    }
  }

  var engine: RuleEngine { get throws { try state.engine ?? world.engine } }
  var policyHash: String { get throws { try state.policyHash ?? world.policyHash } }
  var now: Int64 { get throws { try state.clock ?? world.now } }

  func standing(of name: String) throws -> World.Standing { try state.standing(of: name, in: world) }

  // MARK: - Changes

  mutating func perform(_ change: Change) throws {
    switch change.kind {
    case .deed: try deed(change)
    case .given: try given(change)
    case .policy(let name): try policy(name, change)
    case .account(let name, let keys): try make(name, keys, change)
    case .again(let id): try again(id, change)
    case .replay: try replay(change)
    case .edit(let rule, let text): try edit(rule, text, change)
    }
  }

  private func isAboutAll(_ change: Change) throws -> Bool {
    let words = Words(change.text).words.map(\.text)
    if words.first == "clock" { return true }
    guard words.first == "set", words.count > 1 else { return false }
    if words[1] == "global" { return true }
    let program = try engine.program
    return program.settings.contains {
      $0.scope == .global && ($0.name == words[1] || NameIndex.bare($0.name) == words[1])
    }
  }

  /// The account a change is about; nil for one that concerns all where nobody is focused.
  func subject(of change: Change) throws -> World.Standing? {
    if let account { return try standing(of: account) }
    if try isAboutAll(change) { return nil }
    let names = try world.accountNames(limit: 2)
    if names.count == 1 { return try standing(of: names[0]) }
    if state.made.count == 1, names.isEmpty, let made = state.made.first { return try standing(of: made) }
    throw Complaint(
      message: names.isEmpty && state.made.isEmpty ? "there is no account yet" : "which account?",
      help: names.isEmpty
        ? "account NAME makes one on a branch" : "name it first, or say once: use \(Words.quoted(names[0]))")
  }

  mutating func deed(_ change: Change) throws {
    let isClock = change.text.hasPrefix("clock ")
    let subject = try subject(of: change)
    let nobody = World.Standing(
      name: "", state: try engine.newAccount(), engine: try engine, policyHash: try policyHash, at: try now)
    let before = subject ?? nobody
    let simulation = simulation(on: before)
    var step = Branch.Step(
      change.line, deed: change.text, count: change.count, account: subject?.name, before: subject, after: state)
    step.upcoming = simulation.upcoming
    step.program = before.engine.program
    var told = 0
    try Stage.translated {
      try simulation.when(change.text, times: change.count) { answer in
        // What time brings is told for every account below.
        if !isClock { step.note(simulation.journal.transactions[told...], of: before.name, answer: step.answers.count) }
        told = simulation.journal.transactions.count
        step.answers.append(answer)
        step.tally.add(answer, number: step.answers.count)
      }
    }
    if isClock {
      try letPass(from: before, to: simulation.clock, &step)
    } else {
      try take(simulation, subject)
    }
    step.after = state
    if isForAll {
      isForAll = false
      step.notes += try misfits()
    }
    steps.append(step)
    self.simulation = simulation
  }

  func simulation(on standing: World.Standing) -> Simulation {
    let simulation = Simulation(standing.state, engine: standing.engine, at: standing.at)
    simulation.upcoming = state.upcoming[standing.name] ?? []
    return simulation
  }

  /// Takes over what became of an account, and of the global settings.
  mutating func take(_ simulation: Simulation, _ subject: World.Standing?) throws {
    if simulation.engine.globals != (try engine).globals {
      try take(engine: simulation.engine)
      isForAll = true
    }
    guard var changed = subject else { return }
    changed.state = simulation.account
    changed.at = simulation.clock
    if simulation.clock > (try now) { state.clock = simulation.clock }
    state.accounts[changed.name] = changed
    state.upcoming[changed.name] = simulation.upcoming.isEmpty ? nil : simulation.upcoming
  }

  private mutating func take(engine: RuleEngine) throws {
    if state.policyHash == nil { state.policyHash = try world.policyHash }
    state.engine = engine
  }

  // MARK: - Time

  private mutating func letPass(from before: World.Standing, to time: Int64, _ step: inout Branch.Step) throws {
    state.clock = time
    var names = Set(state.accounts.keys)
    if !before.name.isEmpty { names.insert(before.name) }
    var passed: [Passage.Entry] = []
    for name in names.sorted() {
      var standing = try standing(of: name)
      let old = standing
      var journal = Journal()
      do {
        try standing.engine.expire(&standing.state, by: time, journal: &journal)
      } catch {
        throw Complaint(message: error.message)
      }
      standing.at = max(standing.at, time)
      step.note(journal.transactions[...], of: name, answer: nil)
      passed += Passage(from: before.name == name ? before : old, to: standing).entries.map { entry in
        (entry.at, names.count > 1 ? entry.lines.map { "\(name): \($0)" } : entry.lines)
      }
      state.accounts[name] = standing
    }
    step.notes += Passage.inOrder(passed)
    if step.notes.isEmpty, !names.isEmpty { step.notes = ["nothing happens by itself"] }
  }

  // MARK: - What is stated

  private mutating func given(_ change: Change) throws {
    guard let subject = try subject(of: change) else { return }
    let simulation = simulation(on: subject)
    try Stage.translated { try simulation.given(change.text) }
    // A row of a table makes another engine.
    try take(engine: simulation.engine)
    try take(simulation, subject)
    var step = Branch.Step(change.line, account: subject.name, before: subject, after: state)
    step.program = simulation.program
    step.note(stated: simulation, on: subject)
    steps.append(step)
    self.simulation = simulation
  }

  private mutating func make(_ name: String, _ keys: [String], _ change: Change) throws {
    if try state.made.contains(name) || world.reader.hasAccount(name) {
      throw Complaint(message: "there is an account `\(name)` already", help: "account \(name)-2")
    }
    let engine = try engine
    var account = engine.newAccount()
    for key in keys.isEmpty ? ["k1"] : keys { account.addKey(key) }
    let standing = World.Standing(name: name, state: account, engine: engine, policyHash: try policyHash, at: try now)
    state.accounts[name] = standing
    state.made.insert(name)
    self.account = name
    let keyWord = account.keyCount == 1 ? "key" : "keys"
    steps.append(
      Branch.Step(
        change.line, account: name,
        notes: ["a new account with the \(keyWord) \(account.keyNames.joined(separator: ", "))"],
        after: state))
    simulation = simulation(on: standing)
  }

  // MARK: - Policies

  private mutating func policy(_ name: String, _ change: Change) throws {
    let hash = try policyHash
    let reader = world.reader
    let own = try reader.engine(at: world.moment)
    if name == "current" {
      var engine = own.engine
      reader.takeGlobals(of: try self.engine, to: &engine)
      try put(engine, hash: own.policyHash, texts: nil, line: change.line)
      return
    }
    let old = try state.texts ?? world.session.keptTexts(hash, reader)
    let texts: PolicyTexts
    if CandidateReading.isReform(name) {
      texts = try CandidateReading.reformed(name, over: old)
    } else {
      texts = try world.session.policyTexts(name, reader, over: own.policyHash)
    }
    try put(texts, called: name, line: change.line)
  }

  /// Goes on under other rules: the accounts that were changed come along as with a change of policy.
  mutating func put(_ texts: PolicyTexts, called name: String, line: String) throws {
    var engine = try world.session.compiled(texts, called: name)
    world.reader.takeGlobals(of: try self.engine, to: &engine)
    try put(engine, hash: texts.hash, texts: texts, line: line)
  }

  private mutating func put(_ engine: RuleEngine, hash: String, texts: PolicyTexts?, line: String) throws {
    let old = try (hash: policyHash, engine: self.engine)
    for (name, standing) in state.accounts where hash != old.hash {
      var standing = standing
      standing.state = try world.reader.move(standing.state, named: name, from: old.engine, to: engine)
      (standing.engine, standing.policyHash) = (engine, hash)
      state.accounts[name] = standing
    }
    (state.engine, state.policyHash, state.texts) = (engine, hash, texts)
    let note =
      hash == old.hash
      ? "the rules are as they were" : "policy \(PolicyTexts.short(old.hash)) → \(PolicyTexts.short(hash))"
    steps.append(Branch.Step(line, notes: [note] + (hash == old.hash ? [] : try misfits()), after: state))
  }

  // MARK: - Mistakes

  /// Says what is wrong with a line in the words of a prompt.
  static func translated<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let fault as SimulationFault {
      guard let line = fault.line else { throw Complaint(message: fault.message, status: .failed) }
      throw LineComplaint(line)
    } catch let fault as LineFault {
      throw LineComplaint(fault)
    }
  }
}

extension Branch.Step {
  /// Notes what moved in the books of an account.
  mutating func note(_ transactions: ArraySlice<Transaction>, of account: String, answer: Int?) {
    for transaction in transactions where !transaction.postings.isEmpty {
      moved.append(Moved(account: account, answer: answer, transaction: transaction))
    }
  }

  /// Notes what a statement made of the books: the difference, since what was there is not there any more.
  mutating func note(stated simulation: Simulation, on subject: World.Standing) {
    var transaction = Transaction(
      EmptyCollection<LedgerChange>(), sequence: 0, postedAt: simulation.clock, occurredAt: simulation.clock, event: -1,
      id: "", key: nil, labels: [], step: .adjustment)
    for bucket in simulation.program.buckets.indices where simulation.program.buckets[bucket].resets == nil {
      let old = subject.engine.program.buckets.firstIndex { $0.name == simulation.program.buckets[bucket].name }
      let difference = simulation.account.book(bucket) - (old.map { subject.state.book($0) } ?? 0)
      guard difference != 0 else { continue }
      transaction.postings += [Posting(.bucket(bucket), difference), Posting(.contra(.adjustments), -difference)]
    }
    note([transaction], of: subject.name, answer: nil)
  }
}

extension LineComplaint {
  /// The first mistake of a line.
  init(_ fault: LineFault) {
    let diagnostic = fault.diagnostics.sorted.first
    self.init(message: fault.message, line: "", help: fault.help, code: diagnostic?.code ?? "line")
    guard let diagnostic, fault.sources.sources.indices.contains(Int(diagnostic.span.source)) else { return }
    let source = fault.sources[diagnostic.span.source]
    line = String(decoding: source.bytes, as: UTF8.self)
    let end = min(Int(diagnostic.span.end), line.utf8.count)
    range = min(Int(diagnostic.span.start), end)..<end
  }
}

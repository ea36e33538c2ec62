import Diagnostics
import Engine
import Language
import Ledger
import Store
import Values

/// What the names of a line stand for.
extension Session {
  // MARK: - Accounts

  /// The account a line is about: the one it names, else the focused one, else the only one there is.
  func accountName(_ request: Request, _ world: World, _ index: Int = 0) throws -> String {
    if let written = request.arguments.text(.account, index) {
      let named = written == "_" ? lastSubject ?? written : written
      if try world.hasAccount(named) { return named }
      throw try unknownAccount(named, world, at: request.complaint("", at: .account))
    }
    if let focused = request.coordinates.account {
      if try world.hasAccount(focused) { return focused }
      throw try unknownAccount(focused, world)
    }
    let names = try world.accountNames(limit: 2)
    if names.count == 1, index == 0 { return names[0] }
    throw Complaint(
      message: names.isEmpty ? "there is no account yet" : "which account?",
      help: names.isEmpty
        ? "payg account add NAME makes one; to try things: branch NAME, then account NAME"
        : "name it in the line, or say once: use \(Words.quoted(names[0]))")
  }

  /// That nobody is called so, with who was probably meant.
  ///
  /// - Parameter place: where it stands in a line.
  func unknownAccount(_ name: String, _ world: World, at place: LineComplaint? = nil) throws -> LineComplaint {
    let near = try nearestAccounts(name, world)
    var complaint = place ?? LineComplaint(message: "", line: "")
    complaint.message = "there is no account `\(name)`"
    complaint.help = near.isEmpty ? "accounts" : "nearest: \(near.joined(separator: "  "))"
    complaint.code = "unknown_account"
    complaint.suggest(near.first)
    return complaint
  }

  /// Names that are like it, the nearest first; else those that begin like it.
  func nearestAccounts(_ name: String, _ world: World) throws -> [String] {
    let all = try world.accountNames(limit: 5_000)
    let near = Suggestion.ranked(name, in: all, limit: 3)
    if !near.isEmpty { return near }
    return Array(all.filter { $0.hasPrefix(name.prefix(3)) }.prefix(3))
  }

  // MARK: - Payments

  /// How many accounts that share a payment's id are named.
  private static let mostSharing = 20

  /// A payment by its id or key, the latest of them: of an account, else of the first that has one.
  ///
  /// - Returns: with the other accounts that have one of this id.
  func payment(
    named id: String, of account: String?, _ world: World
  ) throws -> (standing: World.Standing, number: Int, others: [String])? {
    let names = try account.map { try world.hasAccount($0) ? [$0] : [] } ?? accounts(ofPayment: id, world)
    for name in names {
      // One that was made later has none yet.
      guard let standing = try? world.account(name), let number = standing.state.payments.lastIndex(ofPayment: id)
      else { continue }
      return (standing, number, account == nil ? names.filter { $0 != name } : [])
    }
    return nil
  }

  /// The accounts that have a payment of this id or key.
  func accounts(ofPayment id: String, _ world: World) throws -> [String] {
    let made = try world.branch?.current.accounts ?? [:]
    let tried = made.filter { $0.value.state.payments.lastIndex(ofPayment: id) != nil }.map(\.key)
    return Set(try world.reader.accounts(ofPayment: id, limit: Session.mostSharing)).union(tried).sorted()
  }

  /// That other accounts have a payment of that id as well; nil where none has.
  func shared(_ id: String, _ others: [String], _ verb: String) -> String? {
    guard let first = others.first else { return nil }
    let names = others.prefix(5).joined(separator: ", ") + (others.count > 5 ? " and others" : "")
    let have = others.count == 1 ? "has" : "have"
    return "\(names) \(have) a payment `\(id)` too: \(verb) \(Words.quoted(id)) of \(Words.quoted(first))"
  }

  // MARK: - Events

  /// An event that a line names.
  enum FoundEvent {
    /// One of the history, and all of its id, the newest first.
    case stored(StoredEvent, attempts: [StoredEvent])
    /// The number of something that was tried last, from 1: `~2`.
    case tried(Int)
  }

  /// How many events of one id are looked at: more are attempts of a request that is denied over and over.
  static let mostAttempts = 1_000

  /// The event of a line: `s0626-158`, `#17`, `_`, `_3`, `~1`; without a word for it the last answer.
  func event(of request: Request, _ world: World) throws -> FoundEvent {
    let word = request.arguments.text(.event) ?? "_"
    let id = try lastAnswer(word, request)
    if word == "_", try world.hasAccount(id), try world.reader.events(id: id, limit: 1).isEmpty {
      throw LineComplaint(
        message: "the last answer is about the account `\(id)`: it is no event", line: request.words.line,
        range: request.arguments.range(.event), help: "\(request.verb.name) \(Words.quoted(id))")
    }
    do {
      return try event(named: id, request, world)
    } catch var fault as LineComplaint where fault.code == "unknown_event" && fault.instead != nil {
      let named = try request.arguments.text(.account).map { _ in try accountName(request, world) }
      guard try world.reader.nearestEventIDs(to: id, account: named, limit: 1).isEmpty else { throw fault }
      // One that is merely the latest is nothing like what was meant: it is named, and not offered.
      let latest = try nearestEvents(id, account: named, world).first ?? ""
      fault.instead = nil
      fault.help = "the latest is: \(request.verb.name) \(Words.quoted(latest))"
      throw fault
    }
  }

  /// What `_` and `_3` of a line stand for.
  func lastAnswer(_ word: String, _ request: Request) throws -> String {
    try placed(in: request) { try answered(word) }
  }

  func event(named id: String, _ request: Request, _ world: World) throws -> FoundEvent {
    let account = try request.arguments.text(.account).map { _ in try accountName(request, world) }
    return try placed(in: request) {
      try event(named: id, account: account ?? request.coordinates.account, isSure: account != nil, world)
    }
  }

  /// Says where in the line the event stands that is wrong.
  private func placed<Found>(in request: Request, _ body: () throws -> Found) throws -> Found {
    do {
      return try body()
    } catch let fault as LineComplaint where fault.range == nil && request.arguments.range(.event) != nil {
      var placed = request.complaint(fault.message, at: .event, help: fault.help)
      placed.code = fault.code
      placed.suggest(fault.instead)
      throw placed
    }
  }

  /// One event of the history by its id or `#` and its number.
  func event(_ id: String, _ world: World, account: String?) throws -> StoredEvent {
    guard case .stored(let event, _) = try event(named: answered(id), account: account, isSure: false, world) else {
      throw Complaint(message: "`\(id)` was only tried: it is nowhere in the history", help: "why \(id)")
    }
    return event
  }

  /// What `_` and `_3` stand for.
  func answered(_ word: String) throws -> String {
    guard word.first == "_" else { return word }
    if word == "_" {
      if let lastSubject { return lastSubject }
      throw LineComplaint(message: "`_` is the last answer, and there is none yet", line: "", help: "why EVENT")
    }
    guard let row = Int(word.dropFirst()), row >= 1 else { return word }
    guard lastRows.indices.contains(row - 1) else {
      throw LineComplaint(
        message: lastRows.isEmpty
          ? "the last answer has no rows to choose from" : "the last answer has \(Count.text(lastRows.count, "row"))",
        line: "", help: lastRows.isEmpty ? "events" : "_1 … _\(lastRows.count)")
    }
    return lastRows[row - 1]
  }

  /// - Parameter isSure: the line says the account; else it is the focused one, which others may have the id as well as.
  func event(named id: String, account: String?, isSure: Bool, _ world: World) throws -> FoundEvent {
    if id.hasPrefix("~"), let number = Int(id.dropFirst()) {
      guard tried?.answer(number) != nil else {
        throw LineComplaint(
          message: "nothing was tried that could be `\(id)`", line: "", help: "what if CHANGE, then why ~1")
      }
      return .tried(number)
    }
    if let number = Session.number(of: id),
      let event = try world.reader.events(before: number + 1, limit: 1).first, event.seq == number
    {
      return .stored(event, attempts: [event])
    }
    var found: [StoredEvent] = []
    if let account, try world.reader.hasAccount(account) {
      found = try world.reader.events(account: account, id: id, limit: Session.mostAttempts)
    }
    if found.isEmpty, !isSure { found = try world.reader.events(id: id, limit: Session.mostAttempts) }
    let decided = found.filter { $0.verdict != nil }
    guard let event = decided.first ?? found.first else { throw try unknownEvent(id, isSure ? account : nil, world) }
    return .stored(event, attempts: decided.isEmpty ? found : decided)
  }

  /// 17 of `#17`.
  static func number(of id: String) -> Int64? {
    guard id.hasPrefix("#"), let number = Int64(id.dropFirst()), number > 0, number < Int64.max else { return nil }
    return number
  }

  /// That nothing has this id, with what was probably meant.
  private func unknownEvent(_ id: String, _ account: String?, _ world: World) throws -> LineComplaint {
    let near = try nearestEvents(id, account: account, world)
    return LineComplaint(
      message: "no event\(account.map { " of `\($0)`" } ?? "") has the id `\(id)`", line: "",
      help: near.isEmpty ? "events" : "nearest: \(near.joined(separator: "  "))", instead: near.first,
      code: "unknown_event")
  }

  func nearestEvents(_ id: String, account: String?, _ world: World) throws -> [String] {
    let near = try world.reader.nearestEventIDs(to: id, account: account, limit: 3)
    if !near.isEmpty { return near }
    return try world.reader.events(account: account, limit: 50).first { $0.verdict != nil }.map { [$0.id] } ?? []
  }
}

extension LineComplaint {
  /// Offers the line with another word in the place it is about.
  mutating func suggest(_ word: String?) {
    guard let word, let range else { return }
    instead =
      Words.text(line, 0..<range.lowerBound) + Words.quoted(word)
      + Words.text(line, range.upperBound..<line.utf8.count)
  }
}

extension String {
  /// As far as ASCII goes.
  var inSmallLetters: String {
    String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}

extension [Payment] {
  /// The latest of an id or a key.
  func lastIndex(ofPayment id: String) -> Int? { lastIndex { $0.id == id || $0.key == id } }
}

import Diagnostics
import Formats
import Language
import Store
import Values

extension Verb {
  static let accounts = Verb(
    "accounts", .look, "[where TEXT]", summary: "all accounts and what they have",
    details: "WHERE takes what SQL takes over the view `accounts`: .schema accounts",
    examples: ["accounts", "accounts where balance_nano < 0", "accounts --csv"]
  ) { request, session in
    var names: [String]?
    if request.arguments.has("where") {
      let condition = request.arguments.text(.text) ?? "1"
      names = try session.accounts(where: condition, request)
    }
    return try session.look(request.coordinates) { world in
      var answer = Answer("payg.accounts/1")
      let program = try world.program
      let buckets = BucketNames(program)
      var table = Table(
        [Table.Column("account", isForeign: true)] + program.buckets.indices.map { Table.Column(buckets[$0], .money) }
          + [Table.Column("held", .money), Table.Column("keys", .integer)])
      var views: [AccountView] = []
      for name in try names ?? world.accountNames() {
        let view = try AccountView(world.account(name))
        views.append(view)
        table.rows.append(
          [.text(name)] + view.parts.map { .integer($0.amount) }
            + [.integer(view.parts.map(\.held).total), .integer(Int64(view.keys.count))])
        table.subjects.append(name)
      }
      // Nothing is held in most stores.
      if views.allSatisfy({ $0.parts.allSatisfy { $0.held == 0 } }) {
        table.remove(column: "held", keepsForMachines: &answer)
      }
      answer.show(table)
      answer.members = [.init("accounts", .list(views.map(\.json)))]
      if views.isEmpty {
        answer.notes.append(
          names == nil ? "there are no accounts yet: payg account add acme --key k1" : "no account is like that")
      } else if names != nil {
        answer.notes.append("\(Count.text(views.count)) of \(Count.text(try world.accountNames().count, "account"))")
      }
      session.teach(
        "select account, balance_nano, held_nano, keys from accounts\(names == nil ? "" : " where \(request.arguments.text(.text) ?? "1")");"
      )
      return answer
    }
  }

  static let balance = Verb(
    "balance", .look, "[ACCOUNT]", summary: "what an account has",
    examples: ["balance lark", "balance ember as of 2026-10-15"]
  ) { request, session in
    try session.look(request.coordinates) { world in
      let standing = try session.account(of: request, world)
      let view = AccountView(standing)
      var answer = Answer("payg.balance/1", subject: standing.name)
      answer.account = standing.name
      var lines = view.lines(session.ink)
      lines[0] = try session.headline(standing, world)
      answer.say(lines)
      answer.members = view.json.members
      answer.value = Money(nano: standing.money).plainText
      var table = Table([
        Table.Column("bucket"), Table.Column("amount", .money), Table.Column("held", .money),
        Table.Column("available", .money), Table.Column("allowance", .money), Table.Column("until", .time),
      ])
      for part in view.parts {
        table.rows.append([
          .text(part.name), .integer(part.amount), .integer(part.held), .integer(part.available),
          part.allowance.map { .integer($0.amount) } ?? .none, part.allowance?.until.map { .integer($0) } ?? .none,
        ])
      }
      answer.rows = table
      return answer
    }
  }
}

extension World.Standing {
  /// What is in the buckets that keep their money, in nano-dollars.
  var money: Int64 {
    engine.program.buckets.indices.filter { engine.program.buckets[$0].resets == nil }
      .reduce(0) { $0 + engine.reader(state, at: at).value(of: .posted($1)) }
  }
}

extension AccountView {
  init(_ standing: World.Standing) {
    self.init(standing.name, standing.state, standing.engine, at: standing.at, policy: standing.policyHash)
  }
}

extension Session {
  /// `lark  2026-11-01 00:00:00 UTC`, and in the past after what that was, and under which policy.
  func headline(_ standing: World.Standing, _ world: World) throws -> String {
    var line = ink.strong(ShownText.text(standing.name)) + "  \(TimeText.short(standing.at)) UTC"
    if let branch = world.coordinates.branch { line += ink.yellow("  on the branch \(branch)") }
    if world.coordinates.moment != .now || world.coordinates.branch != nil,
      let last = try world.lastEvent(of: standing.name)
    {
      line += ink.dim(
        "  after \(last.kind) \(last.id == last.number || last.id.isEmpty ? "" : last.id + " ")(\(last.number))")
    }
    if world.coordinates.policy != nil || world.coordinates.moment != .now {
      line += ink.dim("  policy \(standing.policyHash.prefix(12))")
    }
    return line
  }
}

extension Table {
  /// Leaves out a column for people; machines always get the same ones.
  mutating func remove(column name: String, keepsForMachines answer: inout Answer) {
    guard let place = columns.firstIndex(where: { $0.name == name }) else { return }
    answer.rows = answer.rows ?? self
    columns.remove(at: place)
    for row in rows.indices { rows[row].remove(at: place) }
    footer?.remove(at: place)
    if let bars, bars > place { self.bars = bars - 1 }
  }

  /// Leaves out for people the columns that say nothing in any row.
  mutating func removeEmpty(_ names: [String], keepsForMachines answer: inout Answer) {
    for name in names {
      guard let place = columns.firstIndex(where: { $0.name == name }) else { continue }
      if rows.allSatisfy({ $0[place] == .none || $0[place] == .integer(0) && columns[place].kind == .money }) {
        remove(column: name, keepsForMachines: &answer)
      }
    }
  }
}

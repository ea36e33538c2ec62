import Diagnostics
import Engine
import Formats
import Language
import Ledger
import Store
import Values

/// What an account has at one moment, for people and for machines.
public struct AccountView {
  /// One bucket.
  public struct Part {
    /// The last word of its name where no other bucket has it.
    public var name: String
    /// Nano-dollars. Of one that is filled anew each window what is left in it.
    public var amount: Int64
    public var held: Int64
    public var available: Int64
    /// What it is filled to, and until when; nil for a bucket that is not filled anew.
    public var allowance: (amount: Int64, until: Int64?)?
  }

  public var name: String
  public var at: Int64
  public var keys: [String]
  public var parts: [Part]
  /// Holds that are open, those that end first before the others.
  public var holds: [Hold]
  /// Payments and refunds that the payment provider has not answered.
  public var waiting: [String]
  public var policy: String

  /// Lists longer than that are cut.
  private static let most = 10

  public init(_ name: String, _ reader: StoreReader, at time: Int64? = nil) throws {
    let engine = try reader.engine
    let account = try reader.account(name)
    let now = account.effectiveTime(time ?? reader.now)
    self.init(name, account, engine, at: now, policy: try reader.policyHash)
  }

  public init(_ name: String, _ account: AccountState, _ engine: RuleEngine, at time: Int64, policy: String) {
    self.name = name
    self.policy = policy
    at = time
    keys = account.keyNames
    holds = account.openHolds.map { account.holds[$0] }.filter { $0.expiresAt > time }
    waiting = account.waiting
    let facts = engine.reader(account, at: time)
    let names = BucketNames(engine.program)
    parts = engine.program.buckets.enumerated().map { index, bucket in
      let allowance = bucket.resets.map { resets -> (Int64, Int64?) in
        let end = facts.end(of: resets.window, engine)
        return (facts.evaluate(resets.allowance), end)
      }
      return Part(
        name: names[index], amount: facts.value(of: .posted(index)), held: facts.value(of: .held(index)),
        available: facts.value(of: .available(index)), allowance: allowance)
    }
  }

  /// `quota $0.00, balance $19.99 ($1.00 held)`
  public var summary: String {
    parts.isEmpty
      ? "nothing"
      : parts.map { part in
        "\(part.name) \(Money(nano: part.amount))" + (part.held > 0 ? " (\(Money(nano: part.held)) held)" : "")
      }.joined(separator: ", ")
  }

  /// ` with the keys k1, k2`; nothing where it has none.
  public var keyText: String {
    switch keys.count {
    case 0: ""
    case 1: " with the key \(keys[0])"
    default: " with the keys \(keys.joined(separator: ", "))"
    }
  }

  /// One line a bucket.
  public func lines(_ ink: Ink) -> [String] {
    let width = parts.map(\.name.count).max() ?? 0
    return [ink.strong(name) + "  \(TimeText.text(at))"]
      + parts.map { part in
        var text = "  " + part.name + String(repeating: " ", count: width - part.name.count)
        text += "  \(Money(nano: part.amount))"
        if let allowance = part.allowance {
          text += " of \(Money(nano: allowance.amount))"
          if let end = allowance.until { text += " until \(TimeText.text(end))" }
        }
        if part.held > 0 {
          text += ", \(Money(nano: part.held)) held, \(Money(nano: part.available)) available"
        }
        return text
      } + cut(holds.map { "hold \($0.id)  \(Money(nano: $0.covered)) until \(TimeText.text($0.expiresAt))" })
      + cut(waiting)
  }

  private func cut(_ lines: [String]) -> [String] {
    let rest = lines.count - Self.most
    return lines.prefix(Self.most).map { "  " + $0 } + (rest > 0 ? ["  and \(Count.text(rest)) more"] : [])
  }

  // MARK: - JSON

  public var json: Json {
    .object([
      .init("account", .text(name)), .init("at", .text(TimeText.text(at))), .init("policy", .text(policy)),
      .init("keys", .list(keys.map { .text($0) })),
      .init("buckets", .object(parts.map { Json.Member($0.name, $0.json) })),
      .init(
        "holds",
        .list(
          holds.prefix(Self.most).map { hold in
            [
              "id": .text(hold.id), "covered_nano": .integer(hold.covered),
              "expires_at": .text(TimeText.text(hold.expiresAt)),
            ]
          })),
      .init("open_holds", .integer(Int64(holds.count))), .init("waiting", .list(waiting.map { .text($0) })),
    ])
  }

  public static func json(_ views: [AccountView], schema: String) -> Json {
    .object([.init("schema", .text(schema)), .init("accounts", .list(views.map(\.json)))])
  }
}

extension AccountView.Part {
  fileprivate var json: Json {
    var members: [Json.Member] = [
      .init("amount_nano", .integer(amount)), .init("amount_usd", .text(Money(nano: amount).plainText)),
      .init("held_nano", .integer(held)), .init("available_nano", .integer(available)),
    ]
    if let allowance {
      members.append(.init("allowance_nano", .integer(allowance.amount)))
      members.append(.init("until", allowance.until.map { .text(TimeText.text($0)) } ?? .null))
    }
    return .object(members)
  }
}

extension AccountState {
  /// What the payment provider has not answered, a line each.
  fileprivate var waiting: [String] {
    func card(_ payment: Payment) -> String { payment.card.map { cardNames[$0] } ?? "no card" }
    let charges = payments.filter { $0.state == .pending }
      .map { "payment \($0.id)  \(Money(nano: $0.amount)) from \(card($0)), not answered yet" }
    let returns = refunds.filter { $0.state == .pending }.map { refund in
      let payment = payments[refund.payment]
      return "refund of \(payment.id)  \(Money(nano: refund.amount)) to \(card(payment)), not answered yet"
    }
    return charges + returns
  }
}

/// What the buckets of a program are called in reports: their last word where no other has it, else their full name.
public struct BucketNames {
  private let names: [String]

  public init(_ program: Program) {
    let bare = program.buckets.map { $0.name.split(separator: ".").last.map(String.init) ?? $0.name }
    names = program.buckets.indices.map { index in
      bare.count { $0 == bare[index] } == 1 ? bare[index] : program.buckets[index].name
    }
  }

  public subscript(bucket: Int) -> String { names[bucket] }

  /// What each bucket gave, those that gave something.
  public func given(_ drawn: [Int64]) -> [(name: String, nano: Int64)] {
    zip(names, drawn).filter { $0.1 != 0 }.map { (name: $0.0, nano: $0.1) }
  }
}

extension Money {
  /// Dollars without the sign: `19.99`.
  public var plainText: String { description.replacing("$", with: "") }
}

extension FactReader {
  /// When the current window of a kind ends; nil for one that never does.
  fileprivate func end(of kind: WindowKind, _ engine: RuleEngine) -> Int64? {
    let layout = engine.compiled.layout
    guard let window = layout.accountWindows.first(where: { $0.kind == kind }) else { return nil }
    let end = trace.row[window.endSlot]
    return end < Instant.latest.microseconds ? end : nil
  }
}

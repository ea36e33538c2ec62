import Engine
import Foundation
import Lab
import Language
import Standard
import Store
import Values

/// A store of two accounts with the shipped rules and a few hundred events of every kind that moves money, the same for the same
/// seed.
struct RandomStore {
  static let start: Int64 = 1_767_225_600_000_000  // 2026-01-01
  /// The time of the store: no event is later.
  static let end = start + 400 * Instant.perDay
  static let accounts = ["ada", "bob"]
  let path: String
  private let folder: URL

  init(seed: UInt64, events: Int) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "payg-random-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: "random.payg").path
    var random = SeededGenerator(seed: seed)
    let loaded = try RuleFolder(DemoStore.root.appending(path: "rules").path).load(
      vocabulary: StandardPlugin.vocabulary)
    let files = (loaded.texts?.texts ?? []).map { PolicyFile(name: $0.name, bytes: $0.bytes) }
    let store = try AccountStore.create(at: path, policy: files, testClock: Self.end, compile: DemoStore.compile)
    let engine = try store.write { writer in
      for name in Self.accounts {
        try writer.addAccount(name, at: Self.start)
        for key in ["main", "ci"] { try writer.addKey(key, to: name, at: Self.start) }
      }
      return try writer.engine
    }
    var at = Self.start
    var ids: [String] = []
    func run(_ name: String, _ id: String, _ account: String, _ fields: [String: EventCall.Value]) throws {
      _ = try store.submit(engine.made(name, id: id, at: at, fields), to: account, asking: TestProvider())
    }
    for account in Self.accounts {
      try run("new_card", "card", account, ["card": .text(account == "bob" ? "visa-declined" : "visa")])
      try run("grant", "gift", account, ["amount": .number(20_000_000_000)])
      try run("topup", "first", account, ["amount": .number(30_000_000_000), "card": .text("visa")])
      if account == "ada" {
        try run("subscribe", "plan", account, ["quota": .number(4_000_000_000)])
        try store.write { writer in
          try writer.change(Self.setting("fallback.enabled", engine), to: .number(1), account: account, at: at)
        }
      }
    }
    let models = ["claude-haiku-4-5-20251001", "claude-opus-4-6"]
    for number in 0..<events {
      at += Int64.random(in: 1...14, using: &random) * Instant.perHour
      let account = Self.accounts[Int.random(in: 0...1, using: &random)]
      let id = "e\(number)"
      let key = EventCall.Value.text(Bool.random(using: &random) ? "main" : "ci")
      func money(_ range: ClosedRange<Int64>) -> EventCall.Value {
        .number(Int64.random(in: range, using: &random) * 10_000_000)
      }
      func earlier() -> EventCall.Value {
        .text(ids.isEmpty ? "none" : ids[Int.random(in: 0..<ids.count, using: &random)])
      }
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<9:
        try run(
          "request", id, account,
          [
            "key": key, "model": .text(models[Int.random(in: 0...1, using: &random)]),
            "input": .number(Int64.random(in: 1...90_000, using: &random)),
            "output": .number(Int64.random(in: 0...9_000, using: &random)),
          ])
      case 9..<12:
        ids.append(id)
        try run(
          "hold", id, account,
          ["key": key, "model": .text(models[1]), "input": .number(5_000), "max_output": .number(9_000)])
      case 12..<14:
        try run("settle", id, account, ["hold": earlier(), "input": .number(5_000), "output": .number(2_000)])
      case 14: try run("void", id, account, ["hold": earlier()])
      case 15: try run("topup", id, account, ["amount": money(500...2_500), "card": .text("visa")])
      case 16: try run("grant", id, account, ["amount": money(1...300)])
      case 17:
        try run(
          "refund", id, account,
          ["amount": money(1...900), "approved_by": .text("mia"), "reason": .text("asked"), "up_to": .number(1)])
      case 18: try run("dispute", id, account, ["payment": .text("first")])
      default: try run("dispute_won", id, account, ["payment": .text("first")])
      }
    }
    // What nobody has is borne by the platform.
    for account in Self.accounts {
      try run("grant", "last-gift", account, ["amount": .number(2_000_000_000)])
      try run("hold", "last", account, ["key": .text("main"), "estimate": .number(1_000_000_000)])
      try run("settle", "dear", account, ["hold": .text("last"), "actual": .number(400_000_000_000)])
    }
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  private static func setting(_ name: String, _ engine: RuleEngine) -> Int {
    engine.program.settings.firstIndex { $0.name == name } ?? 0
  }
}

extension RuleEngine {
  /// A call of an event by names.
  fileprivate func made(_ name: String, id: String, at: Int64, _ values: [String: EventCall.Value]) throws -> EventCall
  {
    guard let index = program.events.firstIndex(where: { $0.name == name }) else {
      throw DemoStore.NotBuilt(description: name)
    }
    let event = program.events[index]
    return EventCall(
      event: index, id: id, at: at,
      fields: event.fields.prefix(event.givenCount).map { field in
        values[field.name] ?? .number(field.value ?? (field.type.isOptional ? ValueType.none : 0))
      })
  }
}

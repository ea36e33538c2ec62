import Foundation
import Store
import StoreStage
import Testing
import Values

/// The same with the program itself, as a gateway runs it: `payg submit` with a payment provider that is a program, too.
@Suite("Commands that are killed")
struct CrashCommandTests {
  /// Writes down what it is asked, is slow now and then, and charges every card.
  static let provider = """
    import json, os, sys, time, zlib
    print(json.dumps({"payg": 1, "ready": True, "name": "logged"}), flush=True)
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for line in sys.stdin:
        request = json.loads(line)
        os.write(log, (request["key"] + "\\n").encode())
        if zlib.crc32(request["key"].encode()) % 3 == 0:
            time.sleep(0.03)
        print(json.dumps({"key": request["key"], "answer": "paid"}), flush=True)

    """

  static func line(_ number: Int, _ random: inout SeededGenerator) -> String {
    let cents = Int.random(in: 1...400, using: &random)
    let money = "$\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    let earlier = "e\(max(0, number - Int.random(in: 1...9, using: &random)))"
    let (event, fields) =
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: ("request", "\"key\": \"main\", \"costing\": \"\(money)\"")
      case 5: ("hold", "\"key\": \"main\", \"estimate\": \"\(money)\"")
      case 6: ("settle", "\"hold\": \"\(earlier)\", \"actual\": \"\(money)\"")
      default: ("topup", "\"amount\": \"$\(5 + cents % 20)\"")
      }
    return "{\"account\": \"ada\", \"event\": \"\(event)\", \"id\": \"e\(number)\", \"fields\": {\(fields)}}\n"
  }

  @Test("payg submit is killed at random moments")
  func kills() throws {
    try StagePlace.withFolder { folder in
      let seed = UInt64(ProcessInfo.processInfo.environment["PAYG_SEED"] ?? "") ?? UInt64.random(in: 1..<1_000_000)
      print("seed \(seed)")
      var random = SeededGenerator(seed: seed)
      let (path, log, script) = (folder + "/a.payg", folder + "/log", folder + "/provider.py")
      try StagePlace.write(Array(Self.provider.utf8), to: script)
      let store = try AccountStore.create(at: path, policy: StagePolicy.files, compile: StagePolicy.compile)
      let start = try store.read { $0.now }
      try store.write { writer in
        try writer.addAccount("ada", at: start)
        try writer.addKey("main", to: "ada", at: start)
        for call in [
          try writer.engine.call("new_card", id: "card", at: start, ["card": .text("visa")]),
          try writer.engine.call(
            "auto_topup", id: "auto", at: start,
            ["enabled": .number(1), "threshold": .number(5_000_000_000), "amount": .number(20_000_000_000)]),
        ] { _ = try writer.submit(call, to: "ada") }
      }
      let lines = (0..<4_000).map { Self.line($0, &random) }
      var next = 0
      var answered: [String: String] = [:]
      for kill in 0..<20 {
        try StagePlace.write(Array(lines[next...].joined().utf8), to: folder + "/in")
        try StagePlace.write([], to: folder + "/out")
        let child = Process()
        child.executableURL = URL(filePath: StagePlace.program("payg"))
        child.arguments = [
          "submit", "--store", path, "--batch", "\(1 + kill % 4)", "--provider", "python3 '\(script)' '\(log)'",
        ]
        child.standardInput = try FileHandle(forReadingFrom: URL(filePath: folder + "/in"))
        child.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder + "/out"))
        try StagePlace.write([], to: folder + "/error")
        child.standardError = try FileHandle(forWritingTo: URL(filePath: folder + "/error"))
        try child.run()
        while child.isRunning, try StagePlace.bytes(folder + "/out").isEmpty { usleep(2_000) }
        usleep(UInt32.random(in: 0...200_000, using: &random))
        Foundation.kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        let complaint = String(decoding: try StagePlace.bytes(folder + "/error"), as: UTF8.self)
        try #require(child.terminationReason == .uncaughtSignal, "kill \(kill): \(complaint)")
        // The last line may be half there: then nobody was answered.
        let text = String(decoding: try StagePlace.bytes(folder + "/out"), as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
          let answer = try #require(
            try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
          let id = try #require(answer["id"] as? String, "\(line)")
          answered[id] = try #require(answer["verdict"] as? String, "\(line)")
          next = max(next, (Int(id.dropFirst()) ?? 0) + 1)
        }
        try Self.look(store, answered, log, "kill \(kill)")
      }
      #expect(answered.count > 40, "\(answered.count)")
      let drain = try StagePlace.run(
        "payg", ["pay", "pending", "--store", path, "--provider", "python3 '\(script)' '\(log)'"])
      #expect(drain.status == 0, "\(drain.text)")
      #expect(try store.read { try $0.outbox() }.isEmpty)
      try Self.look(store, answered, log, "the end")
      print("\(answered.count) answers, \(Self.keys(log).count) requests to the provider")
    }
  }

  static func keys(_ log: String) -> [String] {
    guard let bytes = try? StagePlace.bytes(log) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  static func look(_ store: AccountStore, _ answered: [String: String], _ log: String, _ moment: String) throws {
    let events = try store.read { try StoreDigest.events($0) }
    for (id, verdict) in answered {
      #expect(events.contains { $0.id == id && $0.verdict == verdict }, "\(moment): `\(id)`, \(verdict), is lost")
    }
    let account = try store.read { try $0.account("ada") }
    let open = Set(try store.read { try $0.outbox() }.map(\.request.key))
    let asked = Set(keys(log))
    var known: [String: Int] = [:]
    for payment in account.payments {
      let key = "\(store.id)/ada/\(payment.key)"
      known[key, default: 0] += 1
      #expect(
        payment.state == .paid ? asked.contains(key) : open.contains(key), "\(moment): \(key) is \(payment.state)")
    }
    for key in asked { #expect(known[key] == 1, "\(moment): `\(key)` was asked for") }
    let byHand = account.payments.filter { !$0.isAutomatic }.map(\.origin)
    #expect(Set(byHand).count == byHand.count, "\(moment): a top-up has two charges")
    #expect(try store.audit().findings.map(\.description) == [], "\(moment)")
  }
}

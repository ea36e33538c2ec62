import Diagnostics
import Engine
import Foundation
import Language
import Standard
import Testing

@testable import Lab

@Suite("Policy texts")
struct PolicyTextsTests {
  static func rendered(_ rules: LoadedRules) -> String { Renderer(sources: rules.sources).render(rules.diagnostics) }

  /// A text as it was, under another path: what a store knows of it.
  static func forgotten(_ texts: PolicyTexts) throws -> PolicyTexts {
    try PolicyTexts(texts.texts.reversed().map { ($0.name, $0.bytes) })
  }

  @Test("a folder and its texts in memory are the same policy")
  func sameFromMemory() throws {
    let folder = try RuleFolder(Place.rules)
    let loaded = try folder.load(vocabulary: StandardPlugin.vocabulary)
    let texts = try folder.texts()
    #expect(loaded.texts == texts)
    #expect(texts["pricing/prices.csv"] != nil && texts["limits/policy.rules"] != nil)
    #expect(texts.texts.count == loaded.families.count + 1)
    for depth in [LoadedRules.Depth.checked, .analysed] {
      let read = LoadedRules(
        try Self.forgotten(texts), vocabulary: StandardPlugin.vocabulary, depth: depth)
      #expect(read.diagnostics.isEmpty, "\(Self.rendered(read))")
      #expect(read.program.hash == loaded.program.hash)
      #expect(read.program.rules.map(\.name) == loaded.program.rules.map(\.name))
      #expect(read.program.tables.map(\.rows.count) == loaded.program.tables.map(\.rows.count))
      let engine = try RuleEngine(read.program)
      #expect(engine.compiled.layout == (try RuleEngine(loaded.program)).compiled.layout)
    }
  }

  @Test("a hash is 64 hexadecimal digits, of which people see twelve")
  func digits() throws {
    let rules = LoadedRules.read(ScenarioDemo.files, vocabulary: StandardPlugin.vocabulary)
    #expect(rules.program.hash.utf8.count == 64 && rules.program.hash.allSatisfy(\.isHexDigit))
    #expect(rules.program.hash.hasPrefix(rules.shortHash) && rules.shortHash.utf8.count == 12)
    // SHA-256 of its canonical form, worked out by another program: a hash that is kept must stay what it is.
    let texts = try PolicyTexts([("a/policy.rules", Array("policy a \"A.\"\n".utf8))])
    #expect(texts.hash == "494df9ce8b1403edf016dfa5950cae9c477359f67bf0164722d0feeecfb69704")
  }

  @Test("every part of every text counts, and where one ends")
  func hashFollowsTexts() throws {
    func hash(_ texts: (String, String)...) throws -> String {
      try PolicyTexts(texts.map { ($0.0, Array($0.1.utf8)) }).hash
    }
    let one = try hash(("a/policy.rules", "policy a \"A.\"\n"), ("a/t.csv", "m,r\n"))
    #expect(try hash(("a/t.csv", "m,r\n"), ("a/policy.rules", "policy a \"A.\"\n")) == one, "order is nothing")
    let others = try [
      hash(("a/policy.rules", "policy a \"A.\"\n"), ("a/t.csv", "m,r")),
      hash(("a/policy.rules", "policy a \"A.\"\nm,r\n")),
      hash(("a/policy.rules", "policy a \"A.\"\n"), ("a/u.csv", "m,r\n")),
      hash(("b/policy.rules", "policy a \"A.\"\n"), ("a/t.csv", "m,r\n")),
      hash(("a/policy.rules", "policy a \"A.\"\n "), ("a/t.csv", "m,r\n")),
      hash(("a/policy.rules", "policy a \"A.\"\n"), ("a/t.csv", "m,r\n"), ("reforms/1-x.rules", "")),
    ]
    #expect(Set(others + [one]).count == others.count + 1)
  }

  @Test("a table is exchanged by its name")
  func replacing() throws {
    let texts = try RuleFolder(Place.rules).texts()
    let list = Array("model,input,cached,output\nhouse,1,,2\n".utf8)
    let changed = try texts.replacing("pricing/prices.csv", list)
    #expect(changed != texts && changed.hash != texts.hash && changed.texts.count == texts.texts.count)
    #expect(changed["pricing/prices.csv"]?.path == texts["pricing/prices.csv"]?.path)
    let rules = LoadedRules(changed, vocabulary: StandardPlugin.vocabulary)
    #expect(rules.program.tables.first { $0.name == "pricing.price" }?.rows.count == 1, "\(Self.rendered(rules))")
    #expect(try changed.replacing("pricing/prices.csv", texts["pricing/prices.csv"]?.bytes ?? []) == texts)
    let broken = LoadedRules(
      try texts.replacing("pricing/prices.csv", Array("model,input\nhouse,1\n".utf8)),
      vocabulary: StandardPlugin.vocabulary)
    #expect(broken.diagnostics.hasErrors && Self.rendered(broken).contains("prices.csv"))
  }

  @Test("reforms are texts of the policy")
  func reforms() throws {
    try Place.withFolder { folder in
      var paths: [String] = []
      for number in 0..<11 {
        paths.append("\(folder)/r\(number).rules")
        let setting = ["limits.spending_limit", "fallback.enabled"][number % 2]
        try Place.write("reform \"It\"\n  \(setting) default oops\n", to: paths[number])
      }
      let texts = try RuleFolder(Place.rules).texts(reforms: paths)
      #expect(texts.reforms.map(\.name).first == "reforms/1-r0.rules")
      #expect(texts.reforms.map(\.path) == paths, "in the order they were given")
      let loaded = try RuleFolder(Place.rules).load(vocabulary: StandardPlugin.vocabulary, reforms: paths)
      #expect(Self.rendered(loaded).contains("\(folder)/r2.rules:2:3"), "\(Self.rendered(loaded))")
      let read = LoadedRules(try Self.forgotten(texts), vocabulary: StandardPlugin.vocabulary)
      #expect(read.program.hash == loaded.program.hash)
      #expect(read.diagnostics.sorted.map(\.message) == loaded.diagnostics.sorted.map(\.message))
      #expect(Self.rendered(read).contains("--> reforms/3-r2.rules:2:3"), "\(Self.rendered(read))")
    }
    let texts = try RuleFolder(Place.rules).texts()
    let reform = Array("reform \"It\"\n  limits.spending_limit default $20\n".utf8)
    let once = try texts.adding(reform: reform, path: "somewhere/ten.rules")
    #expect(once.reforms.map(\.name) == ["reforms/1-ten.rules"])
    #expect(try once.adding(reform: [], path: "more.rules").reforms.map(\.name).last == "reforms/2-more.rules")
    let payg = try Simulation(LoadedRules(once, vocabulary: StandardPlugin.vocabulary))
    try payg.given("subscription_start 2026-01-01, fallback.enabled on, balance is $100")
    #expect(try payg.when("request costing $21").denial == "spending_limit_exceeded")
  }

  @Test("texts that cannot be a policy have a fault each")
  func faults() throws {
    let policy = Array("policy a \"A.\"\n".utf8)
    #expect(throws: FileFault(path: "policy", .noRules)) { try PolicyTexts([("a/t.csv", [])]) }
    #expect(throws: FileFault(path: "policy", .noRules)) { try PolicyTexts([(name: String, bytes: [UInt8])]()) }
    #expect(throws: FileFault(path: "policy", .noRules)) { try PolicyTexts([("reforms/1-x.rules", policy)]) }
    #expect(throws: FileFault(path: "a/policy.rules", .twice)) {
      try PolicyTexts([("a/policy.rules", policy), ("a/policy.rules", policy)])
    }
    #expect(throws: FileFault(path: "a/t.csv", .notText)) {
      try PolicyTexts([("a/policy.rules", policy), ("a/t.csv", [0xFF])])
    }
    let long = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
    #expect(throws: FileFault(path: "a/policy.rules", .tooLarge(bytes: long.count, limit: 1 << 20))) {
      try PolicyTexts([("a/policy.rules", long)])
    }
    // A family may be called as the folder of reforms is.
    #expect(try PolicyTexts([("reforms/policy.rules", policy)]).rules.count == 1)
  }

  @Test("a rule file is no table")
  func tableOfRules() throws {
    try Place.withFolder { folder in
      try Place.write(
        "policy a \"A.\"\ntable t by m: name gives r: rate from \"policy.rules\"\n", to: "\(folder)/a/policy.rules")
      #expect(try RuleFolderTests.load(folder).diagnostics.hasErrors)
    }
  }

  @Test("names of texts do not depend on where they are read from")
  func names() throws {
    try Place.withFolder { folder in
      for (name, text) in ScenarioDemo.files { try Place.write(text + "\n", to: "\(folder)/\(name)") }
      let all = try RuleFolder(folder).texts()
      #expect(all.texts.map(\.name) == ScenarioDemo.files.map(\.name).sorted())
      #expect(all.texts.allSatisfy { $0.path == "\(folder)/\($0.name)" })
      #expect(try RuleFolder("\(folder)/wallet").texts().hash == all.hash)
      #expect(try RuleFolder("\(folder)/wallet/policy.rules").texts().texts.map(\.name) == ["wallet/policy.rules"])
    }
  }
}

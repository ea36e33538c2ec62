import Audit
import Diagnostics
import Foundation
import Lab
import Simulator
import Standard
import Testing

/// The shipped rules on disk, and copies of them with mistakes.
enum Rules {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../rules").standardized

  /// A seed whose stories begin with the usual prices; all of them do.
  static let prices = Workload(seed: 1).opening.prices

  static let shipped = Result { try stage(folder) }

  static func stage(_ folder: URL) throws -> Stage {
    let rules = try RuleFolder(folder.path).load(vocabulary: StandardPlugin.vocabulary)
    try #require(!rules.diagnostics.hasErrors, "\(rules.diagnostics)")
    return try Stage(rules, prices: prices)
  }

  /// The shipped rules with one mistake in them, in a folder of their own. The price list is left short: stories bring their own
  /// prices.
  static func stage(_ broken: BrokenRules) throws -> Stage {
    let copy = FileManager.default.temporaryDirectory.appending(path: "payg-broken-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: folder, to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    let list = copy.appending(path: "pricing/prices.csv")
    let lines = try String(contentsOf: list, encoding: .utf8).split(separator: "\n").prefix(5)
    try (lines.joined(separator: "\n") + "\n").write(to: list, atomically: true, encoding: .utf8)
    let file = copy.appending(path: "\(broken.family)/policy.rules")
    let text = try String(contentsOf: file, encoding: .utf8)
    try #require(text.contains(broken.original), "`\(broken.original)` does not stand in the rules any more")
    try text.replacingOccurrences(of: broken.original, with: broken.mistake)
      .write(to: file, atomically: true, encoding: .utf8)
    return try stage(copy)
  }
}

@Suite("Made-up stories, told to the engine and to the auditor")
struct StoryTests {
  /// One more look than in any other run of these tests, each time.
  static let seed = UInt64(ProcessInfo.processInfo.environment["PAYG_SIMULATOR_SEED"] ?? "1") ?? 1

  @Test("they agree on every answer and on every number after it")
  func agree() throws {
    var campaign = Campaign(try Rules.shipped.get())
    do throws(Campaign.Failure) {
      try campaign.run(events: 12_000, seed: Self.seed)
    } catch {
      let short = campaign.shrink(error.story, mostTrials: 1_000)
      Issue.record(
        """
        seed \(error.seed), \(error.discrepancy)
        made short, \(short.discrepancy.map { "\($0)" } ?? "")
        \(ScenarioPrinter.text(short.story, title: "seed \(error.seed)"))
        """)
    }
    #expect(campaign.events >= 12_000)
  }
}

@Suite("Rules with a mistake in them")
struct BrokenRulesTests {
  @Test("each mistake is found and told as a short story", arguments: BrokenRules.all)
  func caught(_ broken: BrokenRules) throws {
    let stage = try Rules.stage(broken)
    var campaign = Campaign(stage, lengths: [150])
    do throws(Campaign.Failure) {
      try campaign.run(events: 60_000, seed: 1)
      Issue.record("nobody noticed in \(campaign.events) events: \(broken.title)")
    } catch {
      let (short, discrepancy) = campaign.shrink(error.story, mostTrials: 1_500)
      let text = ScenarioPrinter.text(short, title: broken.title)
      #expect(discrepancy != nil)
      #expect(short.events.count <= 12, "\(text)")
      // What is printed can be kept as it is: it comes true under the rules as shipped, and not under these.
      #expect(try Self.run(text, Rules.shipped.get().rules) == [], "\(text)")
      #expect(try Self.run(text, stage.rules) != [], "\(text)")
    }
  }

  /// Runs scenarios under rules; what is wrong with them or did not come true.
  static func run(_ text: String, _ rules: LoadedRules) throws -> [String] {
    let suite = ScenarioSuite(rules, texts: [("short.scenario", text)])
    guard suite.diagnostics.isEmpty else { return [Renderer(sources: suite.sources).render(suite.diagnostics)] }
    let outcome = try suite.run()
    return outcome.run.results.flatMap(\.failures).map { "line \($0.line): wanted \($0.wanted), got \($0.got)" }
  }

  @Test("there are mistakes of every family")
  func families() {
    #expect(BrokenRules.all.count >= 12)
    #expect(Set(BrokenRules.all.map(\.title)).count == BrokenRules.all.count)
    let families = Set(BrokenRules.all.map(\.family))
    #expect(
      families.isSuperset(of: ["topup", "holds", "refunds", "disputes", "limits", "teams", "fallback", "funding"]))
  }
}

import Audit
import Foundation
import Lab
import Simulator
import Standard

// Tells made-up stories to the engine under a folder of rules and to the auditor, until so many events have happened or the
// two part. Then the story is made short and printed as a scenario.
//
//   simulate [RULES [EVENTS [SEED]]]

let arguments = Array(CommandLine.arguments.dropFirst())
let folder = arguments.first ?? "rules"
let wanted = arguments.count > 1 ? Int(arguments[1]) ?? 1_000_000 : 1_000_000
let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(1)
}

do {
  let rules = try RuleFolder(folder).load(vocabulary: StandardPlugin.vocabulary)
  var campaign = Campaign(try Stage(rules, prices: Workload(seed: seed).opening.prices))
  let clock = ContinuousClock()
  let start = clock.now
  do throws(Campaign.Failure) {
    try campaign.run(events: wanted, seed: seed)
  } catch {
    let short = campaign.shrink(error.story)
    fail(
      """
      seed \(error.seed), \(error.discrepancy)

      made short, \(short.discrepancy.map { "\($0)" } ?? ""):
      \(ScenarioPrinter.text(short.story, title: "seed \(error.seed)"))
      """)
  }
  let seconds = Double((clock.now - start).components.seconds)
  print(
    "\(campaign.events) events of \(campaign.stories) accounts from seed \(seed): the engine and the auditor agree",
    "(\(Int(seconds)) s)")
} catch {
  fail("\(error)")
}

import Audit
import Foundation
import Lab
import Simulator
import Standard
import Synchronization

// Tells made-up stories to the engine under a folder of rules and to the auditor, until so many events have happened or the
// two part. Then the story is made short and printed as a scenario.
//
//   simulate [RULES [EVENTS [SEED]]]

/// What one worker takes at a time. Seeds follow from the number of the stretch, so the cores at hand change nothing.
let stretch = 25_000
let seedsOfStretch: UInt64 = 1_000

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(1)
}

func number(_ place: Int, or usual: Int) -> Int {
  guard CommandLine.arguments.count > place else { return usual }
  guard let number = Int(CommandLine.arguments[place]), number >= 0 else {
    fail("usage: simulate [RULES [EVENTS [SEED]]]")
  }
  return number
}

let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "rules"
let wanted = number(2, or: 1_000_000)
let seed = UInt64(number(3, or: 1))

do {
  let rules = try RuleFolder(folder).load(vocabulary: StandardPlugin.vocabulary)
  let stage = try Stage(rules, prices: Workload(seed: seed).opening.prices)
  let clock = ContinuousClock()
  let start = clock.now
  let stories = Mutex(0)
  let failure = Mutex<Campaign.Failure?>(nil)
  DispatchQueue.concurrentPerform(iterations: (wanted + stretch - 1) / stretch) { number in
    guard failure.withLock({ $0 == nil }) else { return }
    var campaign = Campaign(stage)
    do throws(Campaign.Failure) {
      try campaign.run(
        events: min(stretch, wanted - number * stretch), seed: seed &+ UInt64(number) &* seedsOfStretch)
      stories.withLock { $0 += campaign.stories }
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
  }
  if let failure = failure.withLock({ $0 }) {
    let short = Campaign(stage).shrink(failure.story)
    fail(
      """
      seed \(failure.seed), \(failure.discrepancy)

      made short, \(short.discrepancy.map { "\($0)" } ?? ""):
      \(ScenarioPrinter.text(short.story, title: "seed \(failure.seed)"))
      """)
  }
  print(
    "\(wanted) events of \(stories.withLock { $0 }) accounts from seed \(seed): the engine and the auditor agree",
    "(\((clock.now - start).components.seconds) s)")
} catch {
  fail("\(error)")
}

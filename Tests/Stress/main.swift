import Foundation
import Store
import StoreStage

// What happens to a store when many programs use it and some of them are killed.
//
//   stress kill FOLDER [KILLS [SEED]]                  writers are killed at random moments
//   stress race FOLDER [WRITERS [REQUESTS [ROOM]]]     writers spend the money of one account
//   stress locked FOLDER                               files and folders that may not be written
//   stress damage FOLDER [TRIALS [SEED [FIRST]]]       values are changed behind a store's back
//
// FOLDER must be there; what is left in it belongs to a failure.

func number(_ place: Int, or usual: Int) -> Int {
  guard CommandLine.arguments.count > place else { return usual }
  guard let number = Int(CommandLine.arguments[place]), number >= 0 else {
    fail("`\(CommandLine.arguments[place])` is no number")
  }
  return number
}

guard CommandLine.arguments.count > 2 else { fail("usage: stress kill|race|locked|damage FOLDER [NUMBER …]") }
let folder = CommandLine.arguments[2]
var findings: [String]
// Once for all: the children have it from here.
_ = try StagePolicy.compile(StagePolicy.files)
_ = try StagePolicy.compile(StagePolicy.dearer)
switch CommandLine.arguments[1] {
case "kill":
  let seed = UInt64(number(4, or: Int.random(in: 0..<1_000_000_000)))
  print("seed \(seed)")
  var campaign = KillCampaign(folder: folder, seed: seed)
  campaign.run(kills: number(3, or: 200))
  print("\(campaign.kills) kills, \(campaign.answers) answers, \(campaign.charges) requests to the provider")
  findings = campaign.findings
case "race":
  findings = Race(folder: folder, writers: number(3, or: 20), requests: number(4, or: 500), room: number(5, or: 3_000))
    .run()
case "locked":
  findings = Locked(folder: folder).run()
case "damage":
  let seed = UInt64(number(4, or: Int.random(in: 0..<1_000_000_000)))
  print("seed \(seed)")
  var campaign = DamageCampaign(folder: folder, seed: seed)
  campaign.run(trials: number(3, or: 500), from: number(5, or: 0))
  print(campaign.outcomes.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
  findings = campaign.findings
default:
  fail("there is no `\(CommandLine.arguments[1])`: it is `kill`, `race`, `locked` or `damage`")
}
for finding in findings { print("FINDING \(finding)") }
exit(findings.isEmpty ? 0 : 1)

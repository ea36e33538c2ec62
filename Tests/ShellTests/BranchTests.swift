import Foundation
import Testing

@testable import Shell

/// Branches: what is kept on them, what is taken back, and that the store never knows.
@Suite("Branches")
struct BranchTests {
  /// A small generator of its own, so that a seed says everything.
  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let changes = [
    "ember request costing $30, key prod", "ember topup $20", "ember 3 x request costing $7, key staging",
    "lark clock forward 1 day",
    "lark void hold lark-stream-3", "lark request costing $30", "delta set limits.spending_limit to $50",
    "delta request costing $4",
    "delta given balance is $3", "set topup.minimum to $10", "ada set fallback.enabled to on",
    "fable given provider declines",
    "fable topup $20", "clock forward 3 days", "reform limits.spending_limit default $25", "policy current",
    "haven grant $5",
    "juno refund $2, payment juno-1, approved_by mia, reason moved", "zoe topup $5",
    "edit rule limits.cycle_limit to \"cap balance rule cycle_limit\\n  at $1\\n  when subscribed\\n  else spending_limit_exceeded\"",
  ]

  /// Everything that can be seen on a branch.
  private func seen(_ typed: Typed) throws -> String {
    let branch = try typed.session.branch("trial")
    let names = branch.current.accounts.keys.sorted()
    var text = names.map { typed.type("balance \($0) --json") }.joined()
    for name in names {
      guard let standing = branch.current.accounts[name] else { continue }
      text += "\(name) \(standing.at) \(standing.policyHash) \(standing.state.row) \(standing.state.keyRows) "
      text +=
        "\(standing.state.payments) \(standing.state.refunds) \(standing.state.openHolds) \(standing.engine.globals)\n"
    }
    return text + "\(branch.current.clock ?? 0) \(branch.current.policyHash ?? "")"
  }

  @Test(
    "any sequence of apply, undo and redo comes to what its remaining changes come to from the start", arguments: 0..<12
  )
  func undoing(round: Int) throws {
    let seed =
      UInt64(ProcessInfo.processInfo.environment["PAYG_SEED"] ?? "").map { $0 &+ UInt64(round) }
      ?? UInt64.random(in: 0...UInt64.max)
    var dice = Dice(state: seed)
    let typed = try Typed()
    typed.type("branch trial")
    var kept: [String] = []
    var undone: [String] = []
    var made = 0
    for _ in 0..<25 {
      switch Int.random(in: 0..<10, using: &dice) {
      case 0...5:
        let change = Self.changes[Int.random(in: 0..<Self.changes.count, using: &dice)]
        typed.type("apply \(change)")
        // A change that cannot be made leaves everything as it was.
        if typed.status == .answered {
          kept.append(change)
          undone = []
          made += 1
        }
      case 6...7:
        let count = Int.random(in: 1...3, using: &dice)
        typed.type("undo \(count)")
        #expect(typed.status == (kept.isEmpty ? .failed : .answered), "seed \(seed)")
        for _ in 0..<count { if let last = kept.popLast() { undone.append(last) } }
      default:
        let count = Int.random(in: 1...3, using: &dice)
        typed.type("redo \(count)")
        #expect(typed.status == (undone.isEmpty ? .failed : .answered), "seed \(seed)")
        for _ in 0..<count { if let next = undone.popLast() { kept.append(next) } }
      }
      #expect(try typed.session.branch("trial").steps.count == kept.count, "seed \(seed)")
    }
    #expect(made >= 3, "seed \(seed): hardly anything was tried")
    let fresh = try Typed()
    fresh.type("branch trial")
    for change in kept {
      let text = fresh.type("apply \(change)")
      #expect(fresh.status == .answered, "seed \(seed)\n\(change)\n\(text)")
    }
    #expect(try seen(typed) == seen(fresh), "seed \(seed)\n\(kept.joined(separator: "\n"))")
  }

  @Test("the store's file stays the same, byte by byte")
  func storeStays() throws {
    let path = try DemoStore.path()
    let before = try Data(contentsOf: URL(filePath: path))
    let typed = try Typed()
    for (_, lines) in WhyTests.transcripts { for line in lines { typed.type(line) } }
    typed.type("branch storm")
    for change in Self.changes { typed.type("apply \(change)") }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
  }

  @Test("a branch of a past moment, copies of branches, and going back to where one was")
  func places() throws {
    let typed = try Typed()
    typed.type("use delta")
    typed.type("as of 2026-10-15")
    let then = typed.type("balance --quiet")
    typed.type("branch past")
    #expect(typed.session.prompt == "payg delta ~past @2026-10-15> ")
    #expect(typed.type("balance --quiet") == then)
    typed.type("apply grant $7")
    let richer = typed.type("balance --quiet")
    #expect(richer != then)
    typed.type("branch copy")
    typed.type("apply grant $1")
    #expect(typed.type("balance --quiet") != richer)
    typed.type("switch past")
    #expect(typed.type("balance --quiet") == richer)
    #expect(typed.type("diff past copy").contains("balance"))
    typed.type("switch main")
    #expect(typed.type("balance --quiet") == then)
    #expect(typed.session.prompt == "payg delta @2026-10-15> ")
    #expect(typed.type("balance on past --quiet") == richer)
    typed.type("drop past")
    #expect(typed.status == .answered)
    typed.type("switch past")
    #expect(typed.status == .failed)
  }

  @Test("a rule is edited with what an editor gives back; a broken text is kept for the next time")
  func editing() throws {
    let typed = try Typed()
    typed.type("branch trial")
    typed.type("use ada")
    var given: [String] = []
    var next: String? = "cap balance rule cycle_limit\n  at $1 +\n  else spending_limit_exceeded"
    typed.session.surroundings.edit = { text, _ in
      given.append(text)
      return next
    }
    let broken = typed.type("edit rule limits.cycle_limit")
    #expect(typed.status == .brokenPolicy && broken.contains("^") && broken.contains("your text is kept"), "\(broken)")
    #expect(typed.session.suggestion == "edit rule limits.cycle_limit")
    #expect(given[0].hasPrefix("cap balance rule cycle_limit\n  at spending_limit - payg_spent"))
    let first = next
    next = "cap balance rule cycle_limit\n  at $1\n  else spending_limit_exceeded"
    let mended = typed.type("edit rule limits.cycle_limit")
    #expect(typed.status == .answered, "\(mended)")
    #expect(given.count == 2 && given[1] == first, "the broken text comes again")
    #expect(typed.type("apply request costing $2, key laptop").contains("spending_limit_exceeded"))
    typed.type("undo 2")
    #expect(typed.type("apply request costing $2, key laptop").contains("allowed"))
    next = nil
    typed.type("edit rule limits.cycle_limit")
    #expect(typed.status == .failed)
  }
}

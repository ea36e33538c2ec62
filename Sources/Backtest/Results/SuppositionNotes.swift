import Diagnostics
import Language

/// What whoever reads a report must know about what was supposed.
struct SuppositionNotes {
  private let program: Program
  /// By event of the history: how many there were.
  private let kinds: [Int]
  /// Events that accounts begin with, and how many came in the traffic all the same.
  private var begun: [Int: Int] = [:]
  private var hasBeginnings = false
  private var hasFees = false
  private var found: [String] = []

  init(_ program: Program, _ kinds: [Int]) {
    self.program = program
    self.kinds = kinds
  }

  /// In the order of the candidates, what is true of all of them last.
  var notes: [String] {
    var notes = found
    if hasBeginnings {
      let again = begun.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      let counts = again.map { "\(program.events[$0.key].name) \(Count.text($0.value, "time"))" }
      let never = again.first.map { " (without it: never \(program.events[$0.key].name))" } ?? ""
      notes.append(
        "whatever accounts begin with, in the period they do what they did"
          + (counts.isEmpty ? "" : ": \(counts.joined(separator: ", "))\(never)"))
    }
    if hasFees {
      notes.append("a plan's fee is for each month from an account's first day in the traffic on, begun ones whole")
    }
    return notes
  }

  mutating func add(_ candidate: Candidate, _ tally: Tally) {
    let supposition = candidate.supposition
    if !supposition.usage.isEmpty || !supposition.leftOut.isEmpty { addUsage(candidate.name, tally) }
    if let beginning = supposition.beginning {
      hasBeginnings = true
      for name in beginning.events {
        guard let event = program.events.firstIndex(where: { $0.name == name }) else { continue }
        begun[event] = max(begun[event] ?? 0, kinds[event] - (tally.leftOut[event] ?? 0))
      }
      found += Merging.sorted(tally.failures).prefix(5).map {
        "`\(candidate.name)`: \(Count.text($0.1, "account")) cannot begin so: \($0.0)"
      }
    }
    if supposition.monthlyFee != 0 { hasFees = true }
  }

  private mutating func addUsage(_ name: String, _ tally: Tally) {
    guard !tally.changed.isEmpty else {
      found.append("`\(name)` changes no event")
      return
    }
    if tally.changed.count > 1 {
      found.append("`\(name)` changes events of several kinds: \(counts(tally.changed))")
    }
    if !tally.leftOut.isEmpty { found.append("`\(name)` leaves out: \(counts(tally.leftOut))") }
    for (amount, count) in tally.stated.sorted(by: { $0.key < $1.key }) {
      found.append("`\(name)`: \(amount) stays as it was, and \(Count.text(count, "changed event")) had one")
    }
    guard let hold = program.roles.hold, tally.changed[hold] == nil else { return }
    for event in tally.changed.keys.sorted() where tally.leftOut[event] == nil {
      guard program.events[event].fields.contains(where: { $0.type.base == .record(.hold) }) else { continue }
      found.append("`\(name)` changes \(program.events[event].name), and what that ends reserved what it did")
    }
  }

  /// `request 1,878, settle 1`
  private func counts(_ counts: [Int: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\(program.events[$0.key].name) \(Count.text($0.value))" }
      .joined(separator: ", ")
  }
}

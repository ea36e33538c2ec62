import Engine
import Language
import Ledger

/// One account under every candidate, occurrence by occurrence.
final class AccountTrack {
  let name: String
  /// By candidate. In memory of its own: lent to the engine without a copy or a count.
  let sides: UnsafeMutableBufferPointer<Side>
  /// Its number of the next occurrence.
  var number = 0
  var memory = IdMemory()
  /// The day it came up, counted from 1970.
  let firstDay: Int
  /// The day its books were looked at last.
  var day: Int
  /// By candidate from the second on: events by change; empty while there is none.
  var changes: [[Int]]
  /// Events that wait for the provider under some candidate: compared when it has answered.
  var open: [RecordedProvider.Asker: OpenEvent] = [:]

  struct OpenEvent {
    var place: Place
    /// By candidate.
    var answers: [Side.Answered]
    /// Of what it said; ``IdMemory/unknown`` where it came before the traffic began.
    var content: UInt32
  }

  /// Which event it is.
  struct Place {
    var kind: Int
    var id: String
    var at: Int64
    var number: Int
  }

  init(_ name: String, day: Int, _ sides: [Side]) {
    self.name = name
    self.day = day
    firstDay = day
    self.sides = .allocate(capacity: sides.count)
    _ = self.sides.initialize(from: sides)
    changes = Array(repeating: [], count: max(0, sides.count - 1))
  }

  deinit {
    sides.deinitialize()
    sides.deallocate()
  }

  /// Counts a change of an answer.
  func count(_ change: Change, against candidate: Int) {
    if changes[candidate - 1].isEmpty {
      changes[candidate - 1] = Array(repeating: 0, count: Change.allCases.count)
    }
    changes[candidate - 1][Int(change.rawValue)] += 1
  }
}

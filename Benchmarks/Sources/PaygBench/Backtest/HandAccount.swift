import Backtest
import Values

/// An account under two policies, both written by hand.
final class HandAccount {
  let name: String
  var keyNames: [String]
  /// One for each policy.
  var sides: [Side]
  /// Its number of the next occurrence.
  var number = 0
  /// Events that took effect, by their id as a number.
  var remembered: [UInt64: Remembered] = [:]
  /// Events by change.
  var changes = [Int](repeating: 0, count: Change.allCases.count)

  struct Remembered {
    /// Of what the event said.
    var content: UInt32
    /// A bit for each policy that allowed it.
    var allowed: UInt32
  }

  /// The account under one of them.
  struct Side {
    var state: ShippedAccount
    var keys: [ShippedKey]
    /// What usage took out of the balance, and out of the quota.
    var charged: Int64 = 0
    var quota: Int64 = 0

    init(state: ShippedAccount, keys: [ShippedKey]) {
      self.state = state
      self.keys = keys
    }

    /// Decides a request, and carries it out where it is allowed.
    @inline(__always)
    mutating func submit(
      _ request: ShippedRequest, prices: UnsafeBufferPointer<ShippedPrice?>, _ knobs: ShippedKnobs, checksPromises: Bool
    ) -> HandAnswer {
      let result = state.submit(request, &keys, prices: prices, knobs, checksPromises: checksPromises)
      if result.verdict == .allowed {
        charged += result.answer.fromBalance
        quota += result.answer.fromQuota
      }
      return result
    }
  }

  init(_ name: String, keyNames: [String], _ sides: [Side]) {
    self.name = name
    self.keyNames = keyNames
    self.sides = sides
  }

  func addKey(_ key: String) {
    if keyNames.contains(key) { return }
    keyNames.append(key)
    for index in sides.indices {
      let count = sides[index].state.keyCount
      if count < sides[index].keys.count {
        sides[index].keys[count] = ShippedKey()
      } else {
        sides[index].keys.append(ShippedKey())
      }
      sides[index].state.keyCount += 1
    }
  }
}

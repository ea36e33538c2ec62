import Engine
import Language
import Ledger

/// What a store notes beside events, once more: the same calls, without a line in between.
extension Simulation {
  /// Sets a setting of the account or of a key.
  ///
  /// - Parameters:
  ///   - value: nil: back to its default.
  ///   - time: microseconds since 1970; the clock does not go back to it.
  /// - Returns: why the rules refuse it; nil when all is well.
  public func change(setting: Int, to value: EventCall.Value?, key: String?, at time: Int64) -> String? {
    guard program.settings.indices.contains(setting) else { return "there is no such setting" }
    var index: Int?
    if let key {
      guard let known = account.keyIndex(named: key) else { return "there is no key `\(key)`" }
      index = known
    }
    clock = max(clock, time)
    do throws(Refusal) {
      let number = value.map { self.number($0, program.settings[setting].type) } ?? LedgerLayout.unset
      try engine.change(setting, to: number, key: index, in: &account, at: clock, journal: &journal)
      return nil
    } catch {
      return error.text
    }
  }

  /// Brings a bucket to an amount, as a correction from outside does.
  ///
  /// - Parameters:
  ///   - amount: nano-dollars.
  ///   - lotKind: what kind of money it is where it adds some.
  /// - Returns: why it cannot be; nil when all is well.
  public func adjust(bucket: String, to amount: Int64, lotKind: String, at time: Int64) -> String? {
    guard let index = program.buckets.firstIndex(where: { $0.name == bucket }) else {
      return "there is no bucket `\(bucket)`"
    }
    clock = max(clock, time)
    do throws(EngineFault) {
      try engine.adjust(bucket: index, to: amount, lotKind: lotKind, in: &account, at: clock, journal: &journal)
      return nil
    } catch {
      return error.message
    }
  }
}

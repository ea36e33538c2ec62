import Diagnostics
import Engine
import Language
import Ledger
import Store
import Values

/// What accounts have set, held against the conditions that settings must meet.
extension Stage {
  /// So many accounts are looked through for one change.
  static let mostChecked = 2_000
  /// So many of them are named.
  private static let mostNamed = 8

  /// The settings of accounts that could not be set to what they are any more; nothing where all could.
  func misfits() throws -> [String] {
    let names = try world.accountNames(limit: Stage.mostChecked + 1)
    guard names.count <= Stage.mostChecked else {
      return [
        "there are more than \(Count.text(Stage.mostChecked)) accounts: whether their settings still fit was not looked at"
      ]
    }
    var found: [String] = []
    for name in names {
      if world.session.console.interrupts.hasCome() { throw Cancelled() }
      let standing = try standing(of: name)
      for key in [nil] + standing.state.keyNames.indices.map({ Optional($0) }) { found += misfits(standing, key) }
    }
    if found.isEmpty { return [] }
    let rest = found.count - Stage.mostNamed
    return found.prefix(Stage.mostNamed)
      + (rest > 0 ? ["… and \(Count.text(rest)) more settings that do not fit any more"] : [])
  }

  private func misfits(_ standing: World.Standing, _ key: Int?) -> [String] {
    let program = standing.engine.program
    var reader: FactReader?
    return program.settings.enumerated().compactMap { index, setting in
      guard setting.scope == (key == nil ? .account : .key), !setting.conditions.isEmpty,
        standing.state.stored(setting: index, key: key) != LedgerLayout.unset
      else { return nil }
      let facts = reader ?? standing.engine.reader(standing.state, key: key, at: standing.at)
      reader = facts
      guard setting.conditions.contains(where: { facts.evaluate($0.condition) == 0 }) else { return nil }
      let value = standing.engine.formatter(for: standing.state).text(facts.value(of: .setting(index)), setting.type)
      let whose = key.map { " of key \(standing.state.keyNames[$0])" } ?? ""
      var account = standing.state
      var engine = standing.engine
      var why = ""
      // The rules' own words for it.
      do throws(Refusal) {
        try engine.change(index, to: facts.value(of: .setting(index)), key: key, in: &account, at: standing.at)
      } catch {
        why = ": \(error.text)"
      }
      return "\(standing.name)\(whose) has \(setting.name) \(value)\(why)"
    }
  }
}

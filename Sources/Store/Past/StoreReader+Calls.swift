import Engine
import Language
import Ledger

extension StoreReader {
  /// What an entry of the history asked for, in the words of a policy: to ask it again.
  ///
  /// - Returns: nil for one of the store's own, for an event that the policy does not have, and for fields that cannot be read.
  public func call(of event: StoredEvent, in compiled: CompiledProgram) -> EventCall? {
    guard let index = compiled.event(named: event.kind) else { return nil }
    return FieldText(map: SlotMap(compiled)).call(index, id: event.id, at: event.at, json: event.fields)
  }

  /// An account that is nowhere in the store, as a change of policy would keep it: by name.
  ///
  /// - Parameters:
  ///   - old: what it was made for.
  ///   - new: what it is to go on under.
  /// - Throws: `refused` with the words of a policy change where the new policy has no place for what the account has.
  public func move(
    _ account: AccountState, named name: String, from old: RuleEngine, to new: RuleEngine
  ) throws(StoreFault) -> AccountState {
    let rows = AccountRows(account, SlotMap(old.compiled))
    let map = SlotMap(new.compiled)
    var room = PolicyRoom(map, after: old.program)
    room.look(at: rows)
    try room.check(store.path)
    do throws(AccountRows.Misfit) {
      return try rows.state(map)
    } catch {
      throw fault(.damaged("account `\(name)`: \(error.message)"))
    }
  }

  /// The global settings of one engine for another, by name; one that the other has no place for keeps its default.
  public func takeGlobals(of old: RuleEngine, to new: inout RuleEngine) {
    let map = SlotMap(new.compiled)
    let before = FieldText(map: SlotMap(old.compiled))
    let after = FieldText(map: map)
    for (index, setting) in old.program.settings.enumerated() where setting.scope == .global {
      let value = old.globals[old.compiled.layout.settings[index].slot]
      guard let kept = before.kept(value, of: index, cards: [], keys: []),
        let place = new.compiled.setting(named: setting.name), new.program.settings[place].scope == .global,
        let number = after.number(kept, of: place, cards: [], keys: [])
      else { continue }
      new.keep(global: place, number)
    }
  }
}

import Diagnostics
import Engine
import Lab
import Language
import Ledger
import Shell
import Store

/// A change of a setting, as `limits.spending_limit to $50 for key k1` says it.
struct SettingLine {
  /// `limits.spending_limit`
  var name: String { setting.name }
  /// The key it is for, where the setting is one of a key.
  var key: String? { change.key }
  private let setting: Setting
  private let change: LineReader.SettingChange
  private let program: Program

  /// - Parameters:
  ///   - keys: the keys that the account has, or will have.
  ///   - source: what people are told the line is called.
  init(
    _ words: [String], in program: Program, keys: [String], from source: String, now: Int64, _ console: Console
  ) throws {
    let called = program.settings.filter { $0.type.base.isWord }
    let texts = Set(called.flatMap { [$0.name, NameIndex.bare($0.name)] } + ["key"])
    let text = LineWords.text(words) { texts.contains($0) }
    do throws(LineFault) {
      change = try LineReader(program).change(text, from: source, keys: keys, now: now)
    } catch {
      console.show(error.diagnostics, of: error.sources)
      throw ShownFault(status: .badCommandLine)
    }
    setting = program.settings[change.setting]
    self.program = program
  }

  /// The new value as people read it.
  var shown: String {
    switch change.value {
    case .text(let text): text
    case .number(LedgerLayout.unset): "its default"
    case .number(let number): ValueFormatter(program).text(number, setting.type)
    }
  }

  /// Looks whether the setting is one of whom it is to be changed for: an account, or with nil all.
  func check(account: String?) throws(Complaint) {
    if setting.scope == .global, account != nil {
      throw Complaint(
        message: "`\(name)` serves every account", help: "payg set --global \(name) to …", status: .badCommandLine)
    }
    if setting.scope != .global, account == nil {
      throw Complaint(
        message: "`\(name)` is a setting of each account", help: "payg set ACCOUNT \(name) to …",
        status: .badCommandLine)
    }
  }

  /// - Parameter account: nil for a global setting.
  func apply(to account: String?, at time: Int64?, _ writer: StoreWriter) throws(StoreFault) {
    try writer.change(change.setting, to: change.value, key: change.key, account: account, at: time)
  }
}

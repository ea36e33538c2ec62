import Language
import Ledger
import Values

extension RuleEngine {
  /// The facts of an account at a time, for queries. Holds whose time is over by then hold nothing.
  public func reader(_ account: AccountState, key: Int? = nil, at time: Int64) -> FactReader {
    guard account.nextExpiry <= account.effectiveTime(time) else {
      return FactReader(compiled, trace(account, key: key, at: time, wholly: true))
    }
    var copy = account
    var journal: Journal?
    // What the ledger refuses to release is shown as it is.
    try? expire(&copy, by: time, recording: &journal)
    return FactReader(compiled, trace(copy, key: key, at: time, wholly: true))
  }

  /// The facts as they are stored, see ``CompiledProgram/trace(_:key:now:globals:event:fields:wholly:)``.
  func trace(
    _ account: AccountState, key: Int?, at time: Int64, event: Int? = nil, fields: [Int64] = [], wholly: Bool = false
  ) -> Trace {
    compiled.trace(
      account, key: key, now: account.effectiveTime(time), globals: globals, event: event, fields: fields,
      wholly: wholly)
  }

  /// The value of anything that has a name: a setting (`limits.spending_limit`), a bucket (`balance`, `balance.available`,
  /// `balance.held`), a meter (`limits.payg_spent`), a `let` (`warnings.level`), `cycle.start`, `cycle.end`, `now` or
  /// `last request`. The last word alone is enough where only one thing has it.
  public func value(
    of name: String, in account: AccountState, key: Int? = nil, at time: Int64
  ) -> (value: Int64, type: QualifiedType)? {
    guard account.layout == compiled.layout, let expr = expression(named: name) else { return nil }
    return (evaluate(expr, account, key: key, at: time), expr.type)
  }

  /// Any checked expression over an account.
  public func evaluate(_ expr: Expr, _ account: AccountState, key: Int? = nil, at time: Int64) -> Int64 {
    reader(account, key: key, at: time).evaluate(expr)
  }

  /// Any checked expression over the facts a decision saw, with the account as it was before the event for `previous`.
  public func evaluate(_ expr: Expr, seenBy decision: Decision) -> Int64 {
    FactReader(compiled, decision.trace).evaluate(expr)
  }

  /// A name as an expression; nil for one that the program does not have.
  public func expression(named name: String) -> Expr? {
    let optionalTime = QualifiedType(.time, isOptional: true)
    func expr(_ kind: Expr.Kind, _ type: QualifiedType) -> Expr { Expr(kind, type, type.base.naturalRange, .none) }
    func fact(_ fact: Fact, _ type: QualifiedType) -> Expr { expr(.fact(fact), type) }
    switch name {
    case "now": return fact(.now, QualifiedType(.time))
    case "cycle.start": return fact(.cycleStart, optionalTime)
    case "cycle.end": return fact(.cycleEnd, optionalTime)
    default: break
    }
    if name.hasPrefix("last "), let event = compiled.event(named: String(name.dropFirst(5))) {
      return fact(.last(event), optionalTime)
    }
    let money = QualifiedType(.money)
    var found: [Expr] = []
    func add(_ full: String, _ expr: Expr) -> Expr? {
      if full == name { return expr }
      if full.hasSuffix("." + name) { found.append(expr) }
      return nil
    }
    for (index, setting) in program.settings.enumerated() {
      if let exact = add(setting.name, fact(.setting(index), setting.type)) { return exact }
    }
    for (index, bucket) in program.buckets.enumerated() {
      if let exact = add(bucket.name, fact(.posted(index), money)) { return exact }
      if let exact = add(bucket.name + ".posted", fact(.posted(index), money)) { return exact }
      if let exact = add(bucket.name + ".available", fact(.available(index), money)) { return exact }
      if let exact = add(bucket.name + ".held", fact(.held(index), money)) { return exact }
    }
    for (index, meter) in program.meters.enumerated() {
      if let exact = add(meter.name, fact(.meter(index), QualifiedType(meter.type))) { return exact }
    }
    for (index, binding) in program.lets.enumerated() {
      if let exact = add(binding.name, expr(.named(index), binding.value.type)) { return exact }
    }
    return found.count == 1 ? found[0] : nil
  }

  public func formatter(for account: AccountState? = nil) -> ValueFormatter {
    ValueFormatter(program, keyNames: account?.keyNames ?? [], cardNames: account?.cardNames ?? [])
  }

  /// What the caller reads about a denial or a conflict, with `{name}` replaced by that fact's value; nil when allowed.
  public func text(of decision: Decision) -> String? {
    switch decision.verdict {
    case .allowed, .waiting: return nil
    case .conflict: return "The id `\(decision.id)` was used before for something else"
    case .denied:
      guard let denial = decision.denial else { return "Not covered" }
      let reader = FactReader(compiled, decision.trace)
      return fill(program.denials[denial].text, policy: program.denials[denial].policy, reader)
    }
  }

  /// Replaces `{name}` by the value of that name, looked for in the text's own policy first.
  func fill(_ text: String, policy: Int?, _ reader: FactReader) -> String {
    guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
    let formatter = ValueFormatter(program)
    var filled = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      filled += rest[..<open]
      let own = policy.flatMap { program.policies.indices.contains($0) ? program.policies[$0].name : nil }
      if let expr = own.flatMap({ expression(named: $0 + "." + name) }) ?? expression(named: name)
        ?? field(name, reader)
      {
        filled += formatter.text(reader.evaluate(expr), expr.type)
      } else {
        filled += rest[open...close]
      }
      rest = rest[rest.index(after: close)...]
    }
    return filled + rest
  }

  private func field(_ name: String, _ reader: FactReader) -> Expr? {
    guard let event = reader.trace.event else { return nil }
    for (index, field) in program.events[event].fields.enumerated()
    where field.name == name || program.events[event].name + "." + field.name == name {
      return Expr(.fact(.field(event: event, field: index)), field.type, field.range, field.span)
    }
    return nil
  }
}

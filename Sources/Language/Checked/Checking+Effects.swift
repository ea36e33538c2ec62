import Diagnostics
import Values

extension Checking {
  /// One use of an effect: its arguments checked against the declaration, then lowered to ledger operations.
  func effect(_ syntax: EffectSyntax, _ place: Place) -> Effect? {
    guard let definition = vocabulary.effects.first(where: { $0.verb == syntax.verb.text }) else {
      reportUnknownEffect(syntax.verb)
      return nil
    }
    guard let arguments = arguments(of: syntax, definition, place) else { return nil }
    let operations = definition.lower(arguments)
    for operation in operations {
      guard isSound(operation, syntax, place) else { return nil }
    }
    return Effect(verb: definition.verb, operations: operations, span: syntax.span)
  }

  private func reportUnknownEffect(_ verb: Identifier) {
    if let plugin = vocabulary.offeredElsewhere[verb.text] {
      report(
        .missingPlugin, "`\(verb.text)` needs the plugin `\(plugin)`, which is not loaded", verb.span,
        help: "load `\(plugin)`; `payg plugins` lists what is loaded")
      return
    }
    let verbs = vocabulary.effects.map(\.verb).sorted()
    let nearest = self.nearest(verb.text, in: verbs)
    report(
      .unknownEffect, "unknown effect `\(verb.text)`", verb.span,
      notes: ["the effects are \(verbs.joined(separator: ", "))"],
      help: nearest.map { "did you mean `\($0)`?" } ?? "write one of these effects")
  }

  private func shape(_ definition: EffectDefinition) -> String {
    definition.fields.reduce(into: definition.verb) { text, field in
      let words = (field.label.map { "\($0) " } ?? "") + field.name.uppercased()
      text += field.isRequired ? " \(words)" : " [\(words)]"
    }
  }

  private func arguments(of syntax: EffectSyntax, _ definition: EffectDefinition, _ place: Place) -> EffectArguments? {
    var result = EffectArguments()
    var open = definition.fields
    var isWhole = true
    for argument in syntax.arguments {
      guard let position = open.firstIndex(where: { $0.label == argument.label?.text }) else {
        let said = argument.label.map { "`\($0.text) …`" } ?? "one more argument"
        report(
          .wrongEffect, "`\(definition.verb)` does not take \(said)", argument.label?.span ?? argument.value.span,
          help: shape(definition))
        isWhole = false
        continue
      }
      let field = open.remove(at: position)
      if !fill(&result, field, argument.value, definition, place) { isWhole = false }
    }
    for field in open where field.isRequired && isWhole {
      report(
        .wrongEffect, "`\(definition.verb)` needs \(field.label.map { "`\($0) …`" } ?? "its \(field.name)")",
        syntax.span,
        help: shape(definition))
      isWhole = false
    }
    return isWhole ? result : nil
  }

  private func fill(
    _ result: inout EffectArguments, _ field: EffectDefinition.Field, _ syntax: ExprSyntax,
    _ definition: EffectDefinition, _ place: Place
  ) -> Bool {
    if case .missing = syntax.kind { return false }
    switch field.kind {
    case .value(let type):
      guard let expr = value(syntax, place, type).flatMap(wieldy) else { return false }
      result.values[field.name] = expr
    case .bucket:
      guard case .name(let path) = syntax.kind, let word = path.last else {
        report(.wrongEffect, "`\(definition.verb)` wants a bucket here", syntax.span, help: shape(definition))
        return false
      }
      guard let bucket = bucket(path, word, place) else { return false }
      result.buckets[field.name] = bucket
    case .word:
      guard case .name(let path) = syntax.kind, path.count == 1 else {
        report(.wrongEffect, "`\(definition.verb)` wants a word here", syntax.span, help: shape(definition))
        return false
      }
      result.words[field.name] = path[0].text
    case .assignment:
      guard case .binary(.equal, let target, let assigned, _) = syntax.kind, case .name(let path) = target.kind else {
        report(
          .wrongEffect, "`\(definition.verb)` wants `SETTING = VALUE`", syntax.span,
          help: "\(definition.verb) enabled = on")
        return false
      }
      guard let setting = setting(path, target.span, place) else { return false }
      let type = program.settings[setting].type
      guard let expr = expression(assigned, place, expecting: type).flatMap(wieldy),
        let checked = required(expr, type, place)
      else { return false }
      result.assignment = (setting, checked)
    }
    return true
  }

  private func bucket(_ path: [Identifier], _ word: Identifier, _ place: Place) -> Int? {
    guard path.count > 1 else { return bucketIndex(word, place) }
    if path.count == 2, case .bucket(let index)? = names.member(word.text, of: path[0].text) { return index }
    let text = path.map(\.text).joined(separator: ".")
    report(
      .unknownBucket, "unknown bucket `\(text)`", path[0].span.joined(with: word.span),
      help: nearest(text, in: program.buckets.map(\.name)).map { "did you mean `\($0)`?" }
        ?? "the buckets are \(program.buckets.map(\.name).joined(separator: ", "))")
    return nil
  }

  private func setting(_ path: [Identifier], _ span: Span, _ place: Place) -> Int? {
    let found: Names.Found =
      path.count == 2
      ? names.member(path[1].text, of: path[0].text).map(Names.Found.one) ?? .nothing
      : names.bare(path.last?.text ?? "", from: place.family)
    switch found {
    case .one(.setting(let index)): return index
    case .several(let candidates):
      report(
        .ambiguousName, "`\(path.last?.text ?? "")` is declared by several families", span,
        help: "write \(candidates.map { "`\($0)`" }.joined(separator: " or "))")
      return nil
    case .one, .nothing: break
    }
    let text = path.map(\.text).joined(separator: ".")
    let known = program.settings.map(\.name) + program.settings.map { Names.split($0.name).name }
    let nearest = self.nearest(text, in: known)
    var help =
      nearest.map { "did you mean `\($0)`?" } ?? "only settings can be set: `set \(known.last ?? "enabled") = …`"
    if case .one(.bucket) = found {
      help = "what is in a bucket is changed with `credit $5 to \(text)` or `debit $5 from \(text)`"
    }
    report(.unknownName, "`\(text)` is not a setting", span, help: help)
    return nil
  }

  /// What holds for every operation, whoever's effect asks for it.
  private func isSound(_ operation: Operation, _ syntax: EffectSyntax, _ place: Place) -> Bool {
    switch operation {
    case .pay(let amount):
      guard place.phase == .decision else {
        report(
          .wrongEffect, "`\(syntax.verb.text)` belongs in an `on` rule", syntax.span,
          notes: ["a payment is part of the decision, not a reaction to it"], help: "use `credit` or `debit` here")
        return false
      }
      return isAmount(amount)
    case .credit(let amount, let bucket, let kind):
      guard isFilled(bucket, syntax) else { return false }
      if !program.buckets[bucket].keepsLots, kind != "paid" {
        let name = Names.split(program.buckets[bucket].name).name
        report(
          .wrongEffect, "bucket `\(name)` keeps no lots, so `as \(kind)` would be lost", syntax.span,
          labels: [Label(span: program.buckets[bucket].span, message: "declared without `keeps lots`")],
          help: "bucket \(name) draw \(program.buckets[bucket].draw) keeps lots")
        return false
      }
      if program.buckets[bucket].keepsLots, !program.lotKinds.contains(kind) {
        program.lotKinds = (program.lotKinds.dropFirst() + [kind]).sorted()
        program.lotKinds.insert("paid", at: 0)
      }
      return isAmount(amount)
    case .debit(let amount, let bucket):
      return isFilled(bucket, syntax) && isAmount(amount)
    case .set(let setting, let value):
      let declared = program.settings[setting]
      if declared.scope == .global {
        report(
          .wrongEffect, "an event of one account cannot set `\(declared.name)`, which serves all", syntax.span,
          labels: [Label(span: declared.span, message: "`global`")], help: "make the setting `per account`")
        return false
      }
      if declared.scope == .key, let events = place.events,
        let keyless = events.first(where: { program.events[$0].keyField == nil })
      {
        report(
          .noKey, "`\(declared.name)` belongs to a key, and event `\(program.events[keyless].name)` names none",
          syntax.span, labels: [Label(span: program.events[keyless].span, message: "no field of type `key` here")],
          help: "give the event a key: `key: key`")
        return false
      }
      let type = value.type.base
      guard isNone(value) || value.range.isInside(declared.range) || type == .ratio else {
        let (low, high) = (shown(declared.range.low, type), shown(declared.range.high, type))
        report(
          .outOfRange, "the value may be outside what `\(declared.name)` can hold", value.span,
          label: "from \(shown(value.range.low, type)) to \(shown(value.range.high, type))",
          help: type == .money || type == .tokens || type == .integer
            ? "max(\(low), min(\(high), \(text(value))))" : "bound it with `min` and `max`")
        return false
      }
      return true
    case .notify(let level):
      if !program.noticeLevels.contains(level) { program.noticeLevels = (program.noticeLevels + [level]).sorted() }
      return true
    }
  }

  private func isFilled(_ bucket: Int, _ syntax: EffectSyntax) -> Bool {
    guard program.buckets[bucket].resets != nil else { return true }
    report(
      .wrongEffect, "`\(program.buckets[bucket].name)` is filled by its allowance, not by effects", syntax.span,
      help: "change the setting its allowance reads")
    return false
  }

  private func isAmount(_ amount: Expr) -> Bool {
    guard amount.type.base == .money else {
      reportMismatch(amount, QualifiedType(.money))
      return false
    }
    guard amount.range.low >= 0 else {
      report(
        .mayBeNegative, "this amount may be below zero", amount.span,
        label: "as low as \(shown(amount.range.low, .money))", help: "max($0, \(text(amount)))")
      return false
    }
    return true
  }
}

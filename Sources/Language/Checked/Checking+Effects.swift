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
    for operation in operations { guard isSound(operation, syntax, place) else { return nil } }
    let draws = operations.compactMap(\.draw)
    guard Set(draws) == Set([definition.draws].compactMap { $0 }) else {
      let says = definition.draws.map { "its plugin says that it \($0.verb)" } ?? "its plugin does not say so"
      let does = draws.first { $0 != definition.draws }.map(\.verb) ?? "draws nothing on the buckets"
      report(
        .wrongEffect, "`\(definition.verb)` \(does), and \(says)", syntax.span,
        notes: ["which events pay and hold must be known before their rules are checked"],
        help: draws.first.map { "the plugin declares the effect with `draws: .\($0.rawValue)`" }
          ?? "the plugin leaves `draws` out")
      return nil
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

  private func arguments(of syntax: EffectSyntax, _ definition: EffectDefinition, _ place: Place) -> EffectArguments? {
    var result = EffectArguments()
    var open = definition.fields
    var isWhole = true
    for argument in syntax.arguments {
      guard let position = open.firstIndex(where: { $0.label == argument.label?.text }) else {
        let said = argument.label.map { "`\($0.text) …`" } ?? "one more argument"
        report(
          .wrongEffect, "`\(definition.verb)` does not take \(said)", argument.label?.span ?? argument.value.span,
          help: definition.signature)
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
        help: definition.signature)
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
        report(.wrongEffect, "`\(definition.verb)` wants a bucket here", syntax.span, help: definition.signature)
        return false
      }
      guard let bucket = bucket(path, word, place) else { return false }
      result.buckets[field.name] = bucket
    case .word:
      guard case .name(let path) = syntax.kind, path.count == 1 else {
        report(.wrongEffect, "`\(definition.verb)` wants a word here", syntax.span, help: definition.signature)
        return false
      }
      result.words[field.name] = path[0].text
    case .words(let allowed):
      guard case .name(let path) = syntax.kind, path.count == 1, allowed.contains(path[0].text) else {
        let said = program.sources.text(syntax.span)
        report(
          .wrongEffect, "`\(definition.verb)` does not know `\(said)` here", syntax.span,
          notes: allowed.count > 1 ? ["it knows \(allowed.map { "`\($0)`" }.joined(separator: ", "))"] : [],
          help: nearest(said, in: allowed).map { "did you mean `\($0)`?" } ?? definition.signature)
        return false
      }
      result.words[field.name] = path[0].text
    case .denial:
      guard case .name(let path) = syntax.kind, path.count == 1 else {
        report(.wrongEffect, "`\(definition.verb)` wants a denial's code here", syntax.span, help: definition.signature)
        return false
      }
      guard let denial = denialIndex(path[0]) else { return false }
      result.denials[field.name] = denial
    case .record(let kind):
      guard let record = record(kind, syntax, isOptional: !field.isRequired, place) else { return false }
      result.values[field.name] = record
    case .eachPayment:
      var inTurn = place
      inTurn.owns = .payment
      guard let expr = value(syntax, inTurn, .money).flatMap(wieldy) else { return false }
      result.values[field.name] = expr
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

  /// A field given with the event at hand that names a record of a kind.
  private func record(_ kind: RecordKind, _ syntax: ExprSyntax, isOptional: Bool, _ place: Place) -> Expr? {
    let type = QualifiedType(.record(kind), isOptional: isOptional)
    guard let expr = expression(syntax, place, expecting: type) else { return nil }
    guard case .fact(.field) = expr.kind, expr.type.base == .record(kind) else {
      let known = (place.events ?? []).flatMap { event in
        program.events[event].fields.filter { $0.type.base == .record(kind) }
          .map { "\(program.events[event].name).\($0.name)" }
      }
      report(
        .wrongEffect, "a field of the event that names a \(kind.rawValue) is wanted here", syntax.span,
        label: isNone(expr) ? nil : "this is \(expr.type.name)",
        help: known.first ?? "give the event a field: `\(kind.rawValue): \(kind.rawValue)`")
      return nil
    }
    return required(expr, type, place)
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
}

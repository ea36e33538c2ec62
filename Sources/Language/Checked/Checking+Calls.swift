import Diagnostics
import Values

extension Checking {
  /// `min(a, b)`, a table with its keys, or a function of a plugin.
  func call(_ callee: Identifier, _ arguments: [ExprSyntax], _ span: Span, _ place: Place) -> Expr? {
    if callee.text == "min" || callee.text == "max" { return extreme(callee, arguments, span, place) }
    if let table = table(callee, place) {
      guard isUsable(table, place, span) else { return nil }
      guard program.tables[table].outputs.count == 1 else {
        let columns = program.tables[table].outputs.map(\.name)
        report(
          .wrongTableUse, "`\(callee.text)` gives several columns", span,
          notes: ["they are \(columns.joined(separator: ", "))"],
          help: "\(text(span)).\(columns.first ?? "column")")
        return nil
      }
      return lookup(table, 0, callee, arguments, span, place)
    }
    guard place.phase != .constant else {
      report(.notConstant, "what `\(callee.text)` gives is not a constant", span, help: "write the value itself")
      return nil
    }
    guard let index = program.functions.firstIndex(where: { $0.name == callee.text }) else {
      reportUnknownFunction(callee)
      return nil
    }
    let function = program.functions[index]
    guard function.parameters.count == arguments.count else {
      let shape = function.parameters.map { "\($0.name): \($0.type.name)" }.joined(separator: ", ")
      report(
        .wrongCount, "`\(callee.text)` takes \(counted(function.parameters.count, "argument")), not \(arguments.count)",
        span,
        help: "\(callee.text)(\(shape))")
      return nil
    }
    var values: [Expr] = []
    for (argument, parameter) in zip(arguments, function.parameters) {
      guard let expr = expression(argument, place, expecting: parameter.type),
        let checked = required(expr, parameter.type, place)
      else { return nil }
      let type = parameter.type.base
      if isNone(checked) || type == .ratio || checked.range.isInside(parameter.range) {
        values.append(checked)
        continue
      }
      if parameter.range == type.naturalRange, type.isOrdered, !checked.type.isOptional {
        values.append(clamped(checked, to: parameter.range))
        continue
      }
      let (low, high) = (shown(parameter.range.low, type), shown(parameter.range.high, type))
      report(
        .outOfRange, "`\(parameter.name)` of `\(callee.text)` must be from \(low) to \(high)", checked.span,
        label: "from \(shown(checked.range.low, type)) to \(shown(checked.range.high, type))",
        help: type.isOrdered ? "max(\(low), min(\(high), \(text(checked))))" : nil)
      return nil
    }
    return fitting(Expr(.call(index, values), function.result.type, function.result.range, span))
  }

  private func reportUnknownFunction(_ callee: Identifier) {
    if let plugin = vocabulary.offeredElsewhere[callee.text] {
      report(
        .missingPlugin, "`\(callee.text)` needs the plugin `\(plugin)`, which is not loaded", callee.span,
        help: "load `\(plugin)`; `payg plugins` lists what is loaded")
      return
    }
    let known = program.functions.map(\.name) + ["min", "max"] + program.tables.map { Names.split($0.name).name }
    let nearest = self.nearest(callee.text, in: known)
    report(
      .unknownFunction, "unknown function or table `\(callee.text)`", callee.span,
      help: nearest.map { "did you mean `\($0)`?" } ?? "`payg plugins` lists the functions there are")
  }

  private func extreme(_ callee: Identifier, _ arguments: [ExprSyntax], _ span: Span, _ place: Place) -> Expr? {
    guard arguments.count >= 2 else {
      report(
        .wrongCount, "`\(callee.text)` takes two or more arguments, not \(arguments.count)", span,
        help: arguments.first.map { "\(callee.text)(\(text($0.span)), $0)" } ?? "\(callee.text)(a, b)")
      return nil
    }
    let least = callee.text == "min"
    let place = least ? place.refusing(.minimum) : place
    var values: [Expr] = []
    for argument in arguments {
      guard let expr = expression(argument, place, expecting: nil), let next = present(expr, place) else { return nil }
      guard next.type.base.isOrdered, next.type.base != .ratio else {
        report(
          .unitsDoNotMix, "`\(callee.text)` takes no \(next.type.base.name)", next.span,
          label: "this is \(next.type.name)",
          help: next.type.base == .ratio
            ? "compare them: `if a < b then a else b`" : "compare with `is` and choose with `if`")
        return nil
      }
      guard let first = values.first else {
        values.append(next)
        continue
      }
      guard first.type.base == next.type.base else {
        report(
          .unitsDoNotMix, "\(first.type.base.name) cannot be compared with \(next.type.base.name)", next.span,
          label: "this is \(next.type.name)", labels: [Label(span: first.span, message: "this is \(first.type.name)")],
          help: conversion(first, next))
        return nil
      }
      values.append(next)
    }
    return extreme(values[...], least: least, span)
  }

  /// Halves rather than a chain: a tree of a thousand values is ten levels high.
  private func extreme(_ values: ArraySlice<Expr>, least: Bool, _ span: Span) -> Expr? {
    guard values.count > 1 else { return values.first }
    let middle = values.startIndex + values.count / 2
    guard let first = extreme(values[..<middle], least: least, span),
      let second = extreme(values[middle...], least: least, span)
    else { return nil }
    return Expr(
      least ? .minimum(first, second) : .maximum(first, second), first.type,
      least ? first.range.lesser(second.range) : first.range.greater(second.range), span)
  }

  /// The table a word names here, if it names one.
  func table(_ callee: Identifier, _ place: Place) -> Int? {
    if case .one(.table(let index)) = names.bare(callee.text, from: place.family) { return index }
    return nil
  }

  /// `price(request.model).input`
  func member(_ inner: ExprSyntax, _ name: Identifier, _ span: Span, _ place: Place) -> Expr? {
    guard case .call(let callee, let arguments) = inner.kind, let table = table(callee, place) else {
      report(
        .wrongTableUse, "only a table's row has columns", name.span, label: "this is not asked of a table",
        help: "write a table, its keys and a column: `price(request.model).input`")
      return nil
    }
    guard isUsable(table, place, span) else { return nil }
    let outputs = program.tables[table].outputs
    guard let column = outputs.firstIndex(where: { $0.name == name.text }) else {
      let nearest = self.nearest(name.text, in: outputs.map(\.name))
      report(
        .wrongTableUse, "`\(callee.text)` has no column `\(name.text)`", name.span,
        notes: ["its columns are \(outputs.map(\.name).joined(separator: ", "))"],
        help: nearest.map { "did you mean `\($0)`?" })
      return nil
    }
    return lookup(table, column, callee, arguments, span, place)
  }

  /// Whether the table's columns were understood; what is wrong with them was said where they stand.
  private func isUsable(_ table: Int, _ place: Place, _ span: Span) -> Bool {
    guard place.phase != .constant else {
      // Tables may not even be declared yet where constants are read.
      report(.notConstant, "what a table says is not a constant", span, help: "write the value itself")
      return false
    }
    return !program.tables[table].inputs.isEmpty
  }

  /// In a presence test a table may stand without a column: does any row cover these keys?
  func lookupForTest(
    _ table: Int, _ callee: Identifier, _ arguments: [ExprSyntax], _ span: Span, _ place: Place
  ) -> Expr? {
    guard isUsable(table, place, span) else { return nil }
    if program.tables[table].outputs.count == 1 { return lookup(table, 0, callee, arguments, span, place) }
    // A column that every row fills is none only where no row covers the keys.
    let outputs = program.tables[table].outputs
    guard let column = outputs.firstIndex(where: { !$0.type.isOptional }) else {
      report(
        .wrongTableUse, "every column of `\(callee.text)` may be none, so the table itself cannot be tested", span,
        help: "\(text(span)).\(outputs.first?.name ?? "column")")
      return nil
    }
    return lookup(table, column, callee, arguments, span, place)
  }

  private func lookup(
    _ table: Int, _ column: Int, _ callee: Identifier, _ arguments: [ExprSyntax], _ span: Span, _ place: Place
  ) -> Expr? {
    guard let keys = tableKeys(table, callee, arguments, span, place) else { return nil }
    let output = program.tables[table].outputs[column]
    let type = QualifiedType(output.type.base, isOptional: output.type.isOptional || !isTotal(table))
    return Expr(.lookup(table: table, column: column, keys), type, output.range, span)
  }

  private func tableKeys(
    _ table: Int, _ callee: Identifier, _ arguments: [ExprSyntax], _ span: Span, _ place: Place
  ) -> [Expr]? {
    let inputs = program.tables[table].inputs
    guard inputs.count == arguments.count else {
      report(
        .wrongCount, "`\(callee.text)` takes \(counted(inputs.count, "key")), not \(arguments.count)", span,
        help: "\(callee.text)(\(inputs.map(\.name).joined(separator: ", ")))")
      return nil
    }
    var keys: [Expr] = []
    for (argument, input) in zip(arguments, inputs) {
      guard let expr = expression(argument, place, expecting: input.type) else { return nil }
      // No row covers a name that is none, so an open list takes one as it is.
      let wanted = QualifiedType(input.type.base, isOptional: input.type.base == .name)
      guard let key = required(expr, wanted, place) else { return nil }
      guard key.type.base.isOrdered, key.type.base != .ratio, !key.range.isInside(input.range) else {
        keys.append(key)
        continue
      }
      // Counts and prices have no values below zero, so a key there is a mistake, not the nearest there is.
      guard key.range.low >= input.range.low || input.range.low < 0 else {
        report(
          .mayBeNegative, "the key `\(input.name)` may be below zero", key.span,
          label: "as low as \(shown(key.range.low, key.type.base))",
          help: "max(\(nothing(key.type.base)), \(text(key)))")
        return nil
      }
      keys.append(clamped(key, to: input.range))
    }
    return keys
  }

  /// Whether every value of the keys has a row: a unique table over closed columns (the analysis proves it has no gap), or
  /// one whose last row covers everything.
  private func isTotal(_ table: Int) -> Bool {
    let table = program.tables[table]
    // A ratio has no place on the line of whole numbers that gaps are searched on.
    let isClosed = !table.inputs.contains { [.name, .key, .ratio].contains($0.type.base) }
    if table.hit == .unique, isClosed { return true }
    guard let last = table.rows.last else { return false }
    return zip(last.cells, table.inputs).allSatisfy { cell, input in
      if input.type.base == .name { return cell.low == Int64.min }
      return Int128(cell.low) <= input.range.low && Int128(cell.high) >= input.range.high
    }
  }

  func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
}

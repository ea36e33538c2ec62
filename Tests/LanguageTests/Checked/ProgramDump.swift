import Diagnostics
import Language

/// Everything in a program as text, with places by file name: equal texts are equal programs, whatever order their files came in.
enum ProgramDump {
  static func text(_ program: Program) -> String {
    var lines = ["hash \(program.hash)", "lots \(program.lotKinds)", "levels \(program.noticeLevels)"]
    func place(_ span: Span) -> String { span.isNone ? "-" : "\(program.sources[span].name):\(span.start)-\(span.end)" }
    func tree(_ expr: Expr) -> String {
      let head: String
      switch expr.kind {
      case .constant(let value): head = "\(value)"
      case .fact(let fact): head = "\(fact)"
      case .named(let index): head = "let \(index)"
      case .scale(let factor, _): head = "scale \(factor)"
      case .compare(let comparison, _, _): head = "\(comparison)"
      case .compareRatio(let comparison, _, _): head = "ratio \(comparison)"
      case .roundedProducts(_, let plus, let rounding, let quantum): head = "sum \(plus == nil) \(rounding) \(quantum)"
      case .roundedScale(_, _, let rounding, let quantum): head = "share \(rounding) \(quantum)"
      case .call(let function, _): head = "call \(function)"
      case .lookup(let table, let column, _): head = "table \(table) \(column)"
      default: head = String("\(expr.kind)".prefix { $0 != "(" })
      }
      let operands = expr.operands.map(tree).joined(separator: " ")
      return "(\(head) \(operands)):\(expr.type.name)[\(expr.range.low)..\(expr.range.high)]@\(place(expr.span))"
    }
    for policy in program.policies { lines.append("policy \(policy.name) \(policy.summary) \(place(policy.span))") }
    for setting in program.settings {
      lines.append(
        "setting \(setting.name) \(setting.type.name) \(setting.range) \(setting.scope) \(setting.defaults) \(place(setting.span))"
      )
      for (condition, text) in setting.conditions { lines.append("  must \(tree(condition)) \(text)") }
    }
    for bucket in program.buckets {
      lines.append(
        "bucket \(bucket.name) \(bucket.draw) \(bucket.keepsLots) \(String(describing: bucket.denial)) \(place(bucket.span))"
      )
      if let resets = bucket.resets { lines.append("  resets \(resets.window) \(tree(resets.allowance))") }
      if let rate = bucket.rate { lines.append("  rate \(tree(rate))") }
    }
    for meter in program.meters {
      var measure = String("\(meter.measure)".prefix { $0 != "(" })
      if case .sum(let expr, let event) = meter.measure { measure = "sum \(tree(expr)) \(event)" }
      lines.append(
        "meter \(meter.name) \(measure) \(meter.window) \(String(describing: meter.since)) \(meter.scope) \(meter.range)"
      )
    }
    for event in program.events {
      lines.append(
        "event \(event.name) \(event.policy) \(event.givenCount) \(event.derivationOrder) \(String(describing: event.outOfRange))"
      )
      for field in event.fields {
        let derivation = field.derivation.map(tree) ?? "-"
        lines.append(
          "  \(field.name) \(field.type.name) \(field.range) \(String(describing: field.value)) \(derivation)")
      }
    }
    for value in program.lets { lines.append("let \(value.name) \(tree(value.value))") }
    for table in program.tables {
      lines.append(
        "table \(table.name) \(table.hit) \(table.inputs) \(table.outputs) \(table.rowBySymbol.sorted { $0.key < $1.key })"
      )
      for row in table.rows { lines.append("  \(row.cells) \(row.values) \(place(row.span))") }
    }
    for denial in program.denials {
      lines.append("denial \(denial.code) \(denial.policy) \(denial.status) \(denial.rank) \(denial.text)")
    }
    for rule in program.rules {
      lines.append("rule \(rule.name) \(rule.policy) \(rule.clauses.map(tree))")
      switch rule.kind {
      case .cap(let bucket, let limit, let denial):
        lines.append("  cap \(String(describing: bucket)) \(tree(limit)) \(denial)")
      default: lines.append("  \(rule.kind)")
      }
      for operation in rule.effects.flatMap(\.operations) {
        switch operation {
        case .pay(let expr): lines.append("  pay \(tree(expr))")
        case .credit(let expr, let bucket, let kind): lines.append("  credit \(tree(expr)) \(bucket) \(kind)")
        case .debit(let expr, let bucket): lines.append("  debit \(tree(expr)) \(bucket)")
        case .set(let setting, let expr): lines.append("  set \(setting) \(tree(expr))")
        case .notify(let level): lines.append("  notify \(level)")
        }
      }
    }
    for promise in program.promises {
      lines.append("promise \(promise.text) \(promise.events) \(tree(promise.condition))")
    }
    lines.append("cycle \(program.cycleAnchor.map(tree) ?? "-")")
    lines.append("names \(program.names.sorted { $0.key < $1.key })")
    return lines.joined(separator: "\n")
  }
}

import Diagnostics
import Language

/// Everything in a program as text, with places by file name: equal texts are equal programs, whatever order their files came in.
enum ProgramDump {
  static func text(_ program: Program) -> String {
    var lines = ["lots \(program.lotKinds)", "levels \(program.noticeLevels)"]
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
      if let order = bucket.lotOrder { lines.append("  by \(tree(order))") }
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
        "event \(event.name) \(event.policy) \(event.givenCount) \(event.derivationOrder) \(String(describing: event.outOfRange)) \(String(describing: event.keyThrough))"
      )
      for field in event.fields {
        let derivation = field.derivation.map(tree) ?? "-"
        lines.append(
          "  \(field.name) \(field.type.name) \(field.range) \(String(describing: field.value)) \(derivation) \(String(describing: field.outOfRange))"
        )
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
        let words =
          switch operation {
          case .credit(_, let bucket, let kind): "\(bucket) \(kind)"
          case .debit(_, let bucket), .refund(_, let bucket, _, _): "\(bucket)"
          case .set(let setting, _): "\(setting)"
          case .notify(let level): level
          case .settle(_, _, let owed): "\(owed)"
          case .collect(_, _, let bucket, let denial): "\(bucket) \(String(describing: denial))"
          case .close(_, let asDeclined): "\(asDeclined)"
          case .pay, .hold, .release, .receive, .confirm, .restore, .clawBack, .reinstate: ""
          }
        let head = "\(operation)".prefix { $0 != "(" }
        let parts = operation.expressions.map(tree) + [words]
        lines.append("  \(head) \(parts.joined(separator: " "))")
      }
    }
    for promise in program.promises {
      lines.append("promise \(promise.text) \(promise.events) \(tree(promise.condition))")
    }
    for derivation in program.paymentDerivations {
      lines.append("payment.\(derivation.name) \(tree(derivation.value))")
    }
    lines.append("roles \(program.roles)")
    lines.append("cycle \(program.cycleAnchor.map(tree) ?? "-")")
    lines.append("names \(program.names.sorted { $0.key < $1.key })")
    return lines.joined(separator: "\n")
  }
}

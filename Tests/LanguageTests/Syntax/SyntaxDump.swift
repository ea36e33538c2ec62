import Diagnostics
import Language
import Values

/// Syntax trees as short s-expressions, for tables of tests.
enum SyntaxDump {
  static func dump(_ file: FileSyntax) -> String { file.declarations.map { dump($0.kind) }.joined(separator: "\n") }

  static func dump(_ kind: DeclarationSyntax.Kind) -> String {
    switch kind {
    case .policy(let name, let summary): list("policy", name.text, quoted(summary))
    case .setting(let setting): dump(setting)
    case .bucket(let bucket): dump(bucket)
    case .meter(let meter): dump(meter)
    case .event(let event): dump(event)
    case .derive(let event, let field, let value): list("derive", "\(event.text).\(field.text)", dump(value))
    case .constant(let name, let value): list("let", name.text, dump(value))
    case .table(let table): dump(table)
    case .denial(let denial):
      list("denial", denial.code.text, "\(denial.status.value)", "\(denial.rank.value)", quoted(denial.text))
    case .promise(let promise):
      list("always", dump(promise.condition), names("on", promise.events), quoted(promise.text))
    case .cycle(let anchor): list("cycle", dump(anchor))
    case .rule(let rule): dump(rule)
    case .reform(let reform): dump(reform)
    }
  }

  static func dump(_ expression: ExprSyntax) -> String {
    switch expression.kind {
    case .literal(let literal): dump(literal)
    case .name(let parts): parts.map(\.text).joined(separator: ".")
    case .unary(let sign, let operand): list(sign.rawValue, dump(operand))
    case .binary(let sign, let left, let right, _): list(sign.rawValue, dump(left), dump(right))
    case .presence(let operand, let isSet): list(isSet ? "set?" : "none?", dump(operand))
    case .within(let operand, let low, let high): list("in", dump(operand), dump(low), dump(high))
    case .choose(let condition, let then, let otherwise):
      list("if", dump(condition), dump(then), dump(otherwise))
    case .call(let name, let arguments): "(\(([name.text + "()"] + arguments.map(dump)).joined(separator: " ")))"
    case .member(let operand, let name): list("." + name.text, dump(operand))
    case .round(let rounding, let quantum, let operand):
      list("round", "\(rounding)", quantum.map { "to " + dump($0) }, dump(operand))
    case .last(let event): list("last", event.text)
    case .previous(let fact): list("previous", dump(fact))
    case .missing: "?"
    }
  }

  private static func dump(_ literal: Literal) -> String {
    switch literal {
    case .integer(let value): "\(value)"
    case .money(let money): "\(money)"
    case .rate(let rate): "[\(rate)]"
    case .tokens(let count): "\(count)tok"
    case .ratio(let ratio): ratio.percentText
    case .bool(let isOn): isOn ? "on" : "off"
    case .time(let time): "\(time)"
    case .duration(let span): "[\(span)]"
    case .none: "none"
    case .text(let text): "\"\(text)\""
    }
  }

  private static func dump(_ setting: SettingSyntax) -> String {
    list(
      "setting", setting.name.text, dump(setting.type),
      setting.range.map { list("in", dump($0.low), dump($0.high)) }, dump(setting.value),
      setting.scope.map { $0.scope.rawValue },
      each(setting.conditions) { list("must", dump($0.condition), quoted($0.text)) },
      each(setting.dated) { list("from", dump($0.from), dump($0.value)) })
  }

  private static func dump(_ type: TypeSyntax) -> String {
    type.names.map(\.text).joined(separator: "|") + (type.orNone ? "?" : "")
  }

  private static func dump(_ bucket: BucketSyntax) -> String {
    list(
      "bucket", bucket.name.text, "\(bucket.draw.value)",
      bucket.resets.map { list("resets", $0.window.text, dump($0.allowance)) }, bucket.keepsLots ? "lots" : nil,
      bucket.lotOrder.map { list("by", dump($0)) },
      bucket.rate.map { list("rate", dump($0)) }, bucket.rateStep.map { list("step", dump($0)) },
      bucket.denial.map { list("else", $0.text) })
  }

  private static func dump(_ meter: MeterSyntax) -> String {
    let measure =
      switch meter.measure {
      case .payments: "payments"
      case .bucketPayments(let bucket): list("payments", bucket.text)
      case .sum(let value, let event): list("sum", dump(value), event.text)
      case .count(let event): list("count", event.text)
      }
    return list(
      "meter", meter.name.text, measure, meter.window?.text, meter.since.map { list("since", $0.text) },
      meter.scope?.scope.rawValue)
  }

  private static func dump(_ event: EventSyntax) -> String {
    list(
      "event", event.name.text, event.summary.map(quoted),
      each(event.fields) { field in
        list(
          field.name.text, dump(field.type), field.range.map { list("in", dump($0.low), dump($0.high)) },
          field.value.map { list("=", dump($0)) }, field.denial.map { list("else", $0.text) })
      }, event.otherwise.map { list("otherwise", $0.text) })
  }

  private static func dump(_ table: TableSyntax) -> String {
    let columns = { (columns: [TableSyntax.Column]) in
      "(" + columns.map { "\($0.name.text):\(dump($0.type))" }.joined(separator: " ") + ")"
    }
    return list(
      "table", table.name.text, table.hitPolicy?.text, columns(table.inputs), columns(table.outputs),
      table.file.map { list("from", quoted($0)) },
      each(table.rows) { row in
        list("row", each(row.cells, dump), "->", each(row.values, dump))
      })
  }

  private static func dump(_ cell: TableSyntax.Cell) -> String {
    switch cell.kind {
    case .any: "any"
    case .equal(let value): dump(value)
    case .compare(let sign, let value): list(sign.rawValue, dump(value))
    case .between(let low, let high, let upperBelongs): list(upperBelongs ? "to" : "below", dump(low), dump(high))
    }
  }

  private static func dump(_ rule: RuleSyntax) -> String {
    var parts: [String?]
    switch rule.kind {
    case .deny(let events, let code): parts = [names("deny", events), list("with", code.text)]
    case .gate(let bucket, let code): parts = [list("gate", bucket.text), list("else", code.text)]
    case .cap(let target, let limit, let code):
      parts = [list("cap", target.text), list("at", dump(limit)), list("else", code.text)]
    case .on(let events): parts = [names("on", events)]
    case .beforeDenial(let code): parts = [list("before", code.text)]
    case .after(let events): parts = [names("after", events)]
    }
    parts.append(rule.condition.map { list("when", dump($0)) })
    parts.append(each(rule.effects) { dump($0) })
    return "(rule \(rule.name.text) \(parts.compactMap { $0 }.joined(separator: " ")))"
  }

  static func dump(_ effect: EffectSyntax) -> String {
    list(
      effect.verb.text,
      each(effect.arguments) { argument in
        (argument.label.map { $0.text + ":" } ?? "") + dump(argument.value)
      })
  }

  private static func dump(_ reform: ReformSyntax) -> String {
    list(
      "reform", quoted(reform.title), reform.base.map { list("over", quoted($0)) },
      each(reform.changes) { change in
        switch change.kind {
        case .settingDefault(let family, let name, let value):
          list("default", "\(family.text).\(name.text)", dump(value))
        case .ruleCondition(let family, let name, let value): list("when", "\(family.text).\(name.text)", dump(value))
        case .capLimit(let family, let name, let value): list("at", "\(family.text).\(name.text)", dump(value))
        case .ruleDenial(let family, let name, let code): list("code", "\(family.text).\(name.text)", code.text)
        case .without(let family, let name): list("without", "\(family.text).\(name.text)")
        }
      })
  }

  private static func quoted(_ text: QuotedText) -> String { "\"\(text.text)\"" }

  private static func names(_ word: String, _ names: [Identifier]) -> String? {
    names.isEmpty ? nil : list(word, names.map(\.text).joined(separator: " "))
  }

  private static func each<Part>(_ parts: [Part], _ dump: (Part) -> String) -> String? {
    parts.isEmpty ? nil : parts.map(dump).joined(separator: " ")
  }

  private static func list(_ parts: String?...) -> String { "(\(parts.compactMap { $0 }.joined(separator: " ")))" }
}

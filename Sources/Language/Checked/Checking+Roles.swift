import Diagnostics
import Values

/// What an event is for the program around the rules.
private enum Role: CaseIterable {
  case hold
  case paid
  case declined
  case failed
  case refundPaid
  case refundFailed

  init?(_ operation: Operation) {
    switch operation {
    case .hold: self = .hold
    case .receive: self = .paid
    case .close(_, let asDeclined): self = asDeclined ? .declined : .failed
    case .confirm: self = .refundPaid
    case .restore: self = .refundFailed
    default: return nil
    }
  }

  var path: WritableKeyPath<Roles, Int?> {
    switch self {
    case .hold: \.hold
    case .paid: \.paid
    case .declined: \.declined
    case .failed: \.failed
    case .refundPaid: \.refundPaid
    case .refundFailed: \.refundFailed
    }
  }

  /// What its rules do, as a sentence says it of two events.
  var deed: String {
    switch self {
    case .hold: "hold money"
    case .paid: "receive a payment"
    case .declined: "close a payment as declined"
    case .failed: "close a payment as failed"
    case .refundPaid: "confirm a refund"
    case .refundFailed: "restore a refund"
    }
  }

  /// The record its event names; nil for one that makes a record.
  var kind: RecordKind? {
    switch self {
    case .hold: nil
    case .paid, .declined, .failed: .payment
    case .refundPaid, .refundFailed: .refund
    }
  }
}

extension Checking {
  /// An event pays, holds or settles, and always does the same.
  func checkDraws() {
    var first: [Int: (rule: String, draw: Draw, span: Span)] = [:]
    for rule in program.rules {
      guard case .on(let events) = rule.kind, let (draw, span) = rule.draws.first else { continue }
      for event in events {
        guard let other = first[event] else {
          first[event] = (rule.name, draw, span)
          continue
        }
        guard other.draw != draw else { continue }
        report(
          .decidedTwice,
          "`\(other.rule)` \(other.draw.verb) and `\(rule.name)` \(draw.verb) for one `\(program.events[event].name)`",
          span,
          label: "`\(rule.name)` \(draw.verb)",
          labels: [Label(span: other.span, message: "`\(other.rule)` \(other.draw.verb)")],
          notes: ["an event pays, holds or settles, whatever the conditions of its rules"],
          help: "do one of them on an event of its own")
      }
    }
  }

  /// Which events hold, and which bring the answers of a payment provider.
  func checkRoles() {
    var found: [Role: (event: Int, rule: String, span: Span)] = [:]
    var answers: [Int: (role: Role, span: Span)] = [:]
    for rule in program.rules {
      guard case .on(let events) = rule.kind else { continue }
      for effect in rule.effects {
        for case let role? in effect.operations.map(Role.init) {
          for event in events {
            guard let first = found[role] else {
              found[role] = (event, rule.name, effect.span)
              program.roles[keyPath: role.path] = event
              if role.kind != nil { claimAnswer(event, role, effect.span, &answers) }
              continue
            }
            guard first.event != event else { continue }
            report(
              .decidedTwice,
              "rules on \(self.events([first.event, event], "and")) both \(role.deed)", effect.span,
              label: "`\(rule.name)`, on `\(program.events[event].name)`",
              labels: [
                Label(span: first.span, message: "`\(first.rule)`, on `\(program.events[first.event].name)`")
              ],
              notes: [
                role == .hold
                  ? "a hold keeps the fields of the one event that makes holds"
                  : "whoever brings the answer must know which event it is"
              ], help: "let rules on one event \(role.deed)")
          }
        }
      }
    }
    checkAnswers()
  }

  private func claimAnswer(_ event: Int, _ role: Role, _ span: Span, _ answers: inout [Int: (role: Role, span: Span)]) {
    guard let other = answers[event] else {
      answers[event] = (role, span)
      if let kind = role.kind { checkAnswerFields(event, kind, span) }
      return
    }
    report(
      .decidedTwice, "one event, `\(program.events[event].name)`, is to \(other.role.deed) and to \(role.deed)", span,
      labels: [Label(span: other.span, message: "here it is to \(other.role.deed)")],
      notes: ["each answer of a payment provider is an event of its own"],
      help: "declare another event, and \(role.deed) there")
  }

  /// Whoever brings an answer knows the record it is about, and nothing else.
  private func checkAnswerFields(_ event: Int, _ kind: RecordKind, _ span: Span) {
    let declared = program.events[event]
    var record: Event.Field?
    for field in declared.fields.prefix(declared.givenCount) {
      if field.type.base == .record(kind), record == nil {
        record = field
        continue
      }
      guard field.value == nil || field.type.base == .record(kind) else { continue }
      report(
        .noAnswer,
        "the answer to a \(kind.rawValue) brings nothing but the \(kind.rawValue), so nobody can give `\(field.name)`",
        field.span, labels: [Label(span: span, message: "this makes `\(declared.name)` such an answer")],
        help: field.type.base == .record(kind)
          ? "leave this field out" : "let it have a value of its own: `\(field.name): \(field.type.base.name) or none`")
    }
  }

  /// Whether an effect could receive or close a payment: it is about one, or nobody knows the verb.
  func mayAnswer(_ effect: EffectSyntax) -> Bool {
    guard let known = vocabulary.effects.first(where: { $0.verb == effect.verb.text }) else { return true }
    return known.fields.contains { if case .record(.payment) = $0.kind { true } else { false } }
  }

  /// Somebody must hear what became of a charge.
  private func checkAnswers() {
    guard !hasLostAnswer else { return }
    let collecting = program.rules.lazy.compactMap { rule in
      rule.spans { if case .collect = $0 { true } else { false } }.first
    }.first
    guard let collecting else { return }
    let wanted: [(role: Role, event: String, rule: String, effect: String)] = [
      (.paid, "collect_paid", "when_paid", "receive collect_paid.payment"),
      (.declined, "collect_declined", "when_declined", "close collect_declined.payment as declined"),
    ]
    for (role, event, rule, effect) in wanted where program.roles[keyPath: role.path] == nil {
      report(
        .noAnswer, "a card is charged, and no rule is there to \(role.deed)", collecting,
        label: "the answer comes as an event",
        notes: names.events[event] == nil ? ["declare the event first: `event \(event) payment: payment`"] : [],
        help: "on \(event) rule \(rule) \(effect)")
    }
  }
}

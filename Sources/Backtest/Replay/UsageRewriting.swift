import Engine
import Language
import Values

/// What is supposed of usage, in the places of a history's fields.
struct UsageRewriting: Sendable {
  /// By event of the history, in the order they are carried out.
  private var steps: [[Step]]
  /// By event: when it never comes; several: whenever one of them is so.
  private var leftOut: [[[Condition]]]
  /// By event: fields that say an amount of money, which nothing here changes.
  private var amounts: [[(place: Int, name: String)]]

  private struct Step {
    var place: Int
    var bound: UsageChange.Bound
    var amount: Amount
    var conditions: [Condition]
  }

  private enum Amount {
    case value(EventCall.Value)
    case share(Ratio, of: Int)
  }

  private struct Condition {
    /// Nil: the account.
    var place: Int?
    var comparison: UsageChange.Condition.Comparison
    var value: EventCall.Value
  }

  /// - Throws: ``BacktestFault/request(message:help:)`` where the history has no such field.
  init(_ supposition: Supposition, in program: Program) throws(BacktestFault) {
    var steps = [[Step]](repeating: [], count: program.events.count)
    for change in supposition.usage {
      var isAnywhere = false
      for (index, event) in program.events.enumerated() where change.event == nil || event.name == change.event {
        guard let step = UsageRewriting.step(change, event) else { continue }
        steps[index].append(step)
        isAnywhere = true
      }
      guard isAnywhere else { throw UsageRewriting.fault(change.text) }
    }
    self.steps = steps
    leftOut = Array(repeating: [], count: program.events.count)
    for left in supposition.leftOut {
      guard let index = program.events.firstIndex(where: { $0.name == left.event }),
        let conditions = UsageRewriting.conditions(left.conditions, program.events[index])
      else { throw UsageRewriting.fault(left.text) }
      leftOut[index].append(conditions)
    }
    amounts = program.events.indices.map { index in
      let event = program.events[index]
      let changed = Set(steps[index].map(\.place))
      return event.fields.prefix(event.givenCount).enumerated().compactMap { place, field in
        field.type.base == .money && field.type.isOptional && !changed.contains(place)
          ? (place, "\(event.name).\(field.name)") : nil
      }
    }
  }

  private static func fault(_ text: String) -> BacktestFault {
    .request(
      message: "no event of the traffic has the fields of `\(text)`",
      help: "name fields of the rules that the traffic is read by: those of the first policy, or of the store")
  }

  /// Nil where the event has not all of its fields.
  private static func step(_ change: UsageChange, _ event: Event) -> Step? {
    let given = event.fields.prefix(event.givenCount)
    guard let place = given.firstIndex(where: { $0.name == change.field }) else { return nil }
    let amount: Amount
    switch change.amount {
    case .value(let value): amount = .value(value)
    case .share(let ratio, let name):
      guard let other = given.firstIndex(where: { $0.name == name }) else { return nil }
      amount = .share(ratio, of: other)
    }
    guard let conditions = conditions(change.conditions, event) else { return nil }
    return Step(place: place, bound: change.bound, amount: amount, conditions: conditions)
  }

  /// Nil where the event has not all of the fields.
  private static func conditions(_ written: [UsageChange.Condition], _ event: Event) -> [Condition]? {
    var conditions: [Condition] = []
    for condition in written {
      var place: Int?
      if case .field(let name) = condition.subject {
        place = event.fields.prefix(event.givenCount).firstIndex { $0.name == name }
        if place == nil { return nil }
      }
      conditions.append(Condition(place: place, comparison: condition.comparison, value: condition.value))
    }
    return conditions
  }

  /// Whether an event never came.
  func leavesOut(_ call: EventCall, of account: String) -> Bool {
    guard leftOut.indices.contains(call.event) else { return false }
    return leftOut[call.event].contains { $0.allSatisfy { holds($0, call.fields, account) } }
  }

  /// Whether an event of the history can be changed.
  func concerns(_ event: Int) -> Bool { steps.indices.contains(event) && !steps[event].isEmpty }

  /// Changes an event.
  ///
  /// - Returns: false where it is as it was.
  func change(_ call: inout EventCall, of account: String) -> Bool {
    guard concerns(call.event) else { return false }
    let before = call.fields
    for step in steps[call.event] {
      guard before.indices.contains(step.place), step.conditions.allSatisfy({ holds($0, call.fields, account) }) else {
        continue
      }
      if let value = value(of: step, call.fields) { call.fields[step.place] = value }
    }
    return call.fields != before
  }

  /// The name of an amount that an event says itself, where what is changed may not count because of it.
  func statedAmount(_ call: EventCall) -> String? {
    guard amounts.indices.contains(call.event) else { return nil }
    return amounts[call.event].first { amount in
      call.fields.indices.contains(amount.place) && call.fields[amount.place] != .number(ValueType.none)
    }?.name
  }

  private func holds(_ condition: Condition, _ fields: [EventCall.Value], _ account: String) -> Bool {
    var value = EventCall.Value.text(account)
    if let place = condition.place {
      guard fields.indices.contains(place) else { return false }
      value = fields[place]
    }
    switch condition.comparison {
    case .equal: return value == condition.value
    case .notEqual: return value != condition.value
    case .atMost, .atLeast:
      guard case .number(let number) = value, case .number(let bound) = condition.value, number != ValueType.none else {
        return false
      }
      return condition.comparison == .atMost ? number <= bound : number >= bound
    }
  }

  /// The field's new value; nil where it stays.
  private func value(of step: Step, _ fields: [EventCall.Value]) -> EventCall.Value? {
    let bound: Int64
    switch step.amount {
    case .value(let value):
      if step.bound == .exactly { return value }
      guard case .number(let number) = value else { return nil }
      bound = number
    case .share(let ratio, let other):
      guard fields.indices.contains(other), case .number(let whole) = fields[other], whole != ValueType.none else {
        return nil
      }
      bound = UsageRewriting.share(ratio, of: whole)
      if step.bound == .exactly { return .number(bound) }
    }
    // What is not there is neither too much nor too little.
    guard case .number(let number) = fields[step.place], number != ValueType.none else { return nil }
    return .number(step.bound == .atMost ? min(number, bound) : max(number, bound))
  }

  /// Rounded down; what leaves 64 bits is out of every range.
  static func share(_ ratio: Ratio, of whole: Int64) -> Int64 {
    let (quotient, rest) = (Int128(whole) * Int128(ratio.numerator)).quotientAndRemainder(
      dividingBy: Int128(ratio.denominator))
    return Int64(clamping: rest < 0 ? quotient - 1 : quotient)
  }
}

import Language

/// Effects that move no money.
enum Notes {
  static let all = [set, notify]

  static let set = EffectDefinition(
    verb: "set",
    summary: "changes a setting of the account or the key",
    fields: [EffectDefinition.Field(nil, "assignment", .assignment)],
    example: """
      policy example "sets"
      event choose amount: money in $0..$10
      setting limit : money = $1
      on choose rule remember  set limit = choose.amount
      """,
    lower: { arguments in arguments.assignment.map { [.set(setting: $0.setting, $0.value)] } ?? [] })

  static let notify = EffectDefinition(
    verb: "notify",
    summary: "says something to the customer at a level: one notice each time the rule acts",
    fields: [EffectDefinition.Field(nil, "level", .word)],
    example: """
      policy example "notifies"
      event usage cost: money in $0..$10
      after usage rule tell  when usage.cost > $5  notify warning
      """,
    lower: { arguments in arguments.words["level"].map { [.notify(level: $0)] } ?? [] })
}

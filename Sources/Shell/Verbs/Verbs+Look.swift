extension Verbs {
  static let look: [Verb] = [
    .accounts, .show, .balance, .limits, .keys, .spend, .statement, .events, .requests, .decisions, .charges, .refunds,
    .holds,
    .lots, .cycle, .settingsOf, .historyOf, .rules, .explain, .models, .policies, .schema, .sql, .count, .all, .width,
  ]
}

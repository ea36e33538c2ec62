// The verbs of the shell that are commands as well, under the same words.

enum AccountsAsked: AskedVerb { static let name = "accounts" }
enum ShowAsked: AskedVerb { static let name = "show" }
enum BalanceAsked: AskedVerb { static let name = "balance" }
enum SpendAsked: AskedVerb { static let name = "spend" }
enum EventsAsked: AskedVerb { static let name = "events" }
enum RequestsAsked: AskedVerb { static let name = "requests" }
enum DecisionsAsked: AskedVerb { static let name = "decisions" }
enum LimitsAsked: AskedVerb { static let name = "limits" }
enum KeysAsked: AskedVerb { static let name = "keys" }
enum ChargesAsked: AskedVerb { static let name = "charges" }
enum RefundsAsked: AskedVerb { static let name = "refunds" }
enum HoldsAsked: AskedVerb { static let name = "holds" }
enum LotsAsked: AskedVerb { static let name = "lots" }
enum CycleAsked: AskedVerb { static let name = "cycle" }
enum StatementAsked: AskedVerb { static let name = "statement" }
enum HistoryAsked: AskedVerb { static let name = "history" }
enum RulesAsked: AskedVerb { static let name = "rules" }
enum SettingsAsked: AskedVerb { static let name = "settings" }
enum ModelsAsked: AskedVerb { static let name = "models" }
enum PoliciesAsked: AskedVerb { static let name = "policies" }
enum WhyAsked: AskedVerb { static let name = "why" }
enum WhyNotAsked: AskedVerb { static let name = "why-not" }
enum TraceAsked: AskedVerb { static let name = "trace" }
enum NeedAsked: AskedVerb { static let name = "need" }
enum WhenAsked: AskedVerb { static let name = "when" }
enum ReviewAsked: AskedVerb { static let name = "review" }
enum WhatIfAsked: AskedVerb { static let name = "what-if" }
enum StepAsked: AskedVerb { static let name = "step" }

enum AskedVerbs {
  static let look: [any ConsoleCommand.Type] = [
    AskCommand<AccountsAsked>.self,
    AskCommand<ShowAsked>.self,
    AskCommand<BalanceAsked>.self,
    AskCommand<SpendAsked>.self,
    AskCommand<EventsAsked>.self,
    AskCommand<RequestsAsked>.self,
    AskCommand<DecisionsAsked>.self,
    AskCommand<LimitsAsked>.self,
    AskCommand<KeysAsked>.self,
    AskCommand<ChargesAsked>.self,
    AskCommand<RefundsAsked>.self,
    AskCommand<HoldsAsked>.self,
    AskCommand<LotsAsked>.self,
    AskCommand<CycleAsked>.self,
    AskCommand<StatementAsked>.self,
    AskCommand<HistoryAsked>.self,
    AskCommand<RulesAsked>.self,
    AskCommand<SettingsAsked>.self,
    AskCommand<ModelsAsked>.self,
    AskCommand<PoliciesAsked>.self,
  ]

  static let why: [any ConsoleCommand.Type] = [
    AskCommand<WhyAsked>.self,
    AskCommand<WhyNotAsked>.self,
    AskCommand<TraceAsked>.self,
    AskCommand<NeedAsked>.self,
    AskCommand<WhenAsked>.self,
    AskCommand<ReviewAsked>.self,
    AskCommand<WhatIfAsked>.self,
    AskCommand<StepAsked>.self,
  ]
}

// The words people use for the events of the shipped rules. Every other event is `payg event NAME`.

enum RequestVerb: EventVerb {
  static let name = "request"
  static let abstract = "Charge one call of the API."
  static let examples = [
    "request acme model gpt-4o, input 1200, output 300 as r1",
    "request acme costing '$0.50', key k2 --at '2026-01-10 14:02' --json",
  ]
}

enum HoldVerb: EventVerb {
  static let name = "hold"
  static let abstract = "Reserve what a stream may cost."
  static let examples = [
    "hold acme model gpt-4o, input 1200, max_output 4000 as h1", "hold acme estimate '$1', ttl 5 minutes as h2",
  ]
}

enum SettleVerb: EventVerb {
  static let name = "settle"
  static let abstract = "Charge a stream that has ended what it did cost."
  static let examples = ["settle acme hold h1, input 1200, output 800", "settle acme hold h2, actual '$0.40'"]
}

enum VoidVerb: EventVerb {
  static let name = "void"
  static let abstract = "Give back what a stream that never ran has reserved."
  static let examples = ["void acme hold h1"]
}

enum TopupVerb: EventVerb {
  static let name = "topup"
  static let abstract = "Add funds from a card."
  static let examples = ["topup acme '$25' as t1", "topup acme '$25', card visa --provider './my-provider --sandbox'"]
}

enum RefundVerb: EventVerb {
  static let name = "refund"
  static let abstract = "Send money back to the cards it came from."
  static let examples = [
    "refund acme '$10', approved_by ana, reason 'double charge'",
    "refund acme '$10', payment t1, approved_by ana, reason outage",
  ]
}

enum DisputeVerb: EventVerb {
  static let name = "dispute"
  static let abstract = "Note that a bank takes a payment back."
  static let examples = ["dispute acme payment t1"]
}

enum GrantVerb: EventVerb {
  static let name = "grant"
  static let abstract = "Give credit away."
  static let examples = ["grant acme '$5'"]
}

enum PlanVerb: EventVerb {
  static let name = "plan"
  static let event = "subscribe"
  static let abstract = "Start a subscription, or change its plan (the event `subscribe`)."
  static let examples = ["plan acme quota '$10'", "plan acme quota 5000000 units, rate 4/5 --at 2026-01-01"]
}

/// All of them, in the order help shows them.
enum EventVerbs {
  static let commands: [any ConsoleCommand.Type] = [
    VerbCommand<RequestVerb>.self, VerbCommand<HoldVerb>.self, VerbCommand<SettleVerb>.self,
    VerbCommand<VoidVerb>.self, VerbCommand<TopupVerb>.self, VerbCommand<RefundVerb>.self,
    VerbCommand<DisputeVerb>.self, VerbCommand<GrantVerb>.self, VerbCommand<PlanVerb>.self,
  ]
}

import Audit
import Engine

/// Answers for the provider as a story tells it: automatic charges from the script, charges by hand and refunds as the
/// event at hand says.
struct StoryProvider: SimulatedProvider {
  var script: ArraySlice<AuditOutcome> = []
  /// What it says to a charge the customer asked for, and to each part of a refund.
  var byHand = AuditOutcome.paid
  var refund = AuditOutcome.paid
  /// The payment ids that rules made by themselves begin with this.
  static let automatic = "auto-"

  mutating func answer(_ request: ProviderRequest) -> ProviderAnswer {
    let outcome: AuditOutcome =
      switch request.kind {
      case .refund: refund
      case .collect: request.payment.hasPrefix(StoryProvider.automatic) ? script.popFirst() ?? .paid : byHand
      }
    return switch outcome {
    case .paid: .paid
    case .declined: .declined("the story says so")
    case .pending: .pending
    case .failed: .failed("the story says so")
    }
  }
}

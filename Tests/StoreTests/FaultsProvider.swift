import Engine
import Synchronization

/// Says what the name of the card says, and remembers what it was asked.
final class SessionProvider: PaymentProvider {
  var name: String { "session" }
  var summary: String { "says what the name of the card says" }
  private let asked = Mutex<[ProviderRequest]>([])

  var requests: [ProviderRequest] { asked.withLock { $0 } }

  func send(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer {
    asked.withLock { $0.append(request) }
    if request.card.hasPrefix("declined") { return .declined("insufficient funds") }
    if request.card.hasPrefix("broken") { throw ProviderFault("the line is dead") }
    return .paid
  }
}

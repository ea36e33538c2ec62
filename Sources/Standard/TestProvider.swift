import Engine

/// A payment provider for test stores. It moves no money: the name of the card says what becomes of a request.
///
/// | the card's name contains | the answer |
/// |---|---|
/// | `declined` | declined |
/// | `fails` | failed |
/// | `pending` | pending, however often it is asked |
/// | anything else | paid |
///
/// It remembers nothing, so the same request gets the same answer from every program that asks.
public struct TestProvider: PaymentProvider {
  public let name = "test"
  public let summary = "moves no money: a card with `declined`, `fails` or `pending` in its name is so, any other pays"

  public init() {}

  public func send(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer {
    if request.card.contains("declined") { return .declined("test card") }
    if request.card.contains("fails") { return .failed("test card") }
    if request.card.contains("pending") { return .pending }
    return .paid
  }
}

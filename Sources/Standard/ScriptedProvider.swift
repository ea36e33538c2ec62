import Engine

/// A payment provider that says what it was told to say: first the answers of a list, in their order, then always the
/// same one. No money moves.
///
/// As with a real provider, a request with a key it knows gets the answer that key got before and uses up no other.
public struct ScriptedProvider: SimulatedProvider {
  /// What it says to the next new requests, the first first.
  public var answers: [ProviderAnswer]
  /// What it says once the list is used up.
  public var otherwise: ProviderAnswer
  /// Every request it saw, repeated ones too, in their order.
  public private(set) var requests: [ProviderRequest] = []
  private var known: [String: (request: ProviderRequest, answer: ProviderAnswer)] = [:]

  public init(_ answers: [ProviderAnswer] = [], otherwise: ProviderAnswer = .paid) {
    self.answers = answers
    self.otherwise = otherwise
  }

  /// The answer to a request. A known key with other terms is `failed`: a key names one request for good.
  public mutating func answer(_ request: ProviderRequest) -> ProviderAnswer {
    requests.append(request)
    if let known = known[request.key] {
      return known.request == request ? known.answer : .failed("the key `\(request.key)` belongs to another request")
    }
    let answer = answers.isEmpty ? otherwise : answers.removeFirst()
    known[request.key] = (request, answer)
    return answer
  }
}

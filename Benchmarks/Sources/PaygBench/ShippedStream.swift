import Values

/// Plain accounts and the requests they meet, under the shipped rules written by hand.
final class ShippedStream {
  let opening: [ShippedAccount]
  let openingKeys: [ShippedKey]
  let requests: [ShippedRequest]
  let prices: [ShippedPrice?]
  let knobs = ShippedKnobs()
  private let targets: [Int]
  private var accounts: [ShippedAccount]
  private var keys: [ShippedKey]

  init(
    opening: [ShippedAccount], keys: [ShippedKey], targets: [Int], requests: [ShippedRequest], prices: [ShippedPrice?]
  ) {
    self.opening = opening
    openingKeys = keys
    self.requests = requests
    self.prices = prices
    self.targets = targets
    accounts = opening
    self.keys = keys
  }

  func reopen() {
    for index in accounts.indices { accounts[index] = opening[index] }
    for index in keys.indices { keys[index] = openingKeys[index] }
  }

  func run(_ depth: EventStream.Depth) -> Int {
    var sum = 0
    let knobs = knobs
    accounts.withUnsafeMutableBufferPointer { accounts in
      keys.withUnsafeMutableBufferPointer { keys in
        targets.withUnsafeBufferPointer { targets in
          requests.withUnsafeBufferPointer { requests in
            prices.withUnsafeBufferPointer { prices in
              guard let keys = keys.baseAddress else { return }
              for place in 0..<requests.count {
                let target = targets[place]
                let answer = accounts[target].decide(requests[place], keys: keys, prices: prices, knobs)
                sum &+= Int(answer.fromQuota) &+ Int(answer.fromBalance)
                guard depth != .decide, answer.code == .allowed else { continue }
                let before = accounts[target].balance
                accounts[target].apply(answer, requests[place], keys: keys)
                if depth == .react { sum &+= accounts[target].react(from: before)?.rawValue ?? 0 }
              }
            }
          }
        }
      }
    }
    return sum
  }
}

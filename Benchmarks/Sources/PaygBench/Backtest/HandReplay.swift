import Backtest
import Engine
import Values

/// The comparison of two policies as somebody would write it for these two alone: the measure for `Comparison.run`.
///
/// It reads what that reads, and finds out what that finds out: what each policy answers and why, the money by day, what
/// differs between the two and for whom.
final class HandReplay {
  /// What both read; made before the clock starts.
  struct Setting {
    let fields: RequestFields
    let prices: [ShippedPrice?]
    /// Names of models, to their place in the price list.
    let models: [String: Int]
    /// By profile, under each policy.
    let openings: [[HandAccount.Side]]
    /// Keys that accounts begin with, by profile.
    let keyNames: [[String]]
    let knobs = ShippedKnobs()
  }

  private let setting: Setting
  private let checksPromises: Bool
  private(set) var accounts: [String: HandAccount] = [:]
  private(set) var totals = [HandTotals(), HandTotals()]
  private(set) var differences = HandDifferences()
  private(set) var events = 0

  init(_ setting: Setting, checksPromises: Bool) {
    self.setting = setting
    self.checksPromises = checksPromises
  }

  /// Replays all of it, in order.
  func run(_ occurrences: [Occurrence]) {
    setting.prices.withUnsafeBufferPointer { prices in
      for occurrence in occurrences {
        let account = accounts[occurrence.account] ?? begin(occurrence.account)
        switch occurrence.deed {
        case .key(let key): account.addKey(key)
        case .event(let call, _): take(call, account, prices)
        default: break
        }
        account.number += 1
      }
    }
    for index in totals.indices { totals[index].close() }
  }

  private func begin(_ name: String) -> HandAccount {
    let profile = GivenProfile.number(of: name)
    let account = HandAccount(name, keyNames: setting.keyNames[profile], setting.openings[profile])
    accounts[name] = account
    return account
  }

  private func take(_ call: EventCall, _ account: HandAccount, _ prices: UnsafeBufferPointer<ShippedPrice?>) {
    events += 1
    let request = request(call, account)
    let content = HandReplay.content(of: request)
    let id = HandReplay.sum(of: call.id)
    let known = account.remembered[id]
    let a = answer(0, request, known, content, account, prices)
    let b = answer(1, request, known, content, account, prices)
    let allowed: UInt32 = (a.verdict.isYes ? 1 : 0) | (b.verdict.isYes ? 2 : 0)
    if allowed & ~(known?.allowed ?? 0) != 0 {
      account.remembered[id] = HandAccount.Remembered(
        content: known?.content ?? content, allowed: allowed | (known?.allowed ?? 0))
    }
    let day = Int(call.at / Instant.perDay)
    totals[0].count(a, day: day)
    totals[1].count(b, day: day)
    guard let change = HandAnswer.change(a, b) else {
      differences.same += 1
      return
    }
    account.changes[Int(change.rawValue)] += 1
    differences.add(
      HandDifferences.Row(
        account: account.name, id: call.id, at: call.at, number: account.number, change: change, a: a, b: b))
  }

  @inline(__always)
  private func answer(
    _ index: Int, _ request: ShippedRequest, _ known: HandAccount.Remembered?, _ content: UInt32,
    _ account: HandAccount, _ prices: UnsafeBufferPointer<ShippedPrice?>
  ) -> HandAnswer {
    if let known, known.allowed & (1 << UInt32(index)) != 0 {
      return HandAnswer(verdict: known.content == content ? .repeated : .conflict)
    }
    return account.sides[index].submit(request, prices: prices, setting.knobs, checksPromises: checksPromises)
  }

  // MARK: - Reading

  /// The names in it as numbers.
  @inline(__always)
  private func request(_ call: EventCall, _ account: HandAccount) -> ShippedRequest {
    let fields = setting.fields
    var request = ShippedRequest(at: call.at)
    if let key = fields.text(fields.key, call) { request.key = account.keyNames.firstIndex(of: key) }
    if let model = fields.text(fields.model, call) { request.model = setting.models[model] ?? -1 }
    request.input = fields.number(fields.input, call)
    request.cached = fields.number(fields.cached, call)
    request.output = fields.number(fields.output, call)
    let costing = fields.number(fields.costing, call)
    if costing >= 0 { request.costing = costing }
    return request
  }

  /// An id as a number, so that remembering millions takes little memory.
  @inline(__always)
  private static func sum(of id: String) -> UInt64 {
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in id.utf8 { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return sum
  }

  /// What an id is held against when it comes again.
  @inline(__always)
  private static func content(of request: ShippedRequest) -> UInt32 {
    var sum = UInt64(bitPattern: Int64(request.key ?? -1))
    for number in [Int64(request.model ?? -2), request.input, request.cached, request.output, request.costing ?? -1] {
      sum = (sum ^ UInt64(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15
      sum ^= sum >> 29
    }
    return UInt32(truncatingIfNeeded: sum >> 32)
  }
}

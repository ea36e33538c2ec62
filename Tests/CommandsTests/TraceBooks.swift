import Foundation

/// What the requests of a trace cost, who pays, and who is told no: worked out with nothing of the product.
///
/// It reads the file and the price list by itself and keeps the purses of each account in whole units of $0.000002: a quota that
/// is filled anew each cycle is drawn first, then a balance, which pays at most so much in one cycle.
struct TraceBooks {
  /// What one policy says.
  struct Terms {
    var roundsHalfEven = false
    /// What the balance pays in a cycle, in units; nil: whatever it has.
    var limit: Int?
  }

  struct Request {
    var account: String
    /// `2026-10-01`, UTC.
    var day: String
    var model: String
    var input: Int
    var cached: Int
    var output: Int
  }

  /// What every account begins with, in units, and the day on which its quota is filled anew.
  struct Opening {
    var quota: Int
    var balance: Int
    var renewal: String
  }

  struct Answer: Equatable {
    /// Nil: allowed.
    var code: String?
    var quota = 0
    var balance = 0
  }

  struct Day: Equatable {
    var allowed = 0
    var denied = 0
    var quota = 0
    var balance = 0
  }

  /// Everything that one policy made of the trace.
  struct Totals {
    var answers: [Answer] = []
    var denials: [String: Int] = [:]
    var days: [String: Day] = [:]
    /// By account.
    var quota: [String: Int] = [:]
    var balance: [String: Int] = [:]

    var allowed: Int { answers.count { $0.code == nil } }
  }

  let requests: [Request]
  let prices: [String: Price]
  let opening: Opening

  static let unitsPerCent = 5_000

  // MARK: - One policy

  private struct Purse {
    var quota: Int
    var balance: Int
    var spent = 0
    var isRenewed = false
  }

  func totals(_ terms: Terms) -> Totals {
    var purses: [String: Purse] = [:]
    var totals = Totals()
    for request in requests {
      var purse = purses[request.account] ?? Purse(quota: opening.quota, balance: opening.balance)
      if !purse.isRenewed, request.day >= opening.renewal {
        (purse.quota, purse.spent, purse.isRenewed) = (opening.quota, 0, true)
      }
      let answer = answer(request, terms, purse)
      purse.quota -= answer.quota
      purse.balance -= answer.balance
      purse.spent += answer.balance
      purses[request.account] = purse
      totals.answers.append(answer)
      var day = totals.days[request.day] ?? Day()
      if let code = answer.code {
        totals.denials[code, default: 0] += 1
        day.denied += 1
      } else {
        day.allowed += 1
        day.quota += answer.quota
        day.balance += answer.balance
        totals.quota[request.account, default: 0] += answer.quota
        totals.balance[request.account, default: 0] += answer.balance
      }
      totals.days[request.day] = day
    }
    return totals
  }

  private func answer(_ request: Request, _ terms: Terms, _ purse: Purse) -> Answer {
    if request.cached > request.input { return Answer(code: "invalid_usage") }
    guard let price = prices[request.model] else { return Answer(code: "unknown_model") }
    let cost = price.units(of: request, roundsHalfEven: terms.roundsHalfEven)
    let quota = min(cost, purse.quota)
    let balance = cost - quota
    if balance > 0 {
      if let limit = terms.limit, purse.spent + balance > limit { return Answer(code: "spending_limit_exceeded") }
      if balance > purse.balance { return Answer(code: "insufficient_balance") }
    }
    return Answer(code: nil, quota: quota, balance: balance)
  }

  // MARK: - Two policies

  struct Difference {
    var same = 0
    /// By the words of reports.
    var changes: [String: Int] = [:]
    /// By account, where anything differs.
    var accounts: [String: [String: Int]] = [:]
  }

  func difference(_ a: Totals, _ b: Totals) -> Difference {
    var found = Difference()
    for (request, (one, other)) in zip(requests, zip(a.answers, b.answers)) {
      let change: String
      switch (one.code, other.code) {
      case _ where one == other:
        found.same += 1
        continue
      case (nil, nil): change = "paid differs"
      case (nil, _): change = "allow→deny"
      case (_, nil): change = "deny→allow"
      default: change = "rule differs"
      }
      found.changes[change, default: 0] += 1
      found.accounts[request.account, default: [:]][change, default: 0] += 1
    }
    return found
  }
}

/// Rates in millionths of a millionth of a dollar for one token.
struct Price {
  var input: Int
  var cached: Int
  var output: Int

  func units(of request: TraceBooks.Request, roundsHalfEven: Bool) -> Int {
    let exact = (request.input - request.cached) * input + request.cached * cached + request.output * output
    // A unit is two millionths of a dollar.
    let (whole, rest) = exact.quotientAndRemainder(dividingBy: 2_000_000)
    guard roundsHalfEven else { return rest > 0 ? whole + 1 : whole }
    return rest > 1_000_000 || (rest == 1_000_000 && whole % 2 == 1) ? whole + 1 : whole
  }

  /// The list, in dollars for a million tokens.
  static func list(_ text: String) -> [String: Price] {
    var prices: [String: Price] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count == 4, let input = pico(cells[1]), let output = pico(cells[3]) else { continue }
      prices[String(cells[0])] = Price(input: input, cached: pico(cells[2]) ?? input, output: output)
    }
    return prices
  }

  private static func pico(_ text: Substring) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = Int(parts[0]), parts.count <= 2 else { return nil }
    let decimals = parts.count > 1 ? parts[1] : ""
    return decimals.count > 6 ? nil : Int("\(whole)\(decimals)\(String(repeating: "0", count: 6 - decimals.count))")
  }
}

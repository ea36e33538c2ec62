import Backtest
import Foundation
import Lab
import Testing

/// Totals on the real requests of the demo, worked out a second time with nothing of the engine.
@Suite("Against an independent computation")
struct RecomputedTests {
  struct Request {
    var account: Substring
    var model: String
    var input: Int
    var cached: Int
    var output: Int
  }

  static func text(_ path: String, _ program: String...) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = program + [path]
    process.standardOutput = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }

  static func requests() throws -> [Request] {
    let lines = try text(Stage.usage, "gzip", "-dc").split(separator: "\n")
    let header = try #require(lines.first).split(separator: ",").map(String.init)
    func column(_ name: String) throws -> Int { try #require(header.firstIndex(of: name), "\(header)") }
    let (account, model) = (try column("account"), try column("model"))
    let (input, output) = (try column("input_tokens"), try column("output_tokens"))
    let cached = try column("cached_tokens")
    return try lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return Request(
        account: cells[account], model: String(cells[model]), input: try #require(Int(cells[input])),
        cached: try #require(Int(cells[cached])), output: try #require(Int(cells[output])))
    }
  }

  /// Pico-dollars per token, of dollars per million.
  static func pico(_ text: Substring) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = Int(parts[0]) else { return nil }
    let decimals = parts.count > 1 ? parts[1] : ""
    return Int("\(whole)\(decimals)\(String(repeating: "0", count: 6 - decimals.count))")
  }

  static func prices() throws -> [String: (input: Int, cached: Int, output: Int)] {
    let lines = try String(contentsOf: Stage.root.appending(path: "rules/pricing/prices.csv"), encoding: .utf8)
      .split(separator: "\n")
    var prices: [String: (input: Int, cached: Int, output: Int)] = [:]
    for line in lines.dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count == 4, let input = pico(cells[1]), let output = pico(cells[3]) else { continue }
      prices[String(cells[0])] = (input, pico(cells[2]) ?? input, output)
    }
    return prices
  }

  @Test("rounding up against rounding half to even, request by request")
  func rounding() throws {
    let prices = try Self.prices()
    // A unit is 2,000 nano-dollars.
    let unit = 2_000_000
    var (known, unknown, differing, up, even) = (0, 0, 0, 0, 0)
    for request in try Self.requests() {
      guard let price = prices[request.model] else {
        unknown += 1
        continue
      }
      known += 1
      let exact =
        (request.input - request.cached) * price.input + request.cached * price.cached + request.output * price.output
      let (whole, rest) = exact.quotientAndRemainder(dividingBy: unit)
      let higher = whole + (rest > 0 ? 1 : 0)
      let nearest = 2 * rest > unit || (2 * rest == unit && whole % 2 == 1) ? whole + 1 : whole
      up += higher
      even += nearest
      if higher != nearest { differing += 1 }
    }
    #expect(known > 8_000 && unknown > 0 && differing > 100)

    let half = Stage.candidate("half", Stage.reform("pricing.rounding default half_even"))
    let result = try Stage.compare([Stage.current, half], given: ["balance is $1_000_000"])
    #expect(result.candidates[0].count(.allowed) == known)
    #expect(result.candidates[0].denials.map(\.code) == ["unknown_model"])
    #expect(result.candidates[0].denials.map(\.count) == [unknown])
    #expect(result.candidates[0].money.charged == Int64(up) * 2_000)
    #expect(result.candidates[1].money.charged == Int64(even) * 2_000)
    #expect(result.comparisons[0].differing == differing)
    #expect(result.comparisons[0].count(.paidDiffers) == differing)
  }
}

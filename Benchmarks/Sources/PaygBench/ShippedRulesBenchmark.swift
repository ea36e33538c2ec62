import Diagnostics
import Engine
import Lab
import Language
import Ledger
import Standard
import Values

/// All shipped rules at once: tokens and prices, plans, limits, keys, levels, and every way to be turned away.
struct ShippedRulesBenchmark: Benchmark {
  let name = "shipped"
  let summary = "all shipped rules on requests with tokens; 1,024 accounts, 16,384 events of four hours"

  func readings(_ options: Options) throws -> [Reading] {
    let (stream, byHand) = try ShippedRules(options.rules).streams()
    try ShippedRules.verify(stream, byHand)
    var readings: [Reading] = []
    let depths: [(String, EventStream.Depth)] = [
      ("decide", .decide), ("decide and apply", .apply), ("decide, apply and react", .react),
    ]
    for (name, depth) in depths {
      let rounds = Stopwatch.measure(
        [
          Work(operations: stream.inputs.count, prepare: stream.reopen) { stream.run(depth) },
          Work(operations: stream.inputs.count, prepare: byHand.reopen) { byHand.run(depth) },
        ], seconds: options.seconds)
      // Five million decisions a second.
      let aim: Reading.Aim? = depth == .decide ? .value(200) : nil
      readings.append(Reading(name: name, unit: .nanoseconds, rounds: rounds[0], baseline: rounds[1], aim: aim))
    }
    return readings
  }
}

/// The shipped rules, and a world of accounts and requests for them.
struct ShippedRules {
  let rules: LoadedRules
  let engine: RuleEngine

  static let accountCount = 1_024
  static let eventCount = 16_384

  init(_ path: String) throws {
    rules = try RuleFolder(path).load(vocabulary: StandardPlugin.vocabulary)
    guard !rules.diagnostics.hasErrors else {
      throw Mismatch(Renderer(sources: rules.sources).render(rules.diagnostics))
    }
    engine = try RuleEngine(rules.program)
  }

  /// The same accounts and requests for the engine and for the rules written by hand.
  func streams() throws -> (EventStream, ShippedStream) {
    var random = SeededGenerator(seed: 2)
    var world = World(engine)
    // A month, with its last day, ends shortly before the events do: after it come six of a hundred events.
    let start = try Instant(parsing: "2026-01-31T20:00:00Z").microseconds
    for _ in 0..<ShippedRules.accountCount { try world.addAccount(&random, at: start) }

    let table = try table(named: "pricing.price")
    let models = table.rowBySymbol.keys.sorted()
    var prices = [ShippedPrice?](repeating: nil, count: Int(models.last ?? 0) + 1)
    for (symbol, row) in table.rowBySymbol {
      let values = table.rows[row].values
      prices[Int(symbol)] = ShippedPrice(
        input: values[0], cached: values[1] == ValueType.none ? nil : values[1], output: values[2])
    }
    let step = 255 * Instant.perHour / 60 / Int64(ShippedRules.eventCount)
    var targets: [Int] = []
    var inputs: [EventInput] = []
    var requests: [ShippedRequest] = []
    for place in 0..<ShippedRules.eventCount {
      let target = Int.random(in: 0..<ShippedRules.accountCount, using: &random)
      let request = ShippedRules.request(
        &random, at: start + Int64(place) * step, keys: world.plain[target].keyCount, models: models)
      var values: [String: Int64] = ["input": request.input, "cached": request.cached, "output": request.output]
      values["key"] = request.key.map { Int64($0) }
      values["model"] = request.model.map { Int64($0) }
      values["costing"] = request.costing
      targets.append(target)
      inputs.append(try engine.input("request", at: request.at, values))
      requests.append(request)
    }
    return (
      EventStream(world.engine, accounts: world.accounts, targets: targets, inputs: inputs),
      ShippedStream(opening: world.plain, keys: world.keys, targets: targets, requests: requests, prices: prices)
    )
  }

  func table(named name: String) throws -> Table {
    guard let table = rules.program.tables.first(where: { $0.name == name }) else {
      throw Mismatch("no table `\(name)`")
    }
    return table
  }

  /// Mostly a call with some thousand tokens; one in ten at a price agreed elsewhere; one in forty makes no sense.
  private static func request(
    _ random: inout SeededGenerator, at time: Int64, keys: Int, models: [Int64]
  ) -> ShippedRequest {
    var request = ShippedRequest(at: time, key: Int.random(in: 0..<keys, using: &random))
    let kind = Int.random(in: 0..<200, using: &random)
    if kind == 0 { request.key = nil }
    if kind < 20 && kind > 4 {
      request.costing = Int64.random(in: 0...2_000, using: &random) * Money.nanoPerUnit * 100
      return request
    }
    request.model = kind == 1 ? -1 : Int(models[Int.random(in: 0..<models.count, using: &random)])
    request.input = Int64.random(in: 100...20_000, using: &random)
    request.cached = Bool.random(using: &random) ? Int64.random(in: 0...request.input, using: &random) : 0
    request.output = Int64.random(in: 10...4_000, using: &random)
    if kind == 2 { request.cached = request.input + 1 }
    if kind == 3 { request.output = 2_000_000_000 }
    return request
  }
}

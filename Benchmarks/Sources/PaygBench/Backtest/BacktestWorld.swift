import Backtest
import Engine
import Formats
import Lab
import Language
import Standard
import Values

/// Two policies, a file of requests, and how the accounts begin.
struct BacktestWorld {
  let candidates: [Candidate]
  let path: String
  /// The price list of both.
  private let rules: ShippedRules

  /// - Parameters:
  ///   - rules: the folder of the shipped rules.
  ///   - reform: what is laid over them for the second policy: a spending limit for whoever has set none.
  init(rules: String, reform: String, path: String) throws {
    let reading = CandidateReading(vocabulary: StandardPlugin.vocabulary, current: nil)
    candidates = [try reading.candidate(rules), try reading.candidate("\(rules)+\(reform)")]
    self.rules = try ShippedRules(rules)
    self.path = path
  }

  /// What the reform sets, in dollars.
  static let usualLimit: Int64 = 10

  var program: Program { candidates[0].engine.program }

  var bytes: Int { BenchFolder.size(path) }

  // MARK: - Traffic

  /// The file as it is compared: accounts begin by their profiles.
  func traffic() throws -> FileTraffic {
    let file = try FileTraffic(path, program: program, options: TrafficOptions(event: "request"))
    let profiles = try GivenProfiles(at: file.start ?? 0, for: candidates)
    file.begin { account, candidate in profiles.opening(of: account, under: candidate) }
    return file
  }

  /// Reads the file as the comparison does, and hands over batch by batch.
  func read(_ body: ([Occurrence]) -> Void) throws {
    let file = try FileTraffic(path, program: program, options: TrafficOptions(event: "request"))
    for part in try file.parts() { while let batch = try part.next() { body(batch) } }
  }

  /// Everything in the file, in memory.
  func occurrences() throws -> [Occurrence] {
    var all: [Occurrence] = []
    var isInOrder = true
    try read { batch in
      if let last = all.last, let first = batch.first, first.at < last.at { isInOrder = false }
      all += batch
    }
    guard !all.isEmpty else { throw Mismatch("`\(path)` has no rows that can be read") }
    guard isInOrder else { throw Mismatch("`\(path)` is not in the order of its times") }
    return all
  }

  /// The same accounts for occurrences that are in memory.
  func listed(_ occurrences: [Occurrence]) throws -> ListedTraffic {
    let profiles = try GivenProfiles(at: occurrences.first?.at ?? 0, for: candidates)
    return ListedTraffic(name: path, program: program, occurrences, batch: 4_096) { account, candidate in
      profiles.opening(of: account, under: candidate)
    }
  }

  func setting(_ occurrences: [Occurrence]) throws -> HandReplay.Setting {
    let time = occurrences.first?.at ?? 0
    let table = try rules.table(named: "pricing.price")
    var prices = [ShippedPrice?](repeating: nil, count: Int(table.rowBySymbol.keys.max() ?? 0) + 1)
    for (symbol, row) in table.rowBySymbol {
      let values = table.rows[row].values
      prices[Int(symbol)] = ShippedPrice(
        input: values[0], cached: values[1] == ValueType.none ? nil : values[1], output: values[2])
    }
    return HandReplay.Setting(
      fields: try RequestFields(program), prices: prices, models: rules.rules.program.names.mapValues { Int($0) },
      openings: GivenProfile.all.map {
        [$0.side(at: time, usualLimit: nil), $0.side(at: time, usualLimit: BacktestWorld.usualLimit)]
      },
      keyNames: GivenProfile.all.map { $0.keys.indices.map(MadeTraffic.key) })
  }
}

import Engine
import Formats
import Lab
import Language
import Values

/// A month of requests as CSV, in the columns that traces of usage have: the real sessions of a sample, each many times, at
/// another moment and for another account each time.
///
/// What is real of it is the model, the tokens, the order of a session's requests and the time between them. The same count
/// makes the same bytes.
struct MadeTraffic {
  static let header = "seq,ts_us,account,key,model,input_tokens,output_tokens,cached_tokens,max_tokens,dur_ms\n"
  /// The beginnings of sessions are spread over so long. A calendar month ends within it.
  static let span = 31 * Instant.perDay
  static let start = "2026-09-15T00:00:00Z"
  /// More accounts than that there are not, and so many events for each of them on average.
  static let mostAccounts = 5_000
  static let eventsPerAccount = 100
  static let mostKeys = 5
  /// Of ten thousand requests so many are odd, in each way there is.
  private static let odd = 5

  let count: Int
  let accountCount: Int
  private let sessions: [[Request]]

  private struct Request {
    /// Since its session began, in microseconds.
    var after: Int64
    var model: String
    var input: Int64
    var output: Int64
    var cached: Int64

    /// The rest of its line, from the model on.
    func text(model: String? = nil, output: Int64? = nil, cached: Int64? = nil) -> String {
      let written = output ?? self.output
      return "\(model ?? self.model),\(input),\(written),\(cached ?? self.cached),0,\(300 + 20 * self.output)\n"
    }
  }

  /// Reads the sessions of a sample, whose ids are `SESSION-NUMBER`.
  init(_ sample: String, _ program: Program, count: Int) throws {
    self.count = count
    accountCount = min(MadeTraffic.mostAccounts, max(64, count / MadeTraffic.eventsPerAccount))
    let places = try RequestFields(program)
    let reader = try TrafficReader(sample, program: program, options: TrafficOptions(event: "request"))
    var sessions: [String: (begin: Int64, requests: [Request])] = [:]
    while let line = try reader.next() {
      guard case .row(let row) = line, let end = row.call.id.lastIndex(of: "-") else {
        throw Mismatch("`\(sample)` has a row that cannot be read, or whose id is not `SESSION-NUMBER`")
      }
      let name = String(row.call.id[..<end])
      let begin = sessions[name]?.begin ?? row.call.at
      let request = Request(
        after: row.call.at - begin, model: places.text(places.model, row.call) ?? "",
        input: places.number(places.input, row.call), output: places.number(places.output, row.call),
        cached: places.number(places.cached, row.call))
      sessions[name, default: (begin, [])].requests.append(request)
    }
    self.sessions = sessions.sorted { $0.key < $1.key }.map(\.value.requests)
    guard !self.sessions.isEmpty else { throw Mismatch("`\(sample)` is empty") }
  }

  static func account(_ number: Int) -> String {
    let digits = "\(number)"
    return "acct_" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  static func key(_ number: Int) -> String { "key-\(number)" }

  // MARK: - Sessions

  /// A session that takes place: once more the same requests.
  private struct Visit {
    var at: Int64
    var session: Int
    var account: Int
    var key: Int
  }

  /// All of them, by the time they begin. The r-th busiest account has 1/r^1.3 times as many as the first.
  private func visits(_ random: inout SeededGenerator) throws -> [Visit] {
    let start = try Instant(parsing: MadeTraffic.start).microseconds
    let shares = HeavyTail(accountCount)
    var visits: [Visit] = []
    var events = 0
    while events < count {
      for session in sessions.indices {
        let account = shares.pick(Double.random(in: 0..<1, using: &random))
        let keys = 1 + account * 7 % MadeTraffic.mostKeys
        visits.append(
          Visit(
            at: start + Int64.random(in: 0..<MadeTraffic.span, using: &random), session: session, account: account,
            key: min(Int.random(in: 0..<keys, using: &random), Int.random(in: 0..<keys, using: &random))))
        events += sessions[session].count
      }
    }
    return visits.sorted { ($0.at, $0.account, $0.session) < ($1.at, $1.account, $1.session) }
  }

  // MARK: - Rows

  /// Writes the file.
  func write(to path: String) throws {
    let output = try FileOutput(path)
    var random = SeededGenerator(seed: 6)
    let visits = try visits(&random)
    let texts = sessions.map { $0.map { Array($0.text().utf8) } }
    let names = (0..<accountCount).map { Array(",\(MadeTraffic.account($0)),".utf8) }
    let keys = (0..<MadeTraffic.mostKeys).map { Array("\(MadeTraffic.key($0)),".utf8) }
    var buffer = Array(MadeTraffic.header.utf8)
    buffer.reserveCapacity(1 << 17)
    var open = OpenVisits()
    var next = 0
    var seq = 0
    var written = 0
    func line(_ time: Int64, _ visit: Visit, hasKey: Bool = true, _ text: some Sequence<UInt8>) {
      guard written < count else { return }
      buffer += "\(seq),\(time)".utf8
      buffer += names[visit.account]
      if hasKey { buffer += keys[visit.key] } else { buffer.append(UInt8(ascii: ",")) }
      buffer += text
      written += 1
    }
    while written < count {
      while next < visits.count, visits[next].at <= open.first?.at ?? .max {
        open.add(OpenVisits.Entry(at: visits[next].at, visit: next))
        next += 1
      }
      guard let entry = open.first else { throw Mismatch("the sessions end after \(written) events") }
      let visit = visits[entry.visit]
      let (requests, place) = (sessions[visit.session], entry.request)
      seq += 1
      let request = requests[place]
      // Somebody sends a request twice, or says something else under its id; some make no sense.
      let (kind, odd) = (Int.random(in: 0..<10_000, using: &random), MadeTraffic.odd)
      switch kind / odd {
      case 0: line(entry.at, visit, hasKey: false, texts[visit.session][place])
      case 1: line(entry.at, visit, request.text(model: "no-such-model").utf8)
      case 2: line(entry.at, visit, request.text(cached: request.input + 1).utf8)
      case 3: line(entry.at, visit, request.text(output: 2_000_000_000).utf8)
      case 4, 5:
        for _ in 0..<2 { line(entry.at, visit, texts[visit.session][place]) }
      case 6:
        line(entry.at, visit, texts[visit.session][place])
        line(entry.at, visit, request.text(output: request.output + 1).utf8)
      default: line(entry.at, visit, texts[visit.session][place])
      }
      if place + 1 < requests.count {
        let time = max(entry.at, visit.at + requests[place + 1].after)
        open.replaceFirst(OpenVisits.Entry(at: time, visit: entry.visit, request: place + 1))
      } else {
        open.removeFirst()
      }
      if buffer.count > 1 << 16 {
        try output.write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try output.write(buffer)
    try output.close()
  }

  /// Writes a file of equal requests, a second apart, for one account after another.
  static func write(_ count: Int, accounts: Int, to path: String) throws {
    let output = try FileOutput(path)
    let start = try Instant(parsing: start).microseconds
    try output.write(Array(header.utf8))
    for number in 0..<count {
      let time = start + Int64(number) * 1_000_000
      let name = "\(account(number % accounts)),\(key(0))"
      try output.write(Array("\(number),\(time),\(name),gpt-4o-mini,1000,100,0,0,2300\n".utf8))
    }
    try output.close()
  }
}

/// Sessions that are under way, the one with the next request first.
private struct OpenVisits {
  struct Entry {
    var at: Int64
    var visit: Int
    var request = 0

    func precedes(_ other: Entry) -> Bool { at != other.at ? at < other.at : visit < other.visit }
  }

  // A heap: no entry precedes the one at half its place.
  private var entries: [Entry] = []

  var first: Entry? { entries.first }

  mutating func add(_ entry: Entry) {
    var place = entries.count
    entries.append(entry)
    while place > 0, entry.precedes(entries[(place - 1) / 2]) {
      entries[place] = entries[(place - 1) / 2]
      place = (place - 1) / 2
    }
    entries[place] = entry
  }

  mutating func removeFirst() {
    let last = entries.removeLast()
    if !entries.isEmpty { replaceFirst(last) }
  }

  mutating func replaceFirst(_ entry: Entry) {
    var place = 0
    while 2 * place + 1 < entries.count {
      var child = 2 * place + 1
      if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
      guard entries[child].precedes(entry) else { break }
      entries[place] = entries[child]
      place = child
    }
    entries[place] = entry
  }
}

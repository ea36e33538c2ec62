import Language
import Ledger
import Values

/// Reads a decision out of bytes, which may be anything: nothing is believed that the program does not have.
struct ArchiveReader {
  private let compiled: CompiledProgram
  private let bytes: [UInt8]
  private var place = 0
  private var end: Int
  private var time: Int64 = 0

  private var program: Program { compiled.program }

  init(_ bytes: [UInt8], _ compiled: CompiledProgram) throws(ArchiveFault) {
    self.bytes = bytes
    self.compiled = compiled
    end = bytes.count - ArchiveForm.checksumBytes
    guard let version = bytes.first else { throw .damaged }
    guard version == Decision.archiveVersion else { throw .unknownVersion(Int(version)) }
    guard end > 1 else { throw .damaged }
    let end = end
    let sum = bytes.withUnsafeBytes { all in
      ArchiveForm.checksum(UnsafeRawBufferPointer(rebasing: all[..<end]), seed: compiled.blanks.seed)
    }
    let kept = bytes[end...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard sum == kept else { throw .damaged }
    place = 1
  }

  // MARK: - The decision

  mutating func readDecision(event: Int, id: String) throws(ArchiveFault) -> Decision {
    typealias Form = ArchiveForm
    let flags = try count(below: Form.decisionFlags + 1)
    let at = try number(near: 0)
    guard at >= 0, at <= Instant.latest.microseconds else { throw .damaged }
    time = at
    let verdict: Decision.Verdict =
      switch flags & Form.verdict {
      case 0: .allowed
      case 1: .denied
      case 2: .conflict
      default: .waiting
      }
    let input = EventInput(event: event, id: id, at: at, fields: [])
    let nothing = Trace(event: nil, now: at, globals: [], row: [], fields: [])
    var decision = Decision(verdict, input, at: at, trace: nothing)
    decision.isReplay = flags & Form.replay != 0
    if flags & Form.key != 0 { decision.key = try recordIndex() }
    if flags & Form.blame != 0 {
      decision.denial = try index(below: program.denials.count)
      decision.rule = try index(below: program.rules.count)
      decision.bucket = try index(below: program.buckets.count)
      decision.field = try index(below: program.events[event].givenCount)
    }
    if flags & Form.amounts != 0 {
      (decision.amount, decision.covered, decision.shortfall) = try amounts()
      decision.absorbed = try number(near: 0)
    }
    if flags & Form.draws != 0 { decision.drawn = try numbers(oneOf: program.buckets.count) }
    decision.fields = try fields(of: event)
    if let field = decision.field, field >= decision.fields.count { throw .damaged }
    decision.firedRules = try indices(below: program.rules.count)
    if flags & Form.notices != 0 {
      decision.notices = decision.firedRules.flatMap { compiled.notices[$0] }
    } else if flags & Form.toldNotices != 0 {
      for _ in 0..<(try listCount()) {
        let level = try text()
        decision.notices.append(Decision.Notice(level: level, rule: Int(try count(below: program.rules.count))))
      }
    }
    if flags & Form.rescue != 0 {
      decision.rescueRule = try index(below: program.rules.count)
      decision.triedRescueRule = try index(below: program.rules.count)
    }
    if flags & Form.made != 0 {
      decision.hold = try recordIndex()
      decision.collections = try indices(below: Int(Int32.max))
      decision.refunds = try indices(below: Int(Int32.max))
      decision.brokenPromises = try indices(below: program.promises.count)
    }
    let blanks = compiled.blanks
    let trace = try readTrace(of: decision, globals: blanks.globals, row: blanks.row, keyRow: blanks.keyRow)
    decision.trace = trace
    if flags & Form.afterwards != 0 {
      decision.afterwards = try readTrace(
        of: decision, globals: trace.globals, row: trace.row, keyRow: trace.keyRow ?? blanks.keyRow)
    }
    guard place == end else { throw .damaged }
    return decision
  }

  private mutating func readTrace(
    of decision: Decision, globals: [Int64], row: [Int64], keyRow: [Int64]
  ) throws(ArchiveFault) -> Trace {
    typealias Form = ArchiveForm
    let flags = try count(below: Form.traceFlags + 1)
    var trace = Trace(
      event: decision.event, now: decision.at, globals: globals, row: row, fields: decision.fields,
      amount: decision.amount, drawn: decision.drawn, covered: decision.covered, shortfall: decision.shortfall,
      key: decision.key)
    trace.isRescued = flags & Form.rescued != 0
    if flags & Form.otherEvent != 0 { trace.event = try index(below: program.events.count) }
    if flags & Form.otherTime != 0 {
      trace.now = try number(near: time)
      guard trace.now >= 0, trace.now <= Instant.latest.microseconds else { throw .damaged }
    }
    if flags & Form.otherKey != 0 { trace.key = try recordIndex() }
    if flags & Form.otherFields != 0 { trace.fields = try fields(of: decision.event) }
    if flags & Form.otherAmounts != 0 { (trace.amount, trace.covered, trace.shortfall) = try amounts() }
    if flags & Form.otherDraws != 0 { trace.drawn = try numbers(oneOf: program.buckets.count) }
    try readDifferences(into: &trace.globals)
    try readDifferences(into: &trace.row)
    if flags & Form.keyRow != 0 {
      var own = keyRow
      try readDifferences(into: &own)
      trace.keyRow = own
    }
    let records = try count(below: program.events[decision.event].givenCount + 1)
    trace.records = Array(repeating: [], count: Int(records))
    if flags & Form.records != 0 {
      for record in trace.records.indices { trace.records[record] = try numbers() }
    }
    if flags & Form.totals != 0 { trace.totals = try numbers(oneOf: program.paymentDerivations.count) }
    return trace
  }

  private mutating func amounts() throws(ArchiveFault) -> (amount: Int64, covered: Int64, shortfall: Int64) {
    let amount = try number(near: 0)
    let rest = try number(near: 0)
    return (amount, amount &- rest, try number(near: 0))
  }

  // MARK: - Lists

  private mutating func fields(of event: Int) throws(ArchiveFault) -> [Int64] {
    let known = compiled.blanks.fields[event]
    let count = Int(try count(below: known.count + 1))
    var fields = Array(known.prefix(count))
    try readDifferences(into: &fields)
    return fields
  }

  private mutating func readDifferences(into numbers: inout [Int64]) throws(ArchiveFault) {
    let changed = try count(below: numbers.count + 1)
    var place = 0
    for _ in 0..<changed {
      place += Int(try count(below: numbers.count))
      guard place < numbers.count else { throw .damaged }
      numbers[place] = try number(near: time)
      place += 1
    }
  }

  /// No numbers, or as many as there are of what they are about.
  private mutating func numbers(oneOf count: Int) throws(ArchiveFault) -> [Int64] {
    let numbers = try numbers()
    guard numbers.isEmpty || numbers.count == count else { throw .damaged }
    return numbers
  }

  private mutating func numbers() throws(ArchiveFault) -> [Int64] {
    var numbers: [Int64] = []
    for _ in 0..<(try listCount()) { numbers.append(try number(near: time)) }
    return numbers
  }

  private mutating func indices(below limit: Int) throws(ArchiveFault) -> [Int] {
    var indices: [Int] = []
    for _ in 0..<(try listCount()) { indices.append(Int(try count(below: limit))) }
    return indices
  }

  /// Each entry of a list takes a byte at least, so that no count can ask for more memory than there are bytes.
  private mutating func listCount() throws(ArchiveFault) -> Int { Int(try count(below: end - place + 1)) }

  private mutating func text() throws(ArchiveFault) -> String {
    let count = try listCount()
    guard count <= end - place, let text = String(validating: bytes[place..<place + count], as: UTF8.self) else {
      throw .damaged
    }
    place += count
    return text
  }

  // MARK: - Numbers

  private mutating func byte() throws(ArchiveFault) -> UInt8 {
    guard place < end else { throw .damaged }
    defer { place += 1 }
    return bytes[place]
  }

  private mutating func count() throws(ArchiveFault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try byte()
      let bits = UInt64(byte & 0x7F)
      guard shift < 63 || bits <= 1 else { throw .damaged }
      value |= bits << shift
      if byte < 0x80 { return value }
    }
    throw .damaged
  }

  private mutating func count(below limit: UInt64) throws(ArchiveFault) -> UInt64 {
    let value = try count()
    guard value < limit else { throw .damaged }
    return value
  }

  private mutating func count(below limit: Int) throws(ArchiveFault) -> UInt64 {
    try count(below: UInt64(max(0, limit)))
  }

  private mutating func index(below limit: Int) throws(ArchiveFault) -> Int? {
    let value = try count(below: limit + 1)
    return value == 0 ? nil : Int(value) - 1
  }

  /// The index of something an account has, as many as it may ever have.
  private mutating func recordIndex() throws(ArchiveFault) -> Int? { try index(below: Int(Int32.max)) }

  private mutating func number(near time: Int64) throws(ArchiveFault) -> Int64 {
    typealias Form = ArchiveForm
    let first = UInt64(try byte())
    var zigzag = first & 0x1F
    if first & 0x80 != 0 {
      let rest = try count()
      guard rest <= UInt64.max >> 5 else { throw .damaged }
      zigzag |= rest << 5
    }
    let kept = Int64(bitPattern: zigzag >> 1) ^ (0 &- Int64(bitPattern: zigzag & 1))
    switch first >> 5 & 0b11 {
    case Form.thousands where kept == 0:
      let word = Int(try byte())
      guard Form.words.indices.contains(word) else { throw .damaged }
      return Form.words[word]
    case Form.thousands: return try product(kept, Form.thousand)
    case Form.cents: return try product(kept, Form.cent)
    case Form.before: return time &- kept
    default: return kept
    }
  }

  private func product(_ count: Int64, _ size: Int64) throws(ArchiveFault) -> Int64 {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    if overflow { throw .damaged }
    return product
  }
}

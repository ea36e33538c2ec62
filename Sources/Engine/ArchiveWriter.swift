import Language
import Ledger
import Values

/// Writes a decision as bytes, see ``ArchiveForm``.
struct ArchiveWriter {
  private let program: CompiledProgram
  var bytes: [UInt8] = []
  /// What times lie near.
  private let time: Int64

  init(_ program: CompiledProgram, at time: Int64) {
    self.program = program
    self.time = time
  }

  // MARK: - The decision

  mutating func write(_ decision: Decision) {
    typealias Form = ArchiveForm
    bytes.append(Decision.archiveVersion)
    var flags: UInt64 =
      switch decision.verdict {
      case .allowed: 0
      case .denied: 1
      case .conflict: 2
      case .waiting: 3
      }
    let afterwards = decision.afterwards
    if decision.amount | decision.covered | decision.shortfall | decision.absorbed != 0 { flags |= Form.amounts }
    if !decision.drawn.isEmpty { flags |= Form.draws }
    if decision.key != nil { flags |= Form.key }
    if afterwards != nil { flags |= Form.afterwards }
    if !decision.notices.isEmpty { flags |= tellsItself(decision) ? Form.notices : Form.toldNotices }
    if decision.denial != nil || decision.rule != nil || decision.bucket != nil || decision.field != nil {
      flags |= Form.blame
    }
    if decision.rescueRule != nil || decision.triedRescueRule != nil { flags |= Form.rescue }
    if decision.hold != nil || !decision.collections.isEmpty || !decision.refunds.isEmpty
      || !decision.brokenPromises.isEmpty
    {
      flags |= Form.made
    }
    if decision.isReplay { flags |= Form.replay }
    write(count: flags)

    write(number: decision.at, near: 0)
    if flags & Form.key != 0 { write(index: decision.key) }
    if flags & Form.blame != 0 {
      write(index: decision.denial)
      write(index: decision.rule)
      write(index: decision.bucket)
      write(index: decision.field)
    }
    if flags & Form.amounts != 0 {
      write(amounts: decision.amount, decision.covered, decision.shortfall)
      write(number: decision.absorbed)
    }
    if flags & Form.draws != 0 { write(numbers: decision.drawn) }
    write(fields: decision.fields, of: decision.event)
    write(indices: decision.firedRules)
    if flags & Form.toldNotices != 0 {
      write(count: UInt64(decision.notices.count))
      for notice in decision.notices {
        write(text: notice.level)
        write(count: UInt64(notice.rule))
      }
    }
    if flags & Form.rescue != 0 {
      write(index: decision.rescueRule)
      write(index: decision.triedRescueRule)
    }
    if flags & Form.made != 0 {
      write(index: decision.hold)
      write(indices: decision.collections)
      write(indices: decision.refunds)
      write(indices: decision.brokenPromises)
    }
    let blanks = program.blanks
    write(decision.trace, of: decision, globals: blanks.globals, row: blanks.row, keyRow: blanks.keyRow)
    if let afterwards {
      let trace = decision.trace
      write(
        afterwards, of: decision, globals: trace.globals, row: trace.row, keyRow: trace.keyRow ?? blanks.keyRow)
    }
  }

  /// Whether the notices are those of the rules that acted, one after another.
  private func tellsItself(_ decision: Decision) -> Bool {
    var place = 0
    for rule in decision.firedRules {
      for notice in program.notices[rule] {
        guard place < decision.notices.count, decision.notices[place] == notice else { return false }
        place += 1
      }
    }
    return place == decision.notices.count
  }

  /// Facts, as far as they differ from rows that are known.
  private mutating func write(
    _ trace: Trace, of decision: Decision, globals: [Int64], row: [Int64], keyRow: [Int64]
  ) {
    typealias Form = ArchiveForm
    var flags: UInt64 = 0
    if trace.keyRow != nil { flags |= Form.keyRow }
    if trace.amount != decision.amount || trace.covered != decision.covered || trace.shortfall != decision.shortfall {
      flags |= Form.otherAmounts
    }
    if trace.drawn != decision.drawn { flags |= Form.otherDraws }
    if !trace.records.allSatisfy(\.isEmpty) { flags |= Form.records }
    if !trace.totals.isEmpty { flags |= Form.totals }
    if trace.isRescued { flags |= Form.rescued }
    if trace.now != decision.at { flags |= Form.otherTime }
    if trace.fields != decision.fields { flags |= Form.otherFields }
    if trace.key != decision.key { flags |= Form.otherKey }
    if trace.event != decision.event { flags |= Form.otherEvent }
    write(count: flags)
    if flags & Form.otherEvent != 0 { write(index: trace.event) }
    if flags & Form.otherTime != 0 { write(number: trace.now, near: time) }
    if flags & Form.otherKey != 0 { write(index: trace.key) }
    if flags & Form.otherFields != 0 { write(fields: trace.fields, of: decision.event) }
    if flags & Form.otherAmounts != 0 { write(amounts: trace.amount, trace.covered, trace.shortfall) }
    if flags & Form.otherDraws != 0 { write(numbers: trace.drawn) }
    write(trace.globals, over: globals)
    write(trace.row, over: row)
    if let own = trace.keyRow { write(own, over: keyRow) }
    write(count: UInt64(trace.records.count))
    if flags & Form.records != 0 { for record in trace.records { write(numbers: record) } }
    if flags & Form.totals != 0 { write(numbers: trace.totals) }
  }

  private mutating func write(amounts amount: Int64, _ covered: Int64, _ shortfall: Int64) {
    write(number: amount)
    // Mostly all of it, or nothing.
    write(number: amount &- covered)
    write(number: shortfall)
  }

  // MARK: - Lists

  private mutating func write(fields: [Int64], of event: Int) {
    write(count: UInt64(fields.count))
    write(fields, over: program.blanks.fields[event])
  }

  /// The numbers that differ from those known, each behind the count of those between that do not.
  private mutating func write(_ numbers: [Int64], over known: [Int64]) {
    let shared = min(numbers.count, known.count)
    var count = 0
    numbers.withUnsafeBufferPointer { numbers in
      known.withUnsafeBufferPointer { known in
        for place in 0..<shared where numbers[place] != known[place] { count &+= 1 }
      }
    }
    write(count: UInt64(count &+ (numbers.count &- shared)))
    var next = 0
    for place in numbers.indices where place >= shared || numbers[place] != known[place] {
      write(count: UInt64(place &- next))
      write(number: numbers[place], near: time)
      next = place &+ 1
    }
  }

  private mutating func write(numbers: [Int64]) {
    write(count: UInt64(numbers.count))
    for number in numbers { write(number: number, near: time) }
  }

  private mutating func write(indices: [Int]) {
    write(count: UInt64(indices.count))
    for index in indices { write(count: UInt64(index)) }
  }

  private mutating func write(text: String) {
    write(count: UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  // MARK: - Numbers

  /// Seven bits a byte, the lowest first.
  @inline(__always)
  private mutating func write(count: UInt64) {
    var rest = count
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// One more than the index; none is 0.
  private mutating func write(index: Int?) { write(count: index.map { UInt64($0) &+ 1 } ?? 0) }

  private mutating func write(number: Int64) { write(number: number, near: 0) }

  /// A number in the shortest of its forms: five bits beside the form in the first byte, then seven bits a byte.
  private mutating func write(number: Int64, near time: Int64) {
    typealias Form = ArchiveForm
    var (form, kept) = (Form.plain, number)
    if number.magnitude >= 16 {
      let (count, rest) = number.quotientAndRemainder(dividingBy: Form.thousand)
      if rest == 0 {
        (form, kept) = (Form.thousands, count)
        let (cents, rest) = count.quotientAndRemainder(dividingBy: Form.cent / Form.thousand)
        if rest == 0 { (form, kept) = (Form.cents, cents) }
      }
      if time != 0, (time &- number).magnitude < kept.magnitude { (form, kept) = (Form.before, time &- number) }
      if kept.magnitude > 1 << 62, let word = Form.words.firstIndex(of: number) {
        bytes.append(UInt8(Form.thousands << 5))
        bytes.append(UInt8(word))
        return
      }
    }
    let zigzag = UInt64(bitPattern: (kept << 1) ^ (kept >> 63))
    let first = UInt8(truncatingIfNeeded: form << 5 | zigzag & 0x1F)
    if zigzag < 0x20 {
      bytes.append(first)
    } else {
      bytes.append(first | 0x80)
      write(count: zigzag >> 5)
    }
  }

  /// Ends an archive that began at `start` with its checksum.
  mutating func seal(from start: Int) {
    let sum = bytes.withUnsafeBytes { all in
      ArchiveForm.checksum(UnsafeRawBufferPointer(rebasing: all[start...]), seed: program.blanks.seed)
    }
    for shift in stride(from: 0, to: ArchiveForm.checksumBytes * 8, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(shift)))
    }
  }
}

import Language
import Ledger
import Values

/// Why bytes are no archive of a decision of this policy.
public enum ArchiveFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// Written by a later version of the engine, which has this number.
  case unknownVersion(Int)
  /// Something was changed or is missing, or another policy took the decision.
  case damaged

  /// A lower-case sentence.
  public var message: String {
    switch self {
    case .unknownVersion(let version): "the decision was kept in form \(version), which this version does not know"
    case .damaged: "what was kept of the decision is damaged, or another policy took it"
    }
  }

  public var description: String { message }
}

/// Decisions as bytes, so that they can be explained years later: all of ``Decision`` but the event and its id, which
/// whoever keeps them knows anyway.
///
/// One form has one number, in the first byte. The form is: version, flags, the answer, the facts, the facts afterwards, a
/// checksum of four bytes. Facts are written as far as they differ from a new account's, those afterwards as far as they
/// differ from those before. An archive is read by the program that took the decision, compiled from the same texts.
extension Decision {
  /// The number of the form that is written now.
  public static let archiveVersion: UInt8 = 1

  /// The decision as bytes.
  ///
  /// - Parameter program: the one that took it.
  public func archived(by program: CompiledProgram) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    archive(into: &bytes, by: program)
    return bytes
  }

  /// Appends the decision to bytes. Allocates nothing where these have room.
  public func archive(into bytes: inout [UInt8], by program: CompiledProgram) {
    precondition(
      program.program.events.indices.contains(event) && trace.row.count == program.layout.accountStride
        && trace.globals.count == program.layout.globalCount,
      "a decision is archived by the program that took it")
    var writer = ArchiveWriter(program, at: at)
    swap(&writer.bytes, &bytes)
    let start = writer.bytes.count
    writer.write(self)
    writer.seal(from: start)
    swap(&writer.bytes, &bytes)
  }

  /// A decision as it was archived.
  ///
  /// - Parameters:
  ///   - event: the event it is about, by its index in the program, and its id.
  ///   - program: the one that took it, compiled again from the same texts.
  public init(
    archive bytes: some Sequence<UInt8>, event: Int, id: String, by program: CompiledProgram
  ) throws(ArchiveFault) {
    guard program.program.events.indices.contains(event) else { throw .damaged }
    var reader = try ArchiveReader(Array(bytes), program)
    self = try reader.readDecision(event: event, id: id)
  }
}

/// What is not written because everybody knows it.
struct BlankFacts: Sendable {
  let globals: [Int64]
  let row: [Int64]
  let keyRow: [Int64]
  /// By event: what a field is when nobody gives it.
  let fields: [[Int64]]
  let none: [Int64] = []
  /// Mixed into each checksum: two policies seldom have the same shape.
  let seed: UInt64

  init(_ program: Program, _ layout: LedgerLayout) {
    globals = Array(repeating: LedgerLayout.unset, count: layout.globalCount)
    row = layout.newAccountRow
    keyRow = layout.newKeyRow
    fields = program.events.map { event in
      event.fields.map { $0.value ?? ($0.type.isOptional ? ValueType.none : 0) }
    }
    var seed: UInt64 = 0
    for count in [
      layout.globalCount, layout.accountStride, layout.keyStride, program.buckets.count, program.rules.count,
      program.denials.count, program.events.count, program.promises.count, program.paymentDerivations.count,
    ] { seed = ArchiveForm.mixed(seed, UInt64(count)) }
    self.seed = seed
  }
}

/// What writing and reading agree on.
enum ArchiveForm {
  // What a decision has beyond the least, one bit each. Those most decisions have are among the first seven.
  static let verdict: UInt64 = 0b11
  static let amounts: UInt64 = 1 << 2
  static let draws: UInt64 = 1 << 3
  static let key: UInt64 = 1 << 4
  static let afterwards: UInt64 = 1 << 5
  /// The notices are those of the rules that acted; else there are none, or they are `toldNotices`.
  static let notices: UInt64 = 1 << 6
  static let blame: UInt64 = 1 << 7
  static let rescue: UInt64 = 1 << 8
  static let made: UInt64 = 1 << 9
  static let replay: UInt64 = 1 << 10
  static let toldNotices: UInt64 = 1 << 11
  static let decisionFlags: UInt64 = 1 << 12 - 1

  // Where facts are not those of the answer.
  static let keyRow: UInt64 = 1
  static let otherAmounts: UInt64 = 1 << 1
  static let otherDraws: UInt64 = 1 << 2
  static let records: UInt64 = 1 << 3
  static let totals: UInt64 = 1 << 4
  static let rescued: UInt64 = 1 << 5
  static let otherTime: UInt64 = 1 << 6
  static let otherFields: UInt64 = 1 << 7
  static let otherKey: UInt64 = 1 << 8
  static let otherEvent: UInt64 = 1 << 9
  static let traceFlags: UInt64 = 1 << 10 - 1

  /// Numbers that stand for something else, and would be the longest of all.
  static let words = [ValueType.none, ValueType.unset, Window.ever.start, Window.ever.end]
  /// How a number is written: as it is, in thousands, in tens of millions (cents; ten seconds), or as what lacks to a time.
  static let (plain, thousands, cents, before): (UInt64, UInt64, UInt64, UInt64) = (0, 1, 2, 3)
  static let thousand: Int64 = 1_000
  static let cent: Int64 = 10_000_000
  static let checksumBytes = 4

  @inline(__always)
  static func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
    // Each step can be undone, so that no change of one word is lost.
    let product = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
    return product ^ (product >> 32)
  }

  /// A sum over bytes that notices what a disk, or a slip, may do to them.
  static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt32 {
    var state = mixed(seed, UInt64(bytes.count))
    var place = 0
    while place &+ 8 <= bytes.count {
      state = mixed(state, UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
      place &+= 8
    }
    var last: UInt64 = 0
    while place < bytes.count {
      last = last << 8 | UInt64(bytes[place])
      place &+= 1
    }
    return UInt32(truncatingIfNeeded: mixed(state, last) >> 16)
  }
}

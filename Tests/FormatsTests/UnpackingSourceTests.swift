import Testing
import Values

@testable import Formats

/// Gzip written by hand, its blocks stored and not compressed, so that tests need no other program.
enum StoredGzip {
  static func part(_ bytes: [UInt8], blockBytes: Int = 65_535) -> [UInt8] {
    var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(blockBytes)
      rest = rest.dropFirst(block.count)
      let count = UInt16(block.count)
      packed.append(rest.isEmpty ? 1 : 0)
      packed += [UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
      packed += block
    } while !rest.isEmpty
    return packed + word(checksum(bytes)) + word(UInt32(truncatingIfNeeded: bytes.count))
  }

  private static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}

@Suite("Packed bytes")
struct UnpackingSourceTests {
  static let text = Array("account,at,input\na1,2026-01-01,5\n".utf8)
  /// `printf 'account,at,input\na1,2026-01-01,5\n' | gzip -9n`
  static let compressed: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0x4C, 0x4E, 0xCE, 0x2F, 0xCD, 0x2B, 0xD1,
    0x49, 0x2C, 0xD1, 0xC9, 0xCC, 0x2B, 0x28, 0x2D, 0xE1, 0x4A, 0x34, 0xD4, 0x31, 0x32, 0x30, 0x32, 0xD3, 0x35,
    0x30, 0x04, 0x22, 0x1D, 0x53, 0x2E, 0x00, 0x8E, 0x2D, 0x20, 0x71, 0x21, 0x00, 0x00, 0x00,
  ]

  static func unpacked(
    _ packed: [UInt8], _ length: Int = 1 << 20, through size: Int = 1 << 16
  ) throws(InputFault) -> [UInt8] {
    try drained(UnpackingSource(pieces(packed, of: [length], name: "usage.csv.gz")), through: size)
  }

  static func fault(_ packed: [UInt8], _ length: Int = 1 << 20) -> InputFault? {
    do throws(InputFault) { _ = try unpacked(packed, length) } catch { return error }
    return nil
  }

  @Test("what is not packed comes as it is, however short", arguments: ["", "\u{1F}", "a", "ab", "account\n"])
  func plain(_ text: String) throws {
    for length in [1, 2, 100] { #expect(try Self.unpacked(Array(text.utf8), length) == Array(text.utf8)) }
  }

  @Test("parts behind each other are one text, in pieces of any length")
  func parts() throws {
    let packed =
      StoredGzip.part(Self.text) + StoredGzip.part([]) + Self.compressed + StoredGzip.part(Self.text, blockBytes: 3)
    let wanted = Self.text + Self.text + Self.text
    for length in [1, 2, 7, 1_000] {
      for size in [1, 5, 1 << 16] { #expect(try Self.unpacked(packed, length, through: size) == wanted) }
    }
    #expect(try Self.unpacked(packed + [0, 0, 0]) == wanted, "zeros are padding")
  }

  @Test("packed bytes that end anywhere in the middle are no whole text")
  func truncated() {
    let packed = Self.compressed + StoredGzip.part(Self.text)
    for count in 2..<packed.count where count != Self.compressed.count {
      let fault = Self.fault(Array(packed[..<count]), 5)
      #expect(fault?.reason == .truncatedGzip(offset: count), "\(count) of \(packed.count)")
    }
    #expect(Self.fault(packed) == nil)
  }

  @Test("damage is told with the place of the packed byte, after what came before it")
  func damaged() throws {
    var packed = StoredGzip.part([UInt8](repeating: 7, count: 100_000))
    // The length of the second block no longer agrees with its complement.
    packed[10 + 5 + 65_535 + 1] ^= 0xFF
    let source = UnpackingSource(pieces(packed, of: [1 << 20], name: "usage.csv.gz"))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try source.read(into: buffer) == 65_535)
    for _ in 0..<2 {
      do throws(InputFault) {
        _ = try source.read(into: buffer)
        Issue.record("damage was not seen")
      } catch {
        guard case .corruptGzip(let offset, let detail) = error.reason else {
          Issue.record("\(error)")
          return
        }
        #expect((65_535...65_560).contains(offset) && detail == "invalid stored block lengths")
        #expect(error.message.hasPrefix("`usage.csv.gz` is compressed and damaged at byte \(offset): "))
        #expect(error.help == "fetch it again, and try it: `gzip -t usage.csv.gz`")
      }
    }
  }

  @Test("a wrong checksum and bytes behind the last part are faults")
  func ends() {
    var packed = StoredGzip.part(Self.text)
    let count = packed.count
    #expect(Self.fault(packed + Array("more".utf8))?.reason == .afterGzip(offset: count))
    #expect(Self.fault(packed + [0, 0, 1])?.reason == .afterGzip(offset: count + 2))
    packed[count - 8] ^= 1
    guard case .corruptGzip = Self.fault(packed)?.reason else {
      Issue.record("a wrong checksum was not seen")
      return
    }
  }

  @Test("mutated packed bytes are unpacked or a fault, and nothing traps")
  func mutants() {
    var (random, seed) = seededGenerator("mutated gzip")
    var faults = 0
    for _ in 0..<2_000 {
      var packed = Self.compressed + StoredGzip.part(Self.text)
      for _ in 0..<Int.random(in: 1..<4, using: &random) {
        packed[Int.random(in: 0..<packed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Self.fault(packed, Int.random(in: 1..<50, using: &random)) != nil { faults += 1 }
    }
    #expect(faults > 500, "seed \(seed)")
  }
}

@Suite("Files")
struct FileSourceTests {
  @Test("what is not there or is a folder is a fault with its path")
  func missing() {
    for (path, reason) in [("no/such/file.csv", InputFault.Reason.missing), (".", .isFolder)] {
      do throws(InputFault) {
        _ = try ByteInput.open(path)
        Issue.record("\(path) was opened")
      } catch {
        #expect(error == InputFault(name: path, reason))
        #expect(error.message.contains("`\(path)`") && error.help != nil)
      }
    }
  }

  @Test("what is written is read, and more is put behind it")
  func writes() throws {
    let path = temporaryPath("output.csv")
    defer { removeFile(path) }
    for (appends, wanted) in [(false, "a,b\n"), (true, "a,b\na,b\n"), (false, "a,b\n")] {
      let output = try FileOutput(path, appends: appends)
      #expect(output.wasEmpty != appends)
      try output.write("a,b\n".utf8)
      try output.close()
      let source = try FileSource(path)
      #expect(source.total == wanted.utf8.count)
      #expect(try drained(source) == Array(wanted.utf8))
      #expect(source.consumed == wanted.utf8.count)
    }
  }

  @Test("a full disk is a fault, not a trap", .enabled(if: isWritable("/dev/full")))
  func fullDisk() throws {
    let output = try FileOutput("/dev/full")
    try output.write("x".utf8)
    #expect(throws: InputFault.self) { try output.close() }
  }
}

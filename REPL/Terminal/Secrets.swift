/// Finds what looks like a key, so that no history keeps it.
enum Secrets {
  /// Letters and digits in a row that no word has.
  static let length = 20

  static func mayHold(_ line: String) -> Bool {
    let bytes = Array(line.utf8)
    return hasKnownBeginning(bytes) || hasLongRun(bytes)
  }

  private static let beginnings = [
    "sk-", "sk_", "pk_live_", "rk_live_", "ghp_", "github_pat_", "xoxb-", "xoxp-", "AKIA",
  ]
  .map { Array($0.utf8) }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// `sk-…` and its like, at the beginning of a word and with something behind.
  private static func hasKnownBeginning(_ bytes: [UInt8]) -> Bool {
    for start in bytes.indices where start == 0 || !isLetterOrDigit(bytes[start - 1]) {
      for beginning in beginnings where bytes[start...].starts(with: beginning) {
        let rest = bytes[(start + beginning.count)...].prefix { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F }
        if rest.count >= 8 { return true }
      }
    }
    return false
  }

  /// Hexadecimal digits, Base64 or its kind for addresses. A long name, number or path is none of these.
  private static func hasLongRun(_ bytes: [UInt8]) -> Bool {
    func runs(_ extra: Set<UInt8>) -> [ArraySlice<UInt8>] {
      bytes.split { !isLetterOrDigit($0) && !extra.contains($0) }.filter { $0.count >= length }
    }
    func has(_ run: ArraySlice<UInt8>, _ range: ClosedRange<UInt8>) -> Bool { run.contains { range.contains($0) } }
    let digit: ClosedRange<UInt8> = 0x30...0x39
    let upper: ClosedRange<UInt8> = 0x41...0x5A
    let lower: ClosedRange<UInt8> = 0x61...0x7A
    if runs([]).contains(where: { has($0, digit) && (has($0, upper) || has($0, lower)) }) { return true }
    return (runs([0x2B, 0x2F]) + runs([0x2D, 0x5F])).contains { has($0, digit) && has($0, upper) && has($0, lower) }
  }
}

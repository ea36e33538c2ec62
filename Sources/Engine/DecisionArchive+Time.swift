import Values

extension Decision {
  /// The time an archived decision counted as, read from its first bytes alone; nil for bytes that are none of this form.
  ///
  /// - Parameter bytes: at least the first 24, or all of a shorter archive. Nothing is checked against the checksum.
  public static func time(inArchive bytes: some Sequence<UInt8>) -> Int64? {
    var rest = bytes.makeIterator()
    guard rest.next() == archiveVersion, count(&rest) != nil, let first = rest.next() else { return nil }
    var zigzag = UInt64(first & 0x1F)
    if first & 0x80 != 0 {
      guard let high = count(&rest), high <= UInt64.max >> 5 else { return nil }
      zigzag |= high << 5
    }
    let kept = Int64(bitPattern: zigzag >> 1) ^ (0 &- Int64(bitPattern: zigzag & 1))
    let size: Int64 =
      switch UInt64(first >> 5 & 0b11) {
      case ArchiveForm.thousands: ArchiveForm.thousand
      case ArchiveForm.cents: ArchiveForm.cent
      case ArchiveForm.before: -1
      default: 1
      }
    // Thousands of none stand for a word, and no time is one.
    if kept == 0 && size == ArchiveForm.thousand { return nil }
    let (time, overflow) = kept.multipliedReportingOverflow(by: size)
    return overflow || time < 0 || time > Instant.latest.microseconds ? nil : time
  }

  /// A number of seven bits a byte, the lowest first.
  private static func count(_ bytes: inout some IteratorProtocol<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = bytes.next(), shift < 63 || byte & 0x7F <= 1 else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}

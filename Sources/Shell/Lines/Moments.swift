import Store
import Values

/// Moments as people say them: `2026-10-15 14:02`, `yesterday`, `now`, `-3d`.
enum Moments {
  static func isTime(_ words: [String]) -> Bool {
    do {
      _ = try time(words.joined(separator: " "), now: 0)
      return true
    } catch {
      return false
    }
  }

  /// Microseconds since 1970; nil for `now`.
  static func time(_ text: String, now: Int64) throws(Complaint) -> Int64? {
    switch text {
    case "now": return nil
    case "today", "yesterday": return try Period(text, now: now).window.start
    default: break
    }
    if text.hasPrefix("-"), let period = try? Period(text, now: now) { return period.window.start }
    do throws(ValueError) {
      return try Instant(parsing: text).microseconds
    } catch {
      throw Complaint(
        message: "`\(text)` is no time: \(error.message)",
        help: "write `2026-10-15`, `2026-10-15 14:02` or `now`; times are UTC")
    }
  }
}

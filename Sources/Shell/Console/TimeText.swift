import Values

/// Times on the command line.
public enum TimeText {
  /// Microseconds since 1970, from `2026-10-15` or `2026-10-15 14:02`, in UTC.
  public static func time(_ text: String, of what: String) throws(Complaint) -> Int64 {
    do throws(ValueError) {
      return try Instant(parsing: text).microseconds
    } catch {
      throw Complaint(
        message: "\(what): \(error.message)", help: "write `2026-10-15` or `2026-10-15 14:02`; times are UTC",
        status: .badCommandLine)
    }
  }

  /// Microseconds, from `3 days`.
  public static func span(_ text: String, of what: String) throws(Complaint) -> Int64 {
    do throws(ValueError) {
      return try TimeSpan(parsing: text).microseconds
    } catch {
      throw Complaint(
        message: "\(what): \(error.message)", help: "write `3 days` or `90 minutes`", status: .badCommandLine)
    }
  }

  public static func text(_ microseconds: Int64) -> String { Instant(microseconds: microseconds).description }
}

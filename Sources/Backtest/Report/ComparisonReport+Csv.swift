import Formats
import Values

extension ComparisonReport {
  /// The columns of ``csv``, and of `compare_rows`.
  public static let columns = [
    "candidate", "account", "kind", "id", "at", "change", "verdict_a", "code_a", "rule_a", "amount_a_nano",
    "paid_a_nano", "charged_a_nano", "sent_back_a_nano", "verdict_b", "code_b", "rule_b", "amount_b_nano",
    "paid_b_nano", "charged_b_nano", "sent_back_b_nano",
  ]

  /// The rows that were kept, as RFC 4180 has them, with a header.
  public var csv: String {
    var text = ComparisonReport.columns.joined(separator: ",") + "\r\n"
    for pair in result.comparisons {
      for row in pair.rows { text += ComparisonReport.csv(row: row, candidate: pair.b) }
    }
    return text
  }

  /// One row.
  public static func csv(row: Difference, candidate: String) -> String {
    func side(_ side: Difference.Side) -> [String] {
      [
        side.verdict.word, quoted(side.code), quoted(side.rule), "\(side.amount)", "\(side.paid)", "\(side.charged)",
        "\(side.sentBack)",
      ]
    }
    let cells =
      [
        quoted(candidate), quoted(row.account), quoted(row.kind), quoted(row.id),
        "\(Instant(microseconds: row.at))", quoted(row.change.words),
      ] + side(row.a) + side(row.b)
    return cells.joined(separator: ",") + "\r\n"
  }

  /// A text cell. What a spreadsheet would take for a formula gets a quote in front.
  static func quoted(_ text: String) -> String {
    CsvText.cell(text, guardsFormulas: true)
  }
}

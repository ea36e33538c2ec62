/// How answers are printed.
public enum Mode: String, Sendable, CaseIterable {
  /// For people.
  case table
  /// A row over several lines.
  case card
  case json, jsonl, csv, tsv, markdown
  /// Bars, where an answer has numbers to draw.
  case chart
  /// Nothing but the value.
  case quiet
}

extension Mode {
  /// The one that files of this name are in; nil where the name does not say.
  init?(ofFile path: String) {
    switch path.split(separator: ".").last {
    case "csv"?: self = .csv
    case "tsv"?: self = .tsv
    case "json"?: self = .json
    case "jsonl"?, "ndjson"?: self = .jsonl
    case "md"?, "markdown"?: self = .markdown
    default: return nil
    }
  }
}

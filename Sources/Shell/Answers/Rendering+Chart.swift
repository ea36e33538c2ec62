import Diagnostics

extension Rendering {
  private static let widestBar = 40
  private static let gaugeCells = 20

  /// Bars below each other, longest over the room there is; those below zero to the left of an axis.
  func lines(of chart: Chart) -> [String] {
    var lines: [String] = []
    let labels = chart.bars.map { ShownText.text($0.label) }
    let texts = Self.aligned(chart.bars.map { ShownText.text($0.text) })
    let labelRoom = labels.map(ShownText.columns).max() ?? 0
    let textRoom = texts.map(ShownText.columns).max() ?? 0
    let room = min(Self.widestBar, max(5, (width ?? 100) - labelRoom - textRoom - 6))
    let most = chart.bars.map(\.value.magnitude).max() ?? 0
    let hasNegative = chart.bars.contains { $0.value < 0 }
    for (index, bar) in chart.bars.enumerated() {
      let label = labels[index] + Self.blanks(labelRoom - ShownText.columns(labels[index]))
      let text = Self.blanks(textRoom - ShownText.columns(texts[index])) + texts[index]
      let drawn: String
      if hasNegative {
        let half = room / 2
        let part = self.bar(bar.value, most: most, cells: half)
        let left = bar.value < 0 ? Self.blanks(half - part.count) + part : Self.blanks(half)
        let right = bar.value < 0 ? Self.blanks(half) : part + Self.blanks(half - part.count)
        drawn = left + (isPlain ? "|" : "│") + right
      } else {
        let part = self.bar(bar.value, most: most, cells: room)
        drawn = part + Self.blanks(room - part.count)
      }
      var line = "  \(label) \(drawn)  \(text)"
      while line.last == " " { line.removeLast() }
      lines.append(line)
    }
    var last = chart.summary ?? ""
    if let gauge = chart.gauge { last += (last.isEmpty ? "" : "  ") + self.gauge(gauge.part, of: gauge.whole) }
    if !last.isEmpty { lines += last.split(separator: "\n").map { "  " + String($0).trimmed } }
    return lines
  }

  /// `▕███████████████████▉▏ 99%`
  func gauge(_ part: Int64, of whole: Int64) -> String {
    guard whole > 0 else { return "" }
    let filled = bar(max(0, min(part, whole)), most: whole.magnitude, cells: Self.gaugeCells)
    let percent = Int128(max(0, part)) * 100 / Int128(whole)
    let rest = String(repeating: isPlain ? "." : " ", count: Self.gaugeCells - filled.count)
    return "\(isPlain ? "[" : "▕")\(filled)\(rest)\(isPlain ? "]" : "▏") \(percent)%"
  }

  /// `███▌`; never empty for what is more than nothing.
  func bar(_ value: Int64, most: UInt64, cells: Int) -> String {
    guard value != 0, most > 0, cells > 0 else { return "" }
    let eighths = max(1, Int(UInt128(value.magnitude) * UInt128(cells * 8) / UInt128(most)))
    if isPlain { return String(repeating: "#", count: max(1, (eighths + 4) / 8)) }
    let full = String(repeating: "█", count: eighths / 8)
    // To the left there are only halves to draw with.
    if value < 0 { return (eighths % 8 >= 4 || eighths < 8 ? "▐" : "") + full }
    let rests = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return full + rests[eighths % 8]
  }

  private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  /// Points of amounts below each other.
  private static func aligned(_ texts: [String]) -> [String] {
    guard texts.allSatisfy({ $0.hasPrefix("$") || $0.hasPrefix("-$") }) else { return texts }
    func decimals(_ text: String) -> Int {
      text.firstIndex(of: ".").map { text[$0...].prefix { $0 == "." || $0.isNumber }.count } ?? 0
    }
    let most = texts.map(decimals).max() ?? 0
    return texts.map { $0.contains(" ") ? $0 : $0 + blanks(most - decimals($0)) }
  }
}

extension Table {
  /// Its first column of numbers as bars, named by its first column of texts; nil where it has no such.
  var chart: Chart? {
    guard
      let number = bars ?? columns.firstIndex(where: { [.money, .integer, .number].contains($0.kind) }),
      let label = columns.indices.first(where: { $0 != number })
    else { return nil }
    return Chart(
      rows.map { row in
        let value: Int64 = if case .integer(let value) = row[number] { value } else { 0 }
        return Chart.Bar(
          CellText.people(row[label], columns[label].kind), value, CellText.people(row[number], columns[number].kind))
      })
  }
}

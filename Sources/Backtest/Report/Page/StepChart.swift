/// A series by time: what the first policy did as an area, what the other one did as a line over it.
struct StepChart {
  var title: String
  /// What it shows, in a sentence, for who does not see it.
  var description: String
  var axis: DayAxis
  var area: [Int64]
  var line: [Int64]?
  var unit: Scale.Unit
  /// A step that stands out, and what is said of it.
  var note: (step: Int, text: String)?
  /// The area is a difference: it may be on both sides of zero.
  var isDifference = false

  func drawing() -> Markup {
    let all = area + (line ?? [])
    let plot = Plot(Scale(min(0, all.min() ?? 0), max(all.max() ?? 0, all.contains { $0 < 0 } ? 0 : 1), unit))
    func x(_ step: Int) -> Int { plot.left + plot.breadth * step / max(1, axis.count) }
    var content = plot.grid()
    content.append(
      .tag("path", ["class": isDifference ? "delta" : "a", "d": outline(area, plot, isClosed: true)]))
    if let line {
      let between = difference(area, line, plot)
      if !between.isEmpty { content.append(.tag("path", ["class": "between", "d": between])) }
    }
    if let line { content.append(.tag("path", ["class": "b", "d": outline(line, plot, isClosed: false)])) }
    var taken = Int.min
    for tick in axis.ticks {
      let place = x(tick.step) + (axis.count <= 45 ? plot.breadth / max(1, axis.count) / 2 : 0)
      // The last name of a long axis may not have room.
      if place > taken + 300 { content.append(plot.below(tick.text, at: place)) }
      taken = max(taken, place)
    }
    if let note {
      let value = (line ?? area)[note.step]
      let (place, height) = ((x(note.step) + x(note.step + 1)) / 2, plot.height(of: value))
      content += plot.note(note.text, x: place, y: height)
    }
    return Plot.drawing(title, description, content)
  }

  /// What is between the two, step by step.
  private func difference(_ area: [Int64], _ line: [Int64], _ plot: Plot) -> String {
    func x(_ step: Int) -> String { Figures.length(plot.left + plot.breadth * step / max(1, axis.count)) }
    return area.indices.map { step in
      let (from, to) = (plot.height(of: area[step]), plot.height(of: line[step]))
      return from == to ? "" : "M\(x(step)) \(Figures.length(from))H\(x(step + 1))V\(Figures.length(to))H\(x(step))Z"
    }.joined()
  }

  /// Steps as a path; one that is closed goes back along zero.
  private func outline(_ values: [Int64], _ plot: Plot, isClosed: Bool) -> String {
    func x(_ step: Int) -> String { Figures.length(plot.left + plot.breadth * step / max(1, axis.count)) }
    let ground = plot.height(of: 0)
    var path = "M\(x(0)) \(Figures.length(isClosed ? ground : plot.height(of: values.first ?? 0)))"
    var height = Int.min
    for (step, value) in values.enumerated() {
      let next = plot.height(of: value)
      if next != height {
        if step > 0 { path += "H\(x(step))" }
        path += "V\(Figures.length(next))"
        height = next
      }
    }
    path += "H\(x(values.count))"
    return isClosed ? path + "V\(Figures.length(ground))Z" : path
  }
}

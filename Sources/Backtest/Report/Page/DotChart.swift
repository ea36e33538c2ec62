/// An outcome for each of several values: dots along the values, with what is current as a line across.
struct DotChart {
  var title: String
  var description: String
  var axis: ValueAxis
  var values: [Int64]
  var current: Int64
  var unit: Scale.Unit

  func drawing() -> Markup {
    let (low, high) = ((values + [current]).min() ?? 0, (values + [current]).max() ?? 0)
    // Outcomes that lie close together would all look the same from zero; dots, unlike bars, need not begin there.
    let isClose = low > 0 && low > high / 10 * 6
    let plot = Plot(Scale(isClose ? low : min(0, low), max(high, isClose ? low + 1 : 1), unit))
    let inset = 120
    let breadth = plot.breadth - 2 * inset
    func x(_ place: Int) -> Int { plot.left + inset + axis.place(place, of: breadth) }
    var content = plot.grid()
    let now = Figures.length(plot.height(of: current))
    content.append(
      .tag(
        "line",
        [
          "class": "now", "x1": Figures.length(plot.left), "x2": Figures.length(plot.left + plot.breadth), "y1": now,
          "y2": now,
        ]))
    let points = values.indices.map { (x($0), plot.height(of: values[$0])) }
    if axis.isNumeric, points.count > 1 {
      let path = points.map { "\(Figures.length($0.0)) \(Figures.length($0.1))" }.joined(separator: "L")
      content.append(.tag("path", ["class": "b", "d": "M" + path]))
    }
    for point in points {
      content.append(
        .tag("circle", ["class": "dot", "cx": Figures.length(point.0), "cy": Figures.length(point.1), "r": "3.2"]))
    }
    var taken = Int.min
    for (place, name) in axis.names.enumerated() {
      let half = name.count * 33
      guard x(place) - half > taken else { continue }
      content.append(plot.below(name, at: x(place)))
      taken = x(place) + half + 60
    }
    return Plot.drawing(title, description, content)
  }
}

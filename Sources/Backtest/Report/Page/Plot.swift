/// The field of a drawing that amounts are laid over: its size, its grid, what stands along its left side.
///
/// Lengths are in tenths of a unit; a unit is a pixel where the drawing has its own size. Drawings are small enough to stand on the
/// screen of a telephone unscaled, so that their letters stay letters; where there is room they stand side by side.
struct Plot {
  static let (width, height) = (3_440, 1_900)
  private static let (top, right, bottom) = (300, 120, 260)
  private static let letter = 74

  let scale: Scale
  let left: Int

  init(_ scale: Scale) {
    self.scale = scale
    left = 110 + (scale.ticks.map { scale.label($0).count }.max() ?? 0) * Self.letter
  }

  var breadth: Int { Self.width - left - Self.right }
  var ground: Int { Self.height - Self.bottom }

  /// From the top of the drawing.
  func height(of value: Int64) -> Int {
    ground - scale.place(value, of: ground - Self.top)
  }

  /// Lines at the ticks with their amounts; zero stands out.
  func grid() -> [Markup] {
    scale.ticks.flatMap { tick in
      let height = Figures.length(height(of: tick))
      return [
        Markup.tag(
          "line",
          [
            "class": tick == 0 ? "zero" : "grid", "x1": Figures.length(left),
            "x2": Figures.length(Self.width - Self.right),
            "y1": height, "y2": height,
          ]),
        Self.text(scale.label(tick), x: left - 60, y: self.height(of: tick) + 38, anchor: "end"),
      ]
    }
  }

  static func text(_ text: String, x: Int, y: Int, anchor: String = "start", _ style: String? = nil) -> Markup {
    .tag(
      "text",
      [
        "class": style, "x": Figures.length(x), "y": Figures.length(y), "text-anchor": anchor == "start" ? nil : anchor,
      ],
      Markup(text))
  }

  /// A place that stands out, and what is said of it: above everything that is drawn, with a line down to it.
  func note(_ text: String, x: Int, y: Int) -> [Markup] {
    let half = text.count * Self.letter / 2
    let middle = max(left + half, min(Self.width - half, x))
    return [
      .tag(
        "line",
        [
          "class": "leader", "x1": Figures.length(x), "x2": Figures.length(x), "y1": "16.5",
          "y2": Figures.length(max(165, y - 30)),
        ]),
      .tag("circle", ["class": "mark", "cx": Figures.length(x), "cy": Figures.length(y), "r": "3"]),
      Self.text(text, x: middle, y: 120, anchor: "middle", "note"),
    ]
  }

  /// What stands below the ground.
  func below(_ text: String, at x: Int) -> Markup {
    let half = text.count * Self.letter / 2
    return Self.text(text, x: max(half, min(Self.width - half, x)), y: Self.height - 70, anchor: "middle")
  }

  /// The whole drawing, which says in words what it shows.
  static func drawing(_ title: String, _ description: String, _ content: [Markup]) -> Markup {
    .tag(
      "svg",
      [
        "class": "plot", "role": "img", "viewBox": "0 0 \(Figures.length(width)) \(Figures.length(height))",
        "width": Figures.length(width), "height": Figures.length(height),
      ], all: [.tag("title", [:], Markup(title)), .tag("desc", [:], Markup(description))] + content)
  }
}

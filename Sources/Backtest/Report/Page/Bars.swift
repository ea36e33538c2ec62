/// Bars in the rows of a table. The number stands beside each, so they are for the eye alone.
enum Bars {
  /// A bar from the left.
  static func bar(_ value: Int64, of most: Int64, _ style: String) -> Markup {
    let width = length(value, of: most, 1_000)
    return drawing("0 0 100 10", rect(0, width, style))
  }

  /// A bar to the left or to the right of zero.
  static func diverging(_ value: Int64, of most: Int64, negative: String, positive: String) -> Markup {
    let width = length(value, of: most, 1_000)
    return drawing(
      "0 0 200 10",
      value < 0 ? rect(1_000 - width, width, negative) : rect(1_000, width, positive),
      .tag("line", ["class": "zero", "x1": "100", "x2": "100", "y1": "0", "y2": "10"]))
  }

  /// Never nothing for what is more than nothing.
  private static func length(_ value: Int64, of most: Int64, _ whole: Int) -> Int {
    guard value != 0, most > 0 else { return 0 }
    return max(8, min(whole, Int(Int128(value.magnitude) * Int128(whole) / Int128(most))))
  }

  private static func rect(_ x: Int, _ width: Int, _ style: String) -> Markup {
    .tag(
      "rect", ["class": style, "x": Figures.length(x), "y": "0", "width": Figures.length(width), "height": "10"])
  }

  private static func drawing(_ box: String, _ content: Markup...) -> Markup {
    .tag(
      "svg", ["class": "bar", "viewBox": box, "preserveAspectRatio": "none", "aria-hidden": "true"], all: content)
  }
}

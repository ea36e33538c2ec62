/// A table of a page: a caption, headings, rows whose first cell is what they are about.
struct PageTable {
  struct Column {
    var title: Markup
    /// Numbers stand to the right.
    var isNumber = true
    /// A narrow screen does without it.
    var canGo = false
    var isBar = false

    static func name(_ title: String) -> Column { Column(title: Markup(title), isNumber: false) }
    static func number(_ title: String, canGo: Bool = false) -> Column { Column(title: Markup(title), canGo: canGo) }
    static func text(_ title: String, canGo: Bool = false) -> Column {
      Column(title: Markup(title), isNumber: false, canGo: canGo)
    }
    /// Bars have no heading: they say what stands beside them.
    static let bar = Column(title: Markup(), isNumber: false, canGo: true, isBar: true)

    fileprivate var style: String? {
      let words = (isNumber ? ["n"] : []) + (canGo ? ["go"] : []) + (isBar ? ["bars"] : [])
      return words.isEmpty ? nil : words.joined(separator: " ")
    }
  }

  var caption: Markup
  var columns: [Column]
  private var body = Markup()

  init(_ caption: Markup, _ columns: [Column]) {
    self.caption = caption
    self.columns = columns
  }

  mutating func add(_ cells: [Markup], style: String? = nil) {
    var row: [Markup] = []
    for (column, cell) in zip(columns, cells) {
      row.append(
        row.isEmpty
          ? .tag("th", ["scope": "row", "class": column.style], cell) : .tag("td", ["class": column.style], cell))
    }
    body.add(.tag("tr", ["class": style], all: row))
  }

  /// A line over all columns: what was left out.
  mutating func add(rest: String) {
    body.add(.tag("tr", ["class": "rest"], .tag("td", ["colspan": "\(columns.count)"], Markup(rest))))
  }

  /// In a frame that is moved sideways where it is wider than the screen.
  var markup: Markup {
    let heads = columns.map { column in
      // A heading that says nothing is none.
      column.isBar
        ? Markup.tag("td", ["class": column.style]) : .tag("th", ["scope": "col", "class": column.style], column.title)
    }
    return .tag(
      "div", ["class": "frame"],
      .tag(
        "table", [:], .tag("caption", [:], caption), .tag("thead", [:], .tag("tr", [:], all: heads)),
        .tag("tbody", [:], body)))
  }
}

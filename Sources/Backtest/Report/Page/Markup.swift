/// A piece of a page. What it holds is markup already: texts get in through escaping only, so that nobody's name can be a tag.
///
/// What is written is both HTML and well-formed XML.
struct Markup: Sendable, ExpressibleByStringInterpolation {
  private(set) var source = ""

  init() {}

  /// A text of anybody's.
  init(_ text: String) { source = ShownMarks.escaped(text) }

  init(stringLiteral text: String) { self.init(text) }

  /// Markup that stands in this program.
  init(trusted source: StaticString) { self.source = source.description }

  /// Several one after another.
  init(_ pieces: [Markup]) { source = pieces.map(\.source).joined() }

  mutating func add(_ other: Markup) { source += other.source }

  /// Elements that have no end tag in HTML, and those of drawings that hold nothing.
  private static let empty: Set<String> = ["meta", "br", "col", "rect", "line", "path", "circle"]

  /// An element. Attributes that are nil are left out.
  static func tag(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ content: Markup...) -> Markup {
    tag(name, attributes, all: content)
  }

  static func tag(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], all content: [Markup]) -> Markup {
    var markup = Markup()
    markup.source = "<\(name)"
    for (key, value) in attributes {
      if let value { markup.source += " \(key)=\"\(ShownMarks.escaped(value))\"" }
    }
    if empty.contains(name) {
      markup.source += "/>"
      return markup
    }
    markup.source += ">"
    for piece in content { markup.source += piece.source }
    markup.source += "</\(name)>"
    if lined.contains(name) { markup.source += "\n" }
    return markup
  }

  /// Elements that end a line of the source, so that two pages can be told apart line by line.
  private static let lined: Set<String> = [
    "p", "h1", "h2", "h3", "h4", "tr", "table", "caption", "thead", "tbody", "section", "header", "footer", "main",
    "figure", "figcaption", "div", "dl", "dt", "dd", "ul", "li", "svg", "g", "text", "title", "style", "head", "body",
    "details", "summary", "article", "nav", "pre", "desc",
  ]
}

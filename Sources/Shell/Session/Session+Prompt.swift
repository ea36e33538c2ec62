import Diagnostics
import Lab
import Store
import Values

extension Session {
  /// What stands before the line: `payg acme ~try+2 @2026-10-15> `.
  ///
  /// Its colours are escape sequences; a line editor has to know that they take no room.
  public var prompt: String {
    var text = "payg"
    if let account = coordinates.account { text += " \(Session.short(account))" }
    if let name = coordinates.branch {
      let count = branches[name]?.steps.count ?? 0
      text += " " + ink.yellow("~\(Session.short(name))" + (count > 0 ? "+\(count)" : ""))
    }
    switch coordinates.moment {
    case .now: break
    case .before(let event): text += " " + ink.yellow("@#\(event)")
    case .after(let event): text += " " + ink.yellow("@#\(event)+")
    case .time(let time): text += " " + ink.yellow("@" + Session.brief(time))
    }
    if let policy = coordinates.policy { text += " under \(Session.short(policy))" }
    return text + (isBroken ? ink.red("!") : "") + "> "
  }

  /// What stands before the later lines of one input.
  public func continuation(of text: String) -> String {
    LineCutter(text).openQuote.map { "  \($0)...> " } ?? "   ...> "
  }

  /// At most so many columns are a name's, so that the line has room.
  private static func short(_ name: String) -> String {
    let most = 16
    let name = ShownText.text(name)
    return name.count <= most ? name : "\(name.prefix(7))…\(name.suffix(8))"
  }

  /// A time without its midnight.
  static func brief(_ time: Int64) -> String {
    let instant = Instant(microseconds: time)
    return time % Instant.perDay == 0 ? instant.dateText : "\(instant.description.prefix(16))"
  }

  /// What a session begins with: where it is, and three lines to type.
  public func banner(version: String) throws -> String {
    try look(Coordinates()) { world in
      let reader = world.reader
      let hash = try reader.policyHash
      let kind = reader.isTest ? "a test store" : "read-only"
      var text =
        ink.strong("payg \(version)")
        + " · \(ShownText.text(options.storeName)) (\(kind)) · policy \(PolicyTexts.short(hash))"
      text += " · \(Session.brief(reader.now)) UTC\n"
      text += "It asks and simulates; nothing you type here changes the store.\n"
      let lines = try firstLines(reader)
      let width = lines.map { ShownText.columns($0.line) }.max() ?? 0
      for (place, line) in lines.enumerated() {
        text += (place == 0 ? "try:  " : "      ") + ink.green(ShownText.text(line.line))
        text += String(repeating: " ", count: width - ShownText.columns(line.line)) + "   "
        text += ink.dim(ShownText.text(line.meaning)) + "\n"
      }
      return text + ink.dim("      .help lists everything, Tab completes, Ctrl-D leaves") + "\n"
    }
  }

  /// How many of the latest events are looked through for something worth asking about.
  private static let looked = 400

  /// Three lines worth typing in this store.
  private func firstLines(_ reader: StoreReader) throws -> [(line: String, meaning: String)] {
    let names = try reader.accountNames(prefix: "", limit: 1)
    guard let first = names.first else {
      return [("accounts", "there are none yet: payg account add acme --key k1")]
    }
    let latest = try reader.events(limit: Session.looked)
    guard let denied = latest.first(where: { $0.verdict == "denied" && !$0.id.isEmpty }) else {
      return [
        ("accounts", "who has what"), ("show \(Words.quoted(first))", "everything about an account"),
        ("spend \(Words.quoted(first)) for this month by day", "what it paid, as a chart"),
      ]
    }
    return [
      ("why \(Words.quoted(denied.id))", "why \(denied.account ?? "it") was told no"),
      ("need _", "what would have let it pass"),
      ("show \(Words.quoted(denied.account ?? first))", "everything about that account"),
    ]
  }
}

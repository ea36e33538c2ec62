import Foundation
import Testing
import Values

@testable import Backtest

@Suite("Pages of reports")
struct PageTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static func sweep(_ result: BacktestResult) throws -> SweepReport {
    var result = result
    let current = result.candidates[0]
    let pair = result.comparisons[0]
    (result.candidates, result.comparisons) = ([current], [])
    for (number, value) in ["$5.00", "$10.00", "$40.00"].enumerated() {
      var candidate = PageStage.candidate(
        value, denied: 40 - 10 * number, days: [(1, Int64(number + 1) * PageStage.dollar), (2, 0)])
      candidate.name = value
      result.candidates.append(candidate)
      var other = pair
      (other.b, other.candidate) = (value, number + 1)
      result.comparisons.append(other)
    }
    return SweepReport(try Sweep("limits.spending_limit in $5, $10, $40"), result)
  }

  /// Every kind of page.
  static func pages() throws -> [(name: String, page: String)] {
    var alone = PageStage.small()
    alone.candidates.removeLast()
    alone.comparisons = []
    var same = PageStage.small()
    same.candidates[1].money = same.candidates[0].money
    same.comparisons = [PairResult(a: "current", b: "ten.rules", candidate: 1)]
    var partial = PageStage.small()
    partial.isPartial = true
    var several = PageStage.small()
    several.candidates.append(several.candidates[1])
    several.candidates[2].name = "twenty.rules"
    several.comparisons.append(several.comparisons[0])
    (several.comparisons[1].b, several.comparisons[1].candidate) = ("twenty.rules", 2)
    var fees = PageStage.small()
    fees.candidates[1].money.fees = 20 * PageStage.dollar
    fees.candidates[1].changedEvents = 17
    fees.comparisons[0].accounts[0].b.fees = 20 * PageStage.dollar
    let results = [
      ("small", PageStage.small()), ("alone", alone), ("same", same), ("partial", partial), ("several", several),
      ("fees", fees), ("hostile", PageStage.hostile()), ("nothing", BacktestResult(traffic: "nothing")),
      ("large", PageStage.large(pairs: 1, accounts: 400, days: 366)),
    ]
    return results.map { ($0.0, ComparisonReport($0.1).page) } + [("sweep", try sweep(PageStage.small()).page)]
  }

  // MARK: - What it says

  @Test("the page of a small comparison is the golden one, and the same every time")
  func golden() throws {
    var report = ComparisonReport(PageStage.small())
    report.openings = ["balance is $40"]
    let page = report.page
    let file = Self.folder.appending(path: "page.html")
    if ProcessInfo.processInfo.environment["PAYG_UPDATE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(page.utf8).write(to: file)
    }
    let wanted = try String(contentsOf: file, encoding: .utf8)
    #expect(page == wanted, "PAYG_UPDATE_GOLDENS=1 writes it anew")
    report.result.seconds = 99
    #expect(report.page == wanted, "how long it took is no part of it")
  }

  @Test("the headline says it in plain words, worked out from the numbers")
  func headline() throws {
    func lead(_ result: BacktestResult) -> String {
      let text = PageChecker(ComparisonReport(result).page).text
      return String(text.split(separator: "\n").first { $0.hasPrefix("Had ") || $0.hasPrefix("Under ") } ?? "")
    }
    #expect(
      lead(PageStage.small())
        == "Had ten.rules been in force from 1 to 3 October 2026, 21 of 1,000 events (2.10%) would have been denied that "
        + "were allowed; 3 of 5 accounts would have noticed; customers would have been charged $6.51 less (−1.4%).")
    var other = PageStage.small()
    other.comparisons[0].a = "five.rules"
    other.comparisons[0].groups = [PageStage.group(.denyToAllow, 4)]
    other.candidates[1].money.absorbed = 7 * PageStage.dollar
    other.candidates[1].money.fees = 90 * PageStage.dollar
    other.span = PageStage.start...(PageStage.start + 1)
    #expect(
      lead(other)
        == "Had ten.rules been in force instead of five.rules on 1 October 2026, 4 of 1,000 events (0.40%) would have been "
        + "allowed that it denies; 3 of 5 accounts would have noticed; customers would have been charged $83.49 more "
        + "(+18.6%), plan fees included; the platform would have borne $7.00 more.")
    var alone = PageStage.small()
    alone.comparisons = []
    #expect(lead(alone).hasPrefix("Under current from 1 to 3 October 2026, 10 of 1,000 events (1.00%) were denied;"))
  }

  @Test("a result without a difference says so, and one that was stopped says that first")
  func extremes() throws {
    let pages = Dictionary(uniqueKeysWithValues: try Self.pages().map { ($0.name, PageChecker($0.page).text) })
    #expect(pages["same"]?.contains("nothing would have been different") == true)
    #expect(pages["small"]?.contains("nothing would have been different") == false)
    #expect(pages["partial"]?.hasPrefix("PARTIAL: ") == true)
    #expect(pages["partial"]?.contains("stopped before the end of the traffic") == true)
    #expect(pages["small"]?.contains("PARTIAL") == false)
    #expect(
      pages["fees"]?.contains("17 events were not as they had been") == true
        || pages["fees"]?.contains("17\nevents were not as they had been") == true)
    #expect(pages["hostile"]?.contains("breaks what its policy promises") == true)
    #expect(pages["nothing"]?.contains("No event was replayed") == true)
    #expect(pages["several"]?.contains("At a glance") == true)
  }

  @Test("amounts are rounded half up to the cent, with a real minus; small ones keep two digits")
  func figures() {
    #expect(Figures.money(-6_507_360_000) == "−$6.51")
    #expect(Figures.money(1_234_567_005_000_000) == "$1,234,567.01")
    #expect(Figures.money(4_999_999) == "$0.0050" && Figures.money(5_000_000) == "$0.01")
    #expect(Figures.money(-120_000) == "−$0.00012" && Figures.money(1) == "$0.000000001" && Figures.money(0) == "$0.00")
    #expect(Figures.money(.min) == "−$9,223,372,036.85" && Figures.money(.max) == "$9,223,372,036.85")
    #expect(Figures.passage(4, 4) == "$0.000000004")
    #expect(Figures.passage(0, 10_000_000) == "$0.00 → $0.01")
    #expect(Figures.passage(1_000_000_000, 1_000_000_120) == "$1.00, +$0.00000012")
    #expect(Figures.moneyChange(10_000_000) == "+$0.01")
    #expect(Figures.growth(1_000, 985) == "−1.5%" && Figures.growth(0, 5) == nil && Figures.growth(7, 7) == nil)
    #expect(Figures.growth(1_000_000, 1_000_001) == "under 0.1%" && Figures.growth(1, 1_000) == "+99,900%")
    #expect(Figures.growth(1, .min) != nil && Figures.growth(1, .max) != nil)
  }

  @Test("scales have round ticks that hold every amount", arguments: [UInt64(1), 2, 3])
  func scales(seed: UInt64) {
    var dice = Dice(seed)
    for _ in 0..<2_000 {
      let size = Int64(1) << dice.below(62)
      let (one, other) = (Int64(dice.below(Int(size))), Int64(dice.below(Int(size))))
      let (low, high) = (min(one, -other), max(one, -other))
      let scale = Scale(low, high, dice.below(2) == 0 ? .money : .count)
      #expect(scale.low <= low && scale.high >= high && scale.low < scale.high, "seed \(seed): \(low) to \(high)")
      #expect((2...7).contains(scale.ticks.count), "seed \(seed): \(low) to \(high): \(scale.ticks)")
      #expect(scale.place(low, of: 1_000) >= 0 && scale.place(high, of: 1_000) <= 1_000)
      #expect(
        Set(scale.ticks.map(scale.label)).count == scale.ticks.count, "seed \(seed): \(scale.ticks.map(scale.label))")
    }
    #expect(Scale(.min, .max, .money).ticks.count > 1)
    #expect(
      Scale(0, 52_300_000_000, .money).ticks.map(Scale(0, 52_300_000_000, .money).label) == ["$0", "$20", "$40", "$60"])
  }

  @Test("what changed in a text is told line by line")
  func differences() {
    func told(_ before: String, _ after: String, most: Int = 40) -> String {
      LineDifference(before, after, most: most).lines.map { line in
        ["same": " ", "removed": "-", "added": "+", "gap": "~"]["\(line.sign)", default: "?"] + line.text
      }.joined(separator: "|")
    }
    #expect(told("a\nb\nc", "a\nx\nc") == " a|-b|+x| c")
    #expect(told("", "a\nb") == "+a|+b")
    #expect(told("a\nb\nc\nd", "b\nd\ne") == "-a| b|-c| d|+e")
    #expect(told("same", "same") == "")
    let long = (0..<50).map(String.init).joined(separator: "\n")
    #expect(told(long, long + "\nend") == "~…| 46| 47| 48| 49|+end")
    #expect(LineDifference("", long, most: 10).rest == 40)
  }

  @Test("days that have nothing are drawn as nothing, and a long time in steps of several days")
  func axes() throws {
    let month = try #require(DayAxis(["2026-10-31", "2026-10-01", "no day"], most: 366))
    #expect(month.count == 31 && month.stride == 1 && month.ticks.map(\.text) == ["1 Oct", "8", "15", "22", "29"])
    let year = try #require(DayAxis(["2026-01-15", "2026-12-31"], most: 366))
    #expect(year.count == 351 && year.ticks.map(\.text) == ["Mar 2026", "May", "Jul", "Sep", "Nov"])
    let decade = try #require(DayAxis(["2016-01-01", "2026-12-31"], most: 366))
    #expect(decade.count <= 366 && decade.stride > 7 && decade.ticks.count <= 7)
    let eons = try #require(DayAxis(["1970-01-01", "9999-12-31"], most: 366))
    #expect(eons.count <= 366 && eons.ticks.count <= 12)
    #expect(DayAxis(["never"], most: 366) == nil)
  }

  @Test("values of a sweep stand at their distances where they are numbers")
  func values() {
    let money = ValueAxis(["$5.00", "$10.00", "$40.00"])
    #expect(money.isNumeric && (0..<3).map { money.place($0, of: 700) } == [0, 100, 700] && money.names[0] == "$5")
    #expect(!ValueAxis(["up", "down", "half_even"]).isNumeric && !ValueAxis(["$5", "5 tokens"]).isNumeric)
    #expect(ValueAxis(["1 day", "3 days"]).isNumeric == false && ValueAxis(["10%", "90%"]).isNumeric)
    #expect(ValueAxis(["5"]).place(0, of: 100) == 50)
  }

  // MARK: - What it is made of

  @Test("every page is well-formed, has one heading, and takes nothing from anywhere")
  func wellFormed() throws {
    let allowed: Set<String> = [
      "html", "head", "meta", "title", "style", "body", "main", "header", "section", "article", "div", "h1", "h2", "h3",
      "p", "strong", "b", "span", "code", "pre", "del", "ins", "dl", "dt", "dd", "figure", "figcaption", "table",
      "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "a", "svg", "desc", "path", "line", "rect",
      "circle", "text",
    ]
    for (name, page) in try Self.pages() {
      let checker = PageChecker(page)
      #expect(checker.faults.isEmpty, "\(name): \(checker.faults)")
      #expect(checker.elements["h1"] == 1 && checker.elements["main"] == 1, "\(name)")
      #expect(
        Set(checker.elements.keys).isSubset(of: allowed), "\(name): \(Set(checker.elements.keys).subtracting(allowed))")
      let attributes = Set(checker.attributes.keys.compactMap { $0.split(separator: " ").last.map(String.init) })
      #expect(
        attributes.allSatisfy { !$0.hasPrefix("on") && !["src", "style", "srcset", "action"].contains($0) }, "\(name)")
      #expect(checker.attributes["a href"]?.allSatisfy { $0.hasPrefix("#") } ?? true, "\(name)")
      #expect(
        checker.attributes["meta content"]?.contains("default-src 'none'; style-src 'unsafe-inline'") == true, "\(name)"
      )
      #expect(checker.attributes["html lang"] == ["en"])
      #expect(!PageStyle.sheet.source.contains("url(") && !PageStyle.sheet.source.contains("@import"))
      #expect(
        (checker.attributes["th scope"]?.count ?? 0) == (checker.elements["th"] ?? 0),
        "\(name): every heading says what it is over")
      #expect(checker.elements["caption"] == checker.elements["table"], "\(name): every table has a caption")
      #expect(
        (checker.attributes["svg role"]?.count ?? 0) + (checker.attributes["svg aria-hidden"]?.count ?? 0)
          == (checker.elements["svg"] ?? 0), "\(name)")
    }
  }

  @Test("a name is never more than a text", arguments: PageStage.names.indices)
  func escapes(number: Int) {
    let name = PageStage.names[number]
    let checker = PageChecker(Markup.tag("p", ["title": name], Markup(name)).source)
    #expect(checker.faults == ["no document type"], "\(checker.faults)")
    #expect(checker.elements == ["p": 1])
    let shown = checker.attributes["p title"]?.first ?? ""
    #expect(checker.text.hasPrefix(shown))
    #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
    #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .format })
    if name.unicodeScalars.allSatisfy({ (0x20..<0x7F).contains($0.value) }) { #expect(shown == name) }
    #expect(!name.contains("\u{202E}") || shown.contains("⟨U+202E⟩"))
  }

  @Test(
    "however much there is, a page can be mailed, and says what it leaves out",
    arguments: [(1, 100_000, 366), (1, 10, 20_000), (4, 5_000, 366), (31, 500, 366)])
  func sizes(pairs: Int, accounts: Int, days: Int) {
    let page = ComparisonReport(PageStage.large(pairs: pairs, accounts: accounts, days: days)).page
    #expect(page.utf8.count < 1_000_000, "\(page.utf8.count) bytes")
    let checker = PageChecker(page)
    #expect(checker.faults.isEmpty, "\(checker.faults)")
    if accounts > 200 { #expect(checker.text.contains("more accounts: ")) }
    #expect(checker.text.contains("more ways") && checker.text.contains("more declarations"))
    if days > 366 { #expect(checker.text.contains("Each step is ")) }
  }

  @Test("a sweep has a dot for each value, and its text has bars within the width")
  func sweeps() throws {
    let report = try Self.sweep(PageStage.small())
    let checker = PageChecker(report.page)
    #expect(
      checker.attributes["circle class"]?.filter { $0 == "dot" }.count == 9, "three outcomes that differ, three values")
    #expect(checker.text.contains("With limits.spending_limit at $5.00 to $40.00"))
    for width in [40, 60, 80, 200] {
      let text = report.text(width: width)
      let lines = text.split(separator: "\n").filter { $0.hasPrefix("  ") }
      #expect(lines.allSatisfy { $0.count <= max(60, width) }, "\(width):\n\(text)")
      #expect(text.contains("    $5.00 ") && text.contains("----") && text.contains("++++"), "\(text)")
    }
    #expect(report.text(width: 200).contains("quota") && !report.text(width: 60).contains("quota"))
    #expect(report.text(color: true).contains("\u{1B}[32m") && !report.text().contains("\u{1B}"))
  }

  @Test("JSON says how many events were supposed otherwise")
  func changedEvents() {
    var result = PageStage.small()
    result.candidates[1].changedEvents = 17
    #expect(ComparisonReport(result).json["candidates"]?.elements.map { $0["changed_events"] } == [0, 17])
  }

  @Test("the texts of what changed are at hand, and the titles of reforms")
  func texts() throws {
    let tried = Stage.candidate("cheap", Stage.reform("limits.spending_limit default $10"))
    let rules = ChangedRules.between(Stage.current, tried)
    let rule = try #require(rules.first)
    #expect(rules.count == 1 && rule.before.hasPrefix("setting spending_limit: "))
    #expect(rule.after == rule.before + "\nlimits.spending_limit default $10")
    #expect(ChangedRules.reforms(of: tried, notIn: Stage.current) == ["a try"])
    #expect(ChangedRules.reforms(of: Stage.current, notIn: tried).isEmpty)
    let back = try #require(ChangedRules.between(tried, Stage.current).first)
    #expect(back.before == rule.after && back.after == rule.before)
  }
}

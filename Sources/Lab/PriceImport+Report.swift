import Formats
import Values

// What an import shows: the table for the rules, and what happened to every entry that is not simply in it.

extension PriceImport {
  /// The columns of ``csv``, as the `price` table of the rules names them.
  public static let columns = ["model", "input", "cached", "output"]

  /// The prices as CSV (RFC 4180, lines ending in LF): dollars per 1M tokens in plain decimals, an empty cell where a
  /// model has no rate for cached input. Six decimals are exactly a pico-dollar per token, so nothing is rounded.
  public var csv: String {
    var text = PriceImport.columns.joined(separator: ",") + "\n"
    for price in prices {
      let cells = [
        PriceImport.cell(price.model), price.input.perMillion, price.cached?.perMillion ?? "", price.output.perMillion,
      ]
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  /// A cell, in quotes when it would not be read back as it is.
  private static func cell(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D].contains($0) }
    guard needsQuotes || text.hasPrefix(" ") || text.hasSuffix(" ") else { return text }
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    return "\"\(doubled)\""
  }

  /// One line for each repair, then for each refusal, then ``summary``.
  public var report: String {
    var text = ""
    for repair in repairs {
      text += "repaired \(PriceImport.shown(repair.model)): `\(repair.name)` \(repair.text) a token is \(repair.rate)\n"
    }
    for refusal in refusals {
      text += "refused \(PriceImport.shown(refusal.model)): \(refusal.reason)\n"
    }
    return text + summary + "\n"
  }

  /// A name from the list in backticks, with nothing in it that a terminal would obey.
  private static func shown(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars.prefix(nameLimit) {
      text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
    }
    return "`\(text)`"
  }

  /// `3324 models imported (3289 as written, 35 repaired), 4 refused, 0 not priced by the token left out`
  public var summary: String {
    let models = prices.count == 1 ? "1 model" : "\(prices.count) models"
    let asWritten = prices.count - repairedModelCount
    return "\(models) imported (\(asWritten) as written, \(repairedModelCount) repaired), \(refusals.count) refused, "
      + "\(otherCount) not priced by the token left out"
  }

  /// The counts and the two lists for programs; the prices too, when they go nowhere else. Rates are texts, so that no
  /// reader makes binary fractions of them.
  public func json(withPrices: Bool) -> Json {
    var members: [Json.Member] = [
      .init("imported", .integer(Int64(prices.count))),
      .init("repaired", .integer(Int64(repairedModelCount))),
      .init("refused", .integer(Int64(refusals.count))),
      .init("left_out", .integer(Int64(otherCount))),
      .init("repairs", .list(repairs.map(PriceImport.json))),
      .init("refusals", .list(refusals.map(PriceImport.json))),
    ]
    if withPrices { members.append(.init("prices", .list(prices.map(PriceImport.json)))) }
    return .object(members)
  }

  private static func json(_ repair: Repair) -> Json {
    [
      "model": .text(repair.model), "name": .text(repair.name), "written": .text(repair.text),
      "per_million": .text(repair.rate.perMillion),
    ]
  }

  private static func json(_ refusal: Refusal) -> Json {
    ["model": .text(refusal.model), "reason": .text(refusal.reason)]
  }

  private static func json(_ price: ModelPrice) -> Json {
    [
      "model": .text(price.model), "input": .text(price.input.perMillion),
      "cached": price.cached.map { .text($0.perMillion) } ?? .null, "output": .text(price.output.perMillion),
    ]
  }
}

extension Rate {
  /// Dollars per 1M tokens in plain decimals with none to spare: `2.5`, `0.0375`, `0`. For a rate of zero or more.
  var perMillion: String {
    let (dollars, millionths) = pico.quotientAndRemainder(dividingBy: 1_000_000)
    guard millionths != 0 else { return "\(dollars)" }
    let digits = "\(millionths)"
    var decimals = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
    while decimals.hasSuffix("0") { decimals.removeLast() }
    return "\(dollars).\(decimals)"
  }
}

import Diagnostics
import Formats
import Values

/// The prices of a public price list, read digit by digit.
///
/// The list is one JSON object: model → `input_cost_per_token`, `output_cost_per_token` and, where there is one,
/// `cache_read_input_token_cost`, in dollars per token. This is the form of LiteLLM's list. A price that cannot be kept
/// exactly is refused by name, never rounded; what only carries the noise of a binary fraction is repaired and listed.
public struct PriceImport: Sendable {
  /// What was read, sorted by the bytes of the model's name.
  public private(set) var prices: [ModelPrice] = []
  /// Rates whose text carried noise, in the order of the list.
  public private(set) var repairs: [Repair] = []
  /// Models that are not among the prices, in the order of the list.
  public private(set) var refusals: [Refusal] = []
  /// How many entries are not priced by the token of text: images, audio, embeddings.
  public private(set) var otherCount = 0

  /// How many models had at least one rate repaired.
  public var repairedModelCount: Int { Set(repairs.map(\.model)).count }

  /// What one model costs.
  public struct ModelPrice: Hashable, Sendable {
    public var model: String
    public var input: Rate
    /// For the part of the prompt that was served from the cache; nil: the list names none.
    public var cached: Rate?
    public var output: Rate
  }

  /// A rate that was read as the number its author meant.
  public struct Repair: Hashable, Sendable {
    public var model: String
    /// The rate's name in the list.
    public var name: String
    /// The rate as it was written, in dollars per token.
    public var text: String
    public var rate: Rate
  }

  /// A model that was left out, and why.
  public struct Refusal: Hashable, Sendable {
    public var model: String
    /// A lower-case sentence.
    public var reason: String
  }

  /// The modes whose models are priced by the token of text. An entry without a mode is taken as one of them.
  public static let modes: Set<String> = ["chat", "completion", "responses"]
  /// The significant digits that a number printed from a binary fraction can be trusted for.
  public static let trustedDigits = 15
  /// The longest name of a model, in bytes. The longest known one has 76.
  public static let nameLimit = 256

  /// Reads a whole list.
  ///
  /// - Throws: ``PriceImport/Failure`` when the text is not JSON or not an object of models. What is wrong with single
  ///   models is no error: those are in ``refusals``.
  public init(reading list: Source) throws(Failure) {
    let members: [Json.Member]
    do throws(JsonReader.Failure) {
      guard case .object(let found) = try JsonReader.read(list.bytes) else {
        throw JsonReader.Failure(
          message: "expected an object of models at the top",
          help: "write `{\"gpt-4o\": {\"input_cost_per_token\": 2.5e-06, \"output_cost_per_token\": 1e-05}}`",
          line: 1, column: 1)
      }
      members = found
    } catch {
      throw Failure(
        message: "`\(list.name)` is not a price list: line \(error.line), column \(error.column): \(error.message)",
        help: error.help)
    }
    for member in members { take(member) }
    prices.sort { $0.model.utf8.lexicographicallyPrecedes($1.model.utf8) }
  }

  /// Why a file is not a price list.
  public struct Failure: Error, Hashable, Sendable {
    /// A lower-case sentence with the file and the place in it.
    public var message: String
    public var help: String?
  }
}

// MARK: - One entry

extension PriceImport {
  private mutating func take(_ entry: Json.Member) {
    let model = entry.name
    if let mode = entry.value["mode"]?.text, !PriceImport.modes.contains(mode) {
      otherCount += 1
      return
    }
    do throws(Reason) {
      try PriceImport.check(name: model)
      guard case .object = entry.value else { throw Reason("expected an object, found \(entry.value.kindName)") }
      let input = try PriceImport.rate("input_cost_per_token", of: entry.value)
      let output = try PriceImport.rate("output_cost_per_token", of: entry.value)
      let cached = try PriceImport.rate("cache_read_input_token_cost", of: entry.value)
      guard let input else { throw Reason("no `input_cost_per_token`") }
      guard let output else { throw Reason("no `output_cost_per_token`") }
      prices.append(ModelPrice(model: model, input: input.rate, cached: cached?.rate, output: output.rate))
      for read in [input, cached, output].compactMap({ $0 }) where read.isRepaired {
        repairs.append(Repair(model: model, name: read.name, text: read.text, rate: read.rate))
      }
    } catch {
      refusals.append(Refusal(model: model, reason: error.text))
    }
  }

  private struct Reason: Error {
    var text: String
    init(_ text: String) { self.text = text }
  }

  private struct ReadRate {
    var name: String
    var text: String
    var rate: Rate
    var isRepaired: Bool
  }

  private static func check(name: String) throws(Reason) {
    if name.isEmpty { throw Reason("the model has no name") }
    if name.utf8.count > nameLimit { throw Reason("the name is longer than \(nameLimit) bytes") }
    // A name stands in rule files and in one line of a table.
    if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw Reason("a control character in the name")
    }
  }

  /// The rate with this name, exactly; nil where the entry has none.
  private static func rate(_ name: String, of entry: Json) throws(Reason) -> ReadRate? {
    guard let value = entry[name], !value.isNull else { return nil }
    let text: String
    switch value {
    case .integer(let whole): text = String(whole)
    case .number(let written): text = written
    default: throw Reason("`\(name)` is \(value.kindName), not a number")
    }
    // Far more than 64 digits need; what is longer would only fill the report.
    guard text.utf8.count <= ValueError.textLimit else {
      throw Reason("`\(name)` is written with more than \(ValueError.textLimit) characters")
    }
    let number: DecimalText
    do { number = try DecimalText(parsing: text) } catch { throw Reason("`\(name)`: \(error.message)") }
    if number.isNegative { throw Reason("`\(name)` is negative: `\(text)`") }
    var pico = PriceImport.pico(of: number)
    var isRepaired = false
    if case .failure(.inexact) = pico {
      pico = PriceImport.pico(of: number.roundedToSignificant(trustedDigits))
      isRepaired = true
    }
    switch pico {
    case .success(let pico) where pico <= Rate.largest.pico:
      return ReadRate(name: name, text: text, rate: Rate(pico: pico), isRepaired: isRepaired)
    case .success, .failure(.outOfRange):
      throw Reason("`\(name)` is more than \(Rate.largest): `\(text)` a token")
    case .failure:
      throw Reason("`\(name)` is finer than a millionth of a dollar per 1M tokens: `\(text)` a token")
    }
  }

  /// Pico-dollars per token from dollars per token.
  private static func pico(of dollars: DecimalText) -> Result<Int64, ValueError> {
    do { return .success(try dollars.scaled(toPower: 12)) } catch { return .failure(error) }
  }
}

import CPaygPlugin
import Engine
import Language

/// Turns what a library says of itself into definitions, and trusts none of it: texts, counts, types and ranges are
/// checked one by one. Only its pointers have to be believed, which is why a library is first read in another process.
struct DescriptionReader {
  /// Functions, effects or providers of one plugin. A plugin has a handful; a count above this is no count.
  static let wordLimit = 256
  /// Parameters of a function. The engine takes more, people do not.
  static let parameterLimit = 16
  /// Fields of an effect.
  static let fieldLimit = 8
  /// Operations of one use of an effect.
  static let operationLimit = 16
  /// Bytes of a name: what fits a word of the rule language.
  static let nameLimit = Limits.standard.identifierBytes
  /// Bytes of a sentence for people, a version or a function's example.
  static let sentenceLimit = 300
  /// Bytes of an effect's example, which is a small policy.
  static let policyLimit = 8 << 10

  struct Slip: Error {
    /// The rest of a sentence about the library.
    var reason: String
    var help: String?
  }

  let path: String

  // MARK: - The plugin

  func plugin(_ pointer: UnsafePointer<payg_description>?) throws(Slip) -> NativePlugin {
    guard let pointer else { throw Slip(reason: "its `payg_plugin` returns no description") }
    // Another version may be shorter, so the two first numbers are read before the rest.
    let head = UnsafeRawPointer(pointer).loadUnaligned(as: (version: UInt32, size: UInt32).self)
    guard head.version == PAYG_PLUGIN_ABI else {
      throw Slip(
        reason: "it was built for version \(head.version) of the interface, and this payg has \(PAYG_PLUGIN_ABI)",
        help: "build it again with the `payg_plugin.h` of this payg")
    }
    let size = MemoryLayout<payg_description>.size
    guard head.size >= size else {
      throw Slip(
        reason: "its description has \(head.size) bytes, and version \(PAYG_PLUGIN_ABI) has \(size)",
        help: ".struct_size = sizeof(payg_description)")
    }
    let plugin = pointer.pointee
    let name = try word(plugin.name, "the plugin's name", hyphens: true)
    return NativePlugin(
      path: path, name: name, version: try sentence(plugin.version, "the version of `\(name)`"),
      summary: try sentence(plugin.summary, "the summary of `\(name)`"),
      functions: try unique(
        rows(plugin.functions, plugin.function_count, Self.wordLimit, "functions"), named: \.name, function),
      effects: try unique(rows(plugin.effects, plugin.effect_count, Self.wordLimit, "effects"), named: \.verb, effect),
      providers: try unique(
        rows(plugin.providers, plugin.provider_count, Self.wordLimit, "providers"), named: \.name, provider))
  }

  /// Each row read, with no name twice.
  private func unique<Row, Definition>(
    _ rows: UnsafeBufferPointer<Row>, named: (Definition) -> String,
    _ read: (Row, Int) throws(Slip) -> Definition
  ) throws(Slip) -> [Definition] {
    var found: [Definition] = []
    var names: Set<String> = []
    for (index, row) in rows.enumerated() {
      let definition = try read(row, index + 1)
      guard names.insert(named(definition)).inserted else {
        throw Slip(reason: "it brings `\(named(definition))` twice")
      }
      found.append(definition)
    }
    return found
  }

  // MARK: - Functions

  private func function(_ row: payg_function, _ number: Int) throws(Slip) -> FunctionDefinition {
    let name = try word(row.name, "the name of function \(number)")
    var parameters: [FunctionDefinition.Parameter] = []
    var names: Set<String> = []
    for (index, parameter) in try rows(
      row.parameters, row.parameter_count, Self.parameterLimit, "parameters of `\(name)`"
    ).enumerated() {
      let read = try self.parameter(parameter, "parameter \(index + 1) of `\(name)`")
      guard names.insert(read.name).inserted else {
        throw Slip(reason: "`\(name)` has two parameters `\(read.name)`")
      }
      parameters.append(read)
    }
    guard let code = row.body else { throw Slip(reason: "`\(name)` has no body: its pointer is null") }
    let body = NativeBody(code: code)
    return FunctionDefinition(
      name: name, summary: try sentence(row.summary, "the summary of `\(name)`"), parameters: parameters,
      result: try parameter(row.result, "the result of `\(name)`"),
      example: (
        try sentence(row.example, "the example of `\(name)`"),
        try sentence(row.example_result, "the example's result of `\(name)`")
      ),
      body: { body.code($0.baseAddress) })
  }

  private func parameter(_ row: payg_parameter, _ what: String) throws(Slip) -> FunctionDefinition.Parameter {
    let name = try word(row.name, "the name of \(what)")
    guard let type = Self.types[row.type], type != .card else {
      throw Slip(reason: "\(what) has the type \(row.type), which is none of `PAYG_MONEY` … `PAYG_DURATION`")
    }
    guard row.flags == 0 else { throw Slip(reason: "\(what) has the flags \(row.flags), and there are none") }
    if row.low == Int64.min, row.high == Int64.max { return FunctionDefinition.Parameter(name, type) }
    guard row.low <= row.high else {
      throw Slip(reason: "\(what) has the range \(row.low) to \(row.high), which is empty")
    }
    let natural = type.naturalRange
    guard natural.contains(row.low), natural.contains(row.high) else {
      throw Slip(
        reason: "\(what) has the range \(row.low) to \(row.high), and \(type.name) goes from \(natural.low) "
          + "to \(natural.high)", help: "PAYG_ANY")
    }
    return FunctionDefinition.Parameter(name, type, range: ValueRange(row.low, row.high))
  }

  // Ratios are packed in a way that is payg's own, and the others are indices that mean nothing outside of an account.
  static let types: [Int32: ValueType] = [
    Int32(PAYG_MONEY): .money, Int32(PAYG_RATE): .rate, Int32(PAYG_TOKENS): .tokens, Int32(PAYG_INTEGER): .integer,
    Int32(PAYG_BOOL): .bool, Int32(PAYG_TIME): .time, Int32(PAYG_DURATION): .duration, Int32(PAYG_CARD): .card,
  ]

  // MARK: - Effects

  private func effect(_ row: payg_effect, _ number: Int) throws(Slip) -> EffectDefinition {
    let verb = try word(row.verb, "the verb of effect \(number)")
    var fields: [EffectDefinition.Field] = []
    for (index, row) in try rows(row.fields, row.field_count, Self.fieldLimit, "fields of `\(verb)`").enumerated() {
      let field = try self.field(row, "field \(index + 1) of `\(verb)`")
      guard !fields.contains(where: { $0.name == field.name }) else {
        throw Slip(reason: "`\(verb)` has two fields `\(field.name)`")
      }
      fields.append(field)
    }
    let found = try rows(row.operations, row.operation_count, Self.operationLimit, "operations of `\(verb)`")
    guard !found.isEmpty else { throw Slip(reason: "`\(verb)` has no operations, so it would do nothing") }
    var operations: [OperationTemplate] = []
    for (index, row) in found.enumerated() {
      let what = "operation \(index + 1) of `\(verb)`"
      guard row.flags == 0 else { throw Slip(reason: "\(what) has the flags \(row.flags), and there are none") }
      let fixed = row.word == nil ? nil : try word(row.word, "the word of \(what)")
      let places = [row.arguments.0, row.arguments.1, row.arguments.2, row.arguments.3]
      operations.append(
        try OperationTemplate(code: row.code, arguments: places, word: fixed, fields: fields, what: what))
    }
    guard operations.count(where: \.pays) < 2 else {
      throw Slip(reason: "`\(verb)` pays twice, and an event pays once")
    }
    let templates = operations
    return EffectDefinition(
      verb: verb, summary: try sentence(row.summary, "the summary of `\(verb)`"), fields: fields,
      example: try text(row.example, "the example of `\(verb)`", limit: Self.policyLimit, lines: true),
      draws: operations.contains(where: \.pays) ? .pay : nil,
      lower: { arguments in templates.compactMap { $0.lowered(arguments) } })
  }

  private func field(_ row: payg_field, _ what: String) throws(Slip) -> EffectDefinition.Field {
    let name = try word(row.name, "the name of \(what)")
    var label: String?
    if row.label != nil {
      let found = try text(row.label, "the label of \(what)", limit: Self.nameLimit)
      guard Words.labels.contains(found) else {
        throw Slip(
          reason: "\(what) has the label `\(Excerpt.text(found))`",
          help: "the labels are \(Words.labels.sorted().joined(separator: ", "))")
      }
      label = found
    }
    guard row.flags & ~PAYG_FIELD_OPTIONAL == 0, row.reserved == 0 else {
      throw Slip(reason: "\(what) has flags that version \(PAYG_PLUGIN_ABI) does not have")
    }
    let kind: EffectDefinition.Field.Kind
    switch Int(row.kind) {
    case PAYG_FIELD_VALUE:
      guard let type = Self.types[row.type] else {
        throw Slip(reason: "\(what) has the type \(row.type), which is none of `PAYG_MONEY` … `PAYG_CARD`")
      }
      kind = .value(type)
    case PAYG_FIELD_BUCKET: kind = .bucket
    case PAYG_FIELD_WORD: kind = .word
    case PAYG_FIELD_ASSIGNMENT: kind = .assignment
    case PAYG_FIELD_DENIAL: kind = .denial
    default: throw Slip(reason: "\(what) has the kind \(row.kind), which is none of `PAYG_FIELD_…`")
    }
    return EffectDefinition.Field(label, name, kind, isRequired: row.flags & PAYG_FIELD_OPTIONAL == 0)
  }

  // MARK: - Providers

  private func provider(_ row: payg_provider, _ number: Int) throws(Slip) -> any PaymentProvider {
    let name = try word(row.name, "the name of provider \(number)", hyphens: true)
    guard let send = row.send else { throw Slip(reason: "provider `\(name)` cannot send: its pointer is null") }
    return NativeProvider(
      name: name, summary: try sentence(row.summary, "the summary of `\(name)`"), send: send, context: row.context)
  }

  // MARK: - Counts and texts

  private func rows<Row>(
    _ start: UnsafePointer<Row>?, _ count: Int, _ limit: Int, _ what: String
  ) throws(Slip) -> UnsafeBufferPointer<Row> {
    // A count above the largest signed number arrives below zero.
    guard (0...limit).contains(count) else {
      throw Slip(reason: "it says it has \(UInt(bitPattern: count)) \(what), and at most \(limit) are read")
    }
    guard count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    guard let start else { throw Slip(reason: "it says it has \(count) \(what), but their pointer is null") }
    return UnsafeBufferPointer(start: start, count: count)
  }

  /// A word of the rule language.
  private func word(_ start: UnsafePointer<CChar>?, _ what: String, hyphens: Bool = false) throws(Slip) -> String {
    let found = try text(start, what, limit: Self.nameLimit)
    let isWord = found.utf8.enumerated().allSatisfy { place, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): place > 0
      case UInt8(ascii: "-"): hyphens && place > 0 && place < found.utf8.count - 1
      default: false
      }
    }
    guard isWord else {
      throw Slip(
        reason: "\(what) is `\(Excerpt.text(found))`, which is no word", help: "small letters, digits and `_`")
    }
    guard !Words.reserved.contains(found), !["min", "max"].contains(found) else {
      throw Slip(reason: "\(what) is `\(found)`, which the rule language keeps for itself")
    }
    return found
  }

  private func sentence(_ start: UnsafePointer<CChar>?, _ what: String) throws(Slip) -> String {
    try text(start, what, limit: Self.sentenceLimit)
  }

  private func text(
    _ start: UnsafePointer<CChar>?, _ what: String, limit: Int, lines: Bool = false
  ) throws(Slip) -> String {
    guard let start else { throw Slip(reason: "\(what) is missing: its pointer is null") }
    var bytes: [UInt8] = []
    while bytes.count <= limit, start[bytes.count] != 0 { bytes.append(UInt8(bitPattern: start[bytes.count])) }
    guard bytes.count <= limit else { throw Slip(reason: "\(what) has more than \(limit) bytes") }
    guard !bytes.isEmpty else { throw Slip(reason: "\(what) is empty") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Slip(reason: "\(what) is not UTF-8") }
    let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (lines && $0 == UInt8(ascii: "\n")) }
    guard isPlain else { throw Slip(reason: "\(what) has a control character") }
    return text
  }
}

/// The body of a function in a library.
struct NativeBody: @unchecked Sendable {
  // Code of a library that is never unloaded; the interface demands that it is pure.
  let code: @convention(c) (UnsafePointer<Int64>?) -> Int64
}

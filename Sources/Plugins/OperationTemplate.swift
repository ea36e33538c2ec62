import CPaygPlugin
import Language

/// One operation of an effect that is described as data: which argument of the effect fills which place of it.
struct OperationTemplate: Sendable {
  private enum Code: Sendable {
    case pay
    case credit
    case debit
    case set
    case notify
    case collect
  }

  /// What may stand in a place.
  private enum Place: Sendable {
    case money
    case card
    case bucket
    case assignment
    /// May also be a fixed word of the operation.
    case word
    case optionalWord
    case optionalDenial

    func takes(_ kind: EffectDefinition.Field.Kind) -> Bool {
      switch (self, kind) {
      case (.money, .value(.money)), (.card, .value(.card)), (.bucket, .bucket), (.assignment, .assignment),
        (.word, .word), (.optionalWord, .word), (.optionalDenial, .denial):
        true
      default: false
      }
    }

    var text: String {
      switch self {
      case .money: "an amount of money"
      case .card: "a card"
      case .bucket: "a bucket"
      case .assignment: "an assignment"
      case .word, .optionalWord: "a word"
      case .optionalDenial: "a denial"
      }
    }
  }

  private static let forms: [Int32: (code: Code, name: String, places: [Place])] = [
    Int32(PAYG_PAY): (.pay, "pay", [.money]),
    Int32(PAYG_CREDIT): (.credit, "credit", [.money, .bucket, .optionalWord]),
    Int32(PAYG_DEBIT): (.debit, "debit", [.money, .bucket]),
    Int32(PAYG_SET): (.set, "set", [.assignment]),
    Int32(PAYG_NOTIFY): (.notify, "notify", [.word]),
    Int32(PAYG_COLLECT): (.collect, "collect", [.money, .card, .bucket, .optionalDenial]),
  ]

  private let code: Code
  /// The names of the fields that fill its places; nil where none does.
  private let names: [String?]
  private let word: String?

  init(
    code number: Int32, arguments: [Int32], word: String?, fields: [EffectDefinition.Field], what: String
  ) throws(DescriptionReader.Slip) {
    guard let form = Self.forms[number] else {
      throw DescriptionReader.Slip(
        reason: "\(what) has the code \(number), and this payg knows \(Self.forms.keys.min() ?? 0) "
          + "to \(Self.forms.keys.max() ?? 0)", help: "build it for this payg, or use a newer payg")
    }
    var names: [String?] = []
    for (place, argument) in zip(form.places, arguments) {
      if argument == PAYG_NONE {
        let isOpen =
          switch place {
          case .optionalWord, .optionalDenial: true
          case .word: word != nil
          default: false
          }
        guard isOpen else { throw DescriptionReader.Slip(reason: "\(what), `\(form.name)`, needs \(place.text)") }
        names.append(nil)
        continue
      }
      guard fields.indices.contains(Int(argument)) else {
        throw DescriptionReader.Slip(
          reason: "\(what), `\(form.name)`, takes field \(argument), and there are \(fields.count), from 0")
      }
      let field = fields[Int(argument)]
      guard place.takes(field.kind) else {
        throw DescriptionReader.Slip(
          reason: "\(what), `\(form.name)`, takes field \(argument), `\(field.name)`, where it needs \(place.text)")
      }
      // Which events pay is known before their rules are checked, so it cannot depend on what an author leaves out.
      guard form.code != .pay || field.isRequired else {
        throw DescriptionReader.Slip(reason: "\(what), `pay`, takes `\(field.name)`, which may be left out")
      }
      names.append(field.name)
    }
    guard arguments.dropFirst(form.places.count).allSatisfy({ $0 == PAYG_NONE }) else {
      throw DescriptionReader.Slip(
        reason: "\(what), `\(form.name)`, takes \(form.places.count) arguments", help: "PAYG_NONE for the others")
    }
    code = form.code
    self.names = names
    self.word = word
  }

  var pays: Bool { code == .pay }

  /// The operation for one use of the effect; nil where an argument that it needs was left out.
  func lowered(_ arguments: EffectArguments) -> Operation? {
    func value(_ place: Int) -> Expr? { names[place].flatMap { arguments.values[$0] } }
    func bucket(_ place: Int) -> Int? { names[place].flatMap { arguments.buckets[$0] } }
    func word(_ place: Int) -> String? { names[place].flatMap { arguments.words[$0] } ?? self.word }
    switch code {
    case .pay: return value(0).map { .pay($0) }
    case .credit:
      guard let amount = value(0), let bucket = bucket(1) else { return nil }
      return .credit(amount, bucket: bucket, lotKind: word(2) ?? "paid")
    case .debit:
      guard let amount = value(0), let bucket = bucket(1) else { return nil }
      return .debit(amount, bucket: bucket)
    case .set: return arguments.assignment.map { .set(setting: $0.setting, $0.value) }
    case .notify: return word(0).map { .notify(level: $0) }
    case .collect:
      guard let amount = value(0), let card = value(1), let bucket = bucket(2) else { return nil }
      return .collect(amount, card: card, bucket: bucket, denial: names[3].flatMap { arguments.denials[$0] })
    }
  }
}

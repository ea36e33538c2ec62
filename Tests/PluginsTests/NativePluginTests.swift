import CPaygPlugin
import Diagnostics
import Engine
import Foundation
import Language
import Standard
import Testing

@testable import Plugins

/// Libraries that are plugins, and those that are refused.
@Suite("Native plugins")
struct NativePluginTests {
  // MARK: - The example

  @Test("the example brings a function, an effect and a provider")
  func example() throws {
    try Library.with("fees") { path throws in
      let plugin = try NativePlugin.load(path, beside: [StandardPlugin()], probe: nil)
      #expect(plugin.name == "fees" && plugin.version == "1" && plugin.path == path)
      let function = try #require(plugin.functions.first)
      #expect(function.name == "days_late" && function.parameters.map(\.name) == ["due", "paid"])
      #expect(
        function.parameters.allSatisfy { $0.type == QualifiedType(.time) && $0.range == ValueType.time.naturalRange })
      #expect(function.result.range == ValueRange(0, 365))
      let day: Int64 = 86_400_000_000
      #expect([day, 5 * day].withUnsafeBufferPointer(function.body) == 4)
      #expect([5 * day, day].withUnsafeBufferPointer(function.body) == 0)
      let effect = try #require(plugin.effects.first)
      #expect(effect.verb == "charge_fee" && effect.draws == nil)
      #expect(effect.fields.map(\.label) == [nil, "from", "because"])
      #expect(plugin.providers.map(\.name) == ["sandbox"])
    }
  }

  @Test("rules can use its words, and a decision runs them")
  func rules() throws {
    try Library.with("fees") { path throws in
      let plugin = try NativePlugin.load(path, beside: [StandardPlugin()], probe: nil)
      let vocabulary = try PluginRegistry([StandardPlugin(), plugin]).vocabulary
      #expect(vocabulary.effects.first { $0.verb == "charge_fee" }?.plugin == "fees")
      var sources = SourceMap()
      let number = sources.add(
        Source(
          name: "policy.rules",
          text: """
            policy invoices "late ones cost"
            bucket balance draw 1 else too_little
            denial too_little 402 rank 1 "Too little"
            event invoice
              amount: money in $0..$1000
              due: time
            on invoice rule charge  pay invoice.amount
            after invoice rule late
              when days_late(invoice.due, now) > 2
              charge_fee $5 from balance because late

            """))
      let (file, mistakes) = Parser.parse(source: number, in: sources)
      let (program, found) = Checker.check(files: [file], sources: sources, vocabulary: vocabulary)
      #expect((mistakes + found).map(\.message) == [])
      let effect = try #require(program.rules.first { $0.name == "invoices.late" }?.effects.first)
      #expect(effect.operations.count == 2)
      guard case .debit(_, bucket: 0) = effect.operations[0], case .notify(level: "late") = effect.operations[1] else {
        Issue.record("\(effect.operations)")
        return
      }
      _ = try RuleEngine(program)
    }
  }

  @Test("its provider answers, fails, and is not asked what C cannot read")
  func provider() throws {
    try Library.with("fees") { path throws in
      let plugin = try NativePlugin.load(path, beside: [StandardPlugin()], probe: nil)
      let provider = try #require(plugin.providers.first)
      #expect(try provider.send(.sample()) == .paid)
      #expect(try provider.send(.sample(card: "declined")) == .declined("no charge of 2000 cents"))
      #expect(try provider.send(.sample(card: "pending")) == .pending)
      #expect(try provider.send(.sample(card: "failed")) == .failed(""))
      #expect(try provider.send(.sample(amount: 1)) == .failed("no charge of 0 cents"))
      var refund = ProviderRequest.sample(card: "declined")
      refund.kind = .refund
      #expect(try provider.send(refund) == .declined("no refund of 2000 cents"))
      let fault = #expect(throws: ProviderFault.self) { try provider.send(.sample(card: "broken")) }
      #expect(fault?.message.hasPrefix("`sandbox` failed with 1; whether `topup-1#1` was done is unknown") == true)
      let cut = #expect(throws: ProviderFault.self) { try provider.send(.sample(key: "a\u{0}b")) }
      #expect(cut?.message == "`sandbox` was not asked: `a b` has a zero byte")
    }
  }

  static let answers: [(code: String, words: String)] = [
    ("return 0", "answered with outcome 0, which there is not"),
    ("answer->outcome = 9; return 0", "answered with outcome 9"),
    ("memset(answer->reason, 120, sizeof answer->reason); return -3", "failed with -3 (it said `xxxx"),
    ("answer->reason[0] = -1; answer->reason[1] = 27; return 2", "failed with 2 (it said `\u{FFFD}`)"),
  ]

  @Test("a provider that answers nonsense is a fault", arguments: answers)
  func nonsense(code: String, words: String) throws {
    try Library.with("broken", ["ANSWER=\(code)"]) { path throws in
      let provider = try #require(
        try NativePlugin.load(path, beside: [StandardPlugin()], probe: nil).providers.first)
      let fault = #expect(throws: ProviderFault.self) { try provider.send(.sample()) }
      #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
    }
  }

  // MARK: - Refusals

  static let long = String(repeating: "x", count: 500)

  /// What is defined, and what is then said.
  static let broken: [(define: String, words: String)] = [
    ("ABI=2", "it was built for version 2 of the interface, and this payg has 1"),
    ("ABI=0", "built for version 0"),
    ("SIZE=8", "its description has 8 bytes, and version 1 has 80"),
    ("SYMBOL=another", "it exports no `payg_plugin`, so it is no plugin"),
    ("UNDEFINED", "it cannot be loaded: "),
    ("ENTRY=return 0", "its `payg_plugin` returns no description"),
    ("NAME=0", "the plugin's name is missing: its pointer is null"),
    ("NAME=\"\"", "the plugin's name is empty"),
    ("NAME=\"Small\"", "the plugin's name is `Small`, which is no word"),
    ("NAME=\"-small\"", "which is no word"),
    ("NAME=\"\\xff\\xfe\"", "the plugin's name is not UTF-8"),
    ("NAME=\"\(long)\"", "the plugin's name has more than 64 bytes"),
    ("NAME=\"standard\"", "`standard` comes from both `standard` and `standard`"),
    ("SUMMARY=0", "the summary of `small` is missing"),
    ("SUMMARY=\"a\\nb\"", "the summary of `small` has a control character"),
    ("SUMMARY=\"\(long)\"", "the summary of `small` has more than 300 bytes"),
    ("FUNCTIONS=0", "it says it has 1 functions, but their pointer is null"),
    ("FUNCTION_COUNT=100000", "it says it has 100000 functions, and at most 256 are read"),
    ("FUNCTION_COUNT=SIZE_MAX", "it says it has 18446744073709551615 functions"),
    ("FUNCTION_COUNT=2", "it brings `twice` twice"),
    ("FUNCTION=\"2twice\"", "the name of function 1 is `2twice`, which is no word"),
    ("FUNCTION=\"when now\"", "which is no word"),
    ("FUNCTION=\"if\"", "is `if`, which the rule language keeps for itself"),
    ("FUNCTION=\"min\"", "is `min`, which the rule language keeps for itself"),
    ("FUNCTION=\"abs\"", "`abs` comes from both `standard` and `small`"),
    ("VERB=\"pay\"", "`pay` comes from both `standard` and `small`"),
    ("VERB=\"twice\"", "`twice` comes from both `small` and `small`"),
    ("PARAMETERS=0", "it says it has 1 parameters of `twice`, but their pointer is null"),
    ("PARAMETER_COUNT=17", "it says it has 17 parameters of `twice`, and at most 16 are read"),
    ("PARAMETER_COUNT=2", "`twice` has two parameters `number`"),
    ("TYPE=0", "parameter 1 of `twice` has the type 0, which is none of"),
    ("TYPE=PAYG_CARD", "has the type 8, which is none of"),
    ("TYPE=99", "has the type 99"),
    ("RANGE=5,4", "parameter 1 of `twice` has the range 5 to 4, which is empty"),
    ("RANGE=0,INT64_MAX", "and integer goes from -1000000000000 to 1000000000000"),
    ("FLAGS=1", "parameter 1 of `twice` has the flags 1, and there are none"),
    ("BODY=0", "`twice` has no body: its pointer is null"),
    ("EXAMPLE=0", "the example of `twice` is missing"),
    ("EXAMPLE=\"twice(\"", "the example of `twice`, `twice(`, is wrong: "),
    ("EXAMPLE=\"thrice(21)\"", "is wrong: unknown function or table `thrice`"),
    ("EXAMPLE=\"twice(5000)\"", "is wrong: "),
    ("EXAMPLE=\"42\"", "the example of `twice`, `42`, does not use it"),
    ("RESULT=\"43\"", "the example of `twice`, `twice(21)`, gives 42, not 43"),
    ("RESULT_RANGE=0,100", "`twice(1000)` gives 2000, outside of its own 0 to 100"),
    ("CODE=return counter++ % 7 + 42", "gives two answers, and a function must be pure"),
    ("VERB=0", "the verb of effect 1 is missing"),
    ("LABEL=\"near\"", "field 1 of `remind` has the label `near`"),
    ("KIND=77", "field 1 of `remind` has the kind 77, which is none of `PAYG_FIELD_…`"),
    ("FIELD_FLAGS=6", "field 1 of `remind` has flags that version 1 does not have"),
    ("OPERATION=99", "operation 1 of `remind` has the code 99, and this payg knows 1 to 6"),
    ("OPERATION=PAYG_PAY", "operation 1 of `remind`, `pay`, takes field 0, `level`, where it needs an amount of money"),
    ("ARGUMENTS=3,-1,-1,-1", "takes field 3, and there are 1, from 0"),
    ("ARGUMENTS=-5,-1,-1,-1", "takes field -5, and there are 1"),
    ("ARGUMENTS=-1,-1,-1,-1", "`notify`, needs a word"),
    ("ARGUMENTS=0,0,-1,-1", "`notify`, takes 1 arguments"),
    ("OPERATION_COUNT=0", "`remind` has no operations, so it would do nothing"),
    ("POLICY=\"policy a\"", "the example of `remind` is wrong in line "),
    ("POLICY=\"policy example \\\"nothing\\\"\"", "the example of `remind` does not use it"),
    ("PROVIDER=\"sand box\"", "the name of provider 1 is `sand box`, which is no word"),
    ("SEND=0", "provider `sandbox` cannot send: its pointer is null"),
  ]

  @Test("what is wrong with a library is a refusal that says it", arguments: broken)
  func refusals(define: String, words: String) throws {
    try Library.with("broken", [define]) { path throws in
      let refusal = try #require(Library.refusal(path), "\(define) is taken")
      #expect(refusal.reason.contains(words), "\(define): \(refusal.reason)")
      #expect(refusal.path == path && refusal.reason.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }
  }

  @Test("the same library unbroken is taken, and so are effects that pay once")
  func unbroken() throws {
    #expect(try Library.with("broken") { Library.refusal($0) } == nil)
    let paying = [
      "KIND=PAYG_FIELD_VALUE", "OPERATION=PAYG_PAY",
      "POLICY=\"policy example \\\"pays\\\"\\nevent usage cost: money in $0..$10\\nbucket balance draw 1 else "
        + "no\\ndenial no 402 rank 1 \\\"No\\\"\\non usage rule charge  remind usage.cost\\n\"",
    ]
    #expect(try Library.with("broken", paying) { Library.refusal($0) } == nil)
    let perhaps = try Library.with("broken", paying + ["FIELD_FLAGS=PAYG_FIELD_OPTIONAL"]) { Library.refusal($0) }
    #expect(perhaps?.reason == "operation 1 of `remind`, `pay`, takes `level`, which may be left out")
    let twice = try Library.with("broken", paying + ["OPERATION_COUNT=2"]) { Library.refusal($0) }
    #expect(twice?.reason == "`remind` pays twice, and an event pays once")
  }

  @Test("an effect that charges a card, and may wait for the answer")
  func collecting() throws {
    let policy = [
      "policy example \"collects\"", "event add amount: money in $0..$10, card: card",
      "bucket balance draw 1 keeps lots else too_little", "denial too_little 402 rank 1 \"Too little\"",
      "denial declined 402 rank 2 \"Declined\"", "event paid payment: payment", "event refused payment: payment",
      "on paid rule arrived  receive paid.payment", "on refused rule closed  close refused.payment as declined",
      "on add rule charge  remind add.amount from add.card to balance else declined",
    ].joined(separator: "\n")
    let quoted = policy.replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    let defines = [
      "FIELDS={0,\"amount\",PAYG_FIELD_VALUE,PAYG_MONEY,0,0},{\"from\",\"card\",PAYG_FIELD_VALUE,PAYG_CARD,0,0},"
        + "{\"to\",\"bucket\",PAYG_FIELD_BUCKET,0,0,0},{\"else\",\"code\",PAYG_FIELD_DENIAL,0,PAYG_FIELD_OPTIONAL,0}",
      "OPERATION=PAYG_COLLECT", "ARGUMENTS=0,1,2,3", "POLICY=\"\(quoted)\"",
    ]
    try Library.with("broken", defines) { path throws in
      #expect(Library.refusal(path) == nil)
      let plugin = try NativePlugin(path)
      let vocabulary = try PluginRegistry([StandardPlugin(), plugin]).vocabulary
      var sources = SourceMap()
      let number = sources.add(Source(name: "policy.rules", text: policy + "\n"))
      let (file, _) = Parser.parse(source: number, in: sources)
      let program = Checker.check(files: [file], sources: sources, vocabulary: vocabulary).program
      let rule = try #require(program.rules.first { $0.name == "example.charge" })
      guard case .collect(_, _, bucket: 0, let denial) = rule.effects.first?.operations.first else {
        Issue.record("\(rule.effects)")
        return
      }
      #expect(denial.map { program.denials[$0].code } == "declined")
    }
  }

  @Test("a file that is no library is refused before anything is loaded")
  func files() throws {
    try Place.withFolder { (folder: URL) throws in
      func refusal(_ name: String, _ bytes: [UInt8]) throws -> String? {
        let file = folder.appending(path: name)
        try Data(bytes).write(to: file)
        return Library.refusal(file.path)?.reason
      }
      #expect(Library.refusal(folder.appending(path: "none.so").path)?.reason == "there is no such file")
      #expect(Library.refusal(folder.path)?.reason == "it is not a file")
      #expect(Library.refusal("/dev/zero")?.reason == "it is not a file")
      #expect(Library.refusal("a\u{0}b")?.reason == "a path has no zero byte")
      #if os(Linux)
        #expect(try refusal("empty.so", []) == "it is not a shared library (ELF)")
        #expect(
          try refusal("text.so", Array("not a library at all, only text".utf8)) == "it is not a shared library (ELF)")
        let head: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + Array(repeating: 0, count: 9)
        #expect(
          try refusal("old.so", [0x7F, 0x45, 0x4C, 0x46, 1] + Array(repeating: 0, count: 40))?
            .contains("64-bit") == true)
        #expect(try refusal("other.so", head + [3, 0, 8, 0])?.contains("another processor") == true)
        #if arch(x86_64)
          let machine: [UInt8] = [62, 0]
        #else
          let machine: [UInt8] = [183, 0]
        #endif
        #expect(try refusal("object.o", head + [1, 0] + machine) == "it is an ELF file, but no shared library")
        #expect(try refusal("cut.so", head + [3, 0] + machine)?.hasPrefix("it cannot be loaded: ") == true)
      #endif
    }
  }

  // MARK: - Operations as data

  private func template(
    _ code: Int, _ arguments: [Int32], word: String? = nil
  ) throws(DescriptionReader.Slip)
    -> OperationTemplate
  {
    typealias Field = EffectDefinition.Field
    let fields = [
      Field(nil, "amount", .value(.money)), Field("to", "bucket", .bucket),
      Field("as", "kind", .word, isRequired: false),
      Field("from", "card", .value(.card)), Field("with", "code", .denial, isRequired: false),
    ]
    return try OperationTemplate(
      code: Int32(code), arguments: arguments, word: word, fields: fields, what: "operation 1")
  }

  @Test("operations are built of the arguments; what was left out leaves out what needs it")
  func operations() throws {
    var arguments = EffectArguments()
    arguments.values["amount"] = Expr(.constant(5), QualifiedType(.money), ValueRange(5, 5), .none)
    arguments.values["card"] = Expr(.constant(0), QualifiedType(.card), ValueRange(0, 0), .none)
    arguments.buckets["bucket"] = 3
    func text(_ operation: Language.Operation?) -> String {
      switch operation {
      case .credit(_, let bucket, let kind): "credit \(bucket) \(kind)"
      case .debit(_, let bucket): "debit \(bucket)"
      case .notify(let level): "notify \(level)"
      case .pay: "pay"
      case .collect(_, _, let bucket, let denial): "collect \(bucket) \(denial ?? -1)"
      case .some: "another"
      case nil: "nothing"
      }
    }
    let credit = try template(PAYG_CREDIT, [0, 1, 2, -1])
    let promo = try template(PAYG_CREDIT, [0, 1, -1, -1], word: "promo")
    let notify = try template(PAYG_NOTIFY, [2, -1, -1, -1])
    let collect = try template(PAYG_COLLECT, [0, 3, 1, 4])
    #expect(text(credit.lowered(arguments)) == "credit 3 paid")
    #expect(text(promo.lowered(arguments)) == "credit 3 promo")
    #expect(text(notify.lowered(arguments)) == "nothing")
    #expect(text(collect.lowered(arguments)) == "collect 3 -1")
    arguments.words["kind"] = "gift"
    arguments.denials["code"] = 7
    #expect(text(credit.lowered(arguments)) == "credit 3 gift")
    #expect(text(notify.lowered(arguments)) == "notify gift")
    #expect(text(collect.lowered(arguments)) == "collect 3 7")
    arguments.values["amount"] = nil
    #expect(text(credit.lowered(arguments)) == "nothing")
    #expect(text(try template(PAYG_DEBIT, [0, 1, -1, -1]).lowered(arguments)) == "nothing")
    for arguments: [Int32] in [[1, 3, 1, 4], [0, 0, 1, 4], [0, 3, 3, 4], [0, 3, 1, 2], [0, -1, 1, 4]] {
      #expect(throws: DescriptionReader.Slip.self, "\(arguments)") { try template(PAYG_COLLECT, arguments) }
    }
  }
}

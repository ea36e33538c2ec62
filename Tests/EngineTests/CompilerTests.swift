import Language
import Ledger
import Testing
import Values

@testable import Engine

@Suite struct CompilerTests {
  /// `let`s that each read the one before twice, in two branches: written out they would be 2^60 nodes.
  private func chained(_ count: Int) -> Program {
    var program = SmallPolicy.program
    let flag = SmallPolicy.fact(.setting(SmallPolicy.subscribed), .bool)
    program.lets = [Let(name: "limits.l0", value: SmallPolicy.fact(.field(event: 0, field: 0)), span: .none)]
    for index in 1..<count {
      let earlier = SmallPolicy.expr(.named(index - 1))
      let value = SmallPolicy.expr(
        .choose(
          condition: flag, then: SmallPolicy.expr(.minimum(earlier, SmallPolicy.constant(Int64(index)))),
          otherwise: SmallPolicy.expr(.maximum(earlier, SmallPolicy.constant(1)))))
      program.lets.append(Let(name: "limits.l\(index)", value: value, span: .none))
    }
    program.rules[0].effects = [SmallPolicy.effect(.pay(SmallPolicy.expr(.named(count - 1))))]
    return program
  }

  @Test(arguments: [2, 60, 1_000])
  func letsDoNotMultiply(count: Int) throws {
    let engine = try RuleEngine(chained(count))
    #expect(engine.compiled.worstCase(event: 0).instructions < 20 * count + 50)
    var account = engine.newAccount()
    try engine.adjust(bucket: 1, to: SmallPolicy.dollar, in: &account, at: 0)
    var twin = account
    let input = EventInput(event: 0, at: 0, fields: [7])
    let decision = try engine.submit(input, to: &account)
    let oracle = try ReferenceEngine(engine.compiled).submit(input, to: &twin)
    #expect(decision.amount == oracle.amount)
    #expect(account.row == twin.row)
  }

  @Test func tooMuchIsANamedLimit() {
    var deep = SmallPolicy.program
    var expr = SmallPolicy.constant(1)
    for _ in 0..<1_000 { expr = SmallPolicy.expr(.negate(expr)) }
    deep.rules[0].effects = [SmallPolicy.effect(.pay(expr))]
    #expect(throws: CompileError.expressionTooDeep(place: "funding.charge")) { try RuleEngine(deep) }

    var wide = SmallPolicy.program
    for index in 0..<40_000 {
      wide.rules.append(
        Rule(
          name: "limits.r\(index)", policy: 0, kind: .deny(events: [0], denial: 0),
          clauses: [
            SmallPolicy.condition(
              .compare(.less, SmallPolicy.fact(.field(event: 0, field: 0)), SmallPolicy.constant(-Int64(index))))
          ], span: .none))
    }
    #expect(throws: CompileError.self) { try RuleEngine(wide) }
  }

  @Test func indicesThatNameNothingAreRefused() {
    var programs: [Program] = []
    func broken(_ change: (inout Program) -> Void) {
      var program = SmallPolicy.program
      change(&program)
      programs.append(program)
    }
    broken { $0.rules[0].effects = [SmallPolicy.effect(.pay(SmallPolicy.expr(.named(0))))] }
    broken { $0.rules[0].effects = [SmallPolicy.effect(.pay(SmallPolicy.fact(.meter(9))))] }
    broken { $0.rules[0].effects = [SmallPolicy.effect(.credit(SmallPolicy.constant(1), bucket: 2, lotKind: "paid"))] }
    broken { $0.rules[1].kind = .cap(bucket: 7, limit: SmallPolicy.constant(1), denial: 0) }
    broken { $0.rules[1].kind = .deny(events: [5], denial: 0) }
    broken { $0.rules[4].effects = [SmallPolicy.effect(.pay(SmallPolicy.constant(1)))] }
    broken { $0.rules[2].effects = [SmallPolicy.effect(.set(setting: SmallPolicy.minimum, SmallPolicy.constant(1)))] }
    broken { $0.buckets[0].denial = 44 }
    broken { $0.events[0].keyField = 3 }
    broken { $0.lets = [Let(name: "l", value: SmallPolicy.expr(.named(0)), span: .none)] }
    broken { $0.meters[0].measure = .bucketPayments(3) }
    broken { $0.buckets[0].resets = (.month, SmallPolicy.fact(.posted(0))) }
    for program in programs { #expect(throws: CompileError.self) { try RuleEngine(program) } }
  }

  @Test func jumpsOnlyGoForward() throws {
    for seed in 0..<UInt64(200) {
      var generator = RandomProgram(seed: seed)
      let compiled = try CompiledProgram(generator.make())
      for code in compiled.codes {
        var position = 0
        while position < code.code.count {
          let instruction = code.code[position]
          switch instruction.opcode {
          case .jump, .jumpIfZero, .jumpIfNotZero, .jumpIfEqual, .jumpIfNotEqual, .jumpIfLess, .jumpIfLessOrEqual,
            .startDrawing, .draw, .drawBook, .drawRated, .endSettling:
            #expect(instruction.c > position && instruction.c < code.code.count, "seed \(seed)")
          case .roundedScale, .settle: position += 1
          case .roundedProducts: position += instruction.c >> 2
          case .roundedProductsPlus: position += instruction.c >> 2 + 1
          default: break
          }
          position += 1
        }
        #expect(code.worstCase.instructions <= code.code.count, "seed \(seed)")
      }
    }
  }
}

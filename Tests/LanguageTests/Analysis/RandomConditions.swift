import Diagnostics
import Language
import Values

/// Random small programs and conditions over a handful of facts with a handful of values each, and their plain meaning,
/// written without a line of the code under test.
struct RandomConditions {
  var random: SeededGenerator
  var program = Program()

  /// The facts: two integers, an integer or none, a bool, an enum of three.
  static let facts: [Fact] = (0..<5).map(Fact.setting)
  static let width: Int64 = 3

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    let integers = ValueRange(-RandomConditions.width, RandomConditions.width)
    program.settings = [
      setting("p.a", QualifiedType(.integer), integers), setting("p.b", QualifiedType(.integer), integers),
      setting("p.c", QualifiedType(.integer, isOptional: true), integers, ValueType.none),
      setting("p.d", QualifiedType(.bool), ValueRange(0, 1)),
      setting("p.e", QualifiedType(.enumeration(["x", "y", "z"])), ValueRange(0, 2)),
    ]
    program.tables = [table(.first), table(.first)]
    for index in 0..<3 {
      let value = index == 0 ? condition(2) : number(2)
      program.lets.append(Let(name: "p.let\(index)", value: value, span: .none))
    }
  }

  private func setting(_ name: String, _ type: QualifiedType, _ range: ValueRange, _ value: Int64 = 0) -> Setting {
    Setting(
      name: name, type: type, range: range, scope: .account, defaults: [(from: Int64.min, value: value)], span: .none)
  }

  private mutating func table(_ hit: Table.HitPolicy) -> Table {
    let column = Table.Column(name: "k", type: QualifiedType(.integer), range: ValueRange(-50, 50))
    let rows = (0..<pick(1, 3)).map { _ -> Table.Row in
      let low = pick(-4, 3)
      return Table.Row(cells: [(low, low + pick(0, 4))], values: [pick(-3, 3)], span: .none)
    }
    let last = Table.Row(cells: [(-50, 50)], values: [pick(-3, 3)], span: .none)
    return Table(name: "p.table", hit: hit, inputs: [column], outputs: [column], rows: rows + [last], span: .none)
  }

  private mutating func pick(_ low: Int64, _ high: Int64) -> Int64 { Int64.random(in: low...high, using: &random) }

  // MARK: - Expressions

  private func expr(_ kind: Expr.Kind, _ type: ValueType, _ range: ValueRange) -> Expr {
    Expr(kind, QualifiedType(type), range, .none)
  }

  private func constant(_ value: Int64) -> Expr { expr(.constant(value), .integer, ValueRange(value, value)) }

  /// A number that fits a table's column, so that no look-up fails.
  mutating func number(_ depth: Int) -> Expr {
    func wide(_ kind: Expr.Kind) -> Expr { expr(kind, .integer, ValueRange(-1_000_000, 1_000_000)) }
    let integers = ValueRange(-RandomConditions.width, RandomConditions.width)
    guard depth > 0 else {
      switch pick(0, 3) {
      case 0: return constant(pick(-4, 4))
      case 1: return expr(.fact(.setting(0)), .integer, integers)
      case 2: return expr(.fact(.setting(1)), .integer, integers)
      default:
        // An optional is read under its guard.
        let optional = Expr(.fact(.setting(2)), QualifiedType(.integer, isOptional: true), integers, .none)
        let read = expr(.fact(.setting(2)), .integer, integers)
        let isSet = expr(.isSet(optional), .bool, ValueRange(0, 1))
        return wide(.choose(condition: isSet, then: read, otherwise: constant(pick(-3, 3))))
      }
    }
    switch pick(0, 9) {
    case 0: return wide(.add(number(depth - 1), number(depth - 1)))
    case 1: return wide(.subtract(number(depth - 1), number(depth - 1)))
    case 2: return wide(.scale(pick(-3, 3), number(depth - 1)))
    case 3: return wide(.minimum(number(depth - 1), number(depth - 1)))
    case 4: return wide(.maximum(number(depth - 1), number(depth - 1)))
    case 5: return wide(.choose(condition: condition(depth - 1), then: number(depth - 1), otherwise: number(depth - 1)))
    case 6:
      let key = expr(
        .maximum(constant(-50), wide(.minimum(constant(50), number(depth - 1)))), .integer, ValueRange(-50, 50))
      return expr(.lookup(table: Int(pick(0, 1)), column: 0, [key]), .integer, ValueRange(-3, 3))
    case 7 where program.lets.count > 1: return wide(.named(Int(pick(1, Int64(program.lets.count - 1)))))
    case 8:
      let ratio = Ratio(numerator: Int32(pick(1, 3)), denominator: Int32(pick(1, 3)))
      let modes: [Rounding] = [.up, .down, .halfEven, .halfUp]
      let packed = expr(.constant(ratio.packed), .ratio, ValueRange(ratio.packed, ratio.packed))
      return wide(.roundedScale(number(depth - 1), ratio: packed, modes[Int(pick(0, 3))], quantum: pick(1, 2)))
    default: return number(0)
    }
  }

  mutating func condition(_ depth: Int) -> Expr {
    func bool(_ kind: Expr.Kind) -> Expr { expr(kind, .bool, ValueRange(0, 1)) }
    let comparison = Comparison.allCases[Int(pick(0, 5))]
    guard depth > 0 else {
      switch pick(0, 4) {
      case 0: return bool(.fact(.setting(3)))
      case 1:
        let members = ValueType.enumeration(["x", "y", "z"])
        let member = pick(0, 2)
        return bool(
          .compare(
            pick(0, 1) == 0 ? .equal : .notEqual, expr(.fact(.setting(4)), members, ValueRange(0, 2)),
            expr(.constant(member), members, ValueRange(member, member))))
      case 2:
        let optional = Expr(.fact(.setting(2)), QualifiedType(.integer, isOptional: true), ValueRange(-3, 3), .none)
        return pick(0, 1) == 0
          ? bool(.isSet(optional))
          : bool(.compare(pick(0, 1) == 0 ? .equal : .notEqual, optional, constant(pick(-3, 3))))
      default: return bool(.compare(comparison, number(0), number(0)))
      }
    }
    switch pick(0, 7) {
    case 0: return bool(.and(condition(depth - 1), condition(depth - 1)))
    case 1: return bool(.or(condition(depth - 1), condition(depth - 1)))
    case 2: return bool(.not(condition(depth - 1)))
    case 3:
      return bool(.choose(condition: condition(depth - 1), then: condition(depth - 1), otherwise: condition(depth - 1)))
    case 4 where !program.lets.isEmpty: return bool(.named(0))
    default: return bool(.compare(comparison, number(depth - 1), number(depth - 1)))
    }
  }

  // MARK: - Meaning

  /// Every assignment of the facts.
  static let assignments: [[Int64]] = {
    let integers = Array(-width...width)
    var result: [[Int64]] = []
    for a in integers {
      for b in integers {
        for c in integers + [ValueType.none] {
          for d: Int64 in 0...1 { for e: Int64 in 0...2 { result.append([a, b, c, d, e]) } }
        }
      }
    }
    return result
  }()

  func meaning(_ expr: Expr, _ facts: [Int64]) -> Int64 {
    func of(_ expr: Expr) -> Int64 { meaning(expr, facts) }
    func truth(_ value: Bool) -> Int64 { value ? 1 : 0 }
    switch expr.kind {
    case .constant(let value): return value
    case .fact(.setting(let index)): return facts[index]
    case .named(let index): return of(program.lets[index].value)
    case .add(let left, let right): return of(left) + of(right)
    case .subtract(let left, let right): return of(left) - of(right)
    case .negate(let inner): return -of(inner)
    case .scale(let factor, let inner): return factor * of(inner)
    case .minimum(let left, let right): return min(of(left), of(right))
    case .maximum(let left, let right): return max(of(left), of(right))
    case .compare(let comparison, let left, let right):
      let (a, b) = (of(left), of(right))
      switch comparison {
      case .equal: return truth(a == b)
      case .notEqual: return truth(a != b)
      case .less: return truth(a < b)
      case .lessOrEqual: return truth(a <= b)
      case .greater: return truth(a > b)
      case .greaterOrEqual: return truth(a >= b)
      }
    case .and(let left, let right): return of(left) == 0 ? 0 : of(right)
    case .or(let left, let right): return of(left) != 0 ? 1 : of(right)
    case .not(let inner): return 1 - of(inner)
    case .choose(let condition, let then, let otherwise): return of(condition) != 0 ? of(then) : of(otherwise)
    case .isSet(let inner): return truth(of(inner) != ValueType.none)
    case .roundedScale(let value, let ratio, let rounding, let quantum):
      guard case .constant(let packed) = ratio.kind else { return 0 }
      let (top, bottom) = (of(value) * (packed >> 32), (packed & 0xffff_ffff) * quantum)
      // By counting: the nearest multiple on the side asked for.
      var count = top / bottom - 2
      while (count + 1) * bottom <= top { count += 1 }
      let rest = top - count * bottom
      let isUp =
        switch rounding {
        case .down: false
        case .up: rest > 0
        case .halfUp: 2 * rest >= bottom
        case .halfEven: 2 * rest > bottom || (2 * rest == bottom && count % 2 != 0)
        }
      return (isUp ? count + 1 : count) * quantum
    case .lookup(let table, let column, let keys):
      let value = of(keys[0])
      let row = program.tables[table].rows.first { $0.cells[0].low <= value && value <= $0.cells[0].high }
      return row?.values[column] ?? ValueType.none
    default: return 0
    }
  }
}

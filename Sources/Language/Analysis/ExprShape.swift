/// The structure of an expression without its places in the text: two readings of one term have equal shapes.
///
/// A `let` counts as its number, so a shape is never larger than the tree the author wrote.
public struct ExprShape: Hashable, Sendable {
  private let codes: [Int64]

  public init(_ expr: Expr) {
    var codes: [Int64] = []
    ExprShape.append(expr, to: &codes)
    self.codes = codes
  }

  /// The node's own code and numbers, how many operands follow, and then those: no two trees give one list.
  private static func append(_ expr: Expr, to codes: inout [Int64]) {
    switch expr.kind {
    case .constant(let value): codes += [0, value]
    case .fact(let fact):
      codes += [1, expr.type.isOptional ? 1 : 0]
      append(fact, to: &codes)
    case .named(let index): codes += [2, Int64(index)]
    case .add: codes.append(3)
    case .subtract: codes.append(4)
    case .negate: codes.append(5)
    case .minimum: codes.append(6)
    case .maximum: codes.append(7)
    case .scale(let factor, _): codes += [8, factor]
    case .compare(let comparison, _, _): codes += [9, Int64(comparison.rawValue)]
    case .compareRatio(let comparison, _, _): codes += [10, Int64(comparison.rawValue)]
    case .and: codes.append(11)
    case .or: codes.append(12)
    case .not: codes.append(13)
    case .choose: codes.append(14)
    case .isSet: codes.append(15)
    case .roundedProducts(let products, let plus, let rounding, let quantum):
      codes += [16, Int64(products.count), plus == nil ? 0 : 1, Int64(rounding.rawValue), quantum]
    case .roundedScale(_, _, let rounding, let quantum): codes += [17, Int64(rounding.rawValue), quantum]
    case .call(let function, let arguments): codes += [18, Int64(function), Int64(arguments.count)]
    case .lookup(let table, let column, let keys):
      codes += [19, Int64(table), Int64(column), Int64(keys.count)]
    }
    for operand in expr.operands { append(operand, to: &codes) }
  }

  private static func append(_ fact: Fact, to codes: inout [Int64]) {
    switch fact {
    case .now: codes.append(0)
    case .cycleStart: codes.append(1)
    case .cycleEnd: codes.append(2)
    case .field(let event, let field): codes += [3, Int64(event), Int64(field)]
    case .setting(let index): codes += [4, Int64(index)]
    case .posted(let index): codes += [5, Int64(index)]
    case .available(let index): codes += [6, Int64(index)]
    case .held(let index): codes += [7, Int64(index)]
    case .meter(let index): codes += [8, Int64(index)]
    case .last(let index): codes += [9, Int64(index)]
    case .drawn(let index): codes += [10, Int64(index)]
    case .covered: codes.append(11)
    case .shortfall: codes.append(12)
    case .previous(let inner):
      codes.append(13)
      append(inner, to: &codes)
    case .rescued: codes.append(14)
    case .eventKey: codes.append(15)
    case .collecting: codes.append(16)
    case .record(let event, let field, let number): codes += [17, Int64(event), Int64(field), Int64(number)]
    case .own(let kind, let number):
      codes += [18, Int64(RecordKind.allCases.firstIndex(of: kind) ?? 0), Int64(number)]
    case .total(let index): codes += [19, Int64(index)]
    }
  }
}

import Language
import Values

/// Functions of plain numbers.
enum Numbers {
  static let all = [abs, clamp]

  private static let money = ValueType.money

  static let abs = FunctionDefinition(
    name: "abs", summary: "an amount of money without its sign",
    parameters: [.init("amount", money)],
    result: .init("result", money, range: ValueRange(0, Money.largest.nano)),
    example: ("abs(-$3)", "$3.00"),
    body: { Swift.abs($0[0]) })

  static let clamp = FunctionDefinition(
    name: "clamp", summary: "an amount of money kept between two bounds; the lower one counts if they cross",
    parameters: [.init("amount", money), .init("low", money), .init("high", money)],
    result: .init("result", money),
    example: ("clamp($12, $1, $10)", "$10.00"),
    body: { max($0[1], min($0[0], $0[2])) })
}

import Engine
import Formats
import Language
import Shell
import Store

/// Answers for machines: `payg.answer/1`.
enum AnswerJSON {
  static let schema = "payg.answer/1"

  /// What every answer says.
  static func members(_ answer: StoredAnswer, _ engine: RuleEngine, _ names: BucketNames, line: Int?) -> [Json.Member] {
    let decision = answer.decision
    let paid = names.given(decision.drawn).map { Json.Member($0.name, .integer($0.nano)) }
    var members: [Json.Member] = [.init("schema", .text(schema))]
    if let line { members.append(.init("line", .integer(Int64(line)))) }
    return members + [
      .init("id", .text(answer.id)),
      .init("verdict", .text(decision.verdict.rawValue)),
      .init("status", .integer(decision.status(in: engine.program))),
      .init("code", decision.code(in: engine.program).map { .text($0) } ?? .null),
      .init("amount_nano", .integer(decision.amount)),
      .init("covered_nano", .integer(decision.covered)),
      .init("paid", .object(paid)),
      .init("replay", .bool(decision.isReplay)),
      .init("event", .integer(answer.event)),
      .init("requests", .list(answer.requests.map { .text($0) })),
    ]
  }

  /// What the payment provider was asked.
  static func object(_ asked: Asked) -> Json {
    .object([
      .init("kind", .text(asked.request.kind.rawValue)), .init("key", .text(asked.request.key)),
      .init("amount_nano", .integer(asked.request.amount)), .init("card", .text(asked.request.card)),
      .init("payment", .text(asked.request.payment)), .init("outcome", .text(asked.outcome.rawValue)),
      .init("reason", asked.reason.map { .text($0) } ?? .null),
    ])
  }
}

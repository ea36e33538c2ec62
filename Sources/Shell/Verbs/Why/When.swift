import Diagnostics
import Engine
import Formats
import Lab
import Language
import Ledger
import Store
import Values

extension Verb {
  static let when = Verb(
    "when", .why, "[ACCOUNT] [runs] [out] [CHANGE]",
    summary: "when its money runs out, at the pace of its last 7 and 30 days; or a scenario's line, on a branch",
    examples: ["when ada runs out"]
  ) { request, session in
    let arguments = request.arguments
    let isForecast = arguments.has("out") || arguments.text(.changes) == "runs out" || arguments.text(.changes) == "out"
    guard isForecast else { return try session.scenarioLine(request) }
    var request = request
    if arguments.text(.account) == "runs" { request.arguments.values = [] }
    return try session.look(request.coordinates) { world in
      let standing = try world.account(session.accountName(request, world))
      let days = try session.days(of: standing, world)
      let key: Int? = nil
      let forecast = Forecast(standing.state, by: standing.engine, key: key, days: days, at: standing.at)
      var answer = Answer("payg.when/1", subject: standing.name)
      answer.account = standing.name
      answer.isProse = true
      answer.say(session.ink.strong(standing.name) + "  \(standing.at.minuteText)" + session.place(of: world))
      answer.say(forecast.text().lines.map { "  " + $0 })
      answer.say(session.caps(of: standing, before: forecast))
      var table = Table([
        .init("days", .integer), .init("spent", .money), .init("per_day", .money), .init("end"), .init("at", .time),
      ])
      for outlook in forecast.outlooks {
        let (end, at): (String, Table.Cell) =
          switch outlook.end {
          case .at(let time): ("runs_out", .integer(time))
          case .noPace: ("no_pace", .none)
          case .never: ("never", .none)
          case .notBefore(let time): ("not_before", .integer(time))
          }
        table.rows.append([
          .integer(Int64(outlook.days)), .integer(outlook.spent), .integer(outlook.pace), .text(end), at,
        ])
      }
      answer.rows = table
      return answer
    }
  }
}

extension Session {
  /// The caps over the account that stop it, at its pace, before its money is gone.
  fileprivate func caps(of standing: World.Standing, before forecast: Forecast) -> [String] {
    let rules = Set(standing.engine.program.rules.map(\.name))
    let caps = LimitFinder(standing).account().filter { $0.closed == nil && rules.contains($0.name) }
    var lines: [String] = []
    for cap in caps {
      let left = max(0, cap.left)
      let window = cap.resets.map { "until \($0.minuteText)" } ?? "for good"
      let used = cap.most.map { " of \(Money(nano: $0))" } ?? ""
      var told: [String] = []
      for outlook in forecast.outlooks where outlook.spent > 0 {
        let end: Int64? = if case .at(let time) = outlook.end { time } else { nil }
        guard let stop = stop(cap, left, outlook, forecast.now), stop < end ?? Int64.max else { continue }
        let time = stop <= forecast.now ? "now" : "at \((stop - stop % Instant.perSecond).minuteText)"
        told.append("\(time) at the pace of \(outlook.days) days")
      }
      guard !told.isEmpty else { continue }
      lines.append(
        "  before that \(ink.strong(cap.name)) stops it: \(Money(nano: left))\(used) left \(window)")
      lines += told.map { "     \($0)" }
    }
    return lines
  }

  /// When a cap is reached at a pace: in this window, or in the next one where that is too short as well.
  private func stop(_ cap: LimitView, _ left: Int64, _ outlook: Forecast.Outlook, _ now: Int64) -> Int64? {
    func lasting(_ nano: Int64) -> Int64 {
      Int64(clamping: Int128(nano) * Int128(outlook.days) * Int128(Instant.perDay) / Int128(outlook.spent))
    }
    func later(_ start: Int64, _ span: Int64) -> Int64 {
      let (time, overflow) = start.addingReportingOverflow(span)
      return overflow ? Int64.max : time
    }
    let first = later(now, lasting(left))
    guard let resets = cap.resets else { return first }
    if first < resets { return first }
    guard let most = cap.most, most > 0, cap.since > 0, cap.since < resets else { return nil }
    let next = later(resets, lasting(most))
    return next < later(resets, resets - cap.since) ? next : nil
  }

  /// What an account paid on each of the last days, at standard rates, as far as decisions tell.
  fileprivate func days(of standing: World.Standing, _ world: World) throws -> [Forecast.Day] {
    let longest = Int64(Forecast.stretches.max() ?? 30) + 1
    let window = Window(start: max(0, standing.at - longest * Instant.perDay), end: Instant.latest.microseconds)
    var days: [Forecast.Day] = []
    for event in try world.events(
      account: standing.name, in: window, verdict: "allowed", isDecided: true, most: 1_000_000)
    {
      guard event.amount > 0, let decided = try world.decision(of: event),
        decided.decision.hold == nil || decided.decision.covered > 0
      else { continue }
      let draws = decided.decision.drawn.contains { $0 > 0 }
      if draws, decided.decision.hold == nil {
        days.append(.init(at: event.countedAt ?? event.at, nano: decided.decision.covered))
      }
    }
    return days
  }
}

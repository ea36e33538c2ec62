import Diagnostics
import Formats
import Lab
import Store

extension Session {
  /// Prints an answer: what was asked for to the target or to `out`, notes to `error`.
  ///
  /// - Parameter flags: `all` leaves out no row, `raw-csv` no formula.
  /// - Returns: what writing came to; the answer's own status is the caller's.
  func show(
    _ answer: Answer, _ coordinates: Coordinates, mode: Mode, target: Tail.Target?, flags: Set<String> = []
  ) -> ExitStatus {
    var rendering = Rendering(mode: mode)
    rendering.isPlain = !console.isUnicode
    rendering.leavesFormulas = flags.contains("raw-csv")
    if target == nil {
      rendering.ink = ink
      rendering.isTerminal = console.out.isTerminal
      if console.out.isTerminal || options.isInteractive {
        rendering.width = max(20, settings.width ?? console.out.width)
      }
    }
    if target == nil, !flags.contains("all"), !answer.showsAll { rendering.mostRows = settings.mostRows }
    if mode == .json { rendering.coordinates = try? json(of: coordinates, account: answer.account) }
    var text = rendering.text(of: answer)
    // Only where there is a screen: a file and a test have no last column.
    if target == nil, mode == .table, surroundings.rows() != nil {
      text = Wrapping.wrapped(text, to: settings.width ?? console.out.width)
    }
    var status = ExitStatus.answered
    if let target {
      status = write(text, to: target)
    } else if let page = surroundings.page, settings.usesPager, !isSafe, console.out.isTerminal,
      let rows = surroundings.rows(),
      text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) >= rows
    {
      console.out.flush()
      page(text)
    } else {
      console.out.write(text)
    }
    let noteInk = Ink(console.error.isColored)
    for note in answer.notes { console.error.write(noteInk.dim("note: \(ShownText.text(note))") + "\n") }
    return status
  }

  /// Where an answer was looked for.
  func json(of coordinates: Coordinates, account: String?) throws -> Json {
    try look(coordinates) { world in
      let moment: Json
      switch coordinates.moment {
      case .now: moment = "now"
      case .before(let seq): moment = .text("before #\(seq)")
      case .after(let seq): moment = .text("after #\(seq)")
      case .time(let time): moment = .text(TimeText.text(time))
      }
      return .object([
        .init("account", (account ?? coordinates.account).map { .text($0) } ?? .null),
        .init("as_of", .text(TimeText.text(try world.now(of: account ?? coordinates.account)))),
        .init("moment", moment), .init("branch", coordinates.branch.map { .text($0) } ?? .null),
        .init("policy", .text(try world.policyHash(of: account ?? coordinates.account))),
        .init("store", .text(storeName)),
      ])
    }
  }
}

extension World {
  /// The time it is for an account; for none, at the moment itself.
  func now(of account: String?) throws -> Int64 {
    guard let account, coordinates.moment != .now || coordinates.branch != nil else { return try now }
    return try self.account(account).at
  }

  /// The policy an account is looked at under: then, on the branch, or the one that was named.
  func policyHash(of account: String?) throws -> String {
    guard let account, coordinates.moment != .now || coordinates.branch != nil else { return try policyHash }
    return try self.account(account).policyHash
  }
}

extension Console {
  /// Whether whoever reads can be given more than ASCII.
  var isUnicode: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    // No word about it is no reason to draw worse.
    return locale.isEmpty || name.contains("utf-8") || name.contains("utf8")
  }
}

import Diagnostics
import Engine
import Lab
import Language

/// Changes that have a verb of their own: on a branch they are made, in the store they are not.
extension Verb {
  static let set = changing(
    "set", "SETTING to VALUE", summary: "set something on the branch",
    details: "On the store itself it says what to type instead.", examples: ["set limits.spending_limit to $20"])

  static let clock = changing(
    "clock", "to|forward VALUE", summary: "let time pass on the branch, and tell what happens by itself",
    examples: ["clock forward 2 days", "clock to 2026-12-01"])

  static let account = changing(
    "account", "LINE", summary: "make an account on the branch, to try rules on: `account NAME with KEY`",
    examples: ["account zoe with web"])

  private static func changing(
    _ name: String, _ shape: String, summary: String, details: String = "", examples: [String]
  ) -> Verb {
    Verb(
      name, .whatIf, shape, summary: summary, details: details, examples: examples, isCommand: false
    ) { request, session in
      try session.change(request)
    }
  }
}

extension Session {
  /// Makes the change that a whole line is, on the branch it is about.
  func change(_ request: Request, line: String? = nil) throws -> Answer {
    let line = line ?? request.written
    guard request.coordinates.branch != nil else {
      let account = request.coordinates.account
      throw Complaint(
        message: "this is the store itself, and nothing here changes it",
        help: "what if \(account == nil ? "ACCOUNT \(line)" : line)   or: branch trial, then \(line)")
    }
    return try look(request.coordinates) { world in
      try apply(line, to: try focus(request, world), world, request)
    }
  }

  private func focus(_ request: Request, _ world: World) throws -> String? {
    if let account = request.coordinates.account { return account }
    // Whoever was changed last is meant, where only one was.
    let changed = try world.branch?.current.accounts.keys.map { $0 } ?? []
    if changed.count == 1 { return changed[0] }
    let names = try world.accountNames(limit: 2)
    return names.count == 1 ? names[0] : nil
  }
}

extension Request {
  /// The line without what stands behind it: modifiers and flags.
  var written: String {
    let last = arguments.values.map(\.range.upperBound).max() ?? words.line.utf8.count
    return Words.text(words.line, 0..<max(last, 0)).trimmed
  }
}

import Diagnostics
import Formats
import Lab
import Store

extension Verbs {
  static let settings: [Verb] = [
    .help, .apropos, .mode, .switched("timing", "show how long each answer took", \.showsTiming),
    .switched("hints", "show dimly what may follow", \.showsHints),
    .switched("pager", "show long answers in a pager", \.usesPager), .safe, .read, .open, .history, .watch,
  ]
}

extension Verb {
  /// A command of the shell itself: never a command of the command line.
  static func dot(
    _ name: String, _ shape: String = "", _ summary: String, details: String = "", examples: [String] = [],
    restIsPlain: Bool = false, answer: @escaping @Sendable (Request, Session) throws -> Answer
  ) -> Verb {
    Verb(
      ".\(name)", .settings, shape, summary: summary, details: details, examples: examples, isQuery: false,
      isCommand: false, restIsPlain: restIsPlain, answer: answer)
  }

  static let help = dot(
    "help", "[TEXT]", "what can be asked", examples: [".help", ".help need"], restIsPlain: true
  ) { request, session in
    var answer = Answer("payg.help/1")
    guard let topic = request.arguments.text(.text)?.trimmed else {
      answer.say(lines: session.overview())
      return answer
    }
    if let verb = Verbs.all.first(where: { $0.name == topic || $0.name == ".\(topic)" }) {
      answer.say(lines: session.card(of: verb))
      return answer
    }
    let kin = Verbs.all.filter {
      $0.name.split(separator: " ").map(String.init).contains(topic) || $0.name.hasPrefix(topic)
    }
    guard !kin.isEmpty else {
      throw request.complaint(
        "there is no help about `\(topic)`", at: .text,
        help: Suggestion.nearest(topic, in: Verbs.all.map(\.name)).map { ".help \($0)" } ?? ".apropos \(topic)")
    }
    for (place, verb) in kin.enumerated() {
      if place > 0 { answer.say("") }
      answer.say(lines: session.card(of: verb))
    }
    return answer
  }

  static let apropos = dot(
    "apropos", "TEXT", "verbs that have a word in their help", examples: [".apropos refund"], restIsPlain: true
  ) { request, session in
    let word = (request.arguments.text(.text)?.trimmed ?? "").lowercased()
    var answer = Answer("payg.apropos/1")
    for verb in Verbs.all {
      let text = ([verb.name, verb.shape.text, verb.summary, verb.details] + verb.examples).joined(separator: " ")
        .lowercased()
      if text.contains(word) {
        answer.say("\(verb.name) \(verb.shape.text)".trimmed + "  " + session.ink.dim(verb.summary))
      }
    }
    if answer.blocks.isEmpty { throw request.complaint("no help has `\(word)` in it", at: .text, help: ".help") }
    return answer
  }

  static let mode = dot(
    "mode", "[MODE]", "how answers are printed", details: Mode.allCases.map(\.rawValue).joined(separator: ", "),
    examples: [".mode card", ".mode table"]
  ) { request, session in
    var answer = Answer("payg.mode/1")
    guard let name = request.arguments.text(.mode) else {
      answer.say(session.mode?.rawValue ?? "table")
      return answer
    }
    guard let mode = Mode(rawValue: name) else {
      throw request.complaint(
        "`\(name)` is no output mode", at: .mode,
        help: Suggestion.nearest(name, in: Mode.allCases.map(\.rawValue)).map { ".mode \($0)" }
          ?? Mode.allCases.map(\.rawValue).joined(separator: ", "))
    }
    session.mode = mode
    return answer
  }

  /// `.timing on`, `.timing off`; alone it changes to the other.
  static func switched(
    _ name: String, _ summary: String, _ path: WritableKeyPath<ShellSettings, Bool> & Sendable
  ) -> Verb {
    dot(name, "[on|off]", summary) { request, session in
      session.settings[keyPath: path] =
        request.arguments.has("on") || (!request.arguments.has("off") && !session.settings[keyPath: path])
      var answer = Answer("payg.\(name)/1")
      answer.notes.append(".\(name) is \(session.settings[keyPath: path] ? "on" : "off")")
      return answer
    }
  }

  static let safe = dot("safe", "", "no files and no programs from now on") { _, session in
    session.settings.isSafe = true
    var answer = Answer("payg.safe/1")
    answer.notes.append("files and programs are closed to this session")
    return answer
  }

  static let read = dot("read", "FILE", "carry out the lines of a file", examples: [".read checks.payg"]) {
    request, session in
    try session.refuseIfSafe(request)
    let path = request.arguments.text(.file) ?? ""
    let text = try session.text(of: path, request)
    guard session.depth < Session.deepest else {
      throw request.complaint("files read each other more than \(Session.deepest) deep", at: .file)
    }
    session.depth += 1
    defer { session.depth -= 1 }
    var answer = Answer("payg.read/1")
    answer.status = session.run(script: text, name: path).status
    return answer
  }

  static let open = dot("open", "FILE", "look at another store", examples: [".open other.payg"]) { request, session in
    try session.refuseIfSafe(request)
    try session.open(request.arguments.text(.file) ?? "")
    var answer = Answer("payg.open/1")
    answer.notes.append("this is \(session.storeName)")
    return answer
  }

  static let history = dot("history", "[N]", "the lines typed so far", examples: [".history 20"]) { request, session in
    let most = request.arguments.text(.count).flatMap { Int($0) } ?? 20
    var answer = Answer("payg.history/1")
    answer.say(session.surroundings.history().suffix(max(0, most)).map { $0 })
    return answer
  }

  static let watch = dot(
    "watch", "N TEXT", "ask the same every N seconds, until Ctrl-C", examples: [".watch 5 balance acme"]
  ) { request, session in
    let seconds = request.arguments.text(.count).flatMap { Int($0) } ?? 5
    guard (1...86_400).contains(seconds) else {
      throw request.complaint("seconds are from 1 to 86,400", at: .count, help: ".watch 5 balance acme")
    }
    let line = request.arguments.text(.text) ?? ""
    guard Words(line).words.first?.text.hasPrefix(".") == false else {
      throw request.complaint("only questions can be watched", at: .text, help: ".watch 5 balance acme")
    }
    var answer = Answer("payg.watch/1")
    while !session.console.interrupts.hasCome() {
      answer.status = session.run(line).status
      guard answer.status == .answered else { break }
      session.console.out.flush()
      session.rest(seconds)
    }
    return answer
  }
}

import Lab
import Language
import Shell
import Store

/// What a session is made of, however it was said.
struct SessionSetup {
  /// Nil: a session on rules alone.
  var store: String?
  /// The folder of rules where there is no store; nil: where rules usually are.
  var rules: String?
  var asOf: String?
  var under: String?
  var mode: Mode?
  var isInteractive = false
  var isSafe = false
  /// Seconds.
  var patience = 10

  init(store: String?) { self.store = store }

  /// What an account is called that is not kept.
  private static let nobody = "me"

  func session(_ console: Console, _ vocabulary: Vocabulary) throws -> Session {
    let session =
      try store.map { Session(options($0, vocabulary), console: console) } ?? scratch(vocabulary, console)
    try session.look(asOf: asOf, under: under)
    return session
  }

  private func options(_ path: String, named name: String? = nil, _ vocabulary: Vocabulary) -> Session.Options {
    let compiler = PolicyReading.compiler(vocabulary)
    return Session.Options(
      store: path, named: name, vocabulary: vocabulary, mode: mode, isInteractive: isInteractive, isSafe: isSafe
    ) { [patience] path in try AccountStore.open(path, .read, patience: patience, compile: compiler) }
  }

  /// A session on rules alone: a test store that nobody sees, made once something asks for it and gone when the session ends.
  private func scratch(_ vocabulary: Vocabulary, _ console: Console) throws -> Session {
    let folder = try Scratch.folder()
    let path = TextFile.join(folder.path, "scratch.payg")
    var options = options(path, named: "no store: account `\(Self.nobody)`, nothing is kept", vocabulary)
    let (open, rules) = (options.open, rules)
    options.open = { asked in
      if asked == path, !TextFile.isFile(path) { try Self.make(path, of: rules, vocabulary, console) }
      return try open(asked)
    }
    let session = Session(options, console: console)
    session.keep(folder)
    return session
  }

  private static func make(
    _ path: String, of rules: String?, _ vocabulary: Vocabulary, _ console: Console
  ) throws {
    let folder = rules ?? RuleFolder.usual(executable: console.executable)
    guard rules != nil || TextFile.isFolder(folder) else {
      throw Complaint(
        message: "no store is named, and there is no folder `\(folder)` whose rules could be tried",
        help: "name one: payg -s acme.payg   or: payg -p FOLDER", status: .badCommandLine)
    }
    guard let texts = try PolicyReading.checked(folder, reforms: [], vocabulary, console) else {
      throw ShownFault(status: .brokenPolicy)
    }
    let made = try AccountStore.create(
      at: path, policy: texts, testClock: ScenarioPlan.usualStart, patience: 1,
      compile: PolicyReading.compiler(vocabulary))
    try made.write { writer in
      try writer.addAccount(Self.nobody)
      try writer.addKey("k1", to: Self.nobody)
    }
  }
}

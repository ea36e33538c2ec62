import Backtest
import Diagnostics
import Engine
import Lab
import Language
import Store
import Values

/// One session: a store to look at, what is focused, the branches that were made, and the settings of the shell.
///
/// It asks and simulates and never changes the store: it is opened for reading. Everything hypothetical is on a branch, which is a
/// snapshot and a list of hypothetical events. It knows no terminal: lines come in by `run`, answers go to a console.
public final class Session {
  /// What a session begins with.
  public struct Options {
    /// How a store is opened; called once it is needed.
    public var open: (_ path: String) throws -> AccountStore
    /// The store to begin with.
    public var store: String
    /// What its user calls it.
    public var storeName: String
    /// The words that rules may use.
    public var vocabulary: Vocabulary
    public var mode: Mode?
    /// People type, so verbs may be shortened and a mistake ends nothing.
    public var isInteractive: Bool
    /// No files, no programs.
    public var isSafe: Bool
    public var coordinates = Coordinates()
    /// How long a statement may take.
    public var seconds = 30

    public init(
      store: String, named storeName: String? = nil, vocabulary: Vocabulary, mode: Mode? = nil,
      isInteractive: Bool = false, isSafe: Bool = false, open: @escaping (_ path: String) throws -> AccountStore
    ) {
      self.open = open
      self.store = store
      self.storeName = storeName ?? store
      self.vocabulary = vocabulary
      self.mode = mode
      self.isInteractive = isInteractive
      self.isSafe = isSafe
    }
  }

  /// What a session can do with the world around it, where it is given one.
  public struct Surroundings {
    /// Lets its user edit a text; nil where they gave up.
    public var edit: ((_ text: String, _ name: String) throws -> String?)?
    /// Shows what is longer than the screen.
    public var page: ((_ text: String) -> Void)?
    /// The lines typed so far, the newest last.
    public var history: () -> [String] = { [] }
    /// Rows of the screen; nil: nothing is ever too long.
    public var rows: () -> Int? = { nil }
    /// Writes a help with its line as it is typed where the session's user types; nil: in the words of the shell.
    public var spell: ((_ help: String) -> String)?

    public init() {}
  }

  public let options: Options
  public var console: Console
  public var surroundings = Surroundings()
  public internal(set) var coordinates: Coordinates
  /// How answers are printed; nil: nobody said, so each as it suits whoever reads it.
  public internal(set) var mode: Mode?
  public internal(set) var settings = ShellSettings()
  /// What `_` stands for: the subject of the last answer; `_1` … its rows.
  public internal(set) var lastSubject: String?
  public internal(set) var lastRows: [String] = []
  /// What to type next, by the last answer or error.
  public internal(set) var suggestion: String?
  /// What was compared last.
  var comparison: BacktestResult?
  /// The same for SQL over `compare_rows`.
  var compareRows: Table?
  /// The last line that was a question, for `.all` and `.count`.
  var lastLine: String?
  var branches: [String: Branch] = [:]
  /// Where the store was looked at before one went to a branch.
  var trunkCoordinates = Coordinates()
  var recording: Recording?
  /// Whether `>` and `|` send answers somewhere: not in lines that a program was started with, nor in files of changes.
  var takesTargets = true
  /// The line of a script that is being carried out.
  var place: ScriptPlace?
  /// What its user calls the store that is looked at.
  public private(set) var storeName: String
  /// What lasts as long as the session.
  var kept: [AnyObject] = []
  /// How many files are being read.
  var depth = 0
  private(set) var storePath: String
  private var opened: AccountStore?
  /// The file that was opened.
  private var openedFile: StoreFiles.Place?
  /// Whether the line at hand has looked at the store: a line never sees two of them.
  var hasLooked = false
  /// Engines of policies that were named, by their hash.
  var engines: [String: RuleEngine] = [:]
  /// What was tried last and nowhere kept.
  var tried: Tried?
  /// The scenario that is stepped through.
  var stepping: Stepping?
  /// What `and` goes on with.
  var lastKeyword: String?
  /// Texts of rules that do not check yet, by the rule that is being edited.
  var drafts: [String: String] = [:]

  public init(_ options: Options, console: Console) {
    self.options = options
    self.console = console
    coordinates = options.coordinates
    storeName = options.storeName
    storePath = options.store
    mode = options.mode
  }

  var ink: Ink { Ink(console.out.isColored) }

  // MARK: - The store

  func store() throws -> AccountStore {
    if let opened {
      if !hasLooked { try checkFile() }
      hasLooked = true
      return opened
    }
    let store = try options.open(storePath)
    (opened, openedFile, hasLooked) = (store, StoreFiles.place(storePath), true)
    return store
  }

  /// That the file is the one that was opened: verbs would go on reading one that is gone, and SQL the one in its place.
  ///
  /// One that was put in its place is looked at from now on, and the line that noticed it is not carried out: what it means may
  /// have been the other's.
  private func checkFile() throws {
    let place = StoreFiles.place(storePath)
    guard place != openedFile else { return }
    guard place != nil else {
      throw Complaint(
        message: "the store `\(storeName)` is gone: its file was removed", help: ".open FILE looks at another one",
        status: .brokenStore)
    }
    let name = storeName
    try open(storePath)
    storeName = name
    throw Complaint(
      message: "the file of `\(name)` was replaced meanwhile: from now on the new one is looked at",
      help: "type the line again; the account, the time and the branches of before are forgotten", status: .brokenStore)
  }

  /// Looks at another store from now on. What was focused, as of or on a branch belonged to the one before.
  func open(_ path: String) throws {
    let store = try options.open(path)
    (opened, openedFile, storePath, storeName) = (store, StoreFiles.place(path), path, path)
    (coordinates, branches, engines) = (Coordinates(), [:], [:])
    (tried, drafts, stepping, recording, lastKeyword) = (nil, [:], nil, nil, nil)
    (lastSubject, lastRows, isBroken) = (nil, [], false)
    (comparison, compareRows) = (nil, nil)
  }

  /// The policy of the store could not be read when it was asked for: then nothing is answered over it.
  ///
  /// It is not asked for to find this out: reading it is the longest part of what a prompt would wait for.
  var isBroken = false

  /// Looks at the store as one moment of it. Never within another.
  func look<Found>(_ coordinates: Coordinates, _ body: (World) throws -> Found) throws -> Found {
    try store().read { reader in try body(World(coordinates, reader, self)) }
  }

  // MARK: - Branches and policies

  func branch(_ name: String) throws -> Branch {
    if let branch = branches[name] { return branch }
    let near = Suggestion.nearest(name, in: Array(branches.keys))
    throw Complaint(
      message: "there is no branch `\(name)`", help: near.map { "did you mean `\($0)`?" } ?? "branch \(name) makes one")
  }

  /// A word now and then about work that takes long, which Ctrl-C ends.
  func progress(_ title: String) -> ((Int, Int) throws -> Void)? {
    var bar = ProgressBar(title, counting: "events", console)
    let interrupts = console.interrupts
    return { done, total in
      if interrupts.hasCome() {
        bar.clear()
        throw Cancelled()
      }
      if done >= total { bar.clear() } else { bar.show(.init(count: done, part: done, whole: total)) }
    }
  }
}

/// Ctrl-C came while something was worked out.
public struct Cancelled: CommandFault {
  public var message: String { "cancelled" }
  public var help: String? { nil }
  public var status: ExitStatus { .interrupted }

  public init() {}
}

/// What dot commands set.
public struct ShellSettings: Sendable {
  public var showsTiming = false
  public var showsSQL = false
  public var showsHints = true
  /// Rows of one answer.
  public var mostRows = 200
  /// Columns of the screen; nil: as many as it has.
  public var width: Int?
  public var usesPager = true
  public var isSafe = false

  public init() {}
}

extension Session {
  /// Whether files and programs are closed to it.
  public var isSafe: Bool { options.isSafe || settings.isSafe }
}

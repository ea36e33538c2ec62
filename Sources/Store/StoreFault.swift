import Engine
import Ledger

/// Why a store could not do what it was asked. It has not happened, save where the commit itself failed: then it may have.
public struct StoreFault: Error, Sendable, CustomStringConvertible {
  public var kind: Kind
  /// The file of the store.
  public var path: String

  public enum Kind: Sendable {
    // The file.
    case missing
    case exists
    /// A file of something else, or no database at all.
    case notAStore
    /// Made by a later payg: its schema has this number, and this program knows that one.
    case newer(schema: Int, known: Int)
    case cannotOpen(String)
    case readOnly
    /// Another program went on writing for longer than was waited.
    case busy(seconds: Int)
    case diskFull
    /// The system failed to read or write: what SQLite says.
    case io(String)
    /// The file is damaged: what SQLite says, or which row cannot be.
    case damaged(String)
    // What was asked for.
    case unknownAccount(String, nearest: String?)
    case accountExists(String)
    case unknownKey(String, account: String)
    case keyExists(String, account: String)
    /// The rules, or the store, say no to a change from outside: a sentence.
    case refused(String, help: String?)
    case engine(EngineFault)
    /// The policy kept in the store cannot be compiled here: what is wrong with it.
    case brokenPolicy(String)
  }

  public init(_ kind: Kind, path: String) {
    self.kind = kind
    self.path = path
  }

  /// One lower-case sentence.
  public var message: String {
    switch kind {
    case .missing: "there is no store `\(path)`"
    case .exists: "`\(path)` exists already"
    case .notAStore: "`\(path)` is not a payg store"
    case .newer(let schema, let known):
      "`\(path)` was made by a newer payg: its schema is number \(schema), and this program knows \(known)"
    case .cannotOpen(let reason): "`\(path)` cannot be opened: \(reason)"
    case .readOnly: "`\(path)` cannot be written"
    case .busy(let seconds): "another program has been writing `\(path)` for more than \(seconds) s"
    case .diskFull: "the disk of `\(path)` is full; nothing of this was kept"
    case .io(let reason): "`\(path)` could not be read or written: \(reason)"
    case .damaged(let reason): "`\(path)` is damaged: \(reason)"
    case .unknownAccount(let name, _): "there is no account `\(name)`"
    case .accountExists(let name): "there is an account `\(name)` already"
    case .unknownKey(let name, let account): "the account `\(account)` has no key `\(name)`"
    case .keyExists(let name, let account): "the account `\(account)` has a key `\(name)` already"
    case .refused(let text, _): text
    case .engine(let fault): fault.message
    case .brokenPolicy(let text): "the policy cannot be used: \(text)"
    }
  }

  /// What to do about it, one line.
  public var help: String? {
    switch kind {
    case .missing: "make one: payg init \(path)"
    case .exists: "choose another name, or delete it"
    case .notAStore: "name a file that `payg init` made"
    case .newer: "update payg"
    case .cannotOpen, .readOnly: "check whose file it is: ls -l \(path)"
    case .busy: "try again, or find out which program it is"
    case .diskFull: "free some space and run the command again"
    case .io: "check the disk, then: payg audit \(path)"
    case .damaged: "restore a backup: payg backup makes them"
    case .unknownAccount(_, let nearest): nearest.map { "did you mean `\($0)`?" } ?? "payg accounts"
    case .accountExists: "choose another name"
    case .unknownKey(_, let account): "payg key add \(account) NAME"
    case .keyExists: nil
    case .refused(_, let help): help
    case .engine: nil
    case .brokenPolicy: "load the plugins it uses with --plugin"
    }
  }

  public var description: String { message }
}

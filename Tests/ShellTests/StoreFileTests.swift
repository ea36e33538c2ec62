import Foundation
import Standard
import Store
import Testing

@testable import Shell

/// The file of a store under a session that is open, and how long it may be asked for one answer.
@Suite("The store's file")
struct StoreFileTests {
  private static func within<Result>(_ body: (_ store: String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-file-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = folder.appending(path: "demo.payg").path
    try FileManager.default.copyItem(atPath: try DemoStore.path(), toPath: store)
    return try body(store)
  }

  private static let sql = "select count(*) as n from events;"

  @Test("one that is replaced is noticed once, and then verbs and SQL look at the same")
  func replaced() throws {
    try Self.within { store in
      let typed = try Typed(store)
      for line in ["use delta", "branch try", "apply topup $5"] {
        typed.type(line)
        #expect(typed.status == .answered, "\(line)")
      }
      // In its place comes one with an account more, as a backup does that was brought back.
      let other = store + ".new"
      let made = try AccountStore.open(try DemoStore.path(), .read, compile: DemoStore.compile)
      try made.backup(to: other)
      try AccountStore.open(other, compile: DemoStore.compile).write { writer in try writer.addAccount("zeta") }
      for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + ending) }
      try FileManager.default.moveItem(atPath: other, toPath: store)

      let noticed = typed.type("balance")
      #expect(
        typed.status == .brokenStore && noticed.hasPrefix("error: the file of `demo.payg` was replaced"), "\(noticed)")
      #expect(typed.session.coordinates == Coordinates() && typed.session.branches.isEmpty)
      #expect(typed.type("accounts").contains("zeta"))
      #expect(typed.status == .answered)
      #expect(typed.type("select account from accounts where account = 'zeta';").contains("zeta"))
      #expect(typed.status == .answered)
    }
  }

  @Test("one that is removed is missed by every line that needs it, and by no other")
  func removed() throws {
    try Self.within { store in
      let typed = try Typed(store)
      #expect(typed.type(Self.sql).contains("n"))
      let kept = store + ".kept"
      try FileManager.default.moveItem(atPath: store, toPath: kept)
      for line in ["accounts", Self.sql, "why s0626-158"] {
        let text = typed.type(line)
        #expect(typed.status == .brokenStore, "\(line)")
        #expect(text.contains("the store `demo.payg` is gone") && text.contains("help: .open FILE"), "\(text)")
      }
      #expect(typed.type(".help why").contains("why") && typed.status == .answered)
      // The very same file is back.
      try FileManager.default.moveItem(atPath: kept, toPath: store)
      typed.type("accounts")
      #expect(typed.status == .answered)
    }
  }

  @Test("a statement that takes too long is given up, and the next one is answered")
  func slow() throws {
    var options = Session.Options(store: try DemoStore.path(), vocabulary: StandardPlugin.vocabulary) { path in
      try AccountStore.open(path, .read, compile: DemoStore.compile)
    }
    options.seconds = 0
    let (out, error) = (KeptText(), KeptText())
    let session = Session(options, console: Console(out: out, error: error))
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;"
    #expect(session.run(endless).status == .failed)
    #expect(error.text.contains("the statement took longer than 0 s") && error.text.contains("help: "), "\(error.text)")
    #expect(out.text == "")
    options.seconds = 30
    #expect(Session(options, console: Console(out: out, error: error)).run("select 1 as one;").status == .answered)
    #expect(Session.Options(store: "", vocabulary: StandardPlugin.vocabulary, open: options.open).seconds == 30)
  }
}

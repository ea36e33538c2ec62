import Formats
import Foundation
import Testing

@testable import Commands
@testable import Shell

/// Files of usage on the command line.
@Suite("Import of usage")
struct ImportUsageTests {
  static let rows = """
    at,account,key,id,costing
    2026-01-01 10:00,acme,k1,u1,$1
    2026-01-01 10:01,acme,k1,u2,$2.50
    2026-01-01 10:02,acme,k1,u3,12x
    2026-01-01 10:03,north,k1,u4,$1
    2026-01-01 10:04,acme,k1,u5,$100
    2026-01-01 10:05,acme,k9,u6,$1

    """
  static let later = ["clock", "to", "2026-01-02"]

  static func json(_ outcome: Stand.Outcome) throws -> Json { try JsonReader.read(Array(outcome.out.utf8)) }

  /// The outcome without the rate, which no two runs share.
  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { String($0.replacing(/, [\d,]+ rows\/s/, with: "")) }
  }

  @Test("rows are charged, and what cannot be is told by its line")
  func charged() throws {
    try Stand.with([Stand.acme, Self.later]) { stand in
      let file = try stand.write(Self.rows, to: "usage.csv")
      let first = stand.run(["import", "usage", file])
      // It is not all of the file, which a program must not have to find out by reading.
      #expect(first.status == 5, "\(first)")
      #expect(
        Self.lines(first.out) == [
          "\(file): 6 rows, 1 account", "  allowed   2  $3.50", "  denied    2  insufficient_balance 1, key_disabled 1",
          "  rejected  2  in \(file).rejects",
        ], "\(first)")
      #expect(first.error.contains("rejected line 4: ") && first.error.contains("`12x`"), "\(first.error)")
      #expect(first.error.contains("rejected line 5: there is no account `north`"), "\(first.error)")
      #expect(stand.run(["accounts"]).out == "acme\t0.00\t16.50\t0.00\t1\n")
      #expect(stand.run(["audit"]).status == 0)
    }
  }

  @Test("the same file again changes nothing: what was denied is known as well")
  func again() throws {
    try Stand.with([Stand.acme, Self.later]) { stand in
      let file = try stand.write(Self.rows, to: "usage.csv")
      _ = stand.run(["import", "usage", file])
      let before = stand.run(["audit", "--json"]).out
      let second = try Self.json(stand.run(["import", "usage", file, "--json"]))
      #expect(
        second["schema"] == "payg.import/1" && second["known"] == 4 && second["allowed"] == 0, "\(second.compact)")
      #expect(second["rejected"] == 2 && second["rejects"] == .text("\(file).rejects-2"), "\(second.compact)")
      #expect(stand.run(["audit", "--json"]).out == before)
      let third = stand.run(["import", "usage", file])
      #expect(
        Self.lines(third.out) == [
          "\(file): 6 rows, 1 account", "  known     4  in the store already, not charged again",
          "  rejected  2  in \(file).rejects-3",
        ], "\(third)")
      let none = try stand.write("at,account,costing\n", to: "none.csv")
      #expect(stand.run(["import", "usage", none]).out == "\(none): no rows\n")
      // With more money, what was denied stays denied: it has its answer.
      _ = stand.run(["grant", "acme", "$100"])
      #expect(try Self.json(stand.run(["import", "usage", file, "--json"]))["known"] == 4)
    }
  }

  @Test("an id that comes again with other numbers is told, and charged no second time", arguments: ["3", "2.999998"])
  func changed(cost: String) throws {
    try Stand.with([Stand.acme, Self.later]) { stand in
      func rows(_ cost: String) -> String { "id,at,account,key,costing\nu1,2026-01-01T10:00:00Z,acme,k1,\(cost)\n" }
      let file = try stand.write(rows("3"), to: "usage.csv")
      #expect(try Self.json(stand.run(["import", "usage", file, "--json"]))["allowed"] == 1)
      let other = try stand.write(rows(cost), to: "other.csv")
      let again = stand.run(["import", "usage", other, "--json"])
      let isSame = cost == "3"
      #expect(try Self.json(again)["known"] == .integer(isSame ? 1 : 0))
      #expect(again.error.contains("the id `u1` was used before with another `costing`") == !isSame, "\(again)")
      #expect(stand.run(["accounts"]).out == "acme\t0.00\t17.00\t0.00\t1\n")
    }
  }

  @Test("a file of rejects is mended and imported")
  func rejects() throws {
    try Stand.with([Stand.acme, Self.later]) { stand in
      let file = try stand.write(Self.rows, to: "usage.csv")
      let rejects = stand.path("bad.csv")
      _ = stand.run(["import", "usage", file, "--rejects", rejects])
      let text = try String(contentsOf: URL(filePath: rejects), encoding: .utf8)
      #expect(text.contains("at,account,key,id,costing\n") && text.contains("\n2026-01-01 10:02,acme,k1,u3,12x\n"))
      #expect(text.contains("\n2026-01-01 10:03,north,k1,u4,$1\n"), "\(text)")
      try text.replacing("12x", with: "$0.12").write(to: URL(filePath: rejects), atomically: true, encoding: .utf8)
      let again = stand.run(["import", "usage", rejects, "--add-accounts", "--json"])
      #expect(again.status == 0, "\(again)")
      let mended = try Self.json(again)
      #expect(mended["allowed"] == 1 && mended["denied"]?["insufficient_balance"] == 1, "\(mended.compact)")
      #expect(mended["rejected"] == 0 && mended["rejects"] == .null)

      let twice = stand.run(["import", "usage", file, "--rejects", rejects])
      #expect(twice.status == 1 && twice.error.contains("`\(rejects)` exists already") && twice.out == "")
    }
  }

  @Test("accounts and keys are added where that is wanted")
  func addAccounts() throws {
    try Stand.with([Self.later]) { stand in
      let file = try stand.write(Self.rows, to: "usage.csv")
      let report = try Self.json(stand.run(["import", "usage", file, "--add-accounts", "--json"]))
      #expect(report["accounts"] == 2 && report["rejected"] == 1, "\(report.compact)")
      #expect(report["denied"]?["insufficient_balance"] == 5)
      let accounts = try Self.json(stand.run(["accounts", "--json"]))
      #expect(accounts["accounts"]?.elements.map { $0["account"]?.text } == ["acme", "north"])
      #expect(accounts["accounts"]?.elements.first?["keys"] == ["k1", "k9"])
      #expect(stand.run(["audit"]).status == 0)
    }
  }

  @Test("every size of batch gives the same store", arguments: [1, 2, 3, 5_000])
  func batches(size: Int) throws {
    try Stand.with([Stand.acme, Self.later]) { stand in
      let file = try stand.write(Self.rows, to: "usage.csv")
      let report = try Self.json(stand.run(["import", "usage", file, "--batch", "\(size)", "--json"]))
      #expect(report["allowed"] == 2 && report["charged_nano"] == 3_500_000_000 && report["last_line"] == 7)
      #expect(stand.run(["accounts"]).out == "acme\t0.00\t16.50\t0.00\t1\n")
    }
  }

  @Test("an automatic top-up in the middle pays for what comes after it")
  func topup() throws {
    let setup = [
      Stand.acme, ["set", "acme", "card", "visa"], ["event", "auto_topup", "acme", "enabled on, preset regular"],
      Self.later,
    ]
    var text = "at,account,key,id,costing\n"
    for number in 1...12 { text += "2026-01-01 10:00,acme,k1,t\(number),$5\n" }
    for size in [1, 100] {
      try Stand.with(setup) { stand in
        let file = try stand.write(text, to: "usage.csv")
        let report = try Self.json(stand.run(["import", "usage", file, "--batch", "\(size)", "--json"]))
        #expect(report["allowed"] == 12 && report["requests"] == 0, "\(size): \(report.compact)")
        #expect(stand.run(["accounts"]).out == "acme\t0.00\t60.00\t0.00\t1\n", "\(size)")
        #expect(stand.run(["audit"]).status == 0)
      }
    }
  }

  @Test("a dry run tells the same and keeps nothing")
  func dryRun() throws {
    try Stand.with([Stand.acme, Self.later]) { stand in
      let file = try stand.write(Self.rows, to: "usage.csv")
      let tried = stand.run(["import", "usage", file, "--dry-run"])
      #expect(tried.status == 5 && tried.out.contains("(a dry run: nothing was kept)"))
      #expect(tried.out.contains("  allowed   2  $3.50\n") && tried.out.contains("  rejected  2\n"), "\(tried)")
      #expect(stand.run(["accounts"]).out == "acme\t0.00\t20.00\t0.00\t1\n")
      #expect(!FileManager.default.fileExists(atPath: "\(file).rejects"))
      let real = stand.run(["import", "usage", file])
      #expect(Self.lines(real.out)[1] == Self.lines(tried.out)[1])
    }
  }

  @Test("Ctrl-C ends it after a transaction, and the same command goes on")
  func interrupted() throws {
    try Stand.with([Stand.acme, Self.later]) { stand in
      let file = try stand.write(Self.rows, to: "usage.csv")
      let (out, error) = (KeptText(), KeptText())
      var looks = 0
      let interrupts = Interrupts(watch: {}) {
        looks += 1
        return looks > 1
      }
      let console = Console(
        out: out, error: error, interrupts: interrupts, environment: ["PAYG_STORE": stand.store])
      let status = Payg.run(["import", "usage", file, "--batch", "2", "--json"], console)
      let report = try JsonReader.read(Array(out.text.utf8))
      #expect(status == .interrupted && report["interrupted"] == true && report["rows"] == 2, "\(out.text)")
      #expect(error.text.contains("interrupted after line 3; the same command goes on from there"))
      let rest = try Self.json(stand.run(["import", "usage", file, "--json"]))
      #expect(rest["known"] == 2 && rest["denied"]?["insufficient_balance"] == 1, "\(rest.compact)")
      #expect(stand.run(["accounts"]).out == "acme\t0.00\t16.50\t0.00\t1\n")
    }
  }

  @Test("columns are named, lines of JSON and gzip are read, seconds get a beginning")
  func forms() throws {
    try Stand.with([Stand.acme, Self.later]) { stand in
      let named = try stand.write("when,who,price,junk\n2026-01-01,acme,$1,x\n", to: "named.csv")
      let report = stand.run([
        "import", "usage", named, "--column", "when=at", "--map", "who=account", "--column", "price=costing", "--name",
        "n",
      ])
      #expect(report.status == 0 && report.out.contains("1 row"), "\(report)")
      #expect(report.error.contains("the column `junk` is not read"), "\(report)")
      #expect(stand.run(["why", "n:2"]).status == 0)
      let lines = try stand.write(#"{"at": 5, "id": "j1", "costing": "$2", "key": "k1"}"# + "\n", to: "l.ndjson")
      let seconds = try Self.json(
        stand.run(["import", "usage", lines, "--account", "acme", "--start", "2026-01-01", "--json"]))
      #expect(seconds["allowed"] == 1, "\(seconds.compact)")
      #expect(stand.run(["why", "j1"]).out.contains("acme / k1  2026-01-01 00:00:05 UTC"))
      // A trace that calls its model something no list has a price for.
      let trace = try stand.write("ts,model,input_tokens,output_tokens\n2026-01-01,service,1000000,0\n", to: "t.csv")
      let priced = stand.run([
        "import", "usage", trace, "--account", "acme", "--set", "model=gpt-4o", "--set", "key=k1", "--json",
      ])
      #expect(try Self.json(priced)["charged_nano"] == 2_500_000_000, "\(priced)")
    }
  }

  @Test("what is wrong with the command or the file")
  func faults() throws {
    try Stand.with([Stand.acme]) { stand in
      let file = try stand.write("a,b\n1,2\n", to: "usage.csv")
      let table: [(arguments: [String], status: Int32, text: String)] = [
        (["import", "usage", "nowhere.csv"], 1, "there is no `nowhere.csv`"),
        (["import", "usage", file], 1, "no column of"), (["import", "usage", file, "--column", "x"], 64, "--column x"),
        (["import", "usage", file, "--column", "zz=at"], 1, "has no column `zz`"),
        (["import", "usage", file, "--set", "model"], 64, "`--set model` sets no field"),
        (["import", "usage", file, "--set", "modle=gpt-4o"], 1, "`modle` is no field that a row can give"),
        (["import", "usage", file, "--set", "input=many"], 1, "`--set input=…`: `many`"),
        (["import", "usage", file, "--event", "reqest"], 1, "the rules have no event `reqest`"),
        (["import", "usage", file, "--batch", "0"], 64, "--batch"),
        (["import", "usage", file, "--start", "soon"], 64, "--start: `soon`"), (["import", "usage"], 64, "file"),
      ]
      for (arguments, status, text) in table {
        let outcome = stand.run(arguments)
        #expect(outcome.status == status && outcome.error.contains(text), "\(arguments): \(outcome)")
        #expect(outcome.out == "")
      }
    }
  }
}

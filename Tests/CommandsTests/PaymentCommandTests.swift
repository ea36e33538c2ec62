import Formats
import Foundation
import Testing

@testable import Commands

/// Payment providers on the command line: who is asked, and what stays in the outbox.
@Suite("Payment commands")
struct PaymentCommandTests {
  /// A provider that says what its argument says.
  static let script = """
    #!/bin/sh
    echo '{"payg": 1, "ready": true, "name": "script"}'
    while read -r line; do
      key=$(printf '%s' "$line" | sed 's/.*"key": *"\\([^"]*\\)".*/\\1/')
      echo "{\\"key\\": \\"$key\\", \\"answer\\": \\"$1\\"}"
    done

    """
  static let card = ["set", "acme", "card", "visa"]

  static func json(_ outcome: Stand.Outcome) throws -> Json { try JsonReader.read(Array(outcome.out.utf8)) }

  @Test("a test store has a provider of its own, and takes none from the environment")
  func testStore() throws {
    try Stand.with([Stand.acme, Self.card]) { stand in
      let paid = stand.run(["topup", "acme", "$25"], environment: ["PAYG_PROVIDER": "/nowhere"])
      #expect(paid.status == 0 && paid.out.contains("asked visa for $25.00: paid"), "\(paid)")
      let declined = stand.run(["topup", "acme", "$25, card declined"])
      #expect(declined.status == 2 && declined.out.contains("402 card_declined"), "\(declined)")
      #expect(declined.out.contains("asked declined for $25.00: declined, test card"))
    }
  }

  @Test("a live store without a provider keeps the charge in the outbox and says so")
  func outbox() throws {
    try Stand.with(clock: nil, [Stand.acme, Self.card]) { stand in
      let waiting = stand.run(["topup", "acme", "$25", "as", "t1"])
      #expect(waiting.status == 2 && waiting.out.hasPrefix("WAITING  topup  t1"), "\(waiting)")
      #expect(
        waiting.error == "note: no payment provider is named, so 1 request waits in the outbox: "
          + "payg pay pending --provider COMMAND\n")
      let listed = stand.run(["pay", "list"])
      #expect(listed.out.contains("acme  $25.00  t1 from visa  ") && listed.out.hasSuffix("not sent\n"), "\(listed)")
      #expect(try Self.json(stand.run(["pay", "list", "--json"]))["schema"] == "payg.outbox/1")
      let nobody = stand.run(["pay", "pending"])
      #expect(nobody.status == 64 && nobody.error.contains("no payment provider is named"))

      let script = try stand.write(Self.script, to: "provider.sh")
      let drained = stand.run(["pay", "pending"], environment: ["PAYG_PROVIDER": "/bin/sh \(script) paid"])
      #expect(drained.status == 0, "\(drained)")
      #expect(drained.out.contains("acme  asked visa for $25.00: paid  "), "\(drained)")
      #expect(drained.out.hasSuffix("1 request sent: 1 paid; 1 event taken up\n"), "\(drained)")
      #expect(stand.run(["accounts"]).out == "acme\t0.00\t45.00\t0.00\t1\n")
      #expect(stand.run(["pay", "list"]).error == "nothing waits\n")
      #expect(stand.run(["pay", "pending", "--provider", "/bin/sh \(script) paid"]).out == "nothing waits\n")
      let replay = stand.run(["topup", "acme", "$25", "as", "t1"])
      #expect(replay.status == 0 && replay.out.contains("(replayed"))
      #expect(stand.run(["audit"]).status == 0)
    }
  }

  @Test("a provider of one's own: paid, declined, pending, and one that breaks")
  func childProvider() throws {
    try Stand.with(clock: nil, [Stand.acme, Self.card]) { stand in
      let script = try stand.write(Self.script, to: "my provider.sh")
      let table: [(answer: String, status: Int32, text: String)] = [
        ("paid", 0, "asked visa for $25.00: paid"), ("declined", 2, "402 card_declined"),
        ("failed", 2, "402 card_declined"), ("pending", 2, "WAITING  topup"), ("nonsense", 2, "nobody knows yet"),
      ]
      for (number, (answer, status, text)) in table.enumerated() {
        let outcome = stand.run([
          "topup", "acme", "$25", "as", "t\(number)", "--provider", "/bin/sh '\(script)' \(answer)",
        ])
        #expect(outcome.status == status && outcome.out.contains(text), "\(answer): \(outcome)")
      }
      let drained = stand.run(["pay", "pending", "--provider", "/bin/sh '\(script)' nonsense", "--json"])
      let json = try Self.json(drained)
      #expect(drained.status == 1 && json["schema"] == "payg.pay/1" && json["sent"] == 2, "\(drained)")
      #expect(json["asked"]?.elements.first?["outcome"] == "unknown")
      let open = stand.run(["pay", "pending", "--limit", "1", "--provider", "/bin/sh '\(script)' paid"])
      #expect(open.status == 0 && open.out.hasSuffix("1 request sent: 1 paid; 1 event taken up\n"), "\(open)")
      #expect(stand.run(["audit"]).status == 0)
      let broken = stand.run(["topup", "acme", "$25", "--provider", "/nowhere"])
      #expect(broken.status == 2 && broken.out.contains("could not be started"), "\(broken)")
      let quote = stand.run(["topup", "acme", "$25", "--provider", "it's"])
      #expect(quote.status == 64 && quote.error.contains("is not closed"))
    }
  }
}

import Engine
import Foundation
import Testing

@testable import Plugins

/// Programs as payment providers. No test waits for a clock: what is late is late because its limit is short.
@Suite("Programs as providers")
struct ChildProviderTests {
  static func example() -> ChildProvider { ChildProvider(["python3", Place.fixture("providers/example-provider.py")]) }

  /// A program that breaks the protocol; with a file, only until that is there.
  static func broken(
    _ way: String, once file: String? = nil, answerLimit: Duration = ChildProvider.answerLimit
  ) -> ChildProvider {
    ChildProvider(
      ["sh", Place.fixture("providers/broken-provider.sh"), way] + (file.map { [$0] } ?? []), name: "broken",
      answerLimit: answerLimit)
  }

  @Test("the example answers by the name of the card")
  func outcomes() throws {
    let provider = Self.example()
    #expect(try provider.start().name == "example")
    #expect(try provider.send(.sample()) == .paid)
    #expect(try provider.send(.sample(card: "declined-visa", key: "2")) == .declined("insufficient funds"))
    #expect(try provider.send(.sample(card: "pending-visa", key: "3")) == .pending)
    #expect(try provider.send(.sample(card: "failed-visa", key: "4")) == .failed("the bank does not answer"))
    #expect(
      try provider.send(.sample(key: "5", amount: 1)) == .failed("a card cannot be charged a part of a cent"))
  }

  @Test("the same key twice is one request, and keys come back as they were written")
  func sameKey() throws {
    let provider = Self.example()
    #expect(try provider.send(.sample(card: "declined", key: "a")) == .declined("insufficient funds"))
    #expect(try provider.send(.sample(card: "visa", key: "a")) == .declined("insufficient funds"))
    for key in ["with \"quotes\" and \\", "line\nfeed\u{0}", "Käse 🧀", "cafe\u{301}", "caf\u{e9}", ""] {
      #expect(try provider.send(.sample(key: key)) == .paid, "\(key)")
    }
  }

  @Test("a program that was stopped is started again")
  func startsAgain() throws {
    let provider = Self.example()
    #expect(try provider.send(.sample()) == .paid)
    provider.stop()
    provider.stop()
    #expect(try provider.send(.sample()) == .paid)
  }

  static let firstLines: [(way: String, words: [String])] = [
    ("mute-and-gone", ["ended with status 7 before its first line"]),
    ("version", ["speaks version 2 of the protocol, and this payg speaks 1"]),
    ("no-version", ["does not say its version"]),
    ("not-ready", ["is not ready: `no API key in STRIPE_KEY`"]),
    ("junk-first", ["wrote `hello world`, which is not the first line of a provider"]),
    ("binary-first", ["which is not the first line of a provider"]),
    ("huge-first", ["a line of more than 64 KiB"]),
  ]

  @Test("a wrong first line is a fault before anything was asked", arguments: firstLines)
  func greeting(way: String, words: [String]) throws {
    let provider = Self.broken(way)
    for _ in 0..<2 {
      let fault = #expect(throws: ProviderFault.self) { try provider.start() }
      for word in words { #expect(fault?.message.contains(word) == true, "\(fault?.message ?? "")") }
      #expect(fault?.message.hasPrefix("`broken` ") == true && fault?.message.contains("unknown") == false)
      #expect(fault?.message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } == true)
    }
    #expect(throws: ProviderFault.self) { try provider.send(.sample()) }
  }

  static let answers: [(way: String, words: [String])] = [
    ("dies", ["ended with status 3 instead of giving an answer", "(it wrote `the database is gone`)"]),
    ("killed", ["was ended by signal 11"]),
    ("closes", ["closed its output instead of giving an answer"]),
    ("junk", ["wrote `paid, I think`, which is not an answer"]),
    ("list", ["wrote `[1, 2]`, which is not an answer"]),
    ("huge", ["a line of more than 64 KiB"]),
    ("endless", ["a line of more than 64 KiB"]),
    ("wrong-key", ["answered `another` where `topup-1#1` was asked"]),
    ("no-key", ["needs both `key` and `answer`"]),
    ("maybe", ["answered `perhaps`, which is none of"]),
  ]

  @Test("a broken answer is a fault: the outcome is unknown, and the next request starts anew", arguments: answers)
  func answer(way: String, words: [String]) throws {
    try Place.withFolder { (folder: URL) throws in
      let provider = Self.broken(way, once: folder.appending(path: "broken").path)
      let fault = #expect(throws: ProviderFault.self) { try provider.send(.sample()) }
      for word in words { #expect(fault?.message.contains(word) == true, "\(fault?.message ?? "")") }
      #expect(fault?.message.contains("whether `topup-1#1` was done is unknown") == true)
      #expect(try provider.send(.sample()) == .paid)
    }
  }

  @Test("a program that is late is ended")
  func late() throws {
    let start = ContinuousClock.now
    let silent = Self.broken("silent", answerLimit: .milliseconds(200))
    let noGreeting = #expect(throws: ProviderFault.self) { try silent.send(.sample()) }
    #expect(noGreeting?.message == "`broken` said nothing within 200 ms of its start")
    let slow = Self.broken("slow", answerLimit: .milliseconds(1_500))
    let noAnswer = #expect(throws: ProviderFault.self) { try slow.send(.sample()) }
    #expect(noAnswer?.message.hasPrefix("`broken` gave no answer within 1500 ms; whether `topup-1#1` was") == true)
    // Both would sleep for a minute.
    #expect(ContinuousClock.now - start < .seconds(40))
  }

  @Test("what nobody asked for is a fault before the next request is sent")
  func unasked() throws {
    try Place.withFolder { (folder: URL) throws in
      let provider = Self.broken("chatty", once: folder.appending(path: "broken").path)
      #expect(try provider.send(.sample()) == .paid)
      let fault = #expect(throws: ProviderFault.self) { try provider.send(.sample(key: "2")) }
      #expect(fault?.message == "`broken` said `and one more thing` without being asked")
      #expect(try provider.send(.sample(key: "2")) == .paid)
    }
  }

  @Test("one that ends after an answer is started again without a fault")
  func endsBetween() throws {
    let provider = Self.broken("once")
    try provider.start()
    for key in ["1", "2", "3"] {
      #expect(try provider.send(.sample(key: key)) == .paid)
      // Had it been asked before its end, that would be a fault.
      while provider.isRunning { usleep(1_000) }
    }
  }

  @Test("standard error may be as long as it likes")
  func loud() throws {
    let provider = Self.broken("loud")
    for key in 0..<5 { #expect(try provider.send(.sample(key: "\(key)")) == .paid) }
  }

  @Test("a program that cannot be started, and a request that cannot be sent")
  func impossible() throws {
    for command in [["no-such-program-here"], ["./no/such/program"], [], [""], ["a\u{0}b"], ["/"]] {
      let fault = #expect(throws: ProviderFault.self) { try ChildProvider(command).send(.sample()) }
      #expect(fault?.message.contains("could not be started: ") == true, "\(fault?.message ?? "")")
    }
    let long = ProviderRequest.sample(key: String(repeating: "k", count: ChildProvider.lineLimit))
    let fault = #expect(throws: ProviderFault.self) { try Self.example().send(long) }
    #expect(fault?.message.contains("was not asked: the request has more than 64 KiB") == true)
  }

  @Test("a reader that goes away is a fault and no signal")
  func brokenPipe() throws {
    let provider = ChildProvider(
      ["sh", "-c", "exec 0<&-; echo '{\"payg\": 1, \"ready\": true}'; sleep 0.2; exit 4"], name: "deaf")
    try provider.start()
    let fault = #expect(throws: ProviderFault.self) { try provider.send(.sample()) }
    #expect(fault?.message.hasPrefix("`deaf` ended with status 4 instead of") == true, "\(fault?.message ?? "")")
  }

  @Test("requests from many threads come one after the other")
  func threads() async throws {
    let provider = Self.example()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          let isDeclined = number % 2 == 0
          let answer = try provider.send(.sample(card: isDeclined ? "declined" : "visa", key: "\(number)"))
          return answer == (isDeclined ? .declined("insufficient funds") : .paid)
        }
      }
      for try await right in group { #expect(right) }
    }
  }

  @Test("no program outlives its provider, and none is left as a zombie")
  func ends() throws {
    try Place.withFolder { (folder: URL) throws in
      let mark = folder.appending(path: "number").path
      do {
        let provider = ChildProvider(
          ["sh", "-c", "echo $$ > '\(mark)'; echo '{\"payg\": 1, \"ready\": true}'; sleep 60 & wait"], name: "clingy")
        try provider.start()
      }
      let number = try #require(
        pid_t(try String(contentsOfFile: mark, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
      #expect(kill(number, 0) == -1 && errno == ESRCH)
    }
  }
}

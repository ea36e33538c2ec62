import Engine
import Foundation
import Standard
import Testing

@testable import Plugins

/// Libraries that crash, tried out by the built `payg`.
@Suite("Trying plugins out")
struct ProbeTests {
  static func probe(timeLimit: Duration = PluginProbe.timeLimit) throws -> PluginProbe {
    PluginProbe(executable: try #require(Library.payg, "payg is not built"), timeLimit: timeLimit)
  }

  static let crashes: [(define: String, words: String)] = [
    ("CONSTRUCTOR=abort()", "loading it crashes: signal 6, "),
    ("CONSTRUCTOR=*(volatile int *)0 = 1", "loading it crashes: signal 11, "),
    ("CONSTRUCTOR=exit(0)", "loading it ends the program"),
    ("CONSTRUCTOR=_exit(3)", "loading it ends the program"),
    ("CONSTRUCTOR=fputs(\"out of luck\", stderr); abort()", "signal 6, aborted (it wrote `out of luck`)"),
    ("ENTRY=abort()", "loading it crashes: signal 6, "),
    ("ENTRY=return (const payg_description *)64", "loading it crashes: signal 11, "),
    ("NAME=(const char *)64", "loading it crashes: signal 11, "),
    ("FUNCTIONS=(const payg_function *)64", "loading it crashes: signal 11, "),
    ("CODE=abort()", "the example of `twice` crashes: signal 6, "),
    ("CODE=return 2 * arguments[0] / (arguments[0] != 1000)", "`twice` at the ends of its ranges crashes: signal 8, "),
    ("BODY=(int64_t (*)(const int64_t *))64", "the example of `twice` crashes: signal 11, "),
    // What is not a crash is said as it is without another process.
    ("ABI=7", "it was built for version 7 of the interface, and this payg has 1"),
    ("RESULT=\"43\"", "the example of `twice`, `twice(21)`, gives 42, not 43"),
    ("VERB=\"pay\"", "`pay` comes from both `standard` and `small`"),
  ]

  @Test("a crash is a refusal that says where", arguments: crashes)
  func crash(define: String, words: String) throws {
    #if arch(arm64)
      // There, a division by zero is zero.
      if words.contains("signal 8") { return }
    #endif
    let probe = try Self.probe()
    try Library.with("broken", [define]) { path throws in
      let refusal = try #require(Library.refusal(path, probe: probe), "\(define) is taken")
      #expect(refusal.reason.contains(words), "\(define): \(refusal.reason)")
    }
  }

  @Test("help comes through from the other process")
  func help() throws {
    let probe = try Self.probe()
    let refusal = try Library.with("broken", ["ABI=7"]) { Library.refusal($0, probe: probe) }
    #expect(refusal?.help == "build it again with the `payg_plugin.h` of this payg")
  }

  @Test("what never comes to an end is ended", arguments: ["CONSTRUCTOR=for (;;) pause()", "CODE=for (;;) {}"])
  func endless(define: String) throws {
    let probe = try Self.probe(timeLimit: .milliseconds(1_500))
    let refusal = try Library.with("broken", [define]) { Library.refusal($0, probe: probe) }
    #expect(refusal?.reason.hasSuffix(" takes more than 1500 ms") == true, "\(refusal?.reason ?? "taken")")
  }

  @Test("good libraries are taken, however much they print")
  func good() throws {
    let probe = try Self.probe()
    #expect(try Library.with("fees") { Library.refusal($0, probe: probe) } == nil)
    let chatty = "CONSTRUCTOR=if (getenv(\"SWIFT_BACKTRACE\")) printf(\"hello\"), fflush(stdout)"
    #expect(try Library.with("broken", [chatty]) { Library.refusal($0, probe: probe) } == nil)
    let crashingEnd = "CODE=static int set; if (!set++) atexit(abort); return 2 * arguments[0]"
    #expect(try Library.with("broken", [crashingEnd]) { Library.refusal($0, probe: probe) } == nil)
  }

  @Test("a probe that is no payg refuses; none at all loads directly")
  func noProbe() throws {
    try Library.with("fees") { path throws in
      for program in ["/bin/sh", "/bin/true", "/no/such/payg"] {
        let refusal = Library.refusal(path, probe: PluginProbe(executable: program))
        #expect(refusal?.reason.hasPrefix("it could not be tried out: `\(program)") == true, "\(refusal?.reason ?? "")")
      }
      #expect(Library.refusal(path) == nil)
    }
  }
}

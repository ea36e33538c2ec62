import Testing

@testable import Commands

@Suite("Colour")
struct ColorChoiceTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var flag: ColorChoice?
    var environment: [String: String]
    var isTerminal: Bool
    var isOn: Bool

    init(_ flag: ColorChoice?, _ environment: [String: String], _ isTerminal: Bool, _ isOn: Bool) {
      (self.flag, self.environment, self.isTerminal, self.isOn) = (flag, environment, isTerminal, isOn)
    }

    var testDescription: String { "\(flag?.rawValue ?? "no flag") \(environment) \(isTerminal ? "terminal" : "pipe")" }
  }

  @Test(
    "flag, then NO_COLOR, then CLICOLOR_FORCE, then TERM, CLICOLOR and the terminal",
    arguments: [
      Row(nil, [:], true, true), Row(nil, [:], false, false), Row(.auto, [:], true, true),
      Row(.auto, [:], false, false),
      Row(.always, [:], false, true), Row(.never, [:], true, false),
      Row(.always, ["NO_COLOR": "1", "TERM": "dumb", "CLICOLOR": "0"], false, true),
      Row(.never, ["CLICOLOR_FORCE": "1"], true, false),
      Row(nil, ["NO_COLOR": "1"], true, false), Row(nil, ["NO_COLOR": ""], true, true),
      Row(nil, ["NO_COLOR": "0"], true, false),
      Row(.auto, ["NO_COLOR": "1"], true, false), Row(nil, ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], true, false),
      Row(nil, ["NO_COLOR": "", "CLICOLOR_FORCE": "1"], false, true),
      Row(nil, ["CLICOLOR_FORCE": "1"], false, true), Row(nil, ["CLICOLOR_FORCE": "0"], false, false),
      Row(nil, ["CLICOLOR_FORCE": ""], false, false), Row(nil, ["CLICOLOR_FORCE": "0"], true, true),
      Row(nil, ["CLICOLOR_FORCE": "1", "TERM": "dumb"], true, true),
      Row(nil, ["CLICOLOR_FORCE": "1", "CLICOLOR": "0"], false, true),
      Row(nil, ["TERM": "dumb"], true, false), Row(nil, ["TERM": "xterm"], true, true),
      Row(nil, ["TERM": "xterm"], false, false),
      Row(nil, ["CLICOLOR": "0"], true, false), Row(nil, ["CLICOLOR": "1"], true, true),
      Row(nil, ["CLICOLOR": "1"], false, false),
    ])
  func table(_ row: Row) {
    #expect(ColorChoice.isOn(row.flag, environment: row.environment, isTerminal: row.isTerminal) == row.isOn)
  }

  @Test("the program follows it, and a pipe gets none unasked")
  func program() throws {
    let escape = "\u{1B}["
    let plain = try Program.run(["explain", "P0420"])
    #expect(plain.status == 0 && !plain.out.contains(escape))
    #expect(try Program.run(["explain", "P0420", "--color", "always"]).out.contains(escape))
    #expect(try Program.run(["--color", "always", "explain", "P0420"]).out.contains(escape))
    #expect(try Program.run(["explain", "P0420"], environment: ["CLICOLOR_FORCE": "1"]).out.contains(escape))
    #expect(
      try !Program.run(["explain", "P0420"], environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).out.contains(escape)
    )
    #expect(
      try !Program.run(["--color=never", "explain", "P0420"], environment: ["CLICOLOR_FORCE": "1"]).out.contains(escape)
    )
  }
}

import Foundation
import Store
import StoreStage

/// Stores and folders that may not be written, or not even read, for somebody who is not allowed everything.
struct Locked {
  let folder: String

  var path: String { "\(folder)/in/a.payg" }

  /// One way to lock: the modes of the file and of its folder, and how each attempt ends: `done`, or the kind of a fault.
  struct Case {
    var file: Int16
    var folder: Int16
    var reading: Set<String>
    var writing: Set<String>
    var making: Set<String>
  }

  static let cases = [
    Case(file: 0o666, folder: 0o777, reading: ["done"], writing: ["done"], making: ["done"]),
    Case(file: 0o444, folder: 0o777, reading: ["done"], writing: ["readOnly"], making: ["done"]),
    // A log needs a place beside the file, for readers as well.
    Case(
      file: 0o666, folder: 0o555, reading: ["done", "cannotOpen"], writing: ["cannotOpen", "readOnly"],
      making: ["cannotOpen"]),
    Case(
      file: 0o444, folder: 0o555, reading: ["done", "cannotOpen"], writing: ["readOnly"], making: ["cannotOpen"]),
    Case(file: 0o000, folder: 0o777, reading: ["cannotOpen"], writing: ["cannotOpen"], making: ["done"]),
    Case(
      file: 0o666, folder: 0o000, reading: ["cannotOpen", "missing"], writing: ["cannotOpen", "missing"],
      making: ["cannotOpen"]),
  ]

  func run() -> [String] {
    var findings: [String] = []
    for (number, locked) in Locked.cases.enumerated() {
      findings += attempt(locked).map { "case \(number): \($0)" }
      chmod("\(folder)/in", 0o755)
      try? FileManager.default.removeItem(atPath: "\(folder)/in")
    }
    return findings
  }

  private func attempt(_ locked: Case) -> [String] {
    let (made, _) = Worker { say in
      do {
        try FileManager.default.createDirectory(atPath: "\(folder)/in", withIntermediateDirectories: true)
        let store = try AccountStore.create(
          at: path, policy: StagePolicy.files, testClock: MixedWrites.end, compile: StagePolicy.compile)
        try MixedWrites.prepare(store)
        return 0
      } catch {
        say("\(error)\n")
        return 1
      }
    }.finish()
    if !made.isEmpty { return made }
    chmod(path, mode_t(locked.file))
    chmod("\(folder)/in", mode_t(locked.folder))
    var findings: [String] = []
    for (name, allowed, action) in [
      ("reading", locked.reading, read), ("writing", locked.writing, write), ("making", locked.making, make),
    ] {
      let (lines, status) = Worker { say in
        // Whoever may do everything becomes somebody who may not.
        if getuid() == 0, setgid(65_534) != 0 || setuid(65_534) != 0 { return 9 }
        do {
          try action()
          say("done\n")
        } catch let fault as StoreFault {
          say(String("\(fault.kind)".prefix { $0 != "(" }) + "\n" + fault.message + "\n")
        } catch {
          say("\(error)\n")
        }
        return 0
      }.finish()
      print(String(locked.file, radix: 8), String(locked.folder, radix: 8), name, lines)
      if status != 0 || !allowed.contains(lines.first ?? "") {
        findings.append("\(name) ended with \(status) \(lines)")
      }
    }
    chmod("\(folder)/in", 0o755)
    chmod(path, 0o644)
    let (lines, status) = Worker { say in
      do {
        let report = try AccountStore.open(path, compile: StagePolicy.compile).audit()
        for finding in report.findings { say("audit: \(finding)\n") }
        return 0
      } catch {
        say("\(error)\n")
        return 1
      }
    }.finish()
    return findings + lines + (status == 0 ? [] : ["the look at the store ended with \(status)"])
  }

  private func read() throws {
    let store = try AccountStore.open(path, .read, patience: 0, compile: StagePolicy.compile)
    let names = try store.read { try $0.accountNames() }
    if names != MixedWrites.accounts { throw StoreFault(.damaged("it has \(names)"), path: path) }
  }

  private func write() throws {
    let store = try AccountStore.open(path, patience: 0, compile: StagePolicy.compile)
    try store.write { try $0.addAccount("dan", at: MixedWrites.start) }
  }

  private func make() throws {
    _ = try AccountStore.create(
      at: "\(folder)/in/b.payg", policy: StagePolicy.files, patience: 0, compile: StagePolicy.compile)
  }
}

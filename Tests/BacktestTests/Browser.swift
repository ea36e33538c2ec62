import Foundation
import Testing

/// A browser without a window, for pages to be opened in.
struct Browser {
  /// What came of one run.
  struct Visit {
    var out: String
    /// Lines that a page wrote to its console, and faults of its content policy.
    var console: [String]
    /// Addresses that were asked for over the network, save those the browser asks for on its own account.
    var requests: [String]
  }

  struct Missing: Error, CustomStringConvertible {
    var description: String {
      "chromium is not installed: `.ci/setup test` installs it (Debian and Ubuntu: apt-get install chromium)"
    }
  }

  /// What Chromium asks for by itself, however often it is told not to: its own updates, clock, and account.
  private static let own = ["update.googleapis.com", "clients2.google.com", "accounts.google.com"]

  let folder: URL
  private let program: String

  /// A folder for pages and pictures, removed when `body` is done.
  static func open<Result>(_ body: (Browser) throws -> Result) throws -> Result {
    let names = ["chromium", "chromium-browser", "google-chrome"]
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = names.lazy.flatMap { name in folders.lazy.map { "\($0)/\(name)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let program = found else { throw Missing() }
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(Browser(folder: folder, program: program))
  }

  /// Writes a file beside the others.
  func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: folder.appending(path: name)) }

  func bytes(_ name: String) -> [UInt8] { [UInt8]((try? Data(contentsOf: folder.appending(path: name))) ?? Data()) }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - isDark: what the reader prefers.
  ///   - words: what to do, as the browser's own options.
  func visit(
    _ name: String, isDark: Bool = false, width: Int = 1_400, height: Int = 1_000, _ words: [String]
  ) throws -> Visit {
    let place = folder.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let log = place.appending(path: "net.json")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    // One that hangs must not hang the tests.
    process.arguments =
      ["timeout", "--kill-after=5", "120", program] + [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
        "--allow-file-access-from-files", "--user-data-dir=\(place.path)", "--enable-logging=stderr", "--v=0",
        "--log-net-log=\(log.path)", "--window-size=\(width),\(height)",
        "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)",
      ] + words + [folder.appending(path: name).absoluteString]
    let files = ["out", "error"].map { place.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let error = String(decoding: (try? Data(contentsOf: files[1])) ?? Data(), as: UTF8.self)
    #expect(process.terminationStatus == 0, "\(error.suffix(2_000))")
    let net = String(decoding: (try? Data(contentsOf: log)) ?? Data(), as: UTF8.self)
    #expect(net.contains("\"constants\""), "the browser kept no log of its network")
    let urls = Set(net.matches(of: #/"url":"([^"]*)"/#).map { String($0.1) })
    return Visit(
      out: String(decoding: (try? Data(contentsOf: files[0])) ?? Data(), as: UTF8.self),
      console: error.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init),
      requests: urls.filter { url in
        !url.hasPrefix("file:") && !Self.own.contains { url.contains("//\($0)/") }
      }.sorted())
  }
}

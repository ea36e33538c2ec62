import Lab
import Language

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Rules as they were at a revision of git, read by the program `git`.
enum GitRules {
  /// Bytes of what git says to one question.
  static let largest = 64 << 20

  /// The texts of a folder of families, named from where the program was started.
  static func texts(of revision: String, folder: String) throws -> PolicyTexts {
    guard !revision.isEmpty, !revision.hasPrefix("-"), !folder.isEmpty else {
      throw BacktestFault.request(message: "`\(revision)` is no revision", help: "git log --oneline")
    }
    var folder = folder[...]
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    let listed = try git(["ls-tree", "-r", "-z", "--name-only", revision, "--", "\(folder)/"], revision)
    var texts: [(name: String, bytes: [UInt8])] = []
    for name in listed.split(separator: 0) {
      let path = String(decoding: name, as: UTF8.self)
      guard path.hasPrefix(folder + "/") else { continue }
      let inside = String(path.dropFirst(folder.count + 1))
      guard inside.hasSuffix("/" + RuleFolder.policyName) || inside.hasSuffix(".csv") else { continue }
      texts.append((inside, try git(["show", "\(revision):./\(path)"], revision)))
    }
    guard texts.contains(where: { $0.name.hasSuffix(RuleFolder.policyName) }) else {
      throw BacktestFault.request(
        message: "there are no rules in `\(folder)` at `\(revision)`", help: "git ls-tree \(revision)")
    }
    return try PolicyTexts(texts)
  }

  /// What git writes.
  private static func git(_ words: [String], _ revision: String) throws(BacktestFault) -> [UInt8] {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw .request(message: "git cannot be started", help: nil) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = (["git", "--no-pager"] + words).map { strdup($0) } + [nil]
    var number = pid_t()
    let failure = posix_spawnp(&number, "git", &actions, nil, &arguments, environ)
    for argument in arguments { free(argument) }
    posix_spawn_file_actions_destroy(&actions)
    close(ends[1])
    var bytes: [UInt8] = []
    if failure == 0 { bytes = readAll(ends[0]) }
    close(ends[0])
    guard failure == 0 else { throw .request(message: "git cannot be started", help: "is it installed? git --version") }
    var status: Int32 = 0
    while waitpid(number, &status, 0) < 0, errno == EINTR {}
    guard status == 0, bytes.count <= largest else {
      throw .request(
        message: "git cannot show the rules at `\(revision)`",
        help: "is it a revision of this folder? git log --oneline")
    }
    return bytes
  }

  private static func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= largest {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += piece[..<count]
    }
    return bytes
  }
}

import Diagnostics
import Lab

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Session {
  /// The name of what is no branch: the store itself.
  static let trunk = "main"

  /// Refuses a line that would send its answer to a file or a program, where those are closed.
  func allowTargets() throws(Complaint) {
    guard isSafe else { return }
    throw Complaint(message: "files and programs are closed to this session", help: "leave out --safe")
  }

  /// Writes a text where a line sends it. What it cannot do is said.
  func write(_ text: String, to target: Tail.Target) -> ExitStatus {
    do throws(Complaint) { try allowTargets() } catch { return complain(error) }
    switch target {
    case .file(let path, let appends): return write(text, file: path, appends: appends)
    case .program(let command): return write(text, program: command)
    }
  }

  private func write(_ text: String, file path: String, appends: Bool) -> ExitStatus {
    if let found = StoreFiles.refusal(of: path, store: storePath) {
      console.complain("cannot write \(path): \(found)", help: "name another file")
      return .failed
    }
    if let fault = FileTarget.write(text, to: path, appends: appends) {
      console.complain("cannot write \(path): \(fault)", help: "name a file that can be written")
      return .failed
    }
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") }
    console.error.write(ink.dim("wrote \(path) (\(Count.text(lines, "line")))") + "\n")
    return .answered
  }

  /// Refuses to write over a file that holds something else than what is written there again and again.
  func refuseToReplace(_ path: String, _ request: Request, unless isOwn: (_ text: String) -> Bool) throws {
    guard TextFile.isFile(path), StoreFiles.refusal(of: path, store: storePath) == nil else { return }
    let bytes = (try? TextFile.read(path, limit: Session.scriptBytes)) ?? []
    guard !StoreFiles.isEmpty(path), !isOwn(String(decoding: bytes, as: UTF8.self)) else { return }
    throw request.complaint(
      "\(path) is there already, and is something else", at: .file,
      help: "\(request.words.line) --anyway writes over it")
  }

  /// The first line that says something of its own.
  static func firstLine(_ text: String) -> Substring? {
    text.split(separator: "\n").first { !$0.hasPrefix("# not stated: ") }
  }

  private func write(_ text: String, program command: String) -> ExitStatus {
    console.out.flush()
    guard let pipe = popen(command, "w") else {
      console.complain("cannot run `\(command)`: \(String(cString: strerror(errno)))")
      return .failed
    }
    let bytes = Array(text.utf8)
    // A reader that has seen enough is no failure.
    fwrite(bytes, 1, bytes.count, pipe)
    let status = pclose(pipe)
    guard status != 0 else { return .answered }
    let code = (status >> 8) & 0xFF
    console.complain("`\(command)` ended with \(code == 0 ? status : code)")
    return .failed
  }
}

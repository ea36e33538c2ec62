import Lab
import Store

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Session {
  /// Files that read files.
  static let deepest = 16
  /// A script is written by people.
  public static let scriptBytes = 16 << 20

  func refuseIfSafe(_ request: Request) throws {
    guard options.isSafe || settings.isSafe else { return }
    throw LineComplaint(
      message: "files and programs are closed to this session", line: request.words.line, help: "leave out --safe",
      code: "safe")
  }

  /// The text of a file of lines.
  func text(of path: String, _ request: Request) throws -> String {
    do throws(FileFault) {
      return String(decoding: try TextFile.read(path, limit: Session.scriptBytes), as: UTF8.self)
    } catch {
      throw request.complaint(error.message, at: .file)
    }
  }

  /// Waits, save for Ctrl-C.
  func rest(_ seconds: Int) {
    for _ in 0..<(seconds * 20) where !console.interrupts.hasCome() { usleep(50_000) }
  }
}

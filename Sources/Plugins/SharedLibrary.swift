import CPaygPlugin

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A shared library in this process. It is never unloaded: its functions may be called until the end.
struct SharedLibrary {
  /// The one symbol a plugin exports.
  static let symbol = "payg_plugin"
  private let entry: @convention(c) () -> UnsafePointer<payg_description>?

  // MARK: - The file

  /// Says what is wrong with a file without loading it.
  static func check(_ path: String) throws(NativePlugin.Refusal) {
    func refusal(_ reason: String, help: String? = nil) -> NativePlugin.Refusal {
      NativePlugin.Refusal(path: path, reason: reason, help: help)
    }
    guard !path.utf8.contains(0) else { throw refusal("a path has no zero byte") }
    var about = stat()
    guard stat(path, &about) == 0 else {
      throw refusal(errno == ENOENT ? "there is no such file" : System.message(errno), help: "check the path")
    }
    guard about.st_mode & S_IFMT == S_IFREG else {
      throw refusal("it is not a file", help: "name the library itself: --plugin ./fees.so")
    }
    guard let file = fopen(path, "rb") else { throw refusal(System.message(errno), help: "ls -l \(path)") }
    defer { fclose(file) }
    var head = [UInt8](repeating: 0, count: 20)
    let count = fread(&head, 1, head.count, file)
    #if !canImport(Darwin)
      guard count == head.count, head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
        throw refusal("it is not a shared library (ELF)", help: "cc -shared -fPIC -o fees.so fees.c")
      }
      guard head[4] == 2, head[5] == 1 else { throw refusal("it is not for a 64-bit little-endian machine") }
      let machine = UInt16(head[18]) | UInt16(head[19]) << 8
      #if arch(x86_64)
        let (own, named) = (UInt16(62), "x86-64")
      #elseif arch(arm64)
        let (own, named) = (UInt16(183), "arm64")
      #else
        let (own, named) = (machine, "this machine")
      #endif
      guard machine == own else { throw refusal("it is for another processor; this payg runs on \(named)") }
      guard head[16] == 3, head[17] == 0 else {
        throw refusal("it is an ELF file, but no shared library", help: "cc -shared -fPIC -o fees.so fees.c")
      }
    #else
      guard count == head.count else { throw refusal("it is not a shared library") }
    #endif
  }

  // MARK: - Loading

  init(_ path: String) throws(NativePlugin.Refusal) {
    // A name without a slash would be looked for in the system's folders.
    guard let library = dlopen(path.contains("/") ? path : "./" + path, RTLD_NOW | RTLD_LOCAL) else {
      throw NativePlugin.Refusal(path: path, reason: "it cannot be loaded: \(SharedLibrary.failure())")
    }
    guard let address = dlsym(library, SharedLibrary.symbol) else {
      throw NativePlugin.Refusal(
        path: path, reason: "it exports no `\(SharedLibrary.symbol)`, so it is no plugin",
        help: "PAYG_EXPORT const payg_description *payg_plugin(void)")
    }
    entry = unsafeBitCast(address, to: (@convention(c) () -> UnsafePointer<payg_description>?).self)
  }

  private static func failure() -> String {
    dlerror().map { Excerpt.text(String(cString: $0), length: 300) } ?? "the system does not say why"
  }

  func describe() -> UnsafePointer<payg_description>? { entry() }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// The few calls of the system that files need. An interrupted call is made again.

/// What the system says about one of its error numbers: `No space left on device`.
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }

/// The descriptor of standard input.
let standardInput: Int32 = 0

/// Opens a file to be read.
func openFile(reading path: String) throws(InputFault) -> (file: Int32, size: Int?) {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else {
    throw InputFault(name: path, errno == ENOENT ? .missing : .unreadable(code: errno))
  }
  var facts = stat()
  guard fstat(file, &facts) == 0 else { return (file, nil) }
  if facts.st_mode & S_IFMT == S_IFDIR {
    close(file)
    throw InputFault(name: path, .isFolder)
  }
  return (file, facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil)
}

/// Opens a file to be written, from its beginning or on from its end.
func openFile(writing path: String, appends: Bool) throws(InputFault) -> Int32 {
  let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC), 0o644)
  guard file >= 0 else { throw InputFault(name: path, .unwritable(code: errno)) }
  return file
}

/// How many bytes an open file has.
func fileSize(_ file: Int32) -> Int {
  var facts = stat()
  return fstat(file, &facts) == 0 ? Int(facts.st_size) : 0
}

func readFile(_ file: Int32, _ name: String, into buffer: UnsafeMutableRawBufferPointer) throws(InputFault) -> Int {
  while true {
    let count = read(file, buffer.baseAddress, buffer.count)
    if count >= 0 { return count }
    if errno != EINTR { throw InputFault(name: name, .unreadable(code: errno)) }
  }
}

func writeFile(_ file: Int32, _ name: String, _ bytes: UnsafeRawBufferPointer) throws(InputFault) {
  var rest = bytes
  while !rest.isEmpty {
    let count = write(file, rest.baseAddress, rest.count)
    if count > 0 {
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    } else if errno != EINTR {
      throw InputFault(name: name, .unwritable(code: errno))
    }
  }
}

func closeFile(_ file: Int32) -> Int32 { close(file) == 0 ? 0 : errno }

/// The place of a byte among others; nil where it is not.
@inline(__always)
func place(of byte: UInt8, in bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
  guard count > 0, let found = memchr(bytes, Int32(byte), count) else { return nil }
  return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
}

/// Whether two stretches of one length have the same bytes.
@inline(__always)
func areEqual(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer, count: Int) -> Bool {
  memcmp(first, second, count) == 0
}

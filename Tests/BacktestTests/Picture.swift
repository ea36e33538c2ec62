import Foundation
import Testing

/// Pictures in PNG, read by Python, whose standard library can unpack them.
enum Picture {
  /// The colours of a picture as `rrggbb`, the most frequent first.
  static func colors(_ path: String) throws -> [String] {
    let script = """
      import collections, struct, sys, zlib
      bytes_ = open(sys.argv[1], 'rb').read()
      place, packed = 8, b''
      while place < len(bytes_):
          size, kind = struct.unpack('>I4s', bytes_[place:place + 8])
          body = bytes_[place + 8:place + 8 + size]
          if kind == b'IHDR': width, height, depth, color, _, _, laced = struct.unpack('>IIBBBBB', body)
          if kind == b'IDAT': packed += body
          place += size + 12
      assert depth == 8 and color in (2, 6) and laced == 0
      step = 3 if color == 2 else 4
      raw, row = zlib.decompress(packed), bytearray(width * step)
      found, place = collections.Counter(), 0
      for _ in range(height):
          way, line = raw[place], bytearray(raw[place + 1:place + 1 + width * step])
          place += 1 + width * step
          for i in range(len(line)):
              left = line[i - step] if i >= step else 0
              up, corner = row[i], row[i - step] if i >= step else 0
              if way == 1: line[i] = (line[i] + left) & 255
              elif way == 2: line[i] = (line[i] + up) & 255
              elif way == 3: line[i] = (line[i] + (left + up) // 2) & 255
              elif way == 4:
                  guess = left + up - corner
                  near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
                  line[i] = (line[i] + near[2]) & 255
          row = line
          found.update(bytes(line[i:i + 3]).hex() for i in range(0, len(line), step))
      print('\\n'.join(color for color, _ in found.most_common()))
      """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, path]
    let out = Pipe()
    process.standardOutput = out
    try process.run()
    let bytes = out.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the picture cannot be read")
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

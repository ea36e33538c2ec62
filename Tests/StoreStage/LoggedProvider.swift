import Engine
import Foundation

/// A payment provider that writes every request into a file before it says anything, as the world would remember it.
///
/// What it says follows from the key alone, however often and by whomever it is asked. Sometimes it is slow, and sometimes the
/// way to it breaks after the request has arrived.
public struct LoggedProvider: PaymentProvider {
  public var name: String { "logged" }
  public var summary: String { "writes down what it is asked" }

  let log: String
  let isMoody: Bool

  public init(log: String, isMoody: Bool) {
    self.log = log
    self.isMoody = isMoody
  }

  /// One line of the log: a request that has arrived.
  public struct Entry: Sendable, Hashable {
    public var key: String
    public var kind: String
    public var account: String
    public var amount: Int64
    public var payment: String
  }

  public func send(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer {
    let before = LoggedProvider.entries(log).count { $0.key == request.key }
    let line = "\(request.key)\t\(request.kind.rawValue)\t\(request.account)\t\(request.amount)\t\(request.payment)\n"
    // One call, so that lines of several programs do not mix.
    let file = open(log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
    let bytes = Array(line.utf8)
    let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    close(file)
    guard file >= 0, written == bytes.count else { throw ProviderFault("the log cannot be written") }
    let mood = LoggedProvider.number(of: "\(request.key) \(before)")
    if isMoody, mood % 5 == 0 { usleep(UInt32(mood % 20_000)) }
    if isMoody, mood % 7 == 0 {
      throw ProviderFault("the line went dead; whether `\(request.key)` was done is unknown")
    }
    switch LoggedProvider.outcome(of: request.key) {
    case .pending: return before < 2 ? .pending : .paid
    case let outcome: return outcome
    }
  }

  /// What becomes of a request in the end; one that is `pending` is paid when it is asked for the third time.
  public static func outcome(of key: String) -> ProviderAnswer {
    switch number(of: key) % 16 {
    case 0: .declined("insufficient funds")
    case 1: .failed("the bank does not answer")
    case 2, 3: .pending
    default: .paid
    }
  }

  public static func isPaid(_ key: String) -> Bool {
    switch outcome(of: key) {
    case .paid, .pending: true
    case .declined, .failed: false
    }
  }

  public static func entries(_ log: String) -> [Entry] {
    guard let bytes = FileManager.default.contents(atPath: log) else { return [] }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let words = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard words.count == 5, let amount = Int64(words[3]) else { return nil }
      return Entry(key: words[0], kind: words[1], account: words[2], amount: amount, payment: words[4])
    }
  }

  /// FNV-1a, well mixed: the same number for a text on every machine and in every run.
  private static func number(of text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash ^= hash >> 33
    hash = hash &* 0xff51_afd7_ed55_8ccd
    return hash ^ (hash >> 33)
  }
}

import Engine
import Formats
import Lab

/// The lines of the protocol between payg and the program of a provider, as bytes without the line feed.
enum ChildLine {
  /// Characters of a reason: it is shown to people.
  static let reasonLength = 200

  /// A line that does not say what it should, as the rest of a sentence.
  struct Misread: Error {
    var message: String
  }

  // MARK: - To the program

  static func request(_ request: ProviderRequest) throws(Misread) -> [UInt8] {
    let line = Json.object([
      .init("payg", .integer(Int64(ChildProvider.protocolVersion))), .init("kind", .text(request.kind.rawValue)),
      .init("key", .text(request.key)), .init("amount_nano", .integer(request.amount)),
      .init("card", .text(request.card)), .init("account", .text(request.account)),
      .init("payment", .text(request.payment)),
    ])
    let bytes = Array(line.compact.utf8)
    guard bytes.count <= ChildProvider.lineLimit else {
      throw Misread(message: "the request has more than \(ChildProvider.lineLimit >> 10) KiB")
    }
    return bytes
  }

  // MARK: - From the program

  private static func object(_ bytes: [UInt8], instead wanted: String) throws(Misread) -> Json {
    guard let line = try? JsonReader.read(bytes), case .object = line else {
      throw Misread(message: "wrote `\(Excerpt.text(bytes))`, which is not \(wanted)")
    }
    return line
  }

  /// `{"payg": 1, "ready": true, "name": "example"}`
  static func greeting(_ bytes: [UInt8]) throws(Misread) -> ChildProvider.Greeting {
    let line = try object(bytes, instead: "the first line of a provider")
    guard let version = line["payg"]?.integer else {
      throw Misread(message: "wrote `\(Excerpt.text(bytes))`, which does not say its version as `\"payg\": 1`")
    }
    guard version == ChildProvider.protocolVersion else {
      throw Misread(
        message: "speaks version \(version) of the protocol, and this payg speaks \(ChildProvider.protocolVersion)")
    }
    guard line["ready"]?.bool == true else {
      throw Misread(message: "is not ready" + (line["reason"]?.text.map { ": `\(Excerpt.text($0))`" } ?? ""))
    }
    return ChildProvider.Greeting(
      name: Excerpt.text(line["name"]?.text ?? ""), summary: Excerpt.text(line["summary"]?.text ?? ""))
  }

  /// `{"key": "topup-1#1", "answer": "declined", "reason": "insufficient funds"}`
  static func answer(_ bytes: [UInt8], to key: String) throws(Misread) -> ProviderAnswer {
    let line = try object(bytes, instead: "an answer")
    guard let found = line["key"]?.text, let answer = line["answer"]?.text else {
      throw Misread(message: "wrote `\(Excerpt.text(bytes))`, which needs both `key` and `answer`")
    }
    // Texts that look alike are one string to Swift and two keys to a provider.
    guard found.utf8.elementsEqual(key.utf8) else {
      throw Misread(message: "answered `\(Excerpt.text(found))` where `\(Excerpt.text(key))` was asked")
    }
    let reason = Excerpt.text(line["reason"]?.text ?? "", length: reasonLength)
    switch answer {
    case "paid": return .paid
    case "declined": return .declined(reason)
    case "pending": return .pending
    case "failed": return .failed(reason)
    default:
      throw Misread(
        message: "answered `\(Excerpt.text(answer))`, which is none of `paid`, `declined`, `pending` and `failed`")
    }
  }
}

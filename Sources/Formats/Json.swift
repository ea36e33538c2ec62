/// A JSON value whose numbers stay what they were: a whole number is never turned into a binary fraction, and the members
/// of an object keep their order.
public indirect enum Json: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number that is not a whole one of 64 bits, as it was written.
  case number(String)
  case text(String)
  case list([Json])
  case object([Member])

  /// One name and its value.
  public struct Member: Sendable, Equatable {
    public var name: String
    public var value: Json

    public init(_ name: String, _ value: Json) {
      self.name = name
      self.value = value
    }
  }
}

// MARK: - Reading members

extension Json {
  /// The value of a member, or nil where this is no object or has none of that name. Of two with one name, the last.
  public subscript(name: String) -> Json? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  public var members: [Member] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  public var elements: [Json] {
    guard case .list(let elements) = self else { return [] }
    return elements
  }

  public var integer: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  public var text: String? {
    guard case .text(let value) = self else { return nil }
    return value
  }

  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  public var isNull: Bool { self == .null }

  /// The kind of value in words, for messages.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer, .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

// MARK: - Building

extension Json: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: Json...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, Json)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
  public init(nilLiteral: ()) { self = .null }
}

// MARK: - Writing

extension Json {
  /// The value on one line, members in their order. Control characters are escaped; a slash is not.
  public var compact: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let written): text += written
    case .text(let value): text += Json.quoted(value)
    case .list(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        element.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += ", " }
        text += Json.quoted(member.name) + ": "
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

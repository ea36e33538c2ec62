import Crypto
import Language

/// The texts of a policy as they are hashed, kept in stores and read: rule files, the tables they name, reforms laid over them.
///
/// Each has a name, and what it is follows from that: `limits/policy.rules` holds the rules of a family,
/// `pricing/prices.csv` a table of the family in that folder, `reforms/1-ten.rules` the first reform.
public struct PolicyTexts: Sendable, Hashable {
  /// Sorted by the bytes of their names. No name is there twice.
  public private(set) var texts: [Text]

  /// One of the texts.
  public struct Text: Sendable {
    public let name: String
    public let bytes: [UInt8]
    /// What people are told it is called: its path, for one that was read from a file.
    public let path: String
  }

  /// The folder that reforms are named in.
  public static let reformFolder = "reforms"

  // MARK: - Making

  /// Texts by their names, in any order.
  ///
  /// - Throws: for a name that is there twice, a text that is too long, a table that is not UTF-8, and where there are no
  ///   rules at all.
  public init(_ texts: [(name: String, bytes: [UInt8])]) throws(FileFault) {
    var made: [Text] = []
    for (name, bytes) in texts { made.append(try PolicyTexts.text(name, bytes, path: name)) }
    try self.init(made)
  }

  init(_ texts: [Text]) throws(FileFault) {
    self.texts = texts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (text, next) in zip(self.texts, self.texts.dropFirst()) where text.name == next.name {
      throw FileFault(path: text.name, .twice)
    }
    if !self.texts.contains(where: { $0.place == .rules }) { throw FileFault(path: "policy", .noRules) }
  }

  static func text(_ name: String, _ bytes: [UInt8], path: String) throws(FileFault) -> Text {
    let text = Text(name: name, bytes: bytes, path: path)
    let isTable = text.place == .table
    let limit = isTable ? TextFile.tableBytes : Limits.standard.fileBytes
    guard bytes.count <= limit else { throw FileFault(path: path, .tooLarge(bytes: bytes.count, limit: limit)) }
    // Rules are not required to be UTF-8 here: the lexer says where they are not.
    if isTable, String(validating: bytes, as: UTF8.self) == nil { throw FileFault(path: path, .notText) }
    return text
  }

  /// The same with another text under a name, or with one more.
  public func replacing(_ name: String, _ bytes: [UInt8]) throws(FileFault) -> PolicyTexts {
    let path = texts.first { $0.name == name }?.path ?? name
    return try PolicyTexts(texts.filter { $0.name != name } + [PolicyTexts.text(name, bytes, path: path)])
  }

  /// The same with a reform laid over what is there.
  ///
  /// - Parameter path: where it comes from; the last part of it becomes part of its name.
  public func adding(reform bytes: [UInt8], path: String) throws(FileFault) -> PolicyTexts {
    let number = (reforms.last?.reformNumber ?? 0) + 1
    return try PolicyTexts(texts + [PolicyTexts.text(PolicyTexts.reformName(number, path), bytes, path: path)])
  }

  /// `reforms/1-ten.rules`
  static func reformName(_ number: Int, _ path: String) -> String {
    var name = TextFile.lastName(path)
    if name.hasSuffix(RuleFolder.ruleEnding) { name = String(name.dropLast(RuleFolder.ruleEnding.count)) }
    return "\(reformFolder)/\(number)-\(name)\(RuleFolder.ruleEnding)"
  }

  // MARK: - Reading

  /// The text of this name.
  public subscript(name: String) -> Text? { texts.first { $0.name == name } }

  /// The rule files, in the order of their folders.
  var rules: [Text] { texts.filter { $0.place == .rules }.sorted { ($0.folder, $0.name) < ($1.folder, $1.name) } }

  /// The reforms, in the order they were laid over.
  var reforms: [Text] {
    texts.filter { $0.reformNumber != nil }
      .sorted { ($0.reformNumber ?? 0, $0.name) < ($1.reformNumber ?? 0, $1.name) }
  }

  // MARK: - Hash

  /// SHA-256 over the names and texts, as 64 hexadecimal digits: names a version of a policy.
  ///
  /// Every part stands behind its length, so that texts cannot run into each other, and the folder they were read from
  /// changes nothing.
  public var hash: String {
    var sum = SHA256()
    sum.update(data: Array("payg policy 1\n".utf8))
    func add(_ bytes: [UInt8]) {
      sum.update(data: (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bytes.count) >> UInt64($0 * 8)) })
      sum.update(data: bytes)
    }
    for text in texts {
      add(Array(text.name.utf8))
      add(text.bytes)
    }
    let digits = Array("0123456789abcdef".utf8)
    let text = sum.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// As many digits of a hash as people need to tell versions apart.
  public static func short(_ hash: String) -> String { String(hash.prefix(12)) }

  public static func == (left: PolicyTexts, right: PolicyTexts) -> Bool {
    left.texts.elementsEqual(right.texts) { $0.name == $1.name && $0.bytes == $1.bytes }
  }

  public func hash(into hasher: inout Hasher) { for text in texts { hasher.combine(text.name) } }
}

extension PolicyTexts.Text {
  enum Place {
    case rules
    case table
    case reform
  }

  /// What it is, by its name.
  var place: Place {
    if reformNumber != nil { return .reform }
    return name.hasSuffix(RuleFolder.ruleEnding) ? .rules : .table
  }

  /// The part of its name before the last slash: the folder of the family.
  var folder: String { TextFile.folder(of: name) }

  /// 3 of `reforms/3-ten.rules`; nil for a text that is no reform.
  var reformNumber: Int? {
    let start = PolicyTexts.reformFolder + "/"
    guard name.hasPrefix(start), name.hasSuffix(RuleFolder.ruleEnding) else { return nil }
    let digits = name.dropFirst(start.count).prefix { $0.isASCII && $0.isNumber }
    let next = name.dropFirst(start.count + digits.count).first
    // A family may be called so, too.
    return next == "-" || next == "." ? Int(digits) : nil
  }
}

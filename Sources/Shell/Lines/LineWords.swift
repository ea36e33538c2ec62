import Language

/// The words of a command line as a line of a scenario.
///
/// A shell takes quotes away, so texts get theirs back: what stands behind a name whose value is a text, and behind `as`. A word
/// with blanks in it, which the shell was told to keep together, is one text.
public enum LineWords {
  /// - Parameter isText: whether the value of this name is a text: a model, a key, an id.
  public static func text(_ words: [String], isText: @escaping (String) -> Bool) -> String {
    var line = LineBuilder(isText: isText)
    for word in words { line.add(word) }
    return line.text
  }

  private struct LineBuilder {
    let isText: (String) -> Bool
    var text = ""
    /// What stands before a value that is a text; nil where none is due.
    private var due: String?

    init(isText: @escaping (String) -> Bool) { self.isText = isText }

    /// Adds one word of the shell, which may be several of the line.
    mutating func add(_ word: String) {
      if due != nil, word.contains(where: \.isWhitespace), !word.hasPrefix("\"") {
        let endsPart = word.last == ","
        append(LineWords.quoted(String(endsPart ? word.dropLast() : word[...])))
        due = nil
        if endsPart { add(part: ",") }
        return
      }
      for part in LineWords.parts(of: word) { add(part: part) }
    }

    private mutating func add(part: String) {
      guard part != "," else {
        text += ","
        due = nil
        return
      }
      guard let name = due else {
        append(part)
        if part == "as" || isText(part) { due = part }
        return
      }
      if name != "as", ["is", "=", "to"].contains(part) { return append(part) }
      due = nil
      append(part.hasPrefix("\"") || part == "none" && name != "as" ? part : LineWords.quoted(part))
    }

    private mutating func append(_ part: String) { text += (text.isEmpty ? "" : " ") + part }
  }

  /// Words, commas, and texts with their quotes.
  private static func parts(of word: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var isQuoted = false
    var isEscaped = false
    func end() {
      if !part.isEmpty { parts.append(part) }
      part = ""
    }
    for character in word {
      if isQuoted {
        part.append(character)
        if character == "\"", !isEscaped {
          isQuoted = false
          end()
        }
        isEscaped = character == "\\" && !isEscaped
      } else if character.isWhitespace {
        end()
      } else if character == "," {
        end()
        parts.append(",")
      } else {
        if character == "\"" {
          end()
          isQuoted = true
        }
        part.append(character)
      }
    }
    end()
    return parts
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

extension ValueType {
  /// Whether its values are called something, so that they stand in quotes.
  public var isWord: Bool {
    switch self {
    case .name, .key, .card, .record: true
    case .money, .rate, .tokens, .integer, .ratio, .bool, .time, .duration, .enumeration: false
    }
  }
}

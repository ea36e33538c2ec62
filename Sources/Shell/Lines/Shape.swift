/// What may follow a verb, written as help shows it: `[ACCOUNT] [for PERIOD] [by day|week|model|key]`.
///
/// Words in small letters stand for themselves, those in capitals for a ``Place``; brackets are around what may be left out, bars
/// between what one is chosen of. One shape is the parser of a verb, its completion, its hint and its help.
public struct Shape: Sendable {
  indirect enum Element: Sendable {
    case word(String)
    case place(Place)
    case sequence([Element])
    case optional(Element)
    case choice([Element])
  }

  let element: Element
  /// Words that stand for themselves somewhere in it: unless in quotes, they are no names.
  let ownWords: Set<String>
  /// As it was written.
  public let text: String

  public init(_ text: String) {
    self.text = text
    var scanner = ShapeScanner(text)
    element = scanner.sequence()
    ownWords = Shape.words(of: element)
    precondition(scanner.isAtEnd, "a shape has as many opening brackets as closing ones: \(text)")
  }

  private static func words(of element: Element) -> Set<String> {
    switch element {
    case .word(let word): [word]
    case .place: []
    case .sequence(let all), .choice(let all): all.reduce(into: []) { $0.formUnion(words(of: $1)) }
    case .optional(let inner): words(of: inner)
    }
  }

  /// Words that are fixed somewhere and so never the name of something, unless in quotes.
  static func isFixed(_ word: String) -> Bool {
    ["for", "by", "from", "as", "on", "under", "of", "last", "then", "to", "where", "until"].contains(word)
  }

  /// Whether it holds the rest of the line.
  public var takesRest: Bool {
    func rests(_ element: Element) -> Bool {
      switch element {
      case .word: false
      case .place(let place): place.takesRest
      case .sequence(let all), .choice(let all): all.contains(where: rests)
      case .optional(let inner): rests(inner)
      }
    }
    return rests(element)
  }
}

/// Reads the text of a shape.
private struct ShapeScanner {
  private var words: [String]
  private var place = 0
  var isAtEnd: Bool { place == words.count }

  init(_ text: String) {
    var spaced = ""
    for character in text {
      spaced += "[]|".contains(character) ? " \(character) " : String(character)
    }
    words = spaced.split(separator: " ").map(String.init)
  }

  mutating func sequence() -> Shape.Element {
    var choices: [Shape.Element] = []
    var all: [Shape.Element] = []
    while place < words.count, words[place] != "]" {
      let word = words[place]
      place += 1
      switch word {
      case "[":
        let inner = sequence()
        precondition(place < words.count, "a bracket of a shape is never closed")
        place += 1
        all.append(.optional(inner))
      case "|":
        // A bar chooses between single elements: `by day|week`.
        choices.append(all.removeLast())
        var next = words[place]
        place += 1
        choices.append(Self.element(next))
        while place < words.count, words[place] == "|" {
          next = words[place + 1]
          place += 2
          choices.append(Self.element(next))
        }
        all.append(.choice(choices))
        choices = []
      default: all.append(Self.element(word))
      }
    }
    return all.count == 1 ? all[0] : .sequence(all)
  }

  private static func element(_ word: String) -> Shape.Element {
    Place(rawValue: word).map { .place($0) } ?? .word(word)
  }
}

/// What the words behind a verb are, once its shape took them.
public struct Arguments: Sendable {
  /// By place, in the order they stand; the words of one joined by blanks.
  var values: [(place: Place, text: String, range: Range<Int>)] = []
  /// The fixed words that stand there.
  var fixed: Set<String> = []

  public func text(_ place: Place, _ index: Int = 0) -> String? {
    let all = values.filter { $0.place == place }
    return all.indices.contains(index) ? all[index].text : nil
  }

  public func range(_ place: Place, _ index: Int = 0) -> Range<Int>? {
    let all = values.filter { $0.place == place }
    return all.indices.contains(index) ? all[index].range : nil
  }

  /// Whether a fixed word stands there: `has("week")`.
  public func has(_ word: String) -> Bool { fixed.contains(word) }
}

extension Shape {
  /// What came of holding words against a shape.
  struct Match {
    /// Nil where the words do not fit.
    var arguments: Arguments?
    /// How many words were taken on the way that came furthest.
    var reached: Int
    /// What could stand behind these, in the order of the shape.
    var expected: [Element]
  }

  /// - Parameter start: the first word behind the verb.
  func match(_ words: Words, from start: Int) -> Match {
    var matcher = Matcher(words: words, ownWords: ownWords)
    matcher.reached = start
    let found = matcher.take(element, start, Arguments()) { place, arguments, matcher in
      if place == words.words.count { return arguments }
      matcher.reach(place)
      return nil
    }
    return Match(arguments: found, reached: matcher.reached, expected: matcher.expected)
  }

  /// Tries everything a shape allows, what may be left out taken first.
  private struct Matcher {
    let words: Words
    let ownWords: Set<String>
    var reached = 0
    var expected: [Element] = []

    typealias Goal = (Int, Arguments, inout Matcher) -> Arguments?

    mutating func reach(_ place: Int) {
      if place > reached { (reached, expected) = (place, []) }
    }

    private mutating func expect(_ element: Element, at place: Int) {
      reach(place)
      if place == reached { expected.append(element) }
    }

    mutating func take(_ element: Element, _ place: Int, _ arguments: Arguments, _ goal: Goal) -> Arguments? {
      switch element {
      case .word(let word):
        expect(element, at: place)
        guard place < words.words.count, words.words[place].text == word, !words.words[place].isQuoted else {
          return nil
        }
        var arguments = arguments
        arguments.fixed.insert(word)
        return goal(place + 1, arguments, &self)
      case .place(let kind): return take(kind, place, arguments, goal)
      case .optional(let inner): return take(inner, place, arguments, goal) ?? goal(place, arguments, &self)
      case .choice(let choices):
        for choice in choices { if let found = take(choice, place, arguments, goal) { return found } }
        return nil
      case .sequence(let all): return take(all[...], place, arguments, goal)
      }
    }

    private mutating func take(
      _ all: ArraySlice<Element>, _ place: Int, _ arguments: Arguments, _ goal: Goal
    ) -> Arguments? {
      guard let first = all.first else { return goal(place, arguments, &self) }
      guard case .optional = first else {
        return take(first, place, arguments) { place, arguments, matcher in
          matcher.take(all.dropFirst(), place, arguments, goal)
        }
      }
      // What may be left out may stand in any order beside what else may be: `for last month last 5`.
      let run = all.prefix { if case .optional = $0 { true } else { false } }
      for index in run.indices {
        guard case .optional(let inner) = all[index] else { continue }
        let found = take(inner, place, arguments) { next, arguments, matcher in
          // What took no word is the same as what is left out.
          if next == place { return nil }
          return matcher.take((run[..<index] + run[(index + 1)...] + all[run.endIndex...])[...], next, arguments, goal)
        }
        if let found { return found }
      }
      return take(all[run.endIndex...], place, arguments, goal)
    }

    private mutating func take(_ kind: Place, _ place: Int, _ arguments: Arguments, _ goal: Goal) -> Arguments? {
      expect(.place(kind), at: place)
      guard place < words.words.count else { return nil }
      let most = kind.takesRest ? words.words.count - place : kind.mostWords
      for count in stride(from: min(most, words.words.count - place), through: kind.takesRest ? most : 1, by: -1) {
        let taken = words.words[place..<(place + count)]
        guard kind.takesRest || kind.takes(taken), let first = taken.first, let last = taken.last else { continue }
        if !kind.takesRest, kind.mostWords == 1, !first.isQuoted, ownWords.contains(first.text) { continue }
        let range = first.range.lowerBound..<last.range.upperBound
        let text = kind.takesRest ? Words.text(words.line, range) : taken.map(\.text).joined(separator: " ")
        var arguments = arguments
        arguments.values.append((kind, text, range))
        if let found = goal(place + count, arguments, &self) { return found }
      }
      return nil
    }
  }
}

/// What the line was before each change.
struct UndoSteps {
  struct Step: Hashable {
    var text: [Unicode.Scalar]
    var cursor: Int
  }

  private var steps: [Step] = []
  /// The line as it was noted last.
  private(set) var now = Step(text: [], cursor: 0)
  /// Whether the last change was one more letter, which are undone a word at a time.
  private var isTyping = false

  /// Takes note of the line as it is ahead of a key.
  mutating func note(_ text: [Unicode.Scalar], cursor: Int) {
    guard text != now.text else {
      if cursor != now.cursor { isTyping = false }
      now.cursor = cursor
      return
    }
    let typed = text.count == now.text.count + 1 && cursor == now.cursor + 1 && text[now.cursor] != " "
    if !(typed && isTyping) { steps.append(now) }
    isTyping = typed
    now = Step(text: text, cursor: cursor)
    // Many copies of a very long line would be much memory.
    while steps.count > InputLimit.undone || steps.count > 1 && held > 4 * InputLimit.entry { steps.removeFirst() }
  }

  private var held: Int { steps.count > 4 && now.text.count > 1000 ? steps.reduce(0) { $0 + $1.text.count } : 0 }

  /// The line before the last change; nil: nothing was changed.
  mutating func undo() -> Step? {
    guard let step = steps.popLast() else { return nil }
    now = step
    isTyping = false
    return step
  }
}

/// Colours for words of a report; the words say the same without them.
public struct Ink: Sendable {
  public var isOn: Bool

  public init(_ isOn: Bool) { self.isOn = isOn }

  public func red(_ text: String) -> String { paint(text, "31") }
  public func green(_ text: String) -> String { paint(text, "32") }
  public func yellow(_ text: String) -> String { paint(text, "33") }
  public func dim(_ text: String) -> String { paint(text, "2") }
  public func strong(_ text: String) -> String { paint(text, "1") }

  private func paint(_ text: String, _ code: String) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

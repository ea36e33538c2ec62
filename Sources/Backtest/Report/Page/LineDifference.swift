/// Two texts line by line: what both have, what only the older has, what only the newer.
struct LineDifference {
  enum Sign {
    case same
    case removed
    case added
    /// Lines between that both have, left out.
    case gap
  }

  private(set) var lines: [(sign: Sign, text: String)] = []
  /// Lines that differ and did not fit.
  private(set) var rest = 0

  /// Lines around a change that are shown with it.
  private static let context = 4
  /// Cells of the table that the longest common part is found with; beyond it, everything between is taken for changed.
  private static let mostCells = 250_000

  init(_ before: String, _ after: String, most: Int) {
    let old = Self.lines(before)
    let new = Self.lines(after)
    let head = zip(old, new).prefix { $0 == $1 }.count
    let (oldRest, newRest) = (old.dropFirst(head), new.dropFirst(head))
    let tail = zip(oldRest.reversed(), newRest.reversed()).prefix { $0 == $1 }.count
    let middle = Self.difference(Array(oldRest.dropLast(tail)), Array(newRest.dropLast(tail)))
    let same = old.prefix(head).map { (sign: Sign.same, text: $0) }
    let all = same + middle + oldRest.suffix(tail).map { (sign: .same, text: $0) }
    shorten(all, most: most)
  }

  private static func lines(_ text: String) -> [String] {
    text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private mutating func shorten(_ all: [(sign: Sign, text: String)], most: Int) {
    var isNear = [Bool](repeating: false, count: all.count)
    for (place, line) in all.enumerated() where line.sign != .same {
      for near in max(0, place - Self.context)...min(all.count - 1, place + Self.context) { isNear[near] = true }
    }
    for (place, line) in all.enumerated() {
      if !isNear[place] {
        if lines.last?.sign != .gap { lines.append((.gap, "…")) }
      } else if lines.count < most {
        lines.append(line)
      } else if line.sign != .same {
        rest += 1
      }
    }
    if lines.count == 1, lines[0].sign == .gap { lines = [] }
  }

  /// By the longest lines in common, in order.
  private static func difference(_ old: [String], _ new: [String]) -> [(sign: Sign, text: String)] {
    let removed = old.map { (sign: Sign.removed, text: $0) }
    let added = new.map { (sign: Sign.added, text: $0) }
    guard !old.isEmpty, !new.isEmpty, old.count * new.count <= mostCells else { return removed + added }
    let width = new.count + 1
    var common = [Int32](repeating: 0, count: (old.count + 1) * width)
    for row in stride(from: old.count - 1, through: 0, by: -1) {
      for column in stride(from: new.count - 1, through: 0, by: -1) {
        common[row * width + column] =
          old[row] == new[column]
          ? common[(row + 1) * width + column + 1] + 1
          : max(common[(row + 1) * width + column], common[row * width + column + 1])
      }
    }
    var found: [(sign: Sign, text: String)] = []
    var (row, column) = (0, 0)
    while row < old.count, column < new.count {
      if old[row] == new[column] {
        found.append((.same, old[row]))
        (row, column) = (row + 1, column + 1)
      } else if common[(row + 1) * width + column] >= common[row * width + column + 1] {
        found.append(removed[row])
        row += 1
      } else {
        found.append(added[column])
        column += 1
      }
    }
    return found + removed[row...] + added[column...]
  }
}

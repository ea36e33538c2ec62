import Diagnostics
import Engine
import Language
import Ledger
import Values

/// What happens to an account by itself while time passes: windows end, holds expire, and what rules compare with the time turns.
struct Passage {
  let before: World.Standing
  let after: World.Standing

  init(from before: World.Standing, to after: World.Standing) {
    self.before = before
    self.after = after
  }

  /// What happens at a time, with what belongs to it; what only turns meanwhile comes last.
  typealias Entry = (at: Int64, lines: [String])

  /// Lines in the order things happen.
  static func inOrder(_ entries: [Entry]) -> [String] {
    entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.flatMap(\.element.lines)
  }

  var entries: [Entry] {
    guard before.at < after.at, before.policyHash == after.policyHash else { return [] }
    let old = before.engine.reader(before.state, at: before.at)
    let new = after.engine.reader(after.state, at: after.at)
    return holds + windows(old, new) + turns(old, new).map { (Int64.max, [$0]) }
  }

  private var program: Program { after.engine.program }

  private var holds: [Entry] {
    before.state.openHolds.map { before.state.holds[$0] }.filter { $0.expiresAt <= after.at }
      .map {
        (
          $0.expiresAt,
          ["\(Explanation.minuteText($0.expiresAt))  hold \($0.id) expires, \(Money(nano: $0.covered)) is free again"]
        )
      }
  }

  // MARK: - Windows

  private func windows(_ old: FactReader, _ new: FactReader) -> [Entry] {
    let layout = after.engine.compiled.layout
    return layout.accountWindows.compactMap { window -> Entry? in
      let end = old.trace.row[window.endSlot]
      guard end > 0, end <= after.at, end < Instant.latest.microseconds else { return nil }
      var line = "\(Explanation.minuteText(end))  the \(window.kind.word) ends"
      let next = new.trace.row[window.endSlot]
      if new.trace.row[window.startSlot] != end { line += ", and others after it" }
      if next < Instant.latest.microseconds { line += "; the next one to \(Explanation.minuteText(next))" }
      return (end, [line] + contents(of: window.kind, old, new))
    }
  }

  /// What began anew.
  private func contents(of kind: WindowKind, _ old: FactReader, _ new: FactReader) -> [String] {
    let formatter = after.engine.formatter(for: after.state)
    let names = BucketNames(program)
    var lines: [String] = []
    for (index, bucket) in program.buckets.enumerated() where bucket.resets?.window == kind {
      let (was, now) = (old.value(of: .posted(index)), new.value(of: .posted(index)))
      if was != now { lines.append("  \(names[index]) \(Money(nano: was)) → \(Money(nano: now))") }
    }
    for (index, meter) in program.meters.enumerated() where meter.window == kind && meter.scope != .key {
      let (was, now) = (old.value(of: .meter(index)), new.value(of: .meter(index)))
      let type = QualifiedType(meter.type)
      if was != now { lines.append("  \(meter.name) \(formatter.text(was, type)) → \(formatter.text(now, type))") }
    }
    return lines
  }

  // MARK: - Turns

  /// Names that come out otherwise only because it is later.
  private func turns(_ old: FactReader, _ new: FactReader) -> [String] {
    let formatter = after.engine.formatter(for: after.state)
    return program.lets.enumerated().compactMap { index, binding in
      guard readsAccountOnly(binding.value), readsTime(binding.value) else { return nil }
      switch binding.value.type.base {
      case .bool, .enumeration: break
      default: return nil
      }
      let (was, now) = (old.evaluate(binding.value), new.evaluate(binding.value))
      guard was != now else { return nil }
      let type = binding.value.type
      return "\(binding.name) turns from \(formatter.text(was, type)) to \(formatter.text(now, type))"
    }
  }

  private func readsAccountOnly(_ expr: Expr) -> Bool {
    every(expr) { fact in
      switch fact {
      case .field, .record, .own, .total, .drawn, .covered, .shortfall, .rescued, .eventKey, .previous: false
      case .setting(let index): program.settings[index].scope != .key
      case .meter(let index): program.meters[index].scope != .key
      default: true
      }
    }
  }

  private func readsTime(_ expr: Expr) -> Bool {
    !every(expr) { fact in
      switch fact {
      case .now, .cycleStart, .cycleEnd, .last, .posted, .available, .held, .meter: false
      default: true
      }
    }
  }

  private func every(_ expr: Expr, _ holds: (Fact) -> Bool) -> Bool {
    var isSo = true
    expr.walk { node in
      switch node.kind {
      case .fact(let fact): if !holds(fact) { isSo = false }
      case .named(let index): if !every(program.lets[index].value, holds) { isSo = false }
      default: break
      }
    }
    return isSo
  }
}

extension WindowKind {
  /// As sentences call it.
  var word: String { "\(self)" }
}

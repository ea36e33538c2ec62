import Values

/// Looks along whole numbers for the one nearest to where things stand at which a test comes out true.
///
/// The test may change its answer any number of times: a grid that grows by factors is tried first, with every number that is
/// known to matter, then the first place found is narrowed down. All that is returned was tested.
struct Axis {
  var low: Int64
  var high: Int64
  /// Where things stand; the test is false there. Nil: nothing is there yet.
  var present: Int64?
  /// The steps that may be the smallest, finest first: `1 nano, 1 unit, 1 cent`.
  var steps: [Int64]
  /// Numbers that are known to matter.
  var hints: [Int64] = []

  struct Find {
    var value: Int64
    /// One step back, where the test is false; nil where that is how things stand now.
    var below: Int64?
    var step: Int64
    /// Towards higher numbers.
    var isUp: Bool
    /// The test is true further on as well, as far as it was tried.
    var goesOn: Bool
  }

  /// The find nearest to `present`; without one, the lowest where the highest number passes, else the highest.
  func search(_ test: (Int64) -> Bool) -> Find? {
    guard low <= high else { return nil }
    guard let present else {
      if !test(high) { return search(from: high, to: low, test) }
      if !test(low) { return search(from: low, to: high, test) }
      return Find(value: low, below: nil, step: steps.first ?? 1, isUp: true, goesOn: true)
    }
    let up = present < high ? search(from: present, to: high, test) : nil
    // What is nearer than that is all that is looked for on the other side.
    let down = present > low ? search(from: present, to: low, test) : nil
    guard let up, let down else { return up ?? down }
    return distance(up.value, present) <= distance(down.value, present) ? up : down
  }

  private func distance(_ a: Int64, _ b: Int64) -> UInt64 {
    a >= b ? UInt64(bitPattern: a &- b) : UInt64(bitPattern: b &- a)
  }

  private func search(from start: Int64, to end: Int64, _ test: (Int64) -> Bool) -> Find? {
    let isUp = end > start
    let points = grid(from: start, to: end)
    var before = start
    for (place, point) in points.enumerated() {
      if test(point) {
        return narrowed(from: before, to: point, start: start, Array(points[(place + 1)...]), isUp, test)
      }
      before = point
    }
    return nil
  }

  /// Ends, hints and growing distances, nearest first.
  private func grid(from start: Int64, to end: Int64) -> [Int64] {
    let (low, high) = (min(start, end), max(start, end))
    var points: Set<Int64> = [end]
    if low < 0, high > 0 { points.insert(0) }
    for hint in hints {
      for step in [0, steps.first ?? 1] {
        let (above, overflow) = hint.addingReportingOverflow(step)
        if !overflow { points.insert(above) }
        let (below, underflow) = hint.subtractingReportingOverflow(step)
        if !underflow { points.insert(below) }
      }
    }
    // Round numbers of the coarsest step, since a finer one may be refused.
    let coarse = steps.last ?? 1
    var distance = coarse
    while true {
      let (point, overflow) =
        end > start ? start.addingReportingOverflow(distance) : start.subtractingReportingOverflow(distance)
      if overflow || point < low || point > high { break }
      let rounded = Axis.rounded(point, to: coarse, up: end > start)
      if let rounded { points.insert(rounded) }
      points.insert(point)
      let (next, wraps) = distance.multipliedReportingOverflow(by: 4)
      if wraps { break }
      distance = next
    }
    let inside = points.filter { $0 >= low && $0 <= high && $0 != start }.sorted()
    return end > start ? inside : inside.reversed()
  }

  static func rounded(_ value: Int64, to step: Int64, up: Bool) -> Int64? {
    let rest = value % step
    if rest == 0 { return value }
    let (down, underflow) = value.subtractingReportingOverflow(rest < 0 ? rest + step : rest)
    if underflow { return nil }
    let (above, overflow) = down.addingReportingOverflow(step)
    return up ? (overflow ? nil : above) : down
  }

  /// The first number on the way from `outside`, where the test is false, to `inside`, where it is true.
  private func narrowed(
    from outside: Int64, to inside: Int64, start: Int64, _ further: [Int64], _ isUp: Bool, _ test: (Int64) -> Bool
  ) -> Find? {
    func back(_ value: Int64, _ amount: Int64) -> Int64 { isUp ? value - amount : value + amount }
    func isPast(_ value: Int64, _ bound: Int64) -> Bool { isUp ? value <= bound : value >= bound }
    var (outside, inside) = (outside, inside)
    // The gap in 64 bits: amounts of money are far from their ends.
    func gap() -> Int64 { Int64(clamping: distance(inside, outside)) }
    var step = steps.last ?? 1
    for size in steps where size <= gap() {
      let ahead = back(inside, -size)
      if test(back(inside, size)) || (ahead >= low && ahead <= high && test(ahead)) {
        step = size
        break
      }
    }
    for _ in 0..<8 {
      var (passes, fails) = (Int64(0), (gap() - 1) / step + 1)
      while fails - passes > 1 {
        let middle = passes + (fails - passes) / 2
        if test(back(inside, middle * step)) { passes = middle } else { fails = middle }
      }
      inside = back(inside, passes * step)
      let below = back(inside, step)
      if isPast(below, start) || !test(below) { break }
      // Below the grid's last point it came true once more.
      (outside, inside) = (start, below)
    }
    var find = Find(value: inside, below: back(inside, step), step: step, isUp: isUp, goesOn: true)
    if isPast(back(inside, step), start) { find.below = nil }
    find = readable(find, start, test)
    let tried = further.filter { !isPast($0, find.value) }
    find.goesOn = !tried.isEmpty && (tried.prefix(2) + tried.suffix(2)).allSatisfy(test)
    return find
  }

  /// The same turn in numbers that people would name, where one side of it is such a number: `$10.01` and `$10.00` for what
  /// turns right above ten dollars.
  private func readable(_ find: Find, _ start: Int64, _ test: (Int64) -> Bool) -> Find {
    func back(_ value: Int64, _ amount: Int64) -> Int64 { find.isUp ? value - amount : value + amount }
    func isPast(_ value: Int64) -> Bool { find.isUp ? value < start : value > start }
    for size in steps.reversed() where size > find.step {
      let last = back(find.value, find.step)
      let value: Int64
      if find.value % size == 0 {
        value = find.value
      } else if last % size == 0 {
        value = back(last, -size)
      } else {
        continue
      }
      let below = back(value, size)
      guard value >= low, value <= high, !isPast(below), value == find.value || test(value) else { continue }
      if below != start {
        guard below >= low, below <= high, !test(below) else { continue }
      }
      var readable = find
      (readable.value, readable.step) = (value, size)
      readable.below = below == start ? nil : below
      return readable
    }
    return find
  }
}

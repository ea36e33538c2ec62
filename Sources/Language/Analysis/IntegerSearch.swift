/// Decides whether a linear system has a solution in whole numbers.
///
/// Variables are eliminated one by one (Fourier–Motzkin): exact while one of the two coefficients that meet is 1, which
/// holds for nearly every condition people write. Where it is not, bounds are halved and tried, up to a limit.
struct IntegerSearch {
  enum Answer {
    case impossible
    case point([Int128])
    case unknown
  }

  /// Boxes tried where elimination alone does not settle it.
  static let boxLimit = 256
  /// Rows alive during one elimination. It can square their number at each step; conditions people write stay under fifty.
  static let rowLimit = 400

  private var boxes = IntegerSearch.boxLimit
  /// The value to take, given a variable and the ends between which every value will do.
  private let choose: (Int, Int128, Int128) -> Int128

  init(choose: @escaping (Int, Int128, Int128) -> Int128) { self.choose = choose }

  mutating func solve(_ start: LinearSystem) -> Answer {
    guard boxes > 0 else { return .unknown }
    boxes -= 1
    var system = start
    system.propagate()
    if system.isRefuted { return .impossible }
    switch IntegerSearch.eliminate(system) {
    case .impossible: return .impossible
    case .order(let order):
      if let point = point(order, system) { return .point(point) }
    case .unknown: break
    }
    return halve(system)
  }

  /// Whether even the fractions have no solution: a quick proof that nothing below this point can hold.
  static func isRefuted(_ system: LinearSystem) -> Bool {
    if case .impossible = eliminate(system) { true } else { false }
  }

  private mutating func halve(_ system: LinearSystem) -> Answer {
    var narrowest: (variable: Int, width: Int128)?
    for row in system.rows {
      for term in row.terms {
        let width = system.high[term.variable] - system.low[term.variable]
        if width > 0, width < narrowest?.width ?? .max { narrowest = (term.variable, width) }
      }
    }
    // Every variable has one value left, and the rows were checked at it while bounds were passed on.
    guard let (variable, width) = narrowest else { return .unknown }
    let middle = system.low[variable] + width / 2
    var isUnknown = false
    for part in [(system.low[variable], middle), (middle + 1, system.high[variable])] {
      var half = system
      half.bound(variable, part.0, part.1)
      switch solve(half) {
      case .impossible: continue
      case .point(let point): return .point(point)
      case .unknown: isUnknown = true
      }
    }
    return isUnknown ? .unknown : .impossible
  }

  // MARK: - Elimination

  private enum Elimination {
    case impossible
    case order([(variable: Int, rows: [LinearRow])])
    case unknown
  }

  private static func eliminate(_ system: LinearSystem) -> Elimination {
    var waiting: Set<Int> = []
    for row in system.rows { for term in row.terms { waiting.insert(term.variable) } }
    var rows = Set(system.rows.map(\.reduced))
    for variable in waiting {
      rows.insert(LinearRow(terms: [.init(variable: variable, coefficient: 1)], constant: -system.high[variable]))
      rows.insert(LinearRow(terms: [.init(variable: variable, coefficient: -1)], constant: system.low[variable]))
    }
    var order: [(variable: Int, rows: [LinearRow])] = []
    while !waiting.isEmpty {
      let variable = cheapest(waiting, rows)
      waiting.remove(variable)
      let meeting = rows.filter { row in row.terms.contains { $0.variable == variable } }
      order.append((variable, Array(meeting)))
      rows.subtract(meeting)
      let above = meeting.filter { coefficient(variable, $0) > 0 }
      let below = meeting.filter { coefficient(variable, $0) < 0 }
      for upper in above {
        for lower in below {
          guard let sum = combined(upper, lower, variable) else { return .unknown }
          if sum.terms.isEmpty {
            if sum.constant > 0 { return .impossible }
          } else {
            rows.insert(sum)
          }
        }
      }
      if rows.count > rowLimit { return .unknown }
      strictestOnly(&rows)
    }
    return .order(order)
  }

  /// The variable whose elimination makes the fewest rows, exact ones before others, the first of equal ones.
  private static func cheapest(_ waiting: Set<Int>, _ rows: Set<LinearRow>) -> Int {
    var counts: [Int: (above: Int, below: Int, exactAbove: Bool, exactBelow: Bool)] = [:]
    for row in rows {
      for term in row.terms {
        var count = counts[term.variable] ?? (0, 0, true, true)
        if term.coefficient > 0 {
          count.above += 1
          count.exactAbove = count.exactAbove && term.coefficient == 1
        } else {
          count.below += 1
          count.exactBelow = count.exactBelow && term.coefficient == -1
        }
        counts[term.variable] = count
      }
    }
    func cost(_ variable: Int) -> (Int, Int, Int) {
      guard let count = counts[variable] else { return (0, 0, variable) }
      return (count.exactAbove || count.exactBelow ? 0 : 1, count.above * count.below, variable)
    }
    return waiting.min { cost($0) < cost($1) } ?? 0
  }

  private static func coefficient(_ variable: Int, _ row: LinearRow) -> Int128 {
    row.terms.first { $0.variable == variable }?.coefficient ?? 0
  }

  private static func combined(_ upper: LinearRow, _ lower: LinearRow, _ variable: Int) -> LinearRow? {
    let (a, b) = (coefficient(variable, upper), -coefficient(variable, lower))
    var scaled = LinearRow()
    guard let first = scaled.adding(upper, times: b) else { return nil }
    scaled = first
    return scaled.adding(lower, times: a)?.reduced
  }

  /// Of rows that differ only in their constant, the strictest says it all.
  private static func strictestOnly(_ rows: inout Set<LinearRow>) {
    var strictest: [[LinearRow.Term]: Int128] = [:]
    for row in rows { strictest[row.terms] = max(strictest[row.terms] ?? row.constant, row.constant) }
    guard strictest.count < rows.count else { return }
    rows = Set(strictest.map { LinearRow(terms: $0.key, constant: $0.value) })
  }

  /// Gives the variables values, last eliminated first; nil where no whole number fits.
  private func point(_ order: [(variable: Int, rows: [LinearRow])], _ system: LinearSystem) -> [Int128]? {
    var values: [Int128?] = Array(repeating: nil, count: system.low.count)
    for (variable, rows) in order.reversed() {
      var low = system.low[variable]
      var high = system.high[variable]
      for row in rows {
        var rest = row.constant
        for term in row.terms where term.variable != variable {
          guard let value = values[term.variable], let part = product(term.coefficient, value),
            let sum = total(rest, part)
          else { return nil }
          rest = sum
        }
        guard rest != .min else { return nil }
        let own = IntegerSearch.coefficient(variable, row)
        if own > 0 {
          high = min(high, floorQuotient(-rest, own))
        } else {
          low = max(low, ceilingQuotient(rest, -own))
        }
      }
      guard low <= high else { return nil }
      values[variable] = choose(variable, low, high)
    }
    return values.enumerated().map { index, value in
      value ?? choose(index, system.low[index], system.high[index])
    }
  }
}

import Diagnostics
import FoundationEssentials
import Language
import Testing
import Values

/// Tables against looking at every key.
@Suite struct TablePropertyTests {
  static let rounds = 4_000

  @Test func agreesWithEveryKey() {
    let given = ProcessInfo.processInfo.environment["PAYG_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...UInt64.max)
    print("tables against enumeration: PAYG_SEED=\(seed)")
    var (gaps, overlaps, unreached, clean) = (0, 0, 0, 0)
    for round in 0..<UInt64(TablePropertyTests.rounds) {
      var random = SeededGenerator(seed: seed &+ round)
      let table = TablePropertyTests.table(&random)
      var program = Program()
      program.tables = [table]
      let found = Analysis.diagnose(program).filter { $0.code.hasPrefix("P032") }
      let keys = TablePropertyTests.keys(table)
      func covering(_ key: [Int64]) -> [Int] {
        table.rows.indices.filter { row in zip(table.rows[row].cells, key).allSatisfy { $0.low <= $1 && $1 <= $0.high }
        }
      }
      let hits = keys.map { ($0, covering($0)) }
      let comment = Comment(
        rawValue: "PAYG_SEED=\(seed) round \(round): \(table.rows.map(\.cells)) \(found.map(\.message))")
      let empty = table.rows.indices.filter { row in !hits.contains { $0.1.contains(row) } }
      if table.hit == .unique {
        let gap = hits.first { $0.1.isEmpty }?.0
        let expected = gap.map { "nothing covers " + TablePropertyTests.words($0) }
        let said = found.first { $0.code == "P0321" }?.message
        #expect(said?.components(separatedBy: ": ").last == expected, comment)
        // Each row that overlaps an earlier one is named once, unless the earlier one is named with it.
        let doubled = hits.filter { $0.1.count > 1 }
        let reported = found.filter { $0.code == "P0322" }
        #expect(reported.isEmpty == doubled.isEmpty, comment)
        for finding in reported {
          let (later, earlier) = (Int(finding.span.start), Int(finding.labels[0].span.start))
          let shared = doubled.first { $0.1.contains(later) && $0.1.contains(earlier) }
          #expect(shared != nil && earlier < later, comment)
          #expect(shared.map { finding.message.hasSuffix("cover " + TablePropertyTests.words($0.0)) } == true, comment)
        }
        #expect(Set(found.filter { $0.code == "P0323" }.map { Int($0.span.start) }) == Set(empty), comment)
        gaps += gap == nil ? 0 : 1
        overlaps += doubled.isEmpty ? 0 : 1
        clean += gap == nil && doubled.isEmpty ? 1 : 0
      } else {
        let never = table.rows.indices.filter { row in !hits.contains { $0.1.first == row } }
        let reported = Set(found.filter { $0.code == "P0323" }.map { Int($0.span.start) })
        #expect(reported == Set(never), comment)
        unreached += never.isEmpty ? 0 : 1
        clean += never.isEmpty ? 1 : 0
      }
    }
    print("\(gaps) with gaps, \(overlaps) with overlaps, \(unreached) with rows never reached, \(clean) clean")
    #expect(gaps > 100 && overlaps > 100 && unreached > 100 && clean > 100)
  }

  /// One to three columns of a few values; half of the tables by cutting the whole box in two again and again, so that
  /// many have neither gap nor overlap.
  private static func table(_ random: inout SeededGenerator) -> Table {
    let count = Int.random(in: 1...3, using: &random)
    let columns = (0..<count).map { column in
      Table.Column(
        name: "k\(column)", type: QualifiedType(.integer),
        range: ValueRange(0, Int64.random(in: 0...4, using: &random)))
    }
    var boxes = [columns.map { (low: Int64(0), high: Int64($0.range.high)) }]
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      if Bool.random(using: &random) {
        let box = boxes.remove(at: Int.random(in: 0..<boxes.count, using: &random))
        let column = Int.random(in: 0..<count, using: &random)
        let at = Int64.random(in: box[column].low...box[column].high, using: &random)
        var (left, right) = (box, box)
        left[column].high = at
        right[column].low = at + 1
        boxes.append(left)
        if right[column].low <= right[column].high { boxes.append(right) }
      } else if Int.random(in: 0..<6, using: &random) == 0 {
        let box = columns.map { column -> (low: Int64, high: Int64) in
          let low = Int64.random(in: -1...Int64(column.range.high), using: &random)
          return (low, low + Int64.random(in: 0...3, using: &random))
        }
        boxes.insert(box, at: Int.random(in: 0...boxes.count, using: &random))
      } else if boxes.count > 1, Int.random(in: 0..<6, using: &random) == 0 {
        boxes.remove(at: Int.random(in: 0..<boxes.count, using: &random))
      }
    }
    let rows = boxes.enumerated().map { index, box in
      Table.Row(cells: box, values: [0], span: Span(source: 0, start: Int32(index), end: Int32(index)))
    }
    let output = Table.Column(name: "out", type: QualifiedType(.integer), range: ValueRange(0, 0))
    return Table(
      name: "p.t", hit: Bool.random(using: &random) ? .unique : .first, inputs: columns, outputs: [output], rows: rows,
      span: .none)
  }

  /// Every key, smallest first.
  private static func keys(_ table: Table) -> [[Int64]] {
    table.inputs.reduce([[]]) { keys, column in
      keys.flatMap { key in (Int64(column.range.low)...Int64(column.range.high)).map { key + [$0] } }
    }
  }

  private static func words(_ key: [Int64]) -> String {
    key.enumerated().map { "k\($0) = \($1)" }.joined(separator: " and ")
  }

  // MARK: - Large tables

  private static func column(_ type: ValueType) -> Table.Column {
    Table.Column(name: "k", type: QualifiedType(type), range: type.naturalRange)
  }

  private static func diagnose(
    _ hit: Table.HitPolicy, _ inputs: [Table.Column], _ cells: [[(low: Int64, high: Int64)]]
  )
    -> [Diagnostic]
  {
    let rows = cells.enumerated().map { index, cells in
      Table.Row(cells: cells, values: [], span: Span(source: 0, start: Int32(index), end: Int32(index)))
    }
    var program = Program()
    program.tables = [Table(name: "p.t", hit: hit, inputs: inputs, outputs: [], rows: rows, span: .none)]
    return Analysis.diagnose(program).filter { $0.code.hasPrefix("P032") }
  }

  @Test func tenThousandRows() {
    let step: Int64 = 1_000
    let (bottom, top) = (Int64(ValueType.money.naturalRange.low), Int64(ValueType.money.naturalRange.high))
    var cells = (0..<9_998).map { [(low: Int64($0) * step, high: Int64($0) * step + step - 1)] }
    cells.append([(bottom, -1)])
    cells.append([(9_998 * step, top)])
    #expect(TablePropertyTests.diagnose(.unique, [TablePropertyTests.column(.money)], cells).isEmpty)
    #expect(TablePropertyTests.diagnose(.first, [TablePropertyTests.column(.money)], cells).isEmpty)
    cells[5_000][0].low += 1
    cells[7_000][0].low -= 1
    let found = TablePropertyTests.diagnose(.unique, [TablePropertyTests.column(.money)], cells)
    #expect(
      Set(found.map(\.message)) == [
        "table `p.t` has a gap: nothing covers k = $0.005", "two rows of table `p.t` cover k = $0.006999999",
      ])
    // A price list: no gap is looked for among names, one named twice is an overlap.
    var names = (0..<10_000).map { [(low: Int64($0), high: Int64($0))] }
    #expect(TablePropertyTests.diagnose(.unique, [TablePropertyTests.column(.name)], names).isEmpty)
    names[9_999] = [(17, 17)]
    #expect(
      TablePropertyTests.diagnose(.unique, [TablePropertyTests.column(.name)], names).map(\.span.start) == [9_999])
    #expect(TablePropertyTests.diagnose(.first, [TablePropertyTests.column(.name)], names).map(\.span.start) == [9_999])
  }

  @Test func rowsOfOneColumn() {
    func rows(_ hit: Table.HitPolicy, _ cells: [(Int64, Int64)]) -> [Int32] {
      let column = Table.Column(name: "k", type: QualifiedType(.integer), range: ValueRange(0, 9))
      let found = TablePropertyTests.diagnose(hit, [column], cells.map { [(low: $0.0, high: $0.1)] })
      return found.filter { $0.code != "P0321" }.map(\.span.start)
    }
    // The third meets the second, not the first.
    #expect(rows(.unique, [(0, 5), (3, 9), (7, 8)]) == [1, 2])
    #expect(rows(.unique, [(0, 9), (2, 3), (5, 6)]) == [1, 2])
    // Neighbours cover what neither covers alone, whichever comes first.
    #expect(rows(.first, [(2, 3), (0, 1), (0, 3)]) == [2])
    #expect(rows(.first, [(0, 1), (2, 3), (0, 3)]) == [2])
    #expect(rows(.first, [(0, 1), (3, 4), (0, 4)]) == [])
  }

  @Test func manyRowsOfTwoColumns() {
    let column = Table.Column(name: "k", type: QualifiedType(.integer), range: ValueRange(0, 69))
    var grid: [[(low: Int64, high: Int64)]] = []
    for x in Int64(0)..<70 { for y in Int64(0)..<70 { grid.append([(x, x), (y, y)]) } }
    #expect(TablePropertyTests.diagnose(.unique, [column, column], grid).isEmpty)
    grid.remove(at: 70 * 30 + 20)
    #expect(
      TablePropertyTests.diagnose(.unique, [column, column], grid).map(\.message) == [
        "table `p.t` has a gap: nothing covers k = 30 and k = 20"
      ])
    // Ten thousand rows that all cover almost everything end in a note, not in an hour.
    let wide = (0..<10_000).map { [(low: Int64(0), high: Int64(69)), (low: Int64($0 % 70), high: Int64(69))] }
    #expect(!TablePropertyTests.diagnose(.unique, [column, column], wide).isEmpty)
    let tiny = (0..<10_000).map { _ in [(low: Int64(3), high: Int64(3)), (low: Int64(4), high: Int64(4))] }
    #expect(TablePropertyTests.diagnose(.first, [column, column], tiny).map(\.code).contains("P0324"))
  }

  @Test func openColumnsBesideClosedOnes() {
    let tier = Table.Column(name: "tier", type: QualifiedType(.enumeration(["free", "pro"])), range: ValueRange(0, 1))
    let model = TablePropertyTests.column(.name)
    // Every listed name needs both tiers; unlisted names have no row and that is no gap.
    let half = [[(low: Int64(0), high: Int64(0)), (low: Int64(0), high: Int64(1))], [(7, 7), (0, 0)]]
    #expect(
      TablePropertyTests.diagnose(.unique, [model, tier], half).map(\.message) == [
        "table `p.t` has a gap: nothing covers k is a name no table lists and tier is pro"
      ])
    let whole = half + [[(7, 7), (1, 1)]]
    #expect(TablePropertyTests.diagnose(.unique, [model, tier], whole).isEmpty)
    let any = [[(low: Int64.min, high: Int64.max), (low: Int64(0), high: Int64(1))]]
    #expect(TablePropertyTests.diagnose(.unique, [model, tier], any).isEmpty)
  }
}

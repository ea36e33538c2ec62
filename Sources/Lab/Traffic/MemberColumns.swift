import Formats

/// Members of objects as columns: each name is one, numbered as they first come.
struct MemberColumns: ~Copyable {
  private var names: NamePool
  /// Which column each member of the object before had. The next object has mostly the same.
  private var order: [Int] = []
  private let slots: UnsafeMutablePointer<UnsafeRawBufferPointer>
  private var used = 0

  /// Room for so many columns is made once. What comes after them is passed over.
  init(limit: Int) {
    names = NamePool(limit: limit)
    slots = .allocate(capacity: limit)
    slots.initialize(repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: limit)
  }

  deinit { slots.deallocate() }

  /// By column; empty where the object has no such member, or null.
  var cells: UnsafePointer<UnsafeRawBufferPointer> { UnsafePointer(slots) }

  /// Puts the members of an object where their columns are. True where a column is new.
  mutating func take(
    _ members: UnsafeBufferPointer<NdjsonScanner.Member>, into table: inout ColumnTable
  ) throws(CellFault) -> Bool {
    for column in 0..<used { slots[column] = UnsafeRawBufferPointer(start: nil, count: 0) }
    var isNew = false
    for place in 0..<members.count {
      guard let column = column(of: members[place].name, at: place) else { continue }
      if column == used {
        used += 1
        table.add(names[column])
        isNew = true
      }
      guard slots[column].baseAddress == nil else { throw CellFault("`\(names[column])` stands twice in the object") }
      let value = members[place].value
      slots[column] = UnsafeRawBufferPointer(
        start: value.baseAddress, count: members[place].kind == .null ? 0 : value.count)
    }
    return isNew
  }

  /// A list or an object is no value of a column that is read.
  func checkNested(_ members: UnsafeBufferPointer<NdjsonScanner.Member>, _ table: ColumnTable) throws(CellFault) {
    for member in members where member.kind == .nested {
      guard let column = (0..<used).first(where: { names.hasName(member.name, at: $0) }) else { continue }
      guard table.columns[column].meaning != nil else { continue }
      throw CellFault(member.value, "is no single value").of(names[column])
    }
  }

  private mutating func column(of name: UnsafeRawBufferPointer, at place: Int) -> Int? {
    if place < order.count, names.hasName(name, at: order[place]) { return order[place] }
    let column = names.place(of: name)
    if place < order.count {
      order[place] = column ?? -1
    } else if place == order.count {
      order.append(column ?? -1)
    }
    return column
  }
}

/// The holds of an account, numbered from zero in the order they were made.
///
/// An account in memory has all of them at hand. One that is kept elsewhere brings only those that an event can concern: the
/// open ones, and the one the event names. There may be very many others.
public struct HoldBook: Sendable, Hashable {
  /// How many there ever were.
  public var count: Int { firstRecent + recent.count }
  /// Those made before this one are at hand only where `older` has them.
  private var firstRecent = 0
  private var recent: [Hold] = []
  private var older: [Int: Hold] = [:]

  public init() {}

  /// A book of `count` holds, of which these are at hand.
  public init(count: Int, atHand: [Int: Hold]) {
    firstRecent = count
    older = atHand
  }

  /// Whether there is a hold of this number, and it is at hand.
  public func has(_ number: Int) -> Bool {
    number >= firstRecent ? number < count : !older.isEmpty && older[number] != nil
  }

  /// A hold at hand.
  public subscript(number: Int) -> Hold {
    get {
      if number >= firstRecent { return recent[number - firstRecent] }
      guard let hold = older[number] else { preconditionFailure("hold \(number) is not at hand") }
      return hold
    }
    _modify {
      if number >= firstRecent {
        yield &recent[number - firstRecent]
      } else {
        guard var hold = older.removeValue(forKey: number) else {
          preconditionFailure("hold \(number) is not at hand")
        }
        defer { older[number] = hold }
        yield &hold
      }
    }
  }

  /// The numbers of all holds at hand, in the order they were made.
  public var numbers: [Int] { older.keys.sorted() + (firstRecent..<count) }

  /// All holds at hand, in the order they were made.
  public var all: [Hold] { numbers.map { self[$0] } }

  /// The latest hold at hand of which this is so.
  public func last(where matches: (Hold) -> Bool) -> Int? {
    if let index = recent.lastIndex(where: matches) { return firstRecent + index }
    return older.filter { matches($0.value) }.keys.max()
  }

  /// The same number of holds, and the same ones at hand.
  public static func == (left: HoldBook, right: HoldBook) -> Bool {
    left.count == right.count && left.numbers == right.numbers && left.all == right.all
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(count) }

  mutating func append(_ hold: Hold) { recent.append(hold) }

  mutating func removeLast() { recent.removeLast() }

  /// Makes one at hand that was not.
  mutating func bring(_ hold: Hold, number: Int) {
    if !has(number), number < firstRecent { older[number] = hold }
  }

  /// Lets go of all but the open ones.
  mutating func letGo(keeping open: [Int]) {
    var kept: [Int: Hold] = [:]
    for number in open { kept[number] = self[number] }
    self = HoldBook(count: count, atHand: kept)
  }
}

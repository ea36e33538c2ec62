import Diagnostics
import Language

/// Finds what a word of a scenario means in a checked program, and the nearest name where it means nothing.
public struct NameIndex: Sendable {
  /// What a name can stand for outside of expressions.
  public enum Meaning: Sendable, Hashable {
    case setting(Int)
    case bucket(Int)
    case meter(Int)
  }

  public enum Found: Sendable, Hashable {
    case one(Meaning)
    /// Several families have it: their full names.
    case several([String])
    case nothing(nearest: String?)
  }

  private var meanings: [String: Meaning] = [:]
  /// A bare name and the full names it can mean, sorted.
  private var fullNames: [String: [String]] = [:]

  public init(_ program: Program) {
    for (index, setting) in program.settings.enumerated() { add(setting.name, .setting(index)) }
    for (index, bucket) in program.buckets.enumerated() { add(bucket.name, .bucket(index)) }
    for (index, meter) in program.meters.enumerated() { add(meter.name, .meter(index)) }
  }

  private mutating func add(_ name: String, _ meaning: Meaning) {
    meanings[name] = meaning
    let bare = NameIndex.bare(name)
    fullNames[bare] = ((fullNames[bare] ?? []) + [name]).sorted()
  }

  /// What `limits.spending_limit` or `spending_limit` stands for.
  ///
  /// - Parameter home: the family that is asked first where several have a bare name.
  public func find(_ name: String, from home: String? = nil) -> Found {
    if let meaning = meanings[name] { return .one(meaning) }
    if let home, let meaning = meanings["\(home).\(name)"] { return .one(meaning) }
    let full = fullNames[name] ?? []
    if full.count > 1 { return .several(full) }
    if let only = full.first, let meaning = meanings[only] { return .one(meaning) }
    let bareNames = fullNames.filter { $0.value.count == 1 }.map(\.key)
    return .nothing(nearest: Suggestion.nearest(name, in: name.contains(".") ? Array(meanings.keys) : bareNames))
  }

  /// The part of a full name behind its family: `spending_limit`.
  public static func bare(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
  }

  /// The family of a full name: `limits`.
  public static func family(_ name: String) -> String? {
    name.lastIndex(of: ".").map { String(name[..<$0]) }
  }

  /// The index of the one entry with this name, full or bare; nil where none or several have it and `home` does not.
  public static func unique<Entry>(
    _ name: String, in entries: [Entry], from home: String? = nil, named: (Entry) -> String
  ) -> Int? {
    if let exact = entries.firstIndex(where: { named($0) == name }) { return exact }
    if let home, let own = entries.firstIndex(where: { named($0) == "\(home).\(name)" }) { return own }
    let same = entries.indices.filter { bare(named(entries[$0])) == name }
    return same.count == 1 ? same[0] : nil
  }
}

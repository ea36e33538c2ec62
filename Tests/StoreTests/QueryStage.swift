import Engine
import Foundation
import Language
import Ledger
import StoreStage
import Values

@testable import Store

/// A world for statements: what a shell would know.
final class StagedWorld: QueryWorld {
  let store: AccountStore
  var moment = StoreReader.Moment.now
  var overlay: [QueryOverlayEvent] = []
  var given: [String: [[QueryValue]]] = [:]
  var standing: [String: StoreReader.PastAccount] = [:]
  var asked = 0

  init(_ store: AccountStore) { self.store = store }

  func fact(account: String, key: String?, name: String) throws -> QueryValue {
    asked += 1
    return try store.read { reader in
      let past = try reader.account(account, at: moment)
      let index = key.flatMap { past.state.keyIndex(named: $0) }
      guard let found = past.engine.value(of: name, in: past.state, key: index, at: past.at) else { return .null }
      return found.value == ValueType.none ? .null : .integer(found.value)
    }
  }

  func rows(of view: String) throws -> [[QueryValue]]? { given[view] }

  func account(_ name: String) throws -> StoreReader.PastAccount? { standing[name] }
}

/// Stores to ask, and short ways to ask them.
struct QueryStage {
  let store: AccountStore
  let world: StagedWorld
  let query: StoreQuery

  init(_ store: AccountStore) throws {
    self.store = store
    world = StagedWorld(store)
    query = try StoreQuery(store, world: world)
  }

  /// A store that lived through much, with its clock moved last.
  init(seed: UInt64, deeds: Int = 120) throws {
    let store = try AuditedStore.make(seed: seed, deeds: deeds)
    // Holds that are over and that nothing has released are part of it.
    let now = try store.read { $0.now }
    try store.write { try $0.moveClock(to: now + 4_000_000_000) }
    try self.init(store)
  }

  func remove() { CollectingPolicy.remove(store) }

  @discardableResult
  func rows(_ sql: String, most: Int = 100_000, seconds: Int = 30) throws -> [[QueryValue]] {
    var rows: [[QueryValue]] = []
    _ = try query.run(sql, most: most, seconds: seconds, isInterrupted: { false }) { rows.append($0) }
    return rows
  }

  func texts(_ sql: String) throws -> [String] {
    try rows(sql).map { row in row.map(\.shown).joined(separator: "|") }
  }

  /// What is wrong with a statement; nil where it is answered.
  func fault(_ sql: String, most: Int = 1_000, seconds: Int = 5) -> QueryFault? {
    do throws(QueryFault) {
      _ = try query.run(sql, most: most, seconds: seconds, isInterrupted: { false }) { _ in }
      return nil
    } catch {
      return error
    }
  }

  /// Everything in the folder of the store but what readers share while they read.
  func bytes() throws -> [String: [UInt8]] {
    let folder = URL(filePath: store.path).deletingLastPathComponent()
    var found: [String: [UInt8]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !name.hasSuffix("-shm") {
      found[name] = Array(try Data(contentsOf: folder.appending(path: name)))
    }
    return found
  }
}

extension QueryValue {
  var shown: String {
    switch self {
    case .null: "NULL"
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): text
    case .blob(let bytes): "\(bytes)"
    }
  }

  var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
}

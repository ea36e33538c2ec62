import Engine
import Language
import Ledger
import Values

/// An account as the rows that a store keeps: by name, so that they outlive a change of policy.
///
/// Numbers of keys, holds, payments and refunds count from 1; key 0 is the account itself.
struct AccountRows: Sendable {
  var clock: Int64 = 0
  var sequence: Int64 = 0
  /// How many holds there ever were.
  var holdCount = 0
  var keys: [String] = []
  var cards: [String] = []
  var settings: [SettingRow] = []
  var books: [BookRow] = []
  var meters: [MeterRow] = []
  var periods: [PeriodRow] = []
  var latest: [LatestRow] = []
  var lots: [LotRow] = []
  /// Those at hand: all open ones at least.
  var holds: [HoldRow] = []
  var payments: [PaymentRow] = []
  var refunds: [RefundRow] = []
  /// Payments that an event asked for which has no answer yet, as their numbers from 0.
  var charges: [Int] = []

  struct SettingRow: Sendable, Hashable {
    var key: Int
    var name: String
    var value: StoredValue
  }

  struct BookRow: Sendable, Hashable {
    var name: String
    var amount: Int64
    var held: Int64
    var used: Int64?
  }

  struct MeterRow: Sendable, Hashable {
    var key: Int
    var name: String
    var value: Int64
    var held: Int64
  }

  struct PeriodRow: Sendable, Hashable {
    var key: Int
    var kind: String
    var start: Int64?
    var end: Int64?
    var epoch: Int64
  }

  struct LatestRow: Sendable, Hashable {
    var kind: String
    var at: Int64
  }

  struct LotRow: Sendable, Hashable {
    var bucket: String
    var number: Int
    var kind: String
    var isPaid: Bool
    var amount: Int64
    var remaining: Int64
    var receivedAt: Int64
    var origin: String
  }

  struct HoldRow: Sendable, Hashable {
    var number: Int
    var id: String
    var kind: String
    var key: Int
    var at: Int64
    var expiresAt: Int64
    var covered: Int64
    var state: String
    /// JSON, as all that follow.
    var drawn: String
    var fields: String
    var labels: String
    var epochs: String
  }

  struct PaymentRow: Sendable, Hashable {
    var number: Int
    var id: String
    var key: String
    var bucket: String
    var amount: Int64
    var card: String?
    var isAutomatic: Bool
    var kind: String
    var origin: String
    var fields: String
    var at: Int64
    var state: String
    var lot: Int?
    var refunded: Int64
    /// JSON.
    var clawback: String?
  }

  struct RefundRow: Sendable, Hashable {
    var number: Int
    var key: String
    var payment: Int
    var amount: Int64
    var kind: String
    var origin: String
    var at: Int64
    var state: String
  }
}

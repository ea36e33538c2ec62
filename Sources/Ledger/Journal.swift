/// One movement on one book. The postings of a transaction sum to zero.
public struct Posting: Sendable, Hashable {
  public var book: Book
  /// Nano-dollars; above zero is money arriving in the book.
  public var amount: Int64

  public init(_ book: Book, _ amount: Int64) {
    self.book = book
    self.amount = amount
  }
}

/// Everything one event did to an account.
public struct Transaction: Sendable, Hashable {
  /// Counts up within an account.
  public var sequence: Int64
  /// When it was posted: the event's time, or the account's clock if that was later. Microseconds since 1970.
  public var postedAt: Int64
  /// The time the event itself named.
  public var occurredAt: Int64
  /// Index of the event in the policy.
  public var event: Int
  public var id: String
  /// The key it came with, by its index in the account.
  public var key: Int?
  /// Words for people, such as the model's name.
  public var labels: [Label]
  public var step: Step
  public var postings: [Posting]
  /// The part of the postings that opened lots: bucket, kind of lot, amount.
  public var lots: [NewLot]
  public var settings: [SettingChange]

  /// Which part of an event it was.
  public enum Step: UInt8, Sendable, Hashable {
    /// A rule acted before a denial, so that the decision could be taken once more.
    case rescue
    case decision
    /// Rules that react to the new state.
    case reaction
    /// A hold's time was over.
    case expiry
    /// Somebody changed the account from outside.
    case adjustment
  }

  public struct Label: Sendable, Hashable {
    public var name: String
    public var text: String

    public init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  public struct NewLot: Sendable, Hashable {
    public var bucket: Int
    public var kind: Int
    public var amount: Int64
  }

  public struct SettingChange: Sendable, Hashable {
    public var setting: Int
    public var key: Int?
    /// `LedgerLayout.unset` where its default held.
    public var before: Int64
    public var after: Int64

    public init(setting: Int, key: Int?, before: Int64, after: Int64) {
      self.setting = setting
      self.key = key
      self.before = before
      self.after = after
    }
  }
}

/// The transactions of an account in order: what statements and audits fold.
public struct Journal: Sendable, Hashable {
  public private(set) var transactions: [Transaction] = []

  public init() {}

  public mutating func record(_ transaction: Transaction) { transactions.append(transaction) }

  /// Back to its first `count` transactions.
  public mutating func rewind(to count: Int) { transactions.removeLast(max(0, transactions.count - max(0, count))) }
}

extension Transaction {
  /// A transaction from instructions that were carried out, as `AccountState.apply` left them. Postings stand in pairs: a
  /// bucket and its contra; for costs the platform bears, two contras.
  public init(
    _ changes: some Sequence<LedgerChange>, sequence: Int64, postedAt: Int64, occurredAt: Int64, event: Int, id: String,
    key: Int?, labels: [Label], step: Step
  ) {
    self.init(
      sequence: sequence, postedAt: postedAt, occurredAt: occurredAt, event: event, id: id, key: key, labels: labels,
      step: step, postings: [], lots: [], settings: [])
    for change in changes {
      let target = Int(change.target)
      switch change.kind {
      case .draw where change.amount != 0:
        postings += [Posting(.bucket(target), -change.amount), Posting(.contra(.usage), change.amount)]
      case .credit where change.amount > 0:
        postings += [Posting(.bucket(target), change.amount), Posting(.contra(change.contra), -change.amount)]
        lots.append(NewLot(bucket: target, kind: Int(change.lotKind), amount: change.amount))
      case .debit where change.amount > 0:
        postings += [Posting(.bucket(target), -change.amount), Posting(.contra(change.contra), change.amount)]
      case .drawLate where change.amount != 0:
        postings += [Posting(.bucket(target), -change.amount), Posting(.contra(.usage), change.amount)]
      case .absorb where change.amount > 0:
        postings += [Posting(.contra(.absorbed), -change.amount), Posting(.contra(.usage), change.amount)]
      case .receive, .refund, .restore, .clawBack, .reinstate:
        guard change.amount > 0, let (contra, sign) = RowWriter.side(of: change.kind) else { continue }
        let bucket = Int(change.lotKind)
        postings += [Posting(.bucket(bucket), sign * change.amount), Posting(.contra(contra), -sign * change.amount)]
        if change.kind == .receive {
          lots.append(NewLot(bucket: bucket, kind: Int(change.allowance), amount: change.amount))
        }
      case .set:
        settings.append(SettingChange(setting: target, key: key, before: change.allowance, after: change.amount))
      default: break
      }
    }
  }
}

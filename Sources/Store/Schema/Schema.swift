/// The tables of a store, as they were when it was made new. Later changes are migrations of their own and never touch this
/// text.
///
/// Amounts are nano-dollars, times microseconds since 1970. Keys, holds, payments and refunds are numbered from 1 within their
/// account; key 0 is the account itself. NULL stands for none.
enum Schema {
  /// `payg` in ASCII: tells a store from other SQLite files.
  static let applicationID: Int32 = 0x7061_7967

  static let tables = """
    CREATE TABLE store (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      id TEXT NOT NULL,                                 -- random; part of every idempotency key sent to a provider
      created_at INTEGER NOT NULL,
      test_clock INTEGER                                -- the time of a test store; NULL: a live one
    ) STRICT;

    -- History: rows are added, never changed. --------------------------------------------------------------------------

    CREATE TABLE policy (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,                        -- SHA-256 over its texts
      added_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE policy_file (
      policy INTEGER NOT NULL REFERENCES policy (id),
      name TEXT NOT NULL,
      text BLOB NOT NULL,
      PRIMARY KEY (policy, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE event (
      seq INTEGER PRIMARY KEY,                          -- the order in which everything happened
      account INTEGER REFERENCES account (id),          -- NULL: concerns every account
      kind TEXT NOT NULL,                               -- an event of the policy, or one of the store's own, with an @
      id TEXT NOT NULL,                                 -- idempotency key
      attempt INTEGER NOT NULL,                         -- 0: the answer that counts; else seq
      at INTEGER NOT NULL,                              -- the time the event names
      recorded_at INTEGER NOT NULL,                     -- by the clock of the machine
      resumes INTEGER,                                  -- the payment it waited for
      fields TEXT NOT NULL,                             -- JSON
      sum INTEGER NOT NULL                              -- a checksum over this row and the sum of the one before
    ) STRICT;
    CREATE UNIQUE INDEX event_by_id ON event (id, account, kind, attempt);
    CREATE INDEX event_by_account ON event (account);

    CREATE TABLE decision (
      event INTEGER PRIMARY KEY REFERENCES event (seq),
      policy INTEGER NOT NULL REFERENCES policy (id),
      verdict TEXT NOT NULL CHECK (verdict IN ('allowed', 'denied', 'conflict', 'waiting')),
      code TEXT,                                        -- of the denial
      decider TEXT,                                     -- the rule or bucket that said no
      amount INTEGER NOT NULL,                          -- what it had to pay
      covered INTEGER NOT NULL,                         -- what was paid of it
      absorbed INTEGER NOT NULL,                        -- what the platform bears
      facts BLOB NOT NULL                               -- everything the decision saw
    ) STRICT;

    CREATE TABLE posting (
      event INTEGER NOT NULL REFERENCES event (seq),
      n INTEGER NOT NULL,
      step TEXT NOT NULL CHECK (step IN ('rescue', 'decision', 'reaction', 'expiry', 'adjustment')),
      at INTEGER NOT NULL,                              -- the time it counts as
      source TEXT NOT NULL,                             -- the book it leaves
      destination TEXT NOT NULL,                        -- the book it arrives in
      amount INTEGER NOT NULL CHECK (amount > 0),
      PRIMARY KEY (event, n)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE setting_change (
      event INTEGER NOT NULL REFERENCES event (seq),
      n INTEGER NOT NULL,
      key INTEGER NOT NULL,
      name TEXT NOT NULL,
      was_set INTEGER NOT NULL, before ANY,             -- was_set 0: its default held
      is_set INTEGER NOT NULL, after ANY,
      PRIMARY KEY (event, n)
    ) STRICT, WITHOUT ROWID;

    -- What follows from history: `payg audit` works it out again. ---------------------------------------------------------

    CREATE TABLE active_policy (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      policy INTEGER NOT NULL REFERENCES policy (id)
    ) STRICT;
    CREATE TABLE global_setting (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

    CREATE TABLE account (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      clock INTEGER NOT NULL,                           -- the latest event that took effect
      sequence INTEGER NOT NULL,                        -- transactions so far
      holds INTEGER NOT NULL                            -- holds so far
    ) STRICT;
    CREATE TABLE key (
      account INTEGER NOT NULL REFERENCES account (id), n INTEGER NOT NULL CHECK (n > 0), name TEXT NOT NULL,
      PRIMARY KEY (account, n), UNIQUE (account, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE card (
      account INTEGER NOT NULL REFERENCES account (id), n INTEGER NOT NULL CHECK (n > 0), name TEXT NOT NULL,
      PRIMARY KEY (account, n), UNIQUE (account, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE setting (
      account INTEGER NOT NULL REFERENCES account (id), key INTEGER NOT NULL, name TEXT NOT NULL, value ANY,
      PRIMARY KEY (account, key, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE book (
      account INTEGER NOT NULL REFERENCES account (id), name TEXT NOT NULL,
      amount INTEGER NOT NULL,                          -- the books of an account sum to zero
      held INTEGER NOT NULL,
      used INTEGER,                                     -- of an allowance that is filled anew: what its window used
      PRIMARY KEY (account, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE meter (
      account INTEGER NOT NULL REFERENCES account (id), key INTEGER NOT NULL, name TEXT NOT NULL,
      value INTEGER NOT NULL, held INTEGER NOT NULL,
      PRIMARY KEY (account, key, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE period (
      account INTEGER NOT NULL REFERENCES account (id), key INTEGER NOT NULL, kind TEXT NOT NULL,
      starts_at INTEGER, ends_at INTEGER, epoch INTEGER NOT NULL,
      PRIMARY KEY (account, key, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE latest (
      account INTEGER NOT NULL REFERENCES account (id), kind TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (account, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE lot (
      account INTEGER NOT NULL REFERENCES account (id), bucket TEXT NOT NULL, n INTEGER NOT NULL,
      kind TEXT NOT NULL, is_paid INTEGER NOT NULL, amount INTEGER NOT NULL, remaining INTEGER NOT NULL,
      received_at INTEGER NOT NULL, origin TEXT NOT NULL,
      PRIMARY KEY (account, bucket, n)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hold (
      account INTEGER NOT NULL REFERENCES account (id), n INTEGER NOT NULL,
      id TEXT NOT NULL, kind TEXT NOT NULL, key INTEGER NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
      covered INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'expired', 'settled', 'voided')),
      drawn TEXT NOT NULL, fields TEXT NOT NULL, labels TEXT NOT NULL, epochs TEXT NOT NULL,   -- JSON
      PRIMARY KEY (account, n)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX hold_by_id ON hold (account, id);
    CREATE INDEX hold_open ON hold (account) WHERE state = 'open';
    CREATE TABLE payment (
      account INTEGER NOT NULL REFERENCES account (id), n INTEGER NOT NULL,
      id TEXT NOT NULL, key TEXT NOT NULL, bucket TEXT NOT NULL, amount INTEGER NOT NULL, card TEXT,
      is_automatic INTEGER NOT NULL, kind TEXT NOT NULL, origin TEXT NOT NULL, fields TEXT NOT NULL, at INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'declined', 'failed')),
      lot INTEGER, refunded INTEGER NOT NULL, clawback TEXT,
      PRIMARY KEY (account, n), UNIQUE (account, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE refund (
      account INTEGER NOT NULL REFERENCES account (id), n INTEGER NOT NULL,
      key TEXT NOT NULL, payment INTEGER NOT NULL, amount INTEGER NOT NULL, kind TEXT NOT NULL, origin TEXT NOT NULL,
      at INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'failed')),
      PRIMARY KEY (account, n), UNIQUE (account, key)
    ) STRICT, WITHOUT ROWID;

    -- What the payment provider is asked: written with the event that asks, before anybody is asked. ----------------------

    CREATE TABLE outbox (
      key TEXT PRIMARY KEY,                             -- the idempotency key, unique in the world
      account INTEGER NOT NULL REFERENCES account (id),
      kind TEXT NOT NULL CHECK (kind IN ('collect', 'refund')),
      n INTEGER NOT NULL,                               -- of the payment or refund
      amount INTEGER NOT NULL CHECK (amount > 0), card TEXT NOT NULL, payment TEXT NOT NULL,
      event INTEGER NOT NULL REFERENCES event (seq),    -- the event that asks
      sent INTEGER NOT NULL DEFAULT 0,                  -- how often
      sent_at INTEGER,
      fault TEXT,                                       -- why nobody knows yet
      answer TEXT CHECK (answer IN ('paid', 'declined', 'failed')), reason TEXT, answered_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX outbox_waiting ON outbox (event) WHERE answer IS NULL;
    """

  /// Tables whose rows are never changed nor deleted.
  static let history = ["policy", "policy_file", "event", "decision", "posting", "setting_change", "key", "card"]

  /// What may not change in tables of which other parts do.
  static let fixed = [
    "store": ["one", "id", "created_at"],
    "account": ["id", "name"],
    "lot": ["account", "bucket", "n", "kind", "is_paid", "amount", "received_at", "origin"],
    "hold": [
      "account", "n", "id", "kind", "key", "at", "expires_at", "covered", "drawn", "fields", "labels", "epochs",
    ],
    "payment": [
      "account", "n", "id", "key", "bucket", "amount", "card", "is_automatic", "kind", "origin", "fields", "at",
    ],
    "refund": ["account", "n", "key", "payment", "amount", "kind", "origin", "at"],
    "outbox": ["key", "account", "kind", "n", "amount", "card", "payment", "event"],
  ]

  /// The triggers that keep history what it was.
  static var triggers: String {
    var text = ""
    for table in history {
      for verb in ["UPDATE", "DELETE"] {
        text += """
          CREATE TRIGGER \(table)_no_\(verb.lowercased()) BEFORE \(verb) ON \(table) BEGIN
            SELECT RAISE(ABORT, 'history cannot be changed: \(table)');
          END;

          """
      }
    }
    for (table, columns) in fixed.sorted(by: { $0.key < $1.key }) {
      text += """
        CREATE TRIGGER \(table)_keeps BEFORE UPDATE OF \(columns.joined(separator: ", ")) ON \(table) BEGIN
          SELECT RAISE(ABORT, 'history cannot be changed: \(table)');
        END;
        CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table) BEGIN
          SELECT RAISE(ABORT, 'history cannot be deleted: \(table)');
        END;

        """
    }
    return text
  }
}

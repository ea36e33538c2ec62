import Diagnostics
import Shell

/// Pages of `payg help` that are about no command.
enum HelpTopic {
  static let names = ["stores", "events", "submit", "scenarios", "providers", "exit-codes", "color"]

  static func text(_ name: String) -> String? {
    switch name {
    case "stores": stores
    case "events": events
    case "submit": submit
    case "exit-codes": ExitStatus.table
    case "color", "colour": color
    case "scenarios": scenarios
    case "providers": providers
    default: nil
    }
  }

  private static let color = """
    Colour is decided for each stream on its own:
      1  --color always or --color never
      2  off if NO_COLOR is not empty
      3  on if CLICOLOR_FORCE is neither empty nor 0
      4  off if TERM=dumb, CLICOLOR=0, or the stream is no terminal

    """

  private static let stores = """
    A store is one file: accounts, everything that ever happened to them, and the texts of the rules that decided it.
      export PAYG_STORE=acme.payg                       or --store FILE with each command
      payg init --rules rules                           a live store; --test-clock 2026-01-01 makes one to try things on
      payg account add acme --key k1 --balance '$20'
      payg set acme limits.spending_limit to '$50'
      payg request acme model gpt-4o, input 1200, output 300 as r1
      payg why r1                                       the rule that decided, with its arithmetic
      payg balance acme

    What a command has acknowledged is on the disk. Several programs may use one store: writers take turns (--wait SECONDS
    says how long), readers never wait.
      payg policy use rules                             other rules, checked first; `payg policy export DIR` gets them back
      payg import usage october.csv                     a whole file, once, however often it is started
      payg pay pending                                  asks the payment provider for what waits
      payg backup FILE; payg audit                      copies it in one moment; works everything out again

    """

  private static let events = """
    An event is written as in a scenario: its fields behind commas, each `NAME VALUE`, then perhaps `as ID` and `at TIME`.
      payg request acme model gpt-4o, input 1200, output 300 as r1
      payg request acme costing '$0.50', key k2 at '2026-01-10 14:02'
      payg topup acme '$25'                             a bare value goes to the first field of its type
      payg event auto_topup acme enabled on             any event of the store's policy: payg policy lists them

    A shell takes `$25` for a variable, so amounts stand in single quotes. `25 usd` needs none.
    An id makes an event happen once: sent again, it gets the answer it got. The same id with other fields is a conflict.

    request, hold, settle, void, topup, refund, dispute, grant are events of the shipped rules; plan is `subscribe`.

    """

  private static let submit = """
    payg submit answers requests in the order they come, a line of JSON each:
      in   {"account": "acme", "event": "request", "id": "r1", "fields": {"model": "gpt-4o", "input": 1200, "key": "k1"}}
      out  {"schema": "payg.answer/1", "line": 1, "id": "r1", "verdict": "allowed", "status": 200, "code": null,
            "amount_nano": …, "covered_nano": …, "paid": {"balance": …}, "replay": false, "event": 17, "requests": []}

    account, event   needed
    id               the same request sent again takes effect once; without one it is given one
    at               `2026-01-10T14:02:11Z`; without it, now
    fields           by name; money as `"$0.50"`, tokens and counts as whole numbers, times and names as texts

    verdict          allowed, denied, conflict (the id was used for something else), waiting (for the payment provider)
    status, code     what the caller of the API is told
    paid             what each bucket gave, in nano-dollars
    requests         keys of what the payment provider has to be asked: payg pay pending

    An answer is written once its event is on the disk. A line that cannot be answered gets {"line": …, "error": …}, and the
    next is taken. Lines that have arrived are taken together into one transaction, at most --batch; nothing is waited for.

    """

  private static let providers = """
    A payment provider can be any program. It writes a line when it is ready, then reads requests and writes answers, one
    line of JSON each:
      it    {"payg": 1, "ready": true, "name": "example"}
      payg  {"payg": 1, "kind": "collect", "key": "a#1", "amount_nano": 1000000000, "card": "visa", …}
      it    {"key": "a#1", "answer": "declined", "reason": "insufficient funds"}

    kind     collect: charge the card; refund: send money of the payment back to it
    key      the same key is the same request: it takes effect once and gets the same answer
    answer   paid      the money has moved
             declined  the card said no, `reason` says why
             pending   it will be known later
             failed    it could not be done and nothing has moved, `reason` says why

    A line that is late, too long, no JSON or about another key is a fault: payg ends the program, and sends the request
    again with the same key.
    Try yours: payg provider try --again -- ./my-provider

    """

  private static let scenarios = """
    A scenario says what should come true. Each line begins with one of these words:
      scenario "what it shows"                     a title; `needs FAMILY`, and `skip "reason"` to leave it out
      at 2026-01-10 14:02                          where the clock starts (2026-01-01 where it is not said)
      given balance is $20, fallback.enabled on    settings, buckets, meters, keys, table rows
      given payment "p1" $20 card visa             what was paid before; `with $7.50 spent`
      given provider declines 2 times              what the payment provider says: pays, declines, waits, fails
      when request costing 150 units, key bob      one event a line; `clock to TIME`; `set SETTING to VALUE`
      then denied with quota_exceeded by limits.zero_means_off
           balance is $20                          checks of the last event, or of any fact
      then collects $50 from visa                  also `refunds`, `absorbs`, with an amount or `nothing`; `waiting`
           unspent of payment "p1" is $5           a number of a payment, a hold or a refund
      and …                                        once more what the line above is

    An event that no line says was denied, refused, waiting, a conflict or a replay must be allowed.
    Every promise of the rules is checked after every event.
    Run them: payg test rules

    """
}

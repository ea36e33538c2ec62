import Diagnostics

/// Pages of `payg help` that are about no command.
enum HelpTopic {
  static let names = ["exit-codes", "color", "scenarios", "providers"]

  static func text(_ name: String) -> String? {
    switch name {
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

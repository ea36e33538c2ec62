import Diagnostics

/// Pages of `payg help` that are about no command.
enum HelpTopic {
  static let names = ["exit-codes", "color", "scenarios"]

  static func text(_ name: String) -> String? {
    switch name {
    case "exit-codes": ExitStatus.table
    case "color", "colour": color
    case "scenarios": scenarios
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

  private static let scenarios = """
    A scenario says what should come true. Each line begins with one of these words:
      scenario "what it shows"                     a title, and `skip "reason"` to leave it out
      at 2026-01-10 14:02                          where the clock starts (2026-01-01 where it is not said)
      given balance is $20, fallback.enabled on    settings, buckets, meters, keys, table rows
      when request costing 150 units, key bob      one event a line; `clock to TIME`; `set SETTING to VALUE`
      then denied with quota_exceeded by limits.zero_means_off
           balance is $20                          checks of the last event, or of any fact
      and …                                        once more what the line above is

    An event that no line says was denied, refused, a conflict or a replay must be allowed.
    Every promise of the rules is checked after every event.
    Run them: payg test rules

    """
}

/// The words the grammar knows. None is a keyword everywhere: a setting may be called `limit`, an event `hold`.
public enum Words {
  /// Begin a declaration, in the first column.
  public static let declarations = [
    "policy", "setting", "bucket", "meter", "event", "derive", "let", "table", "denial", "always", "cycle", "deny",
    "gate", "cap", "on", "before", "after", "reform",
  ]

  /// Cannot be names, because an expression could not be told from what follows it.
  public static let reserved: Set<String> = [
    "and", "or", "not", "if", "then", "else", "is", "in", "none", "on", "off",
  ]

  /// Go on with the declaration above; a line that begins with one is indented.
  static let continuations: Set<String> = [
    "and", "or", "not", "then", "else", "is", "in", "rule", "when", "with", "at", "must", "from", "to", "for", "as",
    "of", "by", "because", "per", "global", "each", "ever", "since", "resets", "keeps", "rate", "draw", "gives", "row",
    "otherwise", "rank", "default", "without", "over", "elif",
  ]

  /// Begin an argument of an effect, or another part of a rule: never the event of `last EVENT`.
  static let clauses: Set<String> = labels.union([
    "rule", "when", "with", "at", "must", "per", "global", "each", "ever", "since", "resets", "keeps", "gives", "row",
    "otherwise", "default", "without",
  ])

  /// Begin an argument of an effect.
  public static let labels: Set<String> = ["in", "to", "from", "for", "as", "with", "of", "by", "because", "else"]

  /// Words of other languages, and what they are called here.
  static let foreign = [
    "true": "on", "false": "off", "yes": "on", "no": "off", "null": "none", "nil": "none", "undefined": "none",
    "True": "on", "False": "off", "None": "none", "AND": "and", "OR": "or", "NOT": "not",
  ]

  /// `elif` and the like.
  static let elseIfs: Set<String> = ["elif", "elsif", "elseif"]
}

import ArgumentParser

/// What `--color` may say.
public enum ColorChoice: String, Sendable, CaseIterable, ExpressibleByArgument {
  case auto
  case always
  case never

  /// Whether one stream is coloured. This is the only place that decides it.
  ///
  /// The flag wins; else `NO_COLOR` with any text turns colour off; else `CLICOLOR_FORCE` with any text but `0` turns it
  /// on; else `TERM=dumb`, `CLICOLOR=0` or a stream that is no terminal turns it off.
  ///
  /// - Parameters:
  ///   - flag: nil where none was given.
  ///   - isTerminal: whether this stream is one.
  public static func isOn(_ flag: ColorChoice?, environment: [String: String], isTerminal: Bool) -> Bool {
    switch flag {
    case .always: return true
    case .never: return false
    case .auto, nil: break
    }
    if environment["NO_COLOR"].map({ !$0.isEmpty }) ?? false { return false }
    if let force = environment["CLICOLOR_FORCE"], !force.isEmpty, force != "0" { return true }
    if environment["TERM"] == "dumb" || environment["CLICOLOR"] == "0" { return false }
    return isTerminal
  }
}

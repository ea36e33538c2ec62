import ArgumentParser
import Plugins
import Shell
import Standard

/// `payg __probe-plugin FILE`: the process that may crash in place of the one that asked. Not for people.
struct ProbePluginCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: PluginProbe.command, abstract: "Try a native plugin out.", shouldDisplay: false)

  @Argument
  var file: String

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    PluginProbe.answer(file, beside: [StandardPlugin()]) ? .answered : .negative
  }
}

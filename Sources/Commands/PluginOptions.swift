import ArgumentParser
import Engine
import Language
import Plugins
import Shell
import Standard

/// The plugins a command runs with: those in the box, and the libraries its user names.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .customLong("plugin"),
    help: ArgumentHelp("A native plugin, as a shared library; may be given several times.", valueName: "file"),
    completion: .file(extensions: ["so", "dylib"]))
  var paths: [String] = []

  /// All plugins, with every word claimed once. Each library is tried out in a process of its own before it is loaded.
  func loaded(_ console: Console) throws -> PluginRegistry {
    // Where this is no program of its own but part of a test, there is nothing to start a second time.
    let probe = console.executable.contains("/") ? PluginProbe(executable: console.executable) : nil
    var plugins: [any Plugin] = [StandardPlugin()]
    for path in paths { plugins.append(try NativePlugin.load(path, beside: plugins, probe: probe)) }
    return try PluginRegistry(plugins)
  }
}

extension NativePlugin.Refusal: CommandFault {
  public var status: ExitStatus { .failed }
}

extension PluginRegistry.Clash: CommandFault {
  public var help: String? { nil }
  public var status: ExitStatus { .failed }
}

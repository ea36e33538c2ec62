import ArgumentParser
import Engine
import Formats
import Lab
import Language
import Plugins
import Shell

struct PluginsCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins", abstract: "List the functions, effects and payment providers that plugins bring.",
    discussion: """
      EXAMPLES:
        payg plugins
        payg plugins --plugin ./fees.so    with those of a library, tried first
        payg plugins --json
      """)

  @Flag(name: .customLong("json"), help: "Print them as JSON.")
  var asJSON = false

  @OptionGroup
  var options: PluginOptions

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let plugins = try options.loaded(console).plugins
    if asJSON {
      console.print(
        Json.object([.init("schema", "payg.plugins/1"), .init("plugins", .list(plugins.map(object)))]).compact)
      return .answered
    }
    for plugin in plugins {
      if plugin.name != plugins.first?.name { console.print("") }
      let file = (plugin as? NativePlugin).map { "  (\($0.path))" } ?? ""
      console.print("\(plugin.name) \(plugin.version): \(plugin.summary)\(file)")
      if !plugin.functions.isEmpty { console.print("\n  functions") }
      for function in plugin.functions {
        console.print("    \(Self.signature(function))")
        console.print("      \(function.summary)")
        console.print("      \(function.example.expression) is \(function.example.result)")
      }
      if !plugin.effects.isEmpty { console.print("\n  effects") }
      for effect in plugin.effects {
        console.print("    \(effect.signature)")
        console.print("      \(effect.summary)")
      }
      if !plugin.providers.isEmpty { console.print("\n  payment providers") }
      for provider in plugin.providers {
        console.print("    \(provider.name)")
        console.print("      \(provider.summary)")
      }
    }
    return .answered
  }

  static func signature(_ function: FunctionDefinition) -> String {
    let parameters = function.parameters.map { "\($0.name): \($0.type.name)" }.joined(separator: ", ")
    return "\(function.name)(\(parameters)) -> \(function.result.type.name)"
  }

  private func object(_ plugin: any Plugin) -> Json {
    .object([
      .init("name", .text(plugin.name)), .init("version", .text(plugin.version)),
      .init("summary", .text(plugin.summary)),
      .init("file", (plugin as? NativePlugin).map { .text($0.path) } ?? .null),
      .init(
        "functions",
        .list(
          plugin.functions.map { function in
            [
              "name": .text(function.name), "signature": .text(Self.signature(function)),
              "summary": .text(function.summary), "example": .text(function.example.expression),
              "result": .text(function.example.result),
            ]
          })),
      .init(
        "effects",
        .list(
          plugin.effects.map { effect in
            [
              "verb": .text(effect.verb), "signature": .text(effect.signature), "summary": .text(effect.summary),
              "example": .text(effect.example),
            ]
          })),
      .init("providers", .list(plugin.providers.map { ["name": .text($0.name), "summary": .text($0.summary)] })),
    ])
  }
}

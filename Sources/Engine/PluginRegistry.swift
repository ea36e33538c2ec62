import Language

/// The plugins in use, with every word claimed once.
public struct PluginRegistry: Sendable {
  public let plugins: [any Plugin]
  /// The functions and effects of all plugins, in the order of the plugins.
  public let vocabulary: Vocabulary

  /// Two plugins, or one plugin twice, claim a word.
  public struct Clash: Error, Sendable, Hashable {
    public var word: String
    public var first: String
    public var second: String

    public var message: String { "`\(word)` comes from both `\(first)` and `\(second)`" }
  }

  public init(_ plugins: [any Plugin]) throws(Clash) {
    var vocabulary = Vocabulary()
    var owners: [String: String] = [:]
    func claim(_ word: String, _ plugin: String) throws(Clash) {
      if let first = owners[word] { throw Clash(word: word, first: first, second: plugin) }
      owners[word] = plugin
    }
    var names: Set<String> = []
    for plugin in plugins {
      if !names.insert(plugin.name).inserted { throw Clash(word: plugin.name, first: plugin.name, second: plugin.name) }
      for var function in plugin.functions {
        try claim(function.name, plugin.name)
        function.plugin = plugin.name
        vocabulary.functions.append(function)
      }
      for var effect in plugin.effects {
        try claim(effect.verb, plugin.name)
        effect.plugin = plugin.name
        vocabulary.effects.append(effect)
      }
    }
    self.plugins = plugins
    self.vocabulary = vocabulary
  }

  public var providers: [any PaymentProvider] { plugins.flatMap(\.providers) }
}

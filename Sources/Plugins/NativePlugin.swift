import Engine
import Language

/// A plugin from a shared library with a C interface: see `payg_plugin.h`.
///
/// ``load(_:beside:probe:)`` refuses whatever is wrong with a library before any event is decided. Once loaded, a
/// library stays for as long as the program runs, and only its functions and providers run code of its own: effects are
/// described as data.
public struct NativePlugin: Plugin {
  /// The file it came from.
  public let path: String
  public let name: String
  public let version: String
  public let summary: String
  public let functions: [FunctionDefinition]
  public let effects: [EffectDefinition]
  public let providers: [any PaymentProvider]

  /// Why a library is not taken as a plugin.
  public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    public var path: String
    /// What is wrong with it, as the rest of a sentence.
    public var reason: String
    /// One line that says what to do, if anything general can be said.
    public var help: String?

    public init(path: String, reason: String, help: String? = nil) {
      self.path = path
      self.reason = reason
      self.help = help
    }

    /// ``fees.so`: it exports no `payg_plugin``
    public var message: String { "`\(path)`: \(reason)" }

    public var description: String { message }
  }

  /// Loads a library, after it was tried out in another process.
  ///
  /// - Parameters:
  ///   - others: the plugins that are in use already: their words are taken, and its examples may use them.
  ///   - probe: who tries it out; nil: it is tried out in this process, where a crash of it is a crash of this program.
  public static func load(
    _ path: String, beside others: [any Plugin], probe: PluginProbe?
  ) throws(Refusal) -> NativePlugin {
    // What can be seen without running anything is said without a second process.
    try SharedLibrary.check(path)
    try probe?.tryOut(path)
    let plugin = try NativePlugin(path)
    try PluginTrial(plugin, beside: others).run(isWhole: probe == nil)
    return plugin
  }

  /// Reads the description of a library, and tries nothing out.
  init(_ path: String) throws(Refusal) {
    let library = try SharedLibrary(path)
    do throws(DescriptionReader.Slip) {
      self = try DescriptionReader(path: path).plugin(library.describe())
    } catch {
      throw Refusal(path: path, reason: error.reason, help: error.help)
    }
  }

  init(
    path: String, name: String, version: String, summary: String, functions: [FunctionDefinition],
    effects: [EffectDefinition], providers: [any PaymentProvider]
  ) {
    self.path = path
    self.name = name
    self.version = version
    self.summary = summary
    self.functions = functions
    self.effects = effects
    self.providers = providers
  }
}

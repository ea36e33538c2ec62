import Engine
import Language

/// The functions, effects and payment providers in the box.
public struct StandardPlugin: Plugin {
  public let name = "standard"
  public let version = "1"
  public let summary = "the words every policy can use"

  public init() {}

  public var functions: [FunctionDefinition] {
    Numbers.all + Calendar.all
  }

  public var effects: [EffectDefinition] { Movements.all + Holds.all + Payments.all + Notes.all }
}

import Engine
import Values

/// A provider that says anything, the same for the same seed.
struct MoodyProvider: SimulatedProvider {
  var random: SeededGenerator

  mutating func answer(_ request: ProviderRequest) -> ProviderAnswer {
    switch random.next() % 5 {
    case 0: .declined("no")
    case 1: .failed("broken")
    case 2: .pending
    default: .paid
    }
  }
}

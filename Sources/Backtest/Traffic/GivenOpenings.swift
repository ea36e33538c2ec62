import Engine
import Lab
import Language
import Ledger

/// Accounts that all begin the same: with what lines of a scenario state, such as `balance is $20, card visa`.
public struct GivenOpenings: Sendable {
  private var openings: [Key: Opening] = [:]

  private struct Key: Hashable {
    var name: String
    var hash: String
  }

  /// - Parameters:
  ///   - lines: what stands behind `given` in a scenario; none: accounts with nothing in them.
  ///   - time: when it is so, in microseconds since 1970: no later than the first event.
  /// - Throws: `opening` where a line means nothing under one of the candidates.
  public init(_ lines: [String], at time: Int64, for candidates: [Candidate]) throws(BacktestFault) {
    for candidate in candidates {
      let opening =
        lines.isEmpty
        ? Opening(account: candidate.engine.newAccount()) : try GivenOpenings.opening(lines, at: time, candidate)
      openings[Key(name: candidate.name, hash: candidate.hash)] = opening
    }
  }

  public func opening(under candidate: Candidate) -> Opening {
    openings[Key(name: candidate.name, hash: candidate.hash)] ?? Opening(account: candidate.engine.newAccount())
  }

  private static func opening(
    _ lines: [String], at time: Int64, _ candidate: Candidate
  ) throws(BacktestFault) -> Opening {
    do throws(SimulationFault) {
      // Its own engine: replays are quick where all accounts of a candidate share one.
      let simulation = Simulation(candidate.engine.newAccount(), engine: candidate.engine, at: time)
      for line in lines { try simulation.given(line) }
      var engine = simulation.engine
      // What the candidate itself sets counts where the lines say nothing.
      for (index, place) in engine.compiled.layout.settings.enumerated() where place.scope == .global {
        let own = candidate.engine.globals[place.slot]
        if engine.globals[place.slot] == LedgerLayout.unset, own != LedgerLayout.unset {
          engine.keep(global: index, own)
        }
      }
      return Opening(account: simulation.account, engine: engine)
    } catch {
      throw .opening(account: "any", candidate: candidate.name, reason: error.message)
    }
  }
}

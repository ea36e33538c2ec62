import Backtest
import Lab
import Store

extension StoreFault: CommandFault {
  public var status: ExitStatus {
    switch kind {
    case .missing, .notAStore, .newer, .cannotOpen, .readOnly, .busy, .diskFull, .io, .damaged: .brokenStore
    case .exists, .unknownAccount, .accountExists, .unknownKey, .keyExists, .engine: .failed
    case .refused: .negative
    case .brokenPolicy: .brokenPolicy
    }
  }
}

extension FileFault: CommandFault {
  public var status: ExitStatus { .failed }
}

extension BacktestFault: CommandFault {
  public var status: ExitStatus {
    switch self {
    case .brokenRules: .brokenPolicy
    case .opening, .sumTooLarge, .traffic: .failed
    case .tooFewCandidates, .tooManyCandidates, .request, .words: .badCommandLine
    }
  }
}

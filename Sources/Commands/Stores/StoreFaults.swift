import Store

extension StoreFault: CommandFault {
  var status: ExitStatus {
    switch kind {
    case .missing, .notAStore, .newer, .cannotOpen, .readOnly, .busy, .diskFull, .io, .damaged: .brokenStore
    case .exists, .unknownAccount, .accountExists, .unknownKey, .keyExists, .engine: .failed
    case .refused: .negative
    case .brokenPolicy: .brokenPolicy
    }
  }
}

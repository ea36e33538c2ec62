import CPaygPlugin
import Engine
import Synchronization

/// A payment provider in a library.
final class NativeProvider: PaymentProvider {
  typealias Send =
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<payg_request>?, UnsafeMutablePointer<payg_answer>?
    ) -> Int32

  let name: String
  let summary: String
  private let code: Code
  /// Held while a request is under way: the interface promises one at a time.
  private let turn = Mutex(())

  private struct Code: @unchecked Sendable {
    // Used by one thread at a time, as the interface promises.
    let send: Send
    let context: UnsafeMutableRawPointer?
  }

  init(name: String, summary: String, send: @escaping Send, context: UnsafeMutableRawPointer?) {
    self.name = name
    self.summary = summary
    code = Code(send: send, context: context)
  }

  func send(_ request: ProviderRequest) throws(ProviderFault) -> ProviderAnswer {
    for text in [request.key, request.card, request.account, request.payment] where text.utf8.contains(0) {
      throw ProviderFault("`\(name)` was not asked: `\(Excerpt.text(text))` has a zero byte")
    }
    let (status, outcome, reason) = turn.withLock { _ in ask(request) }
    let unknown =
      "; whether `\(Excerpt.text(request.key))` was done is unknown until it is asked again with the same key"
    guard status == 0 else {
      let told = reason.isEmpty ? "" : " (it said `\(reason)`)"
      throw ProviderFault("`\(name)` failed with \(status)\(told)\(unknown)")
    }
    switch Int(outcome) {
    case PAYG_PAID: return .paid
    case PAYG_DECLINED: return .declined(reason)
    case PAYG_PENDING: return .pending
    case PAYG_FAILED: return .failed(reason)
    default: throw ProviderFault("`\(name)` answered with outcome \(outcome), which there is not\(unknown)")
    }
  }

  private func ask(_ request: ProviderRequest) -> (status: Int32, outcome: Int32, reason: String) {
    var answer = payg_answer()
    answer.struct_size = UInt32(MemoryLayout<payg_answer>.size)
    let status = request.key.withCString { key in
      request.card.withCString { card in
        request.account.withCString { account in
          request.payment.withCString { payment in
            var asked = payg_request(
              struct_size: UInt32(MemoryLayout<payg_request>.size),
              kind: Int32(request.kind == .collect ? PAYG_KIND_COLLECT : PAYG_KIND_REFUND), key: key,
              amount: request.amount, card: card, account: account, payment: payment)
            return code.send(code.context, &asked, &answer)
          }
        }
      }
    }
    // A reason without its zero byte ends with the array.
    let reason = withUnsafeBytes(of: answer.reason) { Excerpt.text($0.prefix { $0 != 0 }, length: $0.count) }
    return (status, answer.outcome, reason)
  }
}

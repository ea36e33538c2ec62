import Engine
import Language
import Ledger

/// Says to a candidate's requests what the provider said to those of the history.
///
/// Where the history asked because of the same event, it is what was said then; where it did not, it is what the history says
/// of the card, and else that it is paid.
struct RecordedProvider {
  /// By event: its answers that nobody has asked for yet.
  private var said: [Asker: [RecordedAnswer]] = [:]
  private let cards: [String: ProviderAnswer]
  /// How often an event has asked, while it may ask again.
  private var asked: [Counter: Int] = [:]
  /// Requests that wait for an answer: the index of their payment or refund.
  var pending: [Request: Int] = [:]
  /// Events that wait for a payment.
  var waiting: [Asker: Waiting] = [:]

  struct Asker: Hashable {
    var event: String
    var id: String
  }

  struct Counter: Hashable {
    var asker: Asker
    var kind: ProviderRequest.Kind
  }

  struct Request: Hashable {
    var asker: Asker
    var kind: ProviderRequest.Kind
    var number: Int
  }

  struct Waiting {
    var input: EventInput
    var payment: Int
  }

  /// - Parameter account: as it begins; what it waits for was asked before.
  init(cards: [String: ProviderAnswer], of account: AccountState, _ program: Program) {
    self.cards = cards
    guard
      account.payments.contains(where: { $0.state == .pending })
        || account.refunds.contains(where: { $0.state == .pending })
    else { return }
    for (index, payment) in account.payments.enumerated() where program.events.indices.contains(payment.event) {
      let asker = Asker(event: program.events[payment.event].name, id: payment.origin)
      let number = count(.collect, asker)
      guard payment.state == .pending else { continue }
      pending[Request(asker: asker, kind: .collect, number: number)] = index
      if payment.isAutomatic { continue }
      let fields = Array(payment.fields.prefix(program.events[payment.event].givenCount))
      let input = EventInput(event: payment.event, id: payment.origin, at: payment.at, fields: fields)
      waiting[asker] = Waiting(input: input, payment: index)
    }
    for (index, refund) in account.refunds.enumerated() where program.events.indices.contains(refund.event) {
      let asker = Asker(event: program.events[refund.event].name, id: refund.origin)
      let number = count(.refund, asker)
      if refund.state == .pending { pending[Request(asker: asker, kind: .refund, number: number)] = index }
    }
  }

  /// Which request of an event the next one is.
  private mutating func count(_ kind: ProviderRequest.Kind, _ asker: Asker) -> Int {
    let number = asked[Counter(asker: asker, kind: kind), default: 0]
    asked[Counter(asker: asker, kind: kind)] = number + 1
    return number
  }

  /// Notes what was said because of an event.
  mutating func expect(_ answers: [RecordedAnswer], for event: String, _ id: String) {
    said[Asker(event: event, id: id), default: []] += answers
  }

  /// What is said to a request.
  ///
  /// - Parameter record: the index of its payment or refund, to be found again when the answer comes late.
  mutating func answer(_ request: ProviderRequest, record: Int, for asker: Asker) -> ProviderAnswer {
    let number = count(request.kind, asker)
    if var answers = said[asker], let place = answers.firstIndex(where: { $0.kind == request.kind }) {
      let answer = answers.remove(at: place).answer
      said[asker] = answers.isEmpty ? nil : answers
      if case .pending = answer { pending[Request(asker: asker, kind: request.kind, number: number)] = record }
      return answer
    }
    if request.kind == .collect, let answer = cards[request.card], answer != .pending { return answer }
    return .paid
  }
}

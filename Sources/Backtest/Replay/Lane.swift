import Engine
import Language
import Ledger

/// What a shard keeps of one candidate for ordinary events: the runner, and where their fields come from.
final class Lane {
  let entrant: Entrant
  let quotas: [Int]
  /// Whether other usage than the history's is supposed.
  let isSupposed: Bool
  private var runner: EventRunner?
  /// By event of the history, from `starts` on, one for each field that the candidate's event is given.
  private var sources: [Source] = []
  private var starts: [Int] = []
  private var counts: [Int] = []
  /// The candidate's event; -1 where it has none, or a field that the history does not say.
  private var events: [Int] = []
  /// By event of the history, how many fields it says.
  private let givenCounts: [Int]
  /// The fields of the event at hand.
  private let fields: UnsafeMutablePointer<Int64>
  private let symbols: NameNumbers

  /// Plain numbers, so that reading one counts no references.
  private struct Source {
    enum Way: UInt8 {
      case fixed
      case name
      case key
      /// Only a number can be taken as it is.
      case number
    }

    var way: Way
    var place: Int
    var value: Int64
  }

  init(_ entrant: Entrant, calledBy words: Program) {
    self.entrant = entrant
    quotas = entrant.quotas
    isSupposed = entrant.usage != nil
    givenCounts = words.events.map(\.givenCount)
    let program = entrant.candidate.engine.program
    for words in entrant.events {
      starts.append(sources.count)
      var event = words?.event ?? -1
      if let words {
        for (field, source) in zip(program.events[words.event].fields, words.fields) {
          switch source {
          case .fixed(let value): sources.append(Source(way: .fixed, place: 0, value: value))
          case .missing: event = -1
          case .given(let place):
            let way: Source.Way =
              switch field.type.base {
              case .name: .name
              case .key: .key
              default: .number
              }
            sources.append(Source(way: way, place: place, value: 0))
          }
        }
      }
      events.append(event)
      counts.append(sources.count - (starts.last ?? 0))
    }
    fields = .allocate(capacity: max(1, counts.max() ?? 0))
    symbols = NameNumbers(program)
  }

  deinit { fields.deallocate() }

  /// Takes an event, if it is an ordinary one.
  ///
  /// - Returns: what became of it; nil where the side has to submit it.
  func take(_ call: borrowing EventCall, _ lent: UnsafeMutablePointer<Side>?) -> Outcome? {
    guard let side = lent else { return nil }
    let event = events[call.event]
    guard event >= 0 else { return nil }
    if runner?.serves(side.pointee.engine) != true { runner = EventRunner(side.pointee.engine) }
    guard let runner else { return nil }
    let count = counts[call.event]
    guard call.fields.count == givenCounts[call.event], read(call, from: starts[call.event], count, side) else {
      return nil
    }
    let answer = runner.run(
      event, id: call.id, at: call.at, fields: UnsafeBufferPointer(start: fields, count: count),
      on: &side.pointee.account)
    return answer.map { outcome(of: $0) }
  }

  private func read(
    _ call: borrowing EventCall, from start: Int, _ count: Int, _ side: UnsafeMutablePointer<Side>
  ) -> Bool {
    call.fields.withUnsafeBufferPointer { given in
      for index in 0..<count {
        let source = sources[start + index]
        guard source.way != .fixed else {
          fields[index] = source.value
          continue
        }
        guard source.place < given.count, let first = given.baseAddress,
          let number = number(of: (first + source.place).pointee, source.way, side)
        else { return false }
        fields[index] = number
      }
      return true
    }
  }

  // A method of its own, so that the value is lent and not counted.
  private func number(
    of value: EventCall.Value, _ way: Source.Way, _ side: UnsafeMutablePointer<Side>
  ) -> Int64? {
    switch value {
    case .number(let number): number
    case .text(let text):
      switch way {
      case .name: symbols.number(of: text)
      case .key: side.pointee.key(named: text)
      case .number, .fixed: nil
      }
    }
  }

  private func outcome(of answer: Evaluator.Outcome) -> Outcome {
    var outcome = Outcome(answer.verdict == .allowed ? .allowed : .denied)
    outcome.amount = answer.amount
    guard answer.verdict != .allowed else {
      outcome.paid = answer.covered
      outcome.absorbed = answer.shortfall
      return outcome
    }
    if answer.denial >= 0 { outcome.code = entrant.codes[Int(answer.denial)] }
    if answer.rule >= 0 {
      outcome.decider = entrant.rules[Int(answer.rule)]
    } else if answer.bucket >= 0 {
      outcome.decider = entrant.buckets[Int(answer.bucket)]
    }
    return outcome
  }

  // MARK: - Of the last event taken

  var drawn: UnsafeBufferPointer<Int64> { runner?.drawn ?? UnsafeBufferPointer(start: nil, count: 0) }

  var brokenPromises: [Int] { runner?.brokenPromises ?? [] }

  /// The whole answer, made once more from the account as it was.
  func answered(_ call: EventCall, _ outcome: Outcome, _ lent: UnsafeMutablePointer<Side>?) -> Side.Answered {
    var answered = Side.Answered(outcome: outcome)
    guard let runner, let side = lent, let words = entrant.events[call.event] else { return answered }
    if outcome.verdict == .allowed { answered.drawn = Array(runner.drawn) }
    answered.earlier = { [runner] in
      var account = runner.before(side.pointee.account)
      let engine = side.pointee.engine
      guard let own = try? words.call(call), let input = try? engine.input(own, in: &account),
        let decision = try? engine.submit(input, to: &account)
      else { return nil }
      return (decision, input.labels)
    }
    return answered
  }
}

/// The numbers that a program gives names, those asked for last at hand.
final class NameNumbers {
  private let program: Program
  private let known: UnsafeMutableBufferPointer<(text: String, number: Int64)>

  init(_ program: Program) {
    self.program = program
    known = .allocate(capacity: 256)
    known.initialize(repeating: ("", program.symbol("")))
  }

  deinit {
    known.deinitialize()
    known.deallocate()
  }

  func number(of text: borrowing String) -> Int64 {
    var sum = TextSum()
    sum.add(text)
    let slot = Int(truncatingIfNeeded: sum.value & 255)
    if known[slot].text != text { known[slot] = (copy text, program.symbol(copy text)) }
    return known[slot].number
  }
}

import ArgumentParser
import Diagnostics
import Engine
import Formats
import Lab
import Language
import Shell
import Store

struct SubmitCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Answer requests from standard input: JSON lines in, JSON lines out.",
    discussion: """
      The way a gateway in any language uses payg: it starts this once and writes a line for each request. An answer is \
      written only once its event is on the disk. Lines that have arrived by then are taken together into one \
      transaction, so many callers cost hardly more than one. See payg help submit.

      EXAMPLES:
        payg submit < requests.ndjson
        payg submit --provider './my-provider --live' < in.ndjson > out.ndjson
      """)

  private static let largestBatch = 100_000

  @Option(name: .long, help: "At most so many lines in one transaction.")
  var batch = 256

  @OptionGroup
  var provider: ProviderOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var shared: SharedOptions

  func validate() throws {
    guard (1...Self.largestBatch).contains(batch) else {
      throw ValidationError("--batch is from 1 to \(Self.largestBatch)")
    }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let open = try store.open(console)
    let desk = SubmitDesk(open, try provider.provider(console, isTest: open.read { reader in reader.isTest }))
    var lines = LineFeed(console.feed)
    var status = ExitStatus.answered
    while let group = lines.group(atMost: batch) {
      var rest = group[...]
      while !rest.isEmpty {
        do {
          let replies = try desk.answer(rest)
          for reply in replies { console.print(reply.compact) }
          rest = rest.dropFirst(replies.count)
        } catch let fault as StoreFault {
          // Nothing of these has happened; whoever sent them may send them again.
          for line in rest { console.print(SubmitLine.reply(to: line.number, fault.message, fault.help).compact) }
          console.out.flush()
          guard case .busy = fault.kind else { throw fault }
          status = .brokenStore
          rest = []
        }
        console.out.flush()
      }
    }
    return status
  }
}

/// Answers lines, several in one transaction.
final class SubmitDesk {
  private let store: AccountStore
  private let provider: (any PaymentProvider)?
  /// What reads lines, for as long as the policy is the same.
  private var known: (policy: String, reader: LineReader, names: BucketNames)?

  init(_ store: AccountStore, _ provider: (any PaymentProvider)?) {
    self.store = store
    self.provider = provider
  }

  /// Answers lines up to one that leads to a question to the payment provider, and carries that out.
  func answer(_ lines: ArraySlice<LineFeed.Line>) throws -> [Json] {
    var replies: [Json] = []
    var pending: (answer: StoredAnswer, line: Int)?
    let (engine, names) = try store.write { writer in
      let engine = try writer.engine
      let (reader, names) = try tools(for: writer.policyHash, engine)
      for line in lines {
        do {
          let request = try SubmitLine(line, reader, now: writer.now)
          let answer = try writer.submit(request.call, to: request.account)
          let isOpen = !answer.requests.isEmpty && provider != nil
          if !answer.decision.isReplay, isOpen || answer.decision.verdict == .waiting {
            pending = (answer, line.number)
            break
          }
          replies.append(.object(AnswerJSON.members(answer, engine, names, line: line.number)))
        } catch let mistake as SubmitLine.Mistake {
          replies.append(SubmitLine.reply(to: line.number, mistake.message, mistake.help, id: mistake.id))
        } catch let fault as StoreFault where fault.concernsOneEvent {
          replies.append(SubmitLine.reply(to: line.number, fault.message, fault.help))
        }
      }
      return (engine, names)
    }
    if let pending {
      let exchange = try store.goOn(with: pending.answer, asking: provider)
      var members = AnswerJSON.members(exchange.answer, engine, names, line: pending.line)
      // The event is kept; what followed is taken up by `payg pay pending`.
      if let fault = exchange.interruption { members.append(.init("interrupted", .text(fault.message))) }
      replies.append(.object(members))
    }
    return replies
  }

  private func tools(for policy: String, _ engine: RuleEngine) -> (LineReader, BucketNames) {
    if let known, known.policy == policy { return (known.reader, known.names) }
    let made = (policy: policy, reader: LineReader(engine.program), names: BucketNames(engine.program))
    known = made
    return (made.reader, made.names)
  }
}

/// One line of `payg submit`.
struct SubmitLine {
  var account: String
  var call: EventCall

  /// What is wrong with a line.
  struct Mistake: Error {
    var message: String
    var help: String?
    /// The id it has, where that could be read.
    var id: String?
  }

  static func reply(to line: Int, _ message: String, _ help: String?, id: String? = nil) -> Json {
    var members: [Json.Member] = [.init("schema", .text(AnswerJSON.schema)), .init("line", .integer(Int64(line)))]
    if let id { members.append(.init("id", .text(id))) }
    members.append(.init("error", .text(message)))
    if let help { members.append(.init("help", .text(help))) }
    return .object(members)
  }

  private static let members = ["account", "event", "id", "at", "fields"]
  private static let example =
    "{\"account\": \"acme\", \"event\": \"request\", \"id\": \"r1\", \"fields\": {\"costing\": \"$0.50\"}}"

  init(_ line: LineFeed.Line, _ reader: LineReader, now: Int64) throws(Mistake) {
    guard let bytes = line.bytes else {
      throw Mistake(message: "the line is longer than \(LineFeed.lineLimit >> 20) MiB")
    }
    let json: Json
    do throws(JsonReader.Failure) {
      json = try JsonReader.read(bytes)
    } catch {
      throw Mistake(message: "column \(error.column): \(error.message)", help: error.help)
    }
    let id = json["id"]?.text
    guard case .object(let found) = json else {
      throw Mistake(message: "expected an object, found \(json.kindName)", help: Self.example)
    }
    if let other = found.first(where: { !Self.members.contains($0.name) }) {
      let near = Suggestion.nearest(other.name, in: Self.members)
      throw Mistake(
        message: "`\(other.name.prefix(40))` is no part of a request",
        help: near.map { "did you mean `\($0)`?" } ?? "what the event is given stands in `fields`", id: id)
    }
    func text(_ name: String) throws(Mistake) -> String? {
      guard let value = json[name], !value.isNull else { return nil }
      guard let text = value.text else {
        throw Mistake(message: "`\(name)` is \(value.kindName), not a text", help: Self.example, id: id)
      }
      return text
    }
    guard let account = try text("account"), let event = try text("event") else {
      throw Mistake(message: "a request names its `account` and its `event`", help: Self.example, id: id)
    }
    self.account = account
    call = EventCall(event: 0, id: try text("id") ?? "", at: now, fields: [])
    let written = try text("at")
    do {
      call.event = try EventWords.index(of: event, in: reader.program)
      if let written { call.at = try TimeText.time(written, of: "at") }
      guard case .object(let fields) = json["fields"] ?? .object([]) else {
        throw Complaint(message: "`fields` is no object", help: Self.example)
      }
      call.fields = try reader.fields(fields, of: call.event, from: "line \(line.number)")
    } catch let complaint as Complaint {
      throw Mistake(message: complaint.message, help: complaint.help, id: id)
    } catch let fault as LineFault {
      throw Mistake(message: fault.message, help: fault.help, id: id)
    } catch {
      throw Mistake(message: "\(error)", id: id)
    }
  }
}

extension StoreFault {
  /// Whether it is about what was asked for, and not about the store.
  var concernsOneEvent: Bool {
    switch kind {
    case .unknownAccount, .unknownKey, .refused, .engine, .accountExists, .keyExists: true
    case .missing, .exists, .notAStore, .newer, .cannotOpen, .readOnly, .busy, .diskFull, .io, .damaged,
      .brokenPolicy:
      false
    }
  }
}

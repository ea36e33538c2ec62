import ArgumentParser
import Engine
import Formats
import Lab
import Plugins
import Shell
import Values

/// `payg provider …`: for authors of payment providers.
struct ProviderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provider", abstract: "Try a payment provider out.", subcommands: [ProviderTryCommand.self])
}

/// `payg provider try -- COMMAND`: one request and its answer.
struct ProviderTryCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "try",
    abstract: "Send one request to a payment provider and print its answer.",
    discussion: """
      A provider is a program that reads requests and writes answers, one line each (payg help providers), or part of \
      a native plugin. The request is real: a provider for real money charges the card. Point it at a test account.

      EXAMPLES:
        payg provider try -- ./my-provider --sandbox
        payg provider try --card declined --again -- ./my-provider
        payg provider try --plugin ./fees.so --name sandbox
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case collect
    case refund
  }

  @Argument(parsing: .postTerminator, help: "The provider's program and its arguments, after `--`.")
  var command: [String] = []

  @Option(name: .long, help: "A provider of a plugin, instead of a program.")
  var name: String?

  @Option(name: .long, help: ArgumentHelp("What to ask for: collect or refund.", valueName: "kind"))
  var kind = Kind.collect

  @Option(name: .long, help: ArgumentHelp("How much.", valueName: "dollars"))
  var amount = "$1"

  @Option(name: .long, help: "The name of the card.")
  var card = "test"

  @Option(name: .long, help: "The key: a request with a key that the provider knows takes effect once.")
  var key = "try#1"

  @Flag(help: "Ask twice with the same key; exit 2 if the answers differ.")
  var again = false

  @Flag(name: .customLong("json"), help: "Print the answer as JSON.")
  var asJSON = false

  @OptionGroup
  var plugins: PluginOptions

  @OptionGroup
  var shared: SharedOptions

  func validate() throws {
    if command.isEmpty && name == nil {
      throw ValidationError("name a provider: payg provider try -- ./my-provider")
    }
    if !command.isEmpty && name != nil { throw ValidationError("--name is for a provider of a plugin; choose one") }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let request = ProviderRequest(
      kind: kind == .collect ? .collect : .refund, key: key, amount: try nano(), card: card, payment: "try")
    let provider = try provider(console)
    let answer = try provider.send(request)
    let second = again ? try provider.send(request) : answer
    if asJSON {
      console.print(object(answer, of: provider, request).compact)
    } else {
      console.print(answer.text)
    }
    guard second == answer else {
      console.complain("asked again with the same key, it answered `\(second.text)`")
      return .negative
    }
    return .answered
  }

  private func nano() throws -> Int64 {
    let dollars = amount.hasPrefix("$") ? amount : "$" + amount
    guard let money = try? Money(parsing: dollars), money.nano > 0 else {
      throw Complaint(
        message: "`\(amount)` is no amount above zero", help: "payg provider try --amount 1.50 -- ./my-provider",
        status: .badCommandLine)
    }
    return money.nano
  }

  private func provider(_ console: Console) throws -> any PaymentProvider {
    guard let name else { return ChildProvider(command) }
    let all = try plugins.loaded(console).providers
    guard let found = all.first(where: { $0.name == name }) else {
      throw Complaint(
        message: "no plugin in use has a provider `\(name)`",
        help: all.first.map { "payg provider try --name \($0.name)" } ?? "payg provider try --plugin ./fees.so --name …"
      )
    }
    return found
  }

  private func object(_ answer: ProviderAnswer, of provider: any PaymentProvider, _ request: ProviderRequest) -> Json {
    .object([
      .init("schema", "payg.provider/1"), .init("provider", .text(provider.name)), .init("key", .text(request.key)),
      .init("amount_nano", .integer(request.amount)), .init("answer", .text(answer.word)),
      .init("reason", answer.reason.map { .text($0) } ?? .null),
    ])
  }
}

extension ProviderAnswer {
  /// `declined: insufficient funds`
  fileprivate var text: String { reason.map { "\(word): \($0)" } ?? word }
}

extension ProviderFault: CommandFault {
  public var help: String? { "payg help providers" }
  public var status: ExitStatus { .failed }
}

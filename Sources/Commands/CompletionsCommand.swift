import ArgumentParser
import Shell

struct CompletionsCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print the completion script of a shell.",
    discussion: """
      EXAMPLES:
        payg completions bash > ~/.local/share/bash-completion/completions/payg
        payg completions zsh  > ~/.zfunc/_payg
        payg completions fish > ~/.config/fish/completions/payg.fish
      """)

  enum Dialect: String, CaseIterable, ExpressibleByArgument {
    case bash
    case zsh
    case fish
  }

  @Argument(help: "bash, zsh or fish.")
  var shell: Dialect

  @OptionGroup
  var shared: SharedOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    console.out.write(Payg.completionScript(for: kind) + "\n")
    return .answered
  }
}

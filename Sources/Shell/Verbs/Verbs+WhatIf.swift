extension Verbs {
  static let whatIf: [Verb] = [
    .whatIf, .branch, .branches, .switchBranch, .apply, .undo, .redo, .diff, .reset, .dropBranch, .set, .clock,
    .account, .use,
    .asOf, .policy, .reform, .editRule,
  ]
}

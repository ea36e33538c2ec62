import Diagnostics
import Values

extension AnalysisReport {
  /// Caps that never bind or never let anything through.
  mutating func addLimits() {
    for (index, rule) in program.rules.enumerated() where !neverHolds.contains(index) {
      guard case .cap(let bucket, let limit, _) = rule.kind else { continue }
      let what = bucket.map { "`\(terms.bucket($0))`" } ?? "the total"
      let text = singleLine(program.sources.text(limit.span))
      var set = claims(rule)
      if limit.type.isOptional {
        set.append(.init(Expr(.isSet(limit), QualifiedType(.bool), ValueRange(0, 1), .none)))
        if feasibility.ask(set).isImpossible {
          add(
            .capNeverBinds, .warning, "cap `\(rule.name)` never caps anything", limit.span,
            label: "this is always none", labels: [Label(span: rule.span, message: "none as a cap means no cap")],
            help: "delete the rule, or let `\(text)` have a value")
          continue
        }
      }
      let zero = Expr(.constant(0), QualifiedType(.money), ValueRange(0, 0), .none)
      set.append(.init(Expr(.compare(.greaterOrEqual, limit, zero), QualifiedType(.bool), ValueRange(0, 1), .none)))
      if feasibility.ask(set).isImpossible {
        add(
          .capAlwaysNegative, .warning, "cap `\(rule.name)` lets nothing through: its limit is always below $0",
          limit.span, label: "always below $0",
          labels: [Label(span: rule.span, message: "while this applies, \(what) pays nothing")],
          help: "a gate says it plainly: `gate \(bucket.map(terms.bucket) ?? "BUCKET") rule NAME when … else CODE`")
      }
    }
  }

  /// Payments that no bucket answers for, and buckets that no payment draws.
  mutating func addWaterfall() {
    let paying = program.rules.first { $0.draws.contains { $0.draw.admits } }
    guard let paying, let (draw, payment) = paying.draws.first else {
      for (index, bucket) in program.buckets.enumerated() {
        add(
          .bucketNeverDrawn, .warning, "nothing is ever drawn from bucket `\(terms.bucket(index))`", bucket.span,
          label: "no rule pays", help: "on request rule charge pay request.cost")
      }
      return
    }
    guard let last = program.buckets.last else {
      add(
        .nobodyDecides, .error, "rule `\(paying.name)` \(draw.verb), and there is no bucket with money", payment,
        label: "from which money?", help: "bucket balance draw 10 else CODE")
      return
    }
    if last.denial == nil {
      let name = Names.split(last.name).name
      add(
        .nobodyDecides, .error, "nobody decides when bucket `\(name)` runs out", last.span,
        label: "the last bucket to be drawn",
        labels: [Label(span: payment, message: draw == .pay ? "this payment may fall short" : "this may fall short")],
        notes: ["what the last bucket cannot pay must be denied with a code"],
        help: "bucket \(name) draw \(last.draw) … else CODE")
    }
    addClosedBuckets()
  }

  /// Buckets whose gates, each of which opens at times, are never open together.
  private mutating func addClosedBuckets() {
    for (index, bucket) in program.buckets.enumerated() {
      let gates = program.rules.indices.filter { rule in
        guard case .gate(index, _) = program.rules[rule].kind else { return false }
        return !FactsRead(program.rules[rule].clauses, in: program).facts.contains { $0.isPerKey(in: program) }
      }
      guard gates.count > 1, !gates.contains(where: neverHolds.contains),
        feasibility.ask(gates.flatMap { claims(program.rules[$0]) }).isImpossible
      else { continue }
      add(
        .bucketNeverDrawn, .warning, "nothing is ever drawn from bucket `\(terms.bucket(index))`", bucket.span,
        label: "its gates are never open together",
        labels: gates.map { Label(span: program.rules[$0].span, message: "one of its gates") },
        help: "delete one of the gates")
    }
  }
}

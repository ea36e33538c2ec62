import Diagnostics
import Values

extension Checking {
  /// What holds for every operation, whoever's effect asks for it.
  func isSound(_ operation: Operation, _ syntax: EffectSyntax, _ place: Place) -> Bool {
    switch operation {
    case .pay(let amount):
      return decides(
        syntax, place, "a payment is part of the decision, not a reaction to it", "use `credit` or `debit` here")
        && isAmount(amount)
    case .credit(let amount, let bucket, let kind):
      guard isFilled(bucket, syntax) else { return false }
      if !program.buckets[bucket].keepsLots, kind != "paid" {
        let name = Names.split(program.buckets[bucket].name).name
        report(
          .wrongEffect, "bucket `\(name)` keeps no lots, so `as \(kind)` would be lost", syntax.span,
          labels: [Label(span: program.buckets[bucket].span, message: "declared without `keeps lots`")],
          help: "bucket \(name) draw \(program.buckets[bucket].draw) keeps lots")
        return false
      }
      if program.buckets[bucket].keepsLots, !program.lotKinds.contains(kind) {
        program.lotKinds = (program.lotKinds.dropFirst() + [kind]).sorted()
        program.lotKinds.insert("paid", at: 0)
      }
      return isAmount(amount)
    case .debit(let amount, let bucket):
      return isFilled(bucket, syntax) && isAmount(amount)
    case .set(let setting, let value):
      let declared = program.settings[setting]
      if declared.scope == .global {
        report(
          .wrongEffect, "an event of one account cannot set `\(declared.name)`, which serves all", syntax.span,
          labels: [Label(span: declared.span, message: "`global`")], help: "make the setting `per account`")
        return false
      }
      if declared.scope == .key, let events = place.events,
        let keyless = events.first(where: { !program.events[$0].hasKey })
      {
        report(
          .noKey, "`\(declared.name)` belongs to a key, and event `\(program.events[keyless].name)` names none",
          syntax.span, labels: [Label(span: program.events[keyless].span, message: "no field of type `key` here")],
          help: "give the event a key: `key: key`")
        return false
      }
      let type = value.type.base
      guard isNone(value) || value.range.isInside(declared.range) || type == .ratio else {
        let (low, high) = (shown(declared.range.low, type), shown(declared.range.high, type))
        report(
          .outOfRange, "the value may be outside what `\(declared.name)` can hold", value.span,
          label: "from \(shown(value.range.low, type)) to \(shown(value.range.high, type))",
          help: type == .money || type == .tokens || type == .integer
            ? "max(\(low), min(\(high), \(text(value))))" : "bound it with `min` and `max`")
        return false
      }
      return true
    case .hold(let amount, let ttl):
      return decides(
        syntax, place, "what is held is part of the decision, not a reaction to it", "write `on EVENT rule …`")
        && isAmount(amount) && isLifetime(ttl)
    case .settle(let amount, _, let owed):
      return decides(syntax, place) && isAmount(amount) && (!owed || canOwe(syntax))
    case .release, .receive, .close, .confirm, .restore, .reinstate:
      return decides(syntax, place)
    case .clawBack(let amount, _):
      return decides(syntax, place) && isAmount(amount)
    case .collect(let amount, let card, let bucket, let denial):
      if denial != nil, place.phase != .decision {
        report(
          .wrongEffect, "nothing can be denied here any more, so `else` has no meaning", syntax.span,
          notes: ["only an event that waits for the card can be denied when nothing was paid: in an `on` rule"],
          help: "leave `else …` out")
        return false
      }
      guard card.type.base == .card else {
        reportMismatch(card, QualifiedType(.card))
        return false
      }
      return keepsPaidLots(bucket, syntax) && isAmount(amount)
    case .refund(let amount, let bucket, _, let limit):
      return decides(syntax, place) && keepsPaidLots(bucket, syntax) && isAmount(amount) && isAmount(limit)
    case .notify(let level):
      if !program.noticeLevels.contains(level) { program.noticeLevels = (program.noticeLevels + [level]).sorted() }
      return true
    }
  }

  private func isFilled(_ bucket: Int, _ syntax: EffectSyntax) -> Bool {
    guard program.buckets[bucket].resets != nil else { return true }
    report(
      .wrongEffect, "`\(program.buckets[bucket].name)` is filled by its allowance, not by effects", syntax.span,
      help: "change the setting its allowance reads")
    return false
  }

  private func isAmount(_ amount: Expr) -> Bool {
    guard amount.type.base == .money else {
      reportMismatch(amount, QualifiedType(.money))
      return false
    }
    guard amount.range.low >= 0 else {
      report(
        .mayBeNegative, "this amount may be below zero", amount.span,
        label: "as low as \(shown(amount.range.low, .money))", help: "max($0, \(text(amount)))")
      return false
    }
    return true
  }

  /// Whether an effect stands in an `on` rule; reports where not.
  private func decides(
    _ syntax: EffectSyntax, _ place: Place, _ note: String = "it is part of what the event does, not a reaction to it",
    _ help: String = "write `on EVENT rule …`"
  ) -> Bool {
    guard place.phase != .decision else { return true }
    report(
      .wrongEffect, "`\(syntax.verb.text)` belongs in an `on` rule", syntax.span, notes: [note], help: help)
    return false
  }

  /// Whether what is held is held for some time.
  private func isLifetime(_ ttl: Expr) -> Bool {
    guard ttl.type.base == .duration else {
      reportMismatch(ttl, QualifiedType(.duration))
      return false
    }
    guard ttl.range.low > 0 else {
      report(
        .mayBeNegative, "a hold lasts for some time, and this may be none", ttl.span,
        label: "as low as \(shown(ttl.range.low, .duration))", help: "max(1 second, \(text(ttl)))")
      return false
    }
    return true
  }

  /// Whether there is a bucket that can go below zero for what a customer owes.
  private func canOwe(_ syntax: EffectSyntax) -> Bool {
    guard !program.buckets.contains(where: \.keepsLots) else { return true }
    let last = program.buckets.last
    report(
      .wrongEffect, "what is owed is taken from the last bucket that keeps lots, and none does", syntax.span,
      help:
        "bucket \(last.map { Names.split($0.name).name } ?? "balance") draw \(last?.draw ?? 10) keeps lots else CODE")
    return false
  }

  /// Whether a bucket remembers which payment put money into it.
  private func keepsPaidLots(_ bucket: Int, _ syntax: EffectSyntax) -> Bool {
    guard isFilled(bucket, syntax) else { return false }
    let declared = program.buckets[bucket]
    guard !declared.keepsLots else { return true }
    let name = Names.split(declared.name).name
    report(
      .wrongEffect, "bucket `\(name)` keeps no lots, so nothing would tell one payment's money from another's",
      syntax.span,
      labels: [Label(span: declared.span, message: "declared without `keeps lots`")],
      help: "bucket \(name) draw \(declared.draw) keeps lots")
    return false
  }
}

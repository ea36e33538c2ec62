import Values

/// The first sentence of a page, worked out from the numbers: for somebody who reads no other.
enum Headline {
  /// One policy against another.
  static func sentence(_ pair: PairResult, in result: BacktestResult) -> Markup {
    let (a, b) = (result.candidates[0], result.candidates[pair.candidate])
    var sentence = Markup("Had ")
    sentence.add(strong(pair.b))
    sentence.add(" been in force")
    if pair.a != "current" {
      sentence.add(" instead of ")
      sentence.add(strong(pair.a))
    }
    sentence.add(Markup(period(of: result)))
    guard result.events > 0 else { return "No event was replayed, so there is nothing to tell apart." }
    guard pair.differing > 0 || pair.accountsTouched > 0 else {
      sentence.add(", ")
      sentence.add(.tag("strong", [:], "nothing would have been different"))
      sentence.add(
        Markup(": the same answers to \(Figures.count(result.events, "event")), and the same money."))
      return sentence
    }
    var clauses = [answers(pair, result)]
    clauses.append(
      "\(Figures.count(pair.accountsTouched)) of \(Figures.count(result.accounts, "account")) would have noticed")
    clauses += money(a.money, b.money)
    sentence.add(Markup(", " + clauses.joined(separator: "; ") + "."))
    return sentence
  }

  /// One policy alone.
  static func sentence(_ candidate: CandidateResult, in result: BacktestResult) -> Markup {
    guard result.events > 0 else { return "No event was replayed." }
    var sentence = Markup("Under ")
    sentence.add(strong(candidate.name))
    let denied = candidate.count(.denied) + candidate.count(.conflict)
    sentence.add(
      Markup(
        "\(period(of: result)), \(Figures.count(denied)) of \(Figures.count(result.events, "event")) "
          + "(\(ComparisonReport.share(denied, of: result.events))) were denied; customers were charged "
          + "\(Figures.money(candidate.money.pays))\(candidate.money.fees == 0 ? "" : ", plan fees included")."))
    return sentence
  }

  /// Several policies against the first.
  static func sentence(_ result: BacktestResult) -> Markup {
    guard result.events > 0, let first = result.candidates.first else { return "No event was replayed." }
    var sentence = Markup("Against ")
    sentence.add(strong(first.name))
    sentence.add(Markup(period(of: result)))
    guard result.differs else {
      sentence.add(", none of them would have made a difference.")
      return sentence
    }
    let tried = result.candidates.dropFirst()
    func clause(_ candidate: CandidateResult?, _ verb: String) -> Markup? {
      guard let candidate, candidate.money.pays != first.money.pays else { return nil }
      let change = candidate.money.pays &- first.money.pays
      guard (change > 0) == (verb == "most") else { return nil }
      let growth = Figures.growth(first.money.pays, candidate.money.pays).map { ", \($0)" } ?? ""
      return Markup([
        Markup("customers would have been charged \(verb) under "), strong(candidate.name),
        Markup(" (\(Figures.moneyChange(change))\(growth))"),
      ])
    }
    var clauses = [
      clause(tried.max { $0.money.pays < $1.money.pays }, "most"),
      clause(tried.min { $0.money.pays < $1.money.pays }, "least"),
    ].compactMap(\.self)
    if let strict = result.comparisons.max(by: { $0.count(.allowToDeny) < $1.count(.allowToDeny) }),
      strict.count(.allowToDeny) > 0
    {
      let count = Figures.count(strict.count(.allowToDeny), "event")
      clauses.append(Markup(["most would have been newly denied under ", strong(strict.b), Markup(" (\(count))")]))
    }
    let same = result.comparisons.filter { $0.differing == 0 && $0.accountsTouched == 0 }
    if !same.isEmpty {
      clauses.append(Markup("\(Figures.count(same.count)) of \(Figures.count(tried.count)) would have changed nothing"))
    }
    if clauses.isEmpty {
      clauses = ["customers would have been charged the same under each, and some answers would have been others"]
    }
    sentence.add(", ")
    for (place, clause) in clauses.enumerated() {
      if place > 0 { sentence.add("; ") }
      sentence.add(clause)
    }
    sentence.add(".")
    return sentence
  }

  /// What the values of a sweep come to.
  static func sentence(_ sweep: Sweep, in result: BacktestResult) -> Markup {
    guard result.events > 0, let current = result.candidates.first else { return "No event was replayed." }
    let tried = result.candidates.dropFirst()
    var sentence = Markup("With ")
    sentence.add(.tag("code", [:], Markup(sweep.setting)))
    sentence.add(" at ")
    sentence.add(strong(tried.first?.name ?? ""))
    if tried.count > 1 {
      sentence.add(" to ")
      sentence.add(strong(tried.last?.name ?? ""))
    }
    guard result.differs else {
      sentence.add(Markup("\(period(of: result)), nothing would have been different at any of the values."))
      return sentence
    }
    func range(_ values: [Int64], _ text: (Int64) -> String) -> String {
      guard let low = values.min(), let high = values.max() else { return "" }
      return low == high ? text(low) : "between \(text(low)) and \(text(high))"
    }
    let charged = range(tried.map(\.money.pays), Figures.money)
    let denied = range(tried.map { Int64($0.denials.reduce(0) { $0 + $1.count }) }) { Figures.count(Int($0)) }
    sentence.add(
      Markup(
        "\(period(of: result)), customers would have been charged \(charged) (\(Figures.money(current.money.pays)) as it "
          + "is), and \(denied) of \(Figures.count(result.events, "event")) denied "
          + "(\(Figures.count(current.denials.reduce(0) { $0 + $1.count })) as it is)."))
    return sentence
  }

  static func strong(_ name: String) -> Markup { .tag("strong", [:], Page.name(name)) }

  /// ` from 1 to 31 October 2026`
  static func period(of result: BacktestResult) -> String {
    guard let span = result.span else { return "" }
    let (first, last) = (Instant(microseconds: span.lowerBound), Instant(microseconds: span.upperBound))
    return " " + DayText.period(first.date, last.date)
  }

  private static func answers(_ pair: PairResult, _ result: BacktestResult) -> String {
    let (denied, allowed) = (pair.count(.allowToDeny), pair.count(.denyToAllow))
    let (wereAllowed, wereDenied) =
      pair.a == "current" ? ("that were allowed", "that were denied") : ("that it allows", "that it denies")
    func part(_ count: Int) -> String {
      "\(Figures.count(count)) of \(Figures.count(result.events, "event")) "
        + "(\(ComparisonReport.share(count, of: result.events)))"
    }
    if denied > 0, allowed > 0 {
      return "\(part(denied)) would have been denied \(wereAllowed), and \(Figures.count(allowed)) "
        + "(\(ComparisonReport.share(allowed, of: result.events))) allowed \(wereDenied)"
    }
    if denied > 0 { return "\(part(denied)) would have been denied \(wereAllowed)" }
    if allowed > 0 { return "\(part(allowed)) would have been allowed \(wereDenied)" }
    let paid = pair.count(.paidDiffers)
    if paid > 0 {
      return "no event would have been decided otherwise, but \(part(paid)) would have been paid differently"
    }
    return pair.differing > 0
      ? "\(part(pair.differing)) would have been answered otherwise" : "every answer would have been the same"
  }

  private static func money(_ a: MoneyMoved, _ b: MoneyMoved) -> [String] {
    func clause(_ from: Int64, _ to: Int64, _ verb: String, _ behind: String = "") -> String? {
      let change = to &- from
      guard change != 0 else { return nil }
      let growth = Figures.growth(from, to).map { " (\($0))" } ?? ""
      let amount = Figures.money(change < 0 ? 0 &- change : change)
      return "\(verb) \(amount) \(change < 0 ? "less" : "more")\(growth)\(behind)"
    }
    let hasFees = a.fees != 0 || b.fees != 0
    let charged =
      clause(a.pays, b.pays, "customers would have been charged", hasFees ? ", plan fees included" : "")
      ?? "customers would have been charged the same"
    let cards = clause(a.paidIn, b.paidIn, "cards would have paid in")
    let borne = clause(a.absorbed, b.absorbed, "the platform would have borne")
    return [charged] + [cards, borne].compactMap(\.self)
  }
}

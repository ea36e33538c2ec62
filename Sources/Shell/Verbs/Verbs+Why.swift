extension Verbs {
  static let why: [Verb] = [.why, .whyNot, .trace, .need, .when, .review]
}

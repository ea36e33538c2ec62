extension Verbs {
  static let checks: [Verb] = [
    .expect, .given, .and, .then, .at, .record, .step, .next, .resume, .save, .load,
  ]
}

import Language

extension CompiledProgram {
  /// Refuses a program whose shape could harm the engine: indices that name nothing, trees that nest too deep.
  static func guardShape(_ program: Program) throws(CompileError) {
    let check = ProgramGuard(program: program)
    if let anchor = program.cycleAnchor { try check.check(anchor, at: "cycle") }
    for binding in program.lets { try check.check(binding.value, at: binding.name) }
    for setting in program.settings {
      for condition in setting.conditions { try check.check(condition.condition, at: setting.name) }
    }
    for bucket in program.buckets {
      if let resets = bucket.resets { try check.check(resets.allowance, at: bucket.name) }
      if let rate = bucket.rate { try check.check(rate, at: bucket.name) }
      if let order = bucket.lotOrder { try check.check(order, at: bucket.name) }
      try check.check(denial: bucket.denial, at: bucket.name)
    }
    for derivation in program.paymentDerivations { try check.check(derivation) }
    for meter in program.meters {
      try check.check(event: meter.since, at: meter.name)
      switch meter.measure {
      case .payments: break
      case .bucketPayments(let bucket): try check.check(bucket: bucket, at: meter.name)
      case .sum(let expr, let event):
        try check.check(event: event, at: meter.name)
        try check.check(expr, at: meter.name)
      case .count(let event): try check.check(event: event, at: meter.name)
      }
    }
    for event in program.events {
      try check.check(denial: event.outOfRange, at: event.name)
      guard event.givenCount >= 0, event.givenCount <= event.fields.count,
        event.keyField.map({ (0..<event.givenCount).contains($0) }) ?? true,
        event.keyThrough.map({ (0..<event.givenCount).contains($0) && event.fields[$0].type.base == .record(.hold) })
          ?? true
      else { throw .danglingIndex(place: event.name) }
      for (index, field) in event.fields.enumerated() {
        try check.check(denial: field.outOfRange, at: "\(event.name).\(field.name)")
        if index >= event.givenCount, case .record = field.type.base {
          throw .danglingIndex(place: "\(event.name).\(field.name)")
        }
        if let derivation = field.derivation { try check.check(derivation, at: "\(event.name).\(field.name)") }
      }
      for field in event.fields[event.givenCount...] where field.derivation == nil {
        throw .danglingIndex(place: "\(event.name).\(field.name)")
      }
    }
    for table in program.tables {
      for row in table.rows
      where row.cells.count != table.inputs.count || row.values.count != table.outputs.count {
        throw .danglingIndex(place: table.name)
      }
      for row in table.rowBySymbol.values where !table.rows.indices.contains(row) {
        throw .danglingIndex(place: table.name)
      }
    }
    let roles = program.roles
    for event in [roles.hold, roles.paid, roles.declined, roles.failed, roles.refundPaid, roles.refundFailed] {
      try check.check(event: event, at: "roles")
    }
    for rule in program.rules { try check.check(rule) }
    try check.checkFields()
    for promise in program.promises {
      try check.check(promise.condition, at: promise.text)
      for event in promise.events { try check.check(event: event, at: promise.text) }
    }
  }
}

private struct ProgramGuard {
  let program: Program

  func check(denial: Int?, at place: String) throws(CompileError) {
    if let denial, !program.denials.indices.contains(denial) { throw .danglingIndex(place: place) }
  }

  func check(event: Int?, at place: String) throws(CompileError) {
    if let event, !program.events.indices.contains(event) { throw .danglingIndex(place: place) }
  }

  func check(bucket: Int?, at place: String) throws(CompileError) {
    if let bucket, !program.buckets.indices.contains(bucket) { throw .danglingIndex(place: place) }
  }

  /// A derivation is about one payment at a time: it reads that payment, settings that are no key's, and the time.
  func check(_ derivation: PaymentDerivation) throws(CompileError) {
    let place = "payment.\(derivation.name)"
    try check(derivation.value, at: place, own: .payment)
    var scan = ExprScan(program)
    scan.visit(derivation.value)
    for fact in scan.facts {
      switch fact {
      case .own, .now: break
      case .setting(let index) where program.settings[index].scope != .key: break
      default: throw .danglingIndex(place: place)
      }
    }
  }

  func check(_ rule: Rule) throws(CompileError) {
    for clause in rule.clauses { try check(clause, at: rule.name) }
    switch rule.kind {
    case .deny(let events, let denial):
      for event in events { try check(event: event, at: rule.name) }
      try check(denial: denial, at: rule.name)
    case .gate(let bucket, let denial):
      try check(bucket: bucket, at: rule.name)
      try check(denial: denial, at: rule.name)
    case .cap(let bucket, let limit, let denial):
      try check(bucket: bucket, at: rule.name)
      try check(denial: denial, at: rule.name)
      try check(limit, at: rule.name)
    case .on(let events): for event in events { try check(event: event, at: rule.name) }
    case .beforeDenial(let denial): try check(denial: denial, at: rule.name)
    case .after(let events): for event in events { try check(event: event, at: rule.name) }
    }
    var collections = 0
    for effect in rule.effects {
      for operation in effect.operations {
        try check(operation, of: rule, effect.verb)
        if case .collect = operation { collections += 1 }
      }
    }
    // While an event waits for a charge nothing else of its rescue remains, so there must be nothing else.
    guard case .beforeDenial = rule.kind, collections > 0 else { return }
    for effect in rule.effects {
      for operation in effect.operations {
        switch operation {
        case .notify: break
        case .collect where collections == 1: break
        default: throw .misplaced(rule: rule.name, effect: effect.verb)
        }
      }
    }
  }

  private func check(_ operation: Operation, of rule: Rule, _ verb: String) throws(CompileError) {
    var answers = false
    if case .on = rule.kind { answers = true }
    switch rule.kind {
    case .on, .beforeDenial, .after: break
    default: throw .misplaced(rule: rule.name, effect: verb)
    }
    var plain = operation.expressions
    if case .refund(let amount, _, let payment, let limit) = operation {
      // The limit is about each payment in turn, nothing else is.
      try check(limit, at: rule.name, own: .payment)
      plain = [amount] + (payment.map { [$0] } ?? [])
    }
    for expr in plain { try check(expr, at: rule.name) }
    switch operation {
    case .pay, .hold, .settle:
      guard answers else { throw .payOutsideOn(rule: rule.name) }
    case .credit(_, let bucket, _), .debit(_, let bucket): try check(bucket: bucket, at: rule.name)
    case .set(let setting, _):
      guard program.settings.indices.contains(setting) else { throw .danglingIndex(place: rule.name) }
      if program.settings[setting].scope == .global {
        throw .setsGlobal(rule: rule.name, setting: program.settings[setting].name)
      }
    case .notify: break
    case .collect(_, _, let bucket, let denial):
      try check(bucket: bucket, at: rule.name)
      try check(denial: denial, at: rule.name)
      guard answers || denial == nil else { throw .misplaced(rule: rule.name, effect: verb) }
    case .refund(_, let bucket, _, _):
      guard answers else { throw .misplaced(rule: rule.name, effect: verb) }
      try check(bucket: bucket, at: rule.name)
    case .release, .receive, .close, .confirm, .restore, .clawBack, .reinstate:
      guard answers else { throw .misplaced(rule: rule.name, effect: verb) }
    }
  }

  /// A derived field reads only given fields and those derived before it; a meter those of its event; what is read outside
  /// events reads none.
  func checkFields() throws(CompileError) {
    func fields(_ expr: Expr) -> [(event: Int, field: Int)] {
      var scan = ExprScan(program)
      scan.visit(expr)
      return scan.facts.compactMap { fact in
        switch fact {
        case .field(let event, let field), .record(let event, let field, _): (event, field)
        default: nil
        }
      }
    }
    for (number, event) in program.events.enumerated() {
      var known = Set(0..<event.givenCount)
      for index in event.derivationOrder {
        guard event.fields.indices.contains(index), let derivation = event.fields[index].derivation else {
          throw .danglingIndex(place: event.name)
        }
        for read in fields(derivation) where read.event != number || !known.contains(read.field) {
          throw .danglingIndex(place: "\(event.name).\(event.fields[index].name)")
        }
        known.insert(index)
      }
      guard known.count == event.fields.count else { throw .danglingIndex(place: event.name) }
    }
    for meter in program.meters {
      guard case .sum(let expr, let event) = meter.measure else { continue }
      for read in fields(expr) where read.event != event { throw .danglingIndex(place: meter.name) }
    }
    for bucket in program.buckets {
      for expr in [bucket.rate, bucket.resets?.allowance, bucket.lotOrder] {
        if let expr, !fields(expr).isEmpty { throw .danglingIndex(place: bucket.name) }
      }
    }
    if let anchor = program.cycleAnchor, !fields(anchor).isEmpty { throw .danglingIndex(place: "cycle") }
    for (number, binding) in program.lets.enumerated() {
      // Dependency order, so that no `let` can read itself.
      for read in ExprScan.directLets(binding.value) where read >= number { throw .danglingIndex(place: binding.name) }
    }
    for bucket in program.buckets.indices {
      guard let resets = program.buckets[bucket].resets else { continue }
      var scan = ExprScan(program)
      scan.visit(resets.allowance)
      // What a bucket is filled to must not depend on what is in a bucket.
      let reads = scan.facts.contains { fact in
        switch fact {
        case .posted(let other), .available(let other): program.buckets[other].resets != nil
        case .previous: true
        default: false
        }
      }
      if reads { throw .danglingIndex(place: program.buckets[bucket].name) }
    }
  }

  /// - Parameter own: the kind of record that the expression is about in turn, if it is.
  func check(_ expr: Expr, at place: String, own: RecordKind? = nil) throws(CompileError) {
    var waiting: [(expr: Expr, depth: Int)] = [(expr, 1)]
    while let (expr, depth) = waiting.popLast() {
      if depth > EngineLimits.expressionDepth { throw .expressionTooDeep(place: place) }
      for operand in expr.operands { waiting.append((operand, depth + 1)) }
      switch expr.kind {
      case .fact(let fact): try check(fact, at: place, own: own)
      case .named(let index):
        guard program.lets.indices.contains(index) else { throw .danglingIndex(place: place) }
      case .roundedProducts(_, _, _, let quantum), .roundedScale(_, _, _, let quantum):
        guard quantum > 0, quantum <= EngineLimits.quantum else { throw .quantumOutOfRange(place: place) }
      case .call(let function, let arguments):
        guard program.functions.indices.contains(function),
          program.functions[function].parameters.count == arguments.count
        else { throw .danglingIndex(place: place) }
        guard arguments.count <= EngineLimits.arguments else {
          throw .tooManyArguments(function: program.functions[function].name)
        }
      case .lookup(let table, let column, let keys):
        guard program.tables.indices.contains(table), program.tables[table].outputs.indices.contains(column),
          program.tables[table].inputs.count == keys.count
        else { throw .danglingIndex(place: place) }
      default: break
      }
    }
  }

  private func check(_ fact: Fact, at place: String, own: RecordKind?) throws(CompileError) {
    let names =
      switch fact {
      case .now, .cycleStart, .cycleEnd, .covered, .shortfall, .rescued, .eventKey, .collecting: true
      case .record: program.number(of: fact) != nil
      case .own(let kind, _): kind == own && program.number(of: fact) != nil
      case .total(let index): program.paymentDerivations.indices.contains(index)
      case .field(let event, let field):
        program.events.indices.contains(event) && program.events[event].fields.indices.contains(field)
      case .setting(let index): program.settings.indices.contains(index)
      case .posted(let index), .available(let index), .held(let index), .drawn(let index):
        program.buckets.indices.contains(index)
      case .meter(let index): program.meters.indices.contains(index)
      case .last(let index): program.events.indices.contains(index)
      case .previous: true
      }
    guard names else { throw .danglingIndex(place: place) }
    if case .previous(let inner) = fact {
      switch inner {
      case .previous, .own: throw .danglingIndex(place: place)
      default: try check(inner, at: place, own: own)
      }
    }
  }
}

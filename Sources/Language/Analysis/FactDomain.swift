import Values

/// What a fact can be: its type, its declared range, and the value it has when nothing was said.
public struct FactDomain: Sendable {
  public var type: QualifiedType
  /// The values it can take, `none` aside.
  public var range: ValueRange
  /// What it is on a fresh account: a setting's default, else nothing, else the value nearest to nothing.
  public var usual: Int64

  init(_ type: QualifiedType, _ range: ValueRange, usual: Int64? = nil) {
    self.type = type
    self.range = range
    let nearest = Int64(clamping: max(range.low, min(range.high, 0)))
    self.usual = usual ?? (type.isOptional ? ValueType.none : nearest)
  }
}

extension Program {
  /// The declared type and range of any fact; indices that name nothing give an empty money fact.
  public func domain(of fact: Fact) -> FactDomain {
    let time = ValueType.time.naturalRange
    let money = ValueType.money.naturalRange
    let atLeastNothing = ValueRange(low: 0, high: money.high)
    let amount = FactDomain(QualifiedType(.money), atLeastNothing)
    switch fact {
    case .now: return FactDomain(QualifiedType(.time), time, usual: FactDomain.anyTime)
    case .cycleStart, .cycleEnd, .last: return FactDomain(QualifiedType(.time, isOptional: true), time)
    case .field(let event, let field):
      guard events.indices.contains(event), events[event].fields.indices.contains(field) else { return amount }
      let declared = events[event].fields[field]
      let usual = declared.type.base == .time && !declared.type.isOptional ? FactDomain.anyTime : nil
      return FactDomain(declared.type, declared.range, usual: declared.value ?? usual)
    case .setting(let index):
      guard settings.indices.contains(index) else { return amount }
      return FactDomain(settings[index].type, settings[index].range, usual: settings[index].defaults.first?.value)
    case .posted(let index):
      let resets = buckets.indices.contains(index) && buckets[index].resets != nil
      return FactDomain(QualifiedType(.money), resets ? atLeastNothing : money)
    case .available, .held, .drawn, .covered, .shortfall: return amount
    case .meter(let index):
      guard meters.indices.contains(index) else { return amount }
      return FactDomain(QualifiedType(meters[index].type), meters[index].range)
    case .rescued, .collecting: return FactDomain(QualifiedType(.bool), ValueType.bool.naturalRange)
    case .eventKey: return FactDomain(QualifiedType(.key, isOptional: true), ValueType.key.naturalRange)
    case .record, .own:
      guard let number = number(of: fact) else { return amount }
      let usual = number.type.base == .time && !number.type.isOptional ? FactDomain.anyTime : nil
      return FactDomain(number.type, number.range, usual: usual)
    case .total(let index):
      guard paymentDerivations.indices.contains(index) else { return amount }
      let value = paymentDerivations[index].value
      return FactDomain(value.type, PaymentDerivation.sumRange(value))
    case .previous(let inner): return domain(of: inner)
    }
  }
}

extension FactDomain {
  /// 2026-01-01: a time that reads like one, for examples.
  static let anyTime: Int64 = 1_767_225_600_000_000
}

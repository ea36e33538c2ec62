import Language
import Values

/// Writes instructions and knows which values are already in a register.
///
/// Registers of computed values are written once. A value is reused where the code that computed it has run for sure: at a
/// label that is what was known at the first jump to it.
struct CodeBuilder {
  private(set) var code: [Instruction] = []
  private(set) var constants: [Int64: Int] = [:]
  private(set) var registerCount: Int
  private var known: [Key: Int] = [:]
  private var log: [Key] = []
  private var pending: [Label: Pending] = [:]
  private var nextLabel = 0
  /// Set when a limit was passed; the code is then useless.
  private(set) var isTooLong = false
  private(set) var hasTooManyRegisters = false

  struct Label: Hashable { fileprivate var number: Int }

  private struct Pending {
    var jumps: [Int]
    var known: Int
  }

  /// What a register holds: an operation on registers, or a `let`.
  enum Key: Hashable {
    case operation(Opcode, Int, Int, Int)
    case products([Int], Rounding, Int64)
    case scaled(Int, Int, Rounding, Int64)
    case call(Int, [Int])
    case row(Int, [Int])
    case binding(Int)
  }

  init(firstRegister: Int) { registerCount = firstRegister }

  var position: Int { code.count }

  mutating func newRegister() -> Int {
    if registerCount >= EngineLimits.registers {
      hasTooManyRegisters = true
      return 0
    }
    registerCount += 1
    return registerCount - 1
  }

  /// Consecutive registers.
  mutating func newRegisters(_ count: Int) -> Int {
    let first = registerCount
    for _ in 0..<count { _ = newRegister() }
    return first
  }

  mutating func constant(_ value: Int64) -> Int {
    if let register = constants[value] { return register }
    let register = newRegister()
    constants[value] = register
    return register
  }

  mutating func emit(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
    emit(Instruction(opcode, a, b, c))
  }

  mutating func emit(_ instruction: Instruction) {
    if code.count >= EngineLimits.instructions {
      isTooLong = true
      return
    }
    code.append(instruction)
  }

  // MARK: - Known values

  func register(of key: Key) -> Int? { known[key] }

  mutating func remember(_ key: Key, in register: Int) {
    if known[key] != nil { return }
    known[key] = register
    log.append(key)
  }

  /// `a` = `b` operation `c`, unless that is known.
  mutating func compute(_ opcode: Opcode, _ b: Int, _ c: Int = 0, into target: Int? = nil) -> Int {
    var (b, c) = (b, c)
    switch opcode {
    case .add, .minimum, .maximum, .multiply, .equal, .notEqual: if b > c { swap(&b, &c) }
    default: break
    }
    let key = Key.operation(opcode, b, c, 0)
    if let register = known[key] { return move(register, into: target) }
    let register = target ?? newRegister()
    emit(opcode, register, b, c)
    remember(key, in: register)
    return register
  }

  mutating func move(_ register: Int, into target: Int?) -> Int {
    guard let target, target != register else { return register }
    emit(.move, target, register)
    return target
  }

  /// Forgets everything, at the start of code that runs by itself.
  mutating func forget() {
    known = [:]
    log = []
  }

  // MARK: - Jumps

  mutating func newLabel() -> Label {
    nextLabel += 1
    return Label(number: nextLabel)
  }

  mutating func jump(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, to label: Label) {
    pending[label, default: Pending(jumps: [], known: log.count)].jumps.append(code.count)
    emit(opcode, a, b)
  }

  /// Puts the label here.
  mutating func bind(_ label: Label) {
    guard let entry = pending.removeValue(forKey: label) else { return }
    for jump in entry.jumps where jump < code.count { code[jump] = code[jump].to(code.count) }
    guard entry.known < log.count else { return }
    for key in log[entry.known...] { known[key] = nil }
    log.removeLast(log.count - entry.known)
    for (other, waiting) in pending where waiting.known > log.count { pending[other]?.known = log.count }
  }
}

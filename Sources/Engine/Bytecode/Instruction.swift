/// One step of compiled code: what to do and three 16-bit operands, in 64 bits.
///
/// The operands are fields of their own, so that the interpreter fetches each with one load instead of cutting it out.
struct Instruction: Sendable, Hashable {
  var opcode: Opcode
  private var first: UInt16
  private var second: UInt16
  private var third: UInt16

  init(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
    self.opcode = opcode
    first = UInt16(truncatingIfNeeded: a)
    second = UInt16(truncatingIfNeeded: b)
    third = UInt16(truncatingIfNeeded: c)
  }

  @inline(__always) var a: Int { Int(first) }
  @inline(__always) var b: Int { Int(second) }
  @inline(__always) var c: Int { Int(third) }

  /// The same with another jump target.
  func to(_ target: Int) -> Instruction { Instruction(opcode, a, b, target) }
}

/// What an instruction does. `a` is where a result goes, `b` and `c` are operands; a jump's target is `c`. Jumps only go
/// forward, so every program ends and its longest path is known.
enum Opcode: UInt8, Sendable, Hashable, CaseIterable {
  case end
  case move
  case add
  case subtract
  case minimum
  case maximum
  case multiply
  /// `a` = max(0, `b` − `c`).
  case excess
  case equal
  case notEqual
  case less
  case lessOrEqual
  case ratioEqual
  case ratioNotEqual
  case ratioLess
  case ratioLessOrEqual
  case not

  case jump
  /// By the value of `b`.
  case jumpIfZero
  case jumpIfNotZero
  /// By comparing `a` with `b`.
  case jumpIfEqual
  case jumpIfNotEqual
  case jumpIfLess
  case jumpIfLessOrEqual

  /// `a` = Σ tokens × rate, rounded to steps of register `b`; `c` holds how many words with the two registers of a product
  /// follow and, in its lowest two bits, the rounding. `roundedProductsPlus` has one more word, the money to start with.
  case roundedProducts
  case roundedProductsPlus
  /// `a` = `b` × ratio `c`; the next word holds the step's register and the rounding.
  case roundedScale

  /// `a` = function `b` of the registers from `c` on.
  case call
  /// `a` = where the outputs of table `b`'s row for the registers from `c` on begin, -1 for none.
  case findRow
  /// The same by the symbol in register `c`.
  case findSymbol
  /// `a` = output `c` of row `b`.
  case cell

  /// Rule `c` acts and decided to pay `b`.
  case pay
  /// Rule `c` acts and decided to reserve `b` for as long as `a`.
  case hold
  /// Rule `c` acts and settles the hold whose numbers begin at `a` with `b`; the next word holds where its draws begin, the
  /// register with its index, and 1 where what nobody may be charged is owed.
  case settle
  /// From here on what is asked for is what the hold had not reserved.
  case startOverrun
  /// No more than `b` of it may be asked for, zero at least.
  case limitOverrun
  /// Adds up what is settled; past `c` unless something remains that is owed.
  case endSettling
  /// Bucket register `a` gives all of it, and below zero what it has not: at the rate computed before if `b` is 1. The draw
  /// beyond what was reserved is at register `c`.
  case owe
  /// Past `c` if nothing has to be paid.
  case startDrawing
  /// Denies by `c` if more is needed than `b`, zero at least.
  case totalCap
  /// What is due at rate `b` in steps of register `a`, for the draw to come.
  case due
  /// `a` = min(`b`, max(0, `c`)).
  case limitRoom
  /// Bucket register `a` gives what is in room `b`; past `c` if nothing more is needed.
  case draw
  /// The same where the room is what the bucket's book at register `b` has, less what is held of it, one register on.
  case drawBook
  case drawRated
  /// Falling short is the fault of `c`, if nothing was to blame before; `shortIf` only if cap `b` is below what was due.
  case short
  case shortIf
  /// Denies if something is still needed, else writes the draws down; `endHolding` leaves them to the ledger.
  case endDrawing
  case endHolding
  /// Denies by `c`.
  case deny
  /// Rule `c` acts.
  case fire
  /// Instruction template `a` with the amount in `b` and the allowance in `c`.
  case emit
  /// The same if the amount is not zero, or for money above zero.
  case emitNonZero
  case emitPositive
  /// Instruction template `a` about the record at index `b`, with the amount in `c`; `emitRecordPositive` if that is above
  /// zero.
  case emitRecord
  case emitRecordPositive
  /// Instruction template `a`: a charge of card `c` with the amount in `b`, if that is above zero. `collectOnce` not after
  /// the event has waited for one.
  case collect
  case collectOnce
  /// The charge that follows is one that the event waits for, and is denied by `c` without, if the amount `b` is above zero.
  case wait
  /// The last instruction that a decision asks for; the decision ends.
  case emitAndEnd
}

extension Instruction {
  /// The registers it reads, as far as its own operands name them. What follows an instruction as a further word is an
  /// `end`, so that its registers count too.
  var registersRead: [Int] {
    switch opcode {
    case .jump, .startDrawing, .short, .endDrawing, .endHolding, .startOverrun, .endSettling, .owe, .deny, .fire, .call,
      .findRow:
      []
    case .move, .not, .jumpIfZero, .jumpIfNotZero, .roundedProducts, .roundedProductsPlus, .cell, .pay, .totalCap,
      .draw, .drawRated, .shortIf, .limitOverrun, .wait:
      [b]
    case .findSymbol: [c]
    case .drawBook: [b, b + 1]
    case .settle: [a, a + 1, b]
    case .end, .jumpIfEqual, .jumpIfNotEqual, .jumpIfLess, .jumpIfLessOrEqual, .due, .hold: [a, b]
    case .add, .subtract, .minimum, .maximum, .multiply, .excess, .equal, .notEqual, .less, .lessOrEqual, .ratioEqual,
      .ratioNotEqual, .ratioLess, .ratioLessOrEqual, .roundedScale, .limitRoom, .emit, .emitNonZero, .emitPositive,
      .emitRecord, .emitRecordPositive, .collect, .collectOnce, .emitAndEnd:
      [b, c]
    }
  }
}

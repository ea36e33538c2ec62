import Language
import Ledger
import Values

enum Interpreter {
  /// Runs code until it ends.
  ///
  /// Sums wrap here: the checker proves that values stay inside 64 bits, and what an absent optional was computed with is
  /// never used. Registers, tables and targets are in bounds by construction; the compiler checks its limits.
  @inline(never)
  static func run(_ unit: UnsafeMutablePointer<Unit>, from entry: Int) {
    let frame = unit.pointee.frame
    let code = unit.pointee.code
    var next = code + entry
    frame[Status.short] = -1
    frame[Status.payer] = -1
    frame[Status.verdict] = Int64(Evaluator.Verdict.allowed.rawValue)
    frame[Status.decider] = -1
    frame[Status.changeBegin] = Int64(unit.pointee.firstChange)
    frame[Status.changeEnd] = Int64(unit.pointee.firstChange)
    frame[Status.firedCount] = 0
    frame[Status.records] = 0

    while true {
      let now = next.pointee
      next += 1
      switch now.opcode {
      case .end: return
      case .move: frame[now.a] = frame[now.b]
      case .add: frame[now.a] = frame[now.b] &+ frame[now.c]
      case .subtract: frame[now.a] = frame[now.b] &- frame[now.c]
      case .minimum: frame[now.a] = min(frame[now.b], frame[now.c])
      case .maximum: frame[now.a] = max(frame[now.b], frame[now.c])
      case .multiply: frame[now.a] = frame[now.b] &* frame[now.c]
      case .excess: frame[now.a] = max(0, frame[now.b] &- frame[now.c])
      case .equal: frame[now.a] = frame[now.b] == frame[now.c] ? 1 : 0
      case .notEqual: frame[now.a] = frame[now.b] != frame[now.c] ? 1 : 0
      case .less: frame[now.a] = frame[now.b] < frame[now.c] ? 1 : 0
      case .lessOrEqual: frame[now.a] = frame[now.b] <= frame[now.c] ? 1 : 0
      case .ratioEqual: frame[now.a] = Arithmetic.compareRatio(.equal, frame[now.b], frame[now.c]) ? 1 : 0
      case .ratioNotEqual: frame[now.a] = Arithmetic.compareRatio(.notEqual, frame[now.b], frame[now.c]) ? 1 : 0
      case .ratioLess: frame[now.a] = Arithmetic.compareRatio(.less, frame[now.b], frame[now.c]) ? 1 : 0
      case .ratioLessOrEqual:
        frame[now.a] = Arithmetic.compareRatio(.lessOrEqual, frame[now.b], frame[now.c]) ? 1 : 0
      case .not: frame[now.a] = frame[now.b] == 0 ? 1 : 0

      case .jump: next = code + now.c
      case .jumpIfZero: if frame[now.b] == 0 { next = code + now.c }
      case .jumpIfNotZero: if frame[now.b] != 0 { next = code + now.c }
      case .jumpIfEqual: if frame[now.a] == frame[now.b] { next = code + now.c }
      case .jumpIfNotEqual: if frame[now.a] != frame[now.b] { next = code + now.c }
      case .jumpIfLess: if frame[now.a] < frame[now.b] { next = code + now.c }
      case .jumpIfLessOrEqual: if frame[now.a] <= frame[now.b] { next = code + now.c }

      case .roundedProducts:
        roundProducts(frame, now, next, 0)
        next += now.c >> 2
      case .roundedProductsPlus:
        roundProducts(frame, now, next + 1, Int128(frame[next.pointee.a]) &* Int128(Rate.picoPerNano))
        next += now.c >> 2 &+ 1
      case .roundedScale:
        let extra = next.pointee
        next += 1
        let rounding = Rounding(rawValue: UInt8(truncatingIfNeeded: extra.b)) ?? .up
        frame[now.a] = Arithmetic.roundedScale(frame[now.b], frame[now.c], rounding, quantum: frame[extra.a])

      case .call: if !call(unit, now) { return }
      case .findRow: frame[now.a] = unit.pointee.tables[now.b].place(keys: frame + now.c)
      case .findSymbol: frame[now.a] = unit.pointee.tables[now.b].place(symbol: frame[now.c])
      case .cell:
        let place = frame[now.b]
        frame[now.a] = place < 0 ? ValueType.none : unit.pointee.outputs[Int(place) &+ now.c]

      case .pay: if !pays(unit, now, frame) { return }
      case .startDrawing: if frame[Status.need] == 0 { next = code + now.c }
      case .totalCap:
        let cap = max(0, frame[now.b])
        if frame[Status.need] > cap {
          frame[Status.verdict] = Int64(Evaluator.Verdict.denied.rawValue)
          frame[Status.decider] = Int64(now.c)
          frame[Status.shortfall] = frame[Status.need] &- cap
          return
        }
      case .due:
        frame[Status.due] =
          frame[now.b] == ValueType.none
          ? -1 : Arithmetic.due(frame[Status.need], atRate: frame[now.b], step: frame[now.a])
        frame[Status.step] = frame[now.a]
      case .limitRoom: frame[now.a] = min(frame[now.b], max(0, frame[now.c]))
      case .draw: if draw(frame[now.b], now, frame) { next = code + now.c }
      case .drawBook: if draw(frame[now.b] &- frame[now.b &+ 1], now, frame) { next = code + now.c }
      case .drawRated:
        // Without a rate (none) the bucket pays as any other.
        let need = frame[Status.need]
        let isRated = frame[Status.due] >= 0
        let due = isRated ? frame[Status.due] : need
        let paid = max(0, min(due, frame[now.b]))
        frame[now.a] = paid
        frame[Status.due] = due
        let rest = due &- paid
        if rest <= 0 {
          frame[Status.need] = 0
          next = code + now.c
        } else {
          frame[Status.need] =
            isRated
            ? Arithmetic.restAtStandardRates(rest: rest, need: need, due: due, step: frame[Status.step]) : rest
        }
      case .short: if frame[Status.short] < 0 { frame[Status.short] = Int64(now.c) }
      case .shortIf:
        if frame[Status.short] < 0, frame[now.b] < frame[Status.due] { frame[Status.short] = Int64(now.c) }
      case .endDrawing:
        if frame[Status.need] > 0 {
          frame[Status.verdict] = Int64(Evaluator.Verdict.denied.rawValue)
          frame[Status.decider] = frame[Status.short]
          frame[Status.shortfall] = frame[Status.need]
          return
        }
        frame[Status.covered] = frame[Status.amount]
        writeDraws(unit, frame)
      case .deny:
        // What was asked before the charge is not asked again.
        if frame[Status.resumed] != 0 { continue }
        frame[Status.verdict] = Int64(Evaluator.Verdict.denied.rawValue)
        frame[Status.decider] = Int64(now.c)
        return
      case .fire: fire(unit, now, frame)
      case .emit: emit(unit, now, frame)
      case .emitNonZero: if frame[now.b] != 0 { emit(unit, now, frame) }
      case .emitPositive: if frame[now.b] > 0 { emit(unit, now, frame) }
      case .hold, .settle, .startOverrun, .limitOverrun, .endSettling, .owe, .endHolding, .emitRecord,
        .emitRecordPositive, .collect, .collectOnce, .wait:
        guard let after = runRecord(unit, next) else { return }
        next = after
      case .emitAndEnd:
        emit(unit, now, frame)
        return
      }
    }
  }

  @inline(__always)
  static func fire(
    _ unit: UnsafeMutablePointer<Unit>, _ now: Instruction, _ frame: UnsafeMutablePointer<Int64>
  ) {
    let count = frame[Status.firedCount]
    unit.pointee.fired[Int(count)] = Int32(truncatingIfNeeded: now.c)
    frame[Status.firedCount] = count &+ 1
  }

  /// Rule `c` asks for the amount in `b`: to be paid, held or settled.
  ///
  /// - Returns: false if another rule has asked already.
  @inline(__always)
  static func pays(
    _ unit: UnsafeMutablePointer<Unit>, _ now: Instruction, _ frame: UnsafeMutablePointer<Int64>
  ) -> Bool {
    if frame[Status.payer] >= 0 {
      frame[Status.verdict] = Int64(Evaluator.Verdict.twoPayments.rawValue)
      frame[Status.fault] = Int64(now.c)
      return false
    }
    frame[Status.payer] = Int64(now.c)
    let amount = max(0, frame[now.b])
    frame[Status.amount] = amount
    frame[Status.need] = amount
    fire(unit, now, frame)
    return true
  }

  /// Pays what is needed as far as there is room.
  ///
  /// - Returns: whether nothing more is needed.
  @inline(__always)
  private static func draw(_ room: Int64, _ now: Instruction, _ frame: UnsafeMutablePointer<Int64>) -> Bool {
    let need = frame[Status.need]
    let paid = max(0, min(need, room))
    frame[now.a] = paid
    frame[Status.due] = need
    frame[Status.need] = need &- paid
    return need == paid
  }

  @inline(__always)
  private static func emit(
    _ unit: UnsafeMutablePointer<Unit>, _ now: Instruction, _ frame: UnsafeMutablePointer<Int64>
  ) {
    let end = frame[Status.changeEnd]
    let change = unit.pointee.changes + Int(end)
    change.pointee = LedgerChange(unit.pointee.templates[now.a], amount: frame[now.b], allowance: frame[now.c])
    frame[Status.changeEnd] = end &+ 1
  }

  /// The draws go before everything else that was asked for, first bucket first.
  @inline(__always)
  private static func writeDraws(_ unit: UnsafeMutablePointer<Unit>, _ frame: UnsafeMutablePointer<Int64>) {
    var begin = unit.pointee.firstChange
    var bucket = unit.pointee.bucketCount
    let drawn = frame + unit.pointee.drawn
    while bucket > 0 {
      bucket &-= 1
      let paid = drawn[bucket]
      if paid != 0 {
        begin &-= 1
        unit.pointee.changes[begin] = LedgerChange(.draw, target: bucket, amount: paid)
      }
    }
    frame[Status.changeBegin] = Int64(begin)
  }

  @inline(__always)
  private static func roundProducts(
    _ frame: UnsafeMutablePointer<Int64>, _ now: Instruction, _ words: UnsafeMutablePointer<Instruction>,
    _ start: Int128
  ) {
    var pico = start
    for index in 0..<now.c >> 2 {
      let word = words[index]
      pico &+= Int128(frame[word.a]) &* Int128(frame[word.b])
    }
    let step = frame[now.b]
    if now.c & 3 == 0, pico >= 0, pico <= Int128(Int64.max) {
      let divisor = UInt64(bitPattern: step &* Rate.picoPerNano)
      // Half of 64 bits and a divisor below the other half: the sum fits.
      let count = (UInt64(truncatingIfNeeded: pico) &+ divisor &- 1) / divisor
      frame[now.a] = Int64(bitPattern: count) &* step
    } else {
      roundSlowly(frame, now, pico)
    }
  }

  @inline(never)
  private static func roundSlowly(_ frame: UnsafeMutablePointer<Int64>, _ now: Instruction, _ pico: Int128) {
    let rounding = Rounding(rawValue: UInt8(truncatingIfNeeded: now.c & 3)) ?? .up
    frame[now.a] = Arithmetic.roundedPico(pico, rounding, quantum: frame[now.b])
  }

  /// Calls a plugin's function. Where an argument is already out of its range, which happens only to a value that nobody
  /// uses, the function is left alone.
  ///
  /// - Returns: false if the result is outside its declared range.
  @inline(never)
  private static func call(_ unit: UnsafeMutablePointer<Unit>, _ now: Instruction) -> Bool {
    let function = unit.pointee.functions + now.b
    let frame = unit.pointee.frame
    let arguments = frame + now.c
    let count = function.pointee.parameters.count
    for index in 0..<count {
      let parameter = function.pointee.parameters[index]
      let value = arguments[index]
      if !(parameter.range.contains(value) || (parameter.type.isOptional && value == ValueType.none)) {
        frame[now.a] = Arithmetic.clamp(function.pointee.result.range.low)
        return true
      }
    }
    let value = function.pointee.body(UnsafeBufferPointer(start: arguments, count: count))
    let result = function.pointee.result
    if result.range.contains(value) || (result.type.isOptional && value == ValueType.none) {
      frame[now.a] = value
      return true
    }
    frame[now.a] = Arithmetic.clamp(result.range.low)
    frame[Status.verdict] = Int64(Evaluator.Verdict.functionFault.rawValue)
    frame[Status.fault] = Int64(now.b)
    frame[Status.faultValue] = value
    return false
  }
}

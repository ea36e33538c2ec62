import Diagnostics
import Values

/// How large a checked expression is, its `let`s left as they are, and with every one of them written out.
struct ExprSize {
  var nodes = 1
  var height = 1
  var writtenNodes = 1
  var writtenHeight = 1

  /// Levels of a checked expression. What walks it may go one call deeper with each, on a small thread's stack.
  static let mostLevels = 200
  /// Parts of a checked expression. Some are made from one reading of the text, so the text's own size is no bound.
  static let mostNodes = 10_000
  /// Parts that `x in low..high` may repeat.
  static let mostRepeated = 500

  init(_ expr: Expr, lets: [KnownLet]) {
    var below = (height: 0, writtenHeight: 0)
    if case .named(let index) = expr.kind, lets.indices.contains(index) {
      writtenNodes = lets[index].size.writtenNodes
      below.writtenHeight = lets[index].size.writtenHeight
    }
    for operand in expr.operands {
      let size = ExprSize(operand, lets: lets)
      nodes += size.nodes
      // Every `let` may double it, so it stops counting far above any limit.
      writtenNodes = min(1 << 40, writtenNodes + size.writtenNodes)
      below = (max(below.height, size.height), max(below.writtenHeight, size.writtenHeight))
    }
    height = below.height + 1
    writtenHeight = min(1 << 40, below.writtenHeight + 1)
  }

  var isWieldy: Bool { nodes <= ExprSize.mostNodes && height <= ExprSize.mostLevels }
  var isWieldyWritten: Bool { writtenNodes <= ExprSize.mostNodes && writtenHeight <= ExprSize.mostLevels }
}

/// What is known of a checked `let`.
struct KnownLet {
  var needs: Needs
  var size: ExprSize
  /// Keys of the optionals that have a value whenever it is on, and whenever it is off.
  var whenOn: Set<String> = []
  var whenOff: Set<String> = []
  /// Whether it can differ before and after an event.
  var readsState = false

  /// Keys kept of one `let`, so that a long chain of them stays small. A condition that proves more is read nowhere.
  static let mostKeys = 256

  static func kept(_ keys: Set<String>) -> Set<String> {
    keys.count <= mostKeys ? keys : Set(keys.sorted().prefix(mostKeys))
  }
}

extension Checking {
  /// Keeps what is known of the next `let` of the program.
  func learn(_ value: Expr) {
    var known = KnownLet(needs: needs(of: value), size: ExprSize(value, lets: knownLets))
    known.readsState = readsState(value)
    if value.type.base == .bool {
      known.whenOn = KnownLet.kept(Guards.proved(by: value, being: true, lets: knownLets))
      known.whenOff = KnownLet.kept(Guards.proved(by: value, being: false, lets: knownLets))
    }
    knownLets.append(known)
  }

  /// An expression that everything after the checker can walk; nil for one too large, which has then been reported.
  func wieldy(_ expr: Expr) -> Expr? {
    if ExprSize(expr, lets: knownLets).isWieldy { return expr }
    reportTooLarge(expr.span)
    return nil
  }

  func reportTooLarge(_ span: Span) {
    report(
      .tooLarge, "this expression is too large", span, label: "too many parts, or too many of them inside each other",
      help: "give parts of it names: `let part = …`")
  }
}

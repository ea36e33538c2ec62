/// Bounds on what a program may ask of the engine, each with its reason.
public enum EngineLimits {
  /// Registers in one frame, since an instruction names a register in 16 bits.
  public static let registers = 65_535
  /// Instructions in the code of one event, since a jump names its target in 16 bits.
  public static let instructions = 65_535
  /// How deep one expression may nest, so that no tree can exhaust the stack of a small thread.
  public static let expressionDepth = 200
  /// How deep expressions may nest through the `let`s they read before those are computed in order instead.
  public static let letDepth = 200
  /// Instructions of one event past which `let`s are computed in order, so that they cannot multiply.
  public static let plainInstructions = 8_192
  /// Arguments of one function.
  public static let arguments = 64
  /// The coarsest step a sum of tokens times rates can be rounded to, in nano-dollars: $1 million.
  public static let quantum: Int64 = 1_000_000_000_000_000
  /// Requests to a simulated payment provider that one event may lead to, so that rules which answer every refusal with
  /// another charge come to an end.
  public static let providerRequests = 64
}

/// Idempotency keys as a payment provider sees them. It serves many stores and accounts, and a payment's own key is unique only
/// within its account.
enum WorldKey {
  /// - Parameters:
  ///   - key: of the payment or refund.
  ///   - store: the random name of the store.
  static func key(_ key: String, account: String, store: String) -> String {
    // Without its slashes no account's name can pass into the key behind it.
    let name = account.replacing("%", with: "%25").replacing("/", with: "%2f")
    return "\(store)/\(name)/\(key)"
  }
}

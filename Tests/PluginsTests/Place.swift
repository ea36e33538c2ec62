import Engine
import Foundation

/// The package these tests belong to, and places of their own.
enum Place {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func fixture(_ path: String) -> String { root.appending(path: "Tests/Fixtures/\(path)").path }

  /// A fresh folder, removed when `body` is done.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "payg-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}

extension ProviderRequest {
  static func sample(card: String = "visa", key: String = "topup-1#1", amount: Int64 = 20_000_000_000) -> Self {
    ProviderRequest(kind: .collect, key: key, amount: amount, card: card, account: "acme", payment: "topup-1")
  }
}

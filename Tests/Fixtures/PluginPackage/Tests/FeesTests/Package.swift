/// Where this package is.
enum Package {
  /// The path of its rules, beside `Tests`.
  static let rules: String = {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(folder)/rules"
  }()
}

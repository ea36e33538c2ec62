// swift-tools-version: 6.1
import PackageDescription

// A plugin lives in a package of its own and needs nothing of payg but its library.
let package = Package(
  name: "fees",
  platforms: [.macOS(.v15)],
  products: [.library(name: "Fees", targets: ["Fees"])],
  dependencies: [
    // Elsewhere: .package(url: "…/payg", from: "0.1.0").
    .package(name: "payg", path: "../../..")
  ],
  targets: [
    .target(name: "Fees", dependencies: [.product(name: "Payg", package: "payg")]),
    .testTarget(name: "FeesTests", dependencies: ["Fees", .product(name: "Payg", package: "payg")]),
  ],
  swiftLanguageModes: [.v6]
)

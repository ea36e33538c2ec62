// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody who only wants payg builds it.
let package = Package(
  name: "payg-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "payg", path: ".."),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(name: "Allocations"),
    .executableTarget(
      name: "payg-bench",
      dependencies: [
        "Allocations", .product(name: "Payg", package: "payg"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      path: "Sources/PaygBench"),
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.1
import PackageDescription

// Arrows point down: a target may import only what it lists, and CI builds once with
// `--explicit-target-dependency-import-check error` to keep it so.
let package = Package(
  name: "payg",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "payg", targets: ["payg"]),
    .library(
      name: "Payg",
      targets: [
        "Store", "Backtest", "Lab", "Plugins", "Standard", "Formats", "Engine", "Language", "Ledger", "Values",
        "Diagnostics",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(name: "Diagnostics", exclude: ["README.md"]),
    .target(name: "Values", exclude: ["README.md"]),
    .target(name: "Language", dependencies: ["Diagnostics", "Values"], exclude: ["README.md", "GRAMMAR.md"]),
    .target(name: "Ledger", dependencies: ["Values"], exclude: ["README.md"]),
    .target(name: "Engine", dependencies: ["Diagnostics", "Values", "Language", "Ledger"], exclude: ["README.md"]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Formats", dependencies: ["CZlib", "Diagnostics"], exclude: ["README.md"]),
    .target(
      name: "Store",
      dependencies: [
        "Diagnostics", "Values", "Language", "Ledger", "Engine", "Formats",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ], exclude: ["README.md"]),
    .target(name: "CPaygPlugin", exclude: ["README.md"]),
    .target(name: "Standard", dependencies: ["Values", "Language", "Engine"], exclude: ["README.md"]),
    .target(
      name: "Lab",
      dependencies: [
        "Diagnostics", "Values", "Language", "Ledger", "Engine", "Standard", "Formats",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["README.md"]),
    .target(
      name: "Plugins", dependencies: ["CPaygPlugin", "Diagnostics", "Language", "Engine", "Formats", "Lab"],
      exclude: ["README.md"]),
    .target(
      name: "Commands",
      dependencies: [
        "Diagnostics", "Values", "Language", "Ledger", "Engine", "Standard", "Formats", "Store", "Lab", "Backtest",
        "Shell", "Plugins",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], exclude: ["README.md"]),
    .target(
      name: "Shell",
      dependencies: [
        "Diagnostics", "Values", "Language", "Ledger", "Engine", "Standard", "Formats", "Store", "Lab", "Backtest",
      ], exclude: ["README.md"]),
    .target(
      name: "Backtest",
      dependencies: ["Diagnostics", "Values", "Language", "Ledger", "Engine", "Standard", "Formats", "Lab"],
      exclude: ["README.md"]),
    // The terminal: nothing else knows that there is one.
    .target(name: "CEdit", path: "REPL/CEdit", linkerSettings: [.linkedLibrary("edit")]),
    .target(name: "Terminal", dependencies: ["CEdit"], path: "REPL/Terminal", exclude: ["README.md"]),
    .executableTarget(
      name: "payg", dependencies: ["Commands", "Shell", "Terminal"], path: "REPL",
      exclude: ["README.md", "demo", "CEdit", "Terminal"]),

    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "Values"]),
    .testTarget(name: "FormatsTests", dependencies: ["Formats", "Diagnostics", "Values"]),
    .testTarget(name: "ValuesTests", dependencies: ["Values"]),
    .testTarget(name: "LanguageTests", dependencies: ["Language", "Diagnostics", "Values"]),
    .testTarget(name: "LedgerTests", dependencies: ["Ledger", "Values"]),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "Standard", "Language", "Ledger", "Diagnostics", "Values"]),
    .testTarget(
      name: "LabTests",
      dependencies: ["Lab", "Formats", "Standard", "Engine", "Language", "Ledger", "Diagnostics", "Values"],
      exclude: ["Fixtures", "Golden"]),
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "Commands", "Shell", "Formats", "Lab", "Language", "Diagnostics", "payg",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Golden"]),
    .testTarget(
      name: "PluginsTests",
      dependencies: ["Plugins", "CPaygPlugin", "Standard", "Engine", "Language", "Diagnostics", "payg"]),
    // The billing semantics written a second time, for tests to hold the engine against: it imports nothing of ours.
    .target(name: "Audit", path: "Tests/Audit"),
    .testTarget(name: "AuditTests", dependencies: ["Audit"]),
    .target(
      name: "Simulator", dependencies: ["Audit", "Lab", "Standard", "Engine", "Language", "Ledger", "Values"],
      path: "Tests/Simulator"),
    .testTarget(
      name: "SimulatorTests", dependencies: ["Simulator", "Audit", "Lab", "Standard", "Language", "Diagnostics"]),
    .executableTarget(
      name: "simulate", dependencies: ["Simulator", "Audit", "Lab", "Standard", "Language"], path: "Tests/Simulate"),
    // What stores go through: a file system that fails, writers that are killed, many programs at once.
    .target(name: "CFaultVFS", path: "Tests/CFaultVFS", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(
      name: "StoreStage",
      dependencies: ["CFaultVFS", "Store", "Lab", "Standard", "Engine", "Language", "Ledger", "Values"],
      path: "Tests/StoreStage"),
    .executableTarget(
      name: "stress",
      dependencies: [
        "StoreStage", "CFaultVFS", "Store", "Engine", "Values", .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ], path: "Tests/Stress"),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "Store", "StoreStage", "CFaultVFS", "Lab", "Standard", "Engine", "Language", "Ledger", "Values", "Formats",
        "Diagnostics", "stress", "payg", .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "BacktestTests",
      dependencies: [
        "Backtest", "Lab", "Standard", "Engine", "Language", "Ledger", "Formats", "Diagnostics", "Values",
      ],
      exclude: ["Golden"]),
    .testTarget(
      name: "ShellTests",
      dependencies: [
        "Shell", "Backtest", "Store", "Lab", "Standard", "Engine", "Language", "Ledger", "Formats", "Diagnostics",
        "Values", "payg",
      ], exclude: ["Golden"]),
    // A few lines over the line editor, for tests to type into.
    .executableTarget(name: "edit-stage", dependencies: ["Terminal"], path: "Tests/EditStage"),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal", "edit-stage"]),
    // Tests of the tree itself: arrows, names, sizes, complete sets. It reads files and imports nothing of ours.
    .testTarget(name: "TidyTests"),
  ],
  swiftLanguageModes: [.v6]
)

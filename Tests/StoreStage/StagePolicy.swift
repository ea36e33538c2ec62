import Engine
import Foundation
import Lab
import Language
import Standard
import Store
import Synchronization

/// The shipped rules as a store keeps them, with a price list of three models: stores are made by the thousand here.
public enum StagePolicy {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let prices = """
    model,input,cached,output
    small,1,0.1,3
    large,3,0.3,15
    plain,2,,4

    """

  public static let files: [PolicyFile] = {
    let folder = root.appending(path: "rules")
    let families = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var files = [PolicyFile(name: "pricing/prices.csv", bytes: Array(prices.utf8))]
    for family in families.sorted() {
      guard let text = try? Data(contentsOf: folder.appending(path: "\(family)/policy.rules")) else { continue }
      files.append(PolicyFile(name: "\(family)/policy.rules", bytes: Array(text)))
    }
    return files
  }()

  /// The same with a higher minimum of what is charged to a card.
  public static let dearer: [PolicyFile] = files.map { file in
    guard file.name == "topup/policy.rules" else { return file }
    let text = String(decoding: file.bytes, as: UTF8.self)
    return PolicyFile(
      name: file.name,
      bytes: Array(
        text.replacing(
          "setting minimum: money in $0..$1_000_000 = $5", with: "setting minimum: money in $0..$1_000_000 = $7"
        ).utf8))
  }

  // A store is opened many times, and the same texts make the same program.
  private static let programs = Mutex<[[PolicyFile]: CompiledProgram]>([:])

  public static let compile: PolicyCompiler = { files throws(PolicyFault) in
    if let program = programs.withLock({ $0[files] }) { return RuleEngine(program) }
    let program = try compiled(files)
    programs.withLock { $0[files] = program }
    return RuleEngine(program)
  }

  private static func compiled(_ files: [PolicyFile]) throws(PolicyFault) -> CompiledProgram {
    let rules: LoadedRules
    do throws(FileFault) {
      let texts = try PolicyTexts(files.map { ($0.name, $0.bytes) })
      rules = LoadedRules(texts, vocabulary: StandardPlugin.vocabulary, depth: .checked)
    } catch {
      throw PolicyFault(error.message)
    }
    guard !rules.diagnostics.hasErrors else { throw PolicyFault("the rules are wrong") }
    do throws(CompileError) {
      return try CompiledProgram(rules.program)
    } catch {
      throw PolicyFault(error.message)
    }
  }
}

extension RuleEngine {
  /// An event by the names of its fields. A field that is not given has its default, or none.
  public func call(
    _ event: String, id: String = "", at: Int64, _ values: [String: EventCall.Value] = [:]
  ) throws -> EventCall {
    guard let index = compiled.event(named: event) else { throw EngineFault.unknownEvent(event) }
    let declared = program.events[index]
    let given = declared.fields.prefix(declared.givenCount)
    for name in values.keys where !given.contains(where: { $0.name == name }) {
      throw EngineFault.field(event: event, field: name, problem: "is not a field that can be given")
    }
    return EventCall(
      event: index, id: id, at: at,
      fields: given.map { values[$0.name] ?? .number($0.value ?? ValueType.none) })
  }

  public func setting(_ name: String) -> Int { program.settings.firstIndex { $0.name == name } ?? -1 }
  public func bucket(_ name: String) -> Int { program.buckets.firstIndex { $0.name.hasSuffix(name) } ?? -1 }
}

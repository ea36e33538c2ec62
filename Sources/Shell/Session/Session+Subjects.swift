import Diagnostics
import Language
import Store
import Values

/// What lines of the looking verbs are about.
extension Session {
  /// The account of a line as it stands.
  func account(of request: Request, _ world: World) throws -> World.Standing {
    try world.account(accountName(request, world))
  }

  /// The account of a line where it names one or one is focused; nil: the line is about all.
  func accountIfAny(of request: Request, _ world: World) throws -> String? {
    guard request.arguments.text(.account) != nil || request.coordinates.account != nil else { return nil }
    return try accountName(request, world)
  }

  /// The period of a line; what `usual` says where it names none.
  func period(of request: Request, _ world: World, usual: String = "all") throws -> Period {
    let text = request.arguments.text(.period) ?? usual
    do throws(Complaint) {
      return try Period(text, now: (try? world.now) ?? 0)
    } catch {
      throw request.complaint(error.message, at: .period, help: error.help)
    }
  }

  /// One thing of the policy by its full name, or by the last word of it where only one has that.
  func declared(
    _ name: String, in names: [String], _ what: String, _ request: Request, at place: Place
  ) throws -> Int {
    if let exact = names.firstIndex(of: name) { return exact }
    let found = names.indices.filter { names[$0].hasSuffix("." + name) }
    if found.count == 1 { return found[0] }
    if found.count > 1 {
      throw request.complaint(
        "several \(what)s are called `\(name)`", at: place, help: found.map { names[$0] }.joined(separator: ", "))
    }
    let bare = names.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
    let near = Suggestion.nearest(name, in: names + bare)
    throw request.complaint(
      "there is no \(what) `\(name)`", at: place, help: near.map { "did you mean `\($0)`?" } ?? "\(what)s")
  }
}

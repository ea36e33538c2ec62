import Formats

extension Session {
  /// What is wrong as one object, for whoever reads JSON.
  func complainInJSON(_ fault: any CommandFault) -> ExitStatus {
    var members: [Json.Member] = [.init("schema", "payg.error/1")]
    if let place {
      members += [.init("file", .text(place.name)), .init("line", .integer(Int64(place.line)))]
    }
    members.append(.init("message", .text(fault.message)))
    if let line = fault as? LineComplaint {
      members += [.init("code", .text(line.code)), .init("text", .text(line.line))]
      if let range = line.range {
        members += [.init("from", .integer(Int64(range.lowerBound))), .init("to", .integer(Int64(range.upperBound)))]
      }
    }
    let spell = surroundings.spell ?? { $0 }
    members += [
      .init("help", fault.help.map { .text(spell($0)) } ?? .null),
      .init("status", .integer(Int64(fault.status.rawValue))),
    ]
    console.error.write(Json.object(members).compact + "\n")
    return fault.status
  }
}

extension Session {
  /// Says what is wrong outside of any line.
  public func tell(_ error: any Error) -> ExitStatus { complain(error) }

  /// Ctrl-C: nothing is suggested any more.
  public func forgetSuggestion() { suggestion = nil }
}

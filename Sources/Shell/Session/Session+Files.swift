import Lab

extension Session {
  /// Files and folders whose path begins so.
  func files(_ begun: String) -> [Completions.Candidate] {
    guard !options.isSafe, !settings.isSafe else { return [] }
    let slash = begun.lastIndex(of: "/")
    let folder = slash.map { String(begun[...$0]) } ?? ""
    let start = slash.map { String(begun[begun.index(after: $0)...]) } ?? begun
    return TextFile.names(in: folder.isEmpty ? "." : folder)
      .filter { $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix(".")) }
      .prefix(Self.mostCandidates * 4)
      .map { name in
        let isFolder = TextFile.isFolder(folder + name)
        return .init(folder + name + (isFolder ? "/" : ""), isFolder ? "folder" : "file", endsWord: !isFolder)
      }
  }
}

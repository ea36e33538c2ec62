extension DiagnosticCode {
  /// The files of the example: one, or several introduced by lines `# file NAME`, for mistakes that take more than one.
  public var exampleFiles: [(name: String, text: String)] {
    let marker = "# file "
    guard example.hasPrefix(marker) else { return [("example.rules", example)] }
    var files: [(name: String, text: String)] = []
    for line in example.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(marker) {
        files.append((String(line.dropFirst(marker.count)), ""))
      } else {
        files[files.count - 1].text += line + "\n"
      }
    }
    return files
  }
}

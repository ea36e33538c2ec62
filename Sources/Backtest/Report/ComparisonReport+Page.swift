extension ComparisonReport {
  /// The report as one page of HTML that stands alone, for somebody who was not there.
  ///
  /// It takes nothing from anywhere, has no program in it, and is the same bytes for the same result. Long lists are cut, and say by
  /// how much.
  public var page: String { Page(result, openings: openings).comparison() }

  /// Whether a text is such a page, which the next one may be written over.
  public static func isPage(_ text: String) -> Bool {
    text.hasPrefix("<!DOCTYPE html>") && text.contains("<meta name=\"generator\" content=\"payg\"/>")
  }
}

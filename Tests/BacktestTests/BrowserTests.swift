import Foundation
import Testing

@testable import Backtest

/// Pages as a browser shows them. Each test opens all of them in few runs: a browser takes a second to start.
@Suite("Pages in a browser", .serialized)
struct BrowserTests {
  /// A page that frames others, one below the other, and says of each what is wrong with it.
  ///
  /// It looks for what is wider than its frame and does not scroll by itself, for texts too pale to be read, and for programs.
  static func inspector(_ names: [String], width: Int) -> String {
    let frames = names.map { "<iframe src=\"\($0).html\" title=\"\($0)\"></iframe>" }.joined(separator: "\n")
    return """
      <!DOCTYPE html><meta charset="utf-8"><title>inspector</title>
      <style>body { margin: 0 } iframe { display: block; border: 0; width: \(width)px; height: 900px }</style>
      \(frames)
      <pre id="found"></pre>
      <script>
      function parts(color) { return color.match(/[\\d.]+/g).map(Number); }
      function over(top, ground, share) { return [0, 1, 2].map(i => top[i] * share + ground[i] * (1 - share)); }
      function light(color) {
        const [r, g, b] = color.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
        return .2126 * r + .7152 * g + .0722 * b;
      }
      function look(frame) {
        const page = frame.contentDocument, view = frame.contentWindow, found = [];
        const style = element => view.getComputedStyle(element);
        const wide = page.documentElement.clientWidth;
        if (page.documentElement.scrollWidth > wide) found.push('scrolls to ' + page.documentElement.scrollWidth);
        if (page.scripts.length) found.push('has a program');
        let texts = 0;
        for (const element of page.body.querySelectorAll('*')) {
          const box = element.getBoundingClientRect();
          if (box.width && box.right > wide + 1 && !element.closest('.frame, svg'))
            found.push('<' + element.tagName + ' class="' + element.getAttribute('class') + '"> reaches ' + box.right);
          const own = [...element.childNodes].some(node => node.nodeType == 3 && node.data.trim());
          if (!own || !box.width || ['title', 'desc'].includes(element.tagName)) continue;
          texts++;
          let grounds = [], share = 1;
          for (let at = element; at; at = at.parentElement) {
            share *= Number(style(at).opacity);
            const color = parts(style(at).backgroundColor);
            if (color.length == 3 || color[3] == 1) { grounds.push(color); break; }
          }
          const ground = grounds[0] || [255, 0, 255];
          const ink = parts(element.closest('svg') ? style(element).fill : style(element).color);
          const [a, b] = [light(over(ink, ground, share)), light(ground)].sort((x, y) => y - x);
          const contrast = (a + .05) / (b + .05);
          if (contrast < 4.5) found.push('contrast ' + contrast.toFixed(2) + ' of "' + element.textContent.trim().slice(0, 30) + '"');
        }
        const ground = style(page.documentElement).backgroundColor;
        return frame.title + ': width ' + wide + ', ' + (light(parts(ground)) < .2 ? 'dark' : 'light') + ', '
          + (texts > 20 ? 'texts' : 'no texts') + (found.length ? ', ' + [...new Set(found)].slice(0, 8).join(', ') : '');
      }
      addEventListener('load', () => {
        document.getElementById('found').textContent = [...document.querySelectorAll('iframe')].map(look).join('\\n');
      });
      </script>
      """
  }

  private static func found(_ dom: String) -> [String] {
    guard let match = dom.firstMatch(of: #/<pre id="found">([^<]*)<\/pre>/#) else { return [] }
    return match.1.split(separator: "\n").map(String.init)
  }

  @Test(
    "nothing is wider than the screen, nothing too pale to read; the console is silent, and nothing is asked for",
    arguments: [(360, false), (360, true), (1_400, false), (1_400, true)])
  func shows(width: Int, isDark: Bool) throws {
    try Browser.open { browser in
      let pages = try PageTests.pages()
      for (name, page) in pages { try browser.write(page, "\(name).html") }
      try browser.write(Self.inspector(pages.map(\.name), width: width), "inspector.html")
      let visit = try browser.visit("inspector.html", isDark: isDark, width: 1_400, ["--dump-dom"])
      #expect(visit.console.isEmpty, "\(visit.console)")
      #expect(visit.requests.isEmpty, "\(visit.requests)")
      #expect(Self.found(visit.out) == pages.map { "\($0.name): width \(width), \(isDark ? "dark" : "light"), texts" })
    }
  }

  @Test("what is wrong with a page would be seen: the same looks at a bad one")
  func looks() throws {
    try Browser.open { browser in
      let page = """
        <!DOCTYPE html><title>bad</title><body style="background: #fff"><p style="color: #bbb">pale</p>
        <div style="width: 900px; background: #eee">wide</div><img src="http://payg.invalid/picture.png">
        <script>console.log("said")</script>
        """
      try browser.write(page, "bad.html")
      try browser.write(Self.inspector(["bad"], width: 360), "inspector.html")
      let visit = try browser.visit("inspector.html", ["--dump-dom"])
      #expect(visit.console.count { $0.contains("said") } == 1)
      #expect(visit.requests == ["http://payg.invalid/picture.png"])
      let found = Self.found(visit.out).joined()
      for fault in ["scrolls to", "has a program", "DIV class", "contrast 1.9", "no texts"] {
        #expect(found.contains(fault), "\(fault): \(found)")
      }
    }
  }

  @Test("by day and by night it is drawn, in different colours")
  func draws() throws {
    try Browser.open { browser in
      try browser.write(ComparisonReport(PageStage.small()).page, "small.html")
      var colors: [[String]] = []
      for isDark in [false, true] {
        let picture = "picture-\(isDark).png"
        let visit = try browser.visit(
          "small.html", isDark: isDark, width: 500, height: 1_400,
          ["--screenshot=\(browser.folder.appending(path: picture).path)"])
        #expect(visit.console.isEmpty && visit.requests.isEmpty)
        #expect(browser.bytes(picture).starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        colors.append(try Picture.colors(browser.folder.appending(path: picture).path))
      }
      #expect(colors[0].count > 20 && colors[1].count > 20, "\(colors.map(\.count))")
      // The most frequent colour is the paper's.
      #expect(colors[0].first == "fdfdfb" && colors[1].first == "15171a", "\(colors.map { $0.prefix(3) })")
    }
  }

  @Test("on paper it is light, whatever its reader prefers, and all that is folded is there")
  func prints() throws {
    try Browser.open { browser in
      try browser.write(ComparisonReport(PageStage.large(pairs: 1, accounts: 60, days: 40)).page, "page.html")
      let folded = ComparisonReport(PageStage.large(pairs: 1, accounts: 60, days: 40)).page
        .replacing("details::details-content { content-visibility: visible; display: block; }", with: "")
      try browser.write(folded, "folded.html")
      var sizes: [Int] = []
      for name in ["page", "folded"] {
        let visit = try browser.visit(
          "\(name).html", isDark: true,
          ["--no-pdf-header-footer", "--print-to-pdf=\(browser.folder.appending(path: "\(name).pdf").path)"])
        #expect(visit.console.isEmpty && visit.requests.isEmpty)
        let bytes = browser.bytes("\(name).pdf")
        #expect(bytes.starts(with: Array("%PDF-".utf8)))
        sizes.append(bytes.count)
      }
      #expect(sizes[0] > sizes[1] + 2_000, "sixty accounts and forty days are not in it: \(sizes)")
    }
  }
}

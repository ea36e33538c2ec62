/// How a page looks: on a screen by day and by night, on a telephone, on paper.
enum PageStyle {
  static let sheet = Markup(
    trusted: """

      :root {
        --paper: #fdfdfb; --ink: #1c1e21; --soft: #5b6068; --faint: #d9dad5; --tint: #f3f3ee;
        --area: #c9cdd3; --line: #11508f; --between: #e8b23c; --bad: #ad3f0a; --good: #0a6a8a; --other: #6b6f76;
        --bad-tint: #fbeee6; --good-tint: #e6f2f6; --alert: #8a1f11; --alert-tint: #fdecea;
        --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif;
        --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
      }
      @media screen and (prefers-color-scheme: dark) {
        :root {
          --paper: #15171a; --ink: #e6e6e2; --soft: #a0a5ad; --faint: #34383d; --tint: #1d2024;
          --area: #4b5058; --line: #7cb8f2; --between: #b98a25; --bad: #f0925a; --good: #62bfdf; --other: #9aa0a8;
          --bad-tint: #35231a; --good-tint: #17303a; --alert: #ff9d8a; --alert-tint: #3a1e1a;
        }
      }
      * { box-sizing: border-box; }
      html { background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); -webkit-text-size-adjust: 100%; }
      body { margin: 0; overflow-wrap: break-word; }
      main { max-width: 87rem; margin: 0 auto; padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 3rem) 4rem; }
      p { margin: 0 0 .75rem; }
      h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
      h1 { font-size: clamp(1.6rem, 4.2vw, 2.5rem); letter-spacing: -.01em; margin-bottom: 1rem; }
      h2 { font-size: 1.25rem; }
      h3 { font-size: 1.1rem; }
      code, pre { font-family: var(--mono); font-size: .86em; }
      a { color: var(--line); }
      table, dl, .plot, .verdict { font-variant-numeric: tabular-nums lining-nums; }
      .name { overflow-wrap: anywhere; }
      .kicker { color: var(--soft); font-size: .85rem; margin-bottom: .5rem; }
      .lead { font-family: var(--serif); font-size: clamp(1.1rem, 2.2vw, 1.4rem); line-height: 1.45; max-width: 46em; text-wrap: pretty; }
      .small, .rest { color: var(--soft); font-size: .87rem; }
      .alert { border-left: 4px solid var(--alert); background: var(--alert-tint); padding: .6rem .9rem; max-width: 62rem; }
      .alert strong { color: var(--alert); }
      .partial { border: 2px solid var(--alert); border-left-width: 10px; font-size: 1.05rem; }
      .partial strong { letter-spacing: .08em; margin-right: .4em; }

      .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.25rem 1.5rem; margin: 1.5rem 0 0; }
      .figures > div { border-top: 2px solid var(--ink); padding-top: .5rem; }
      .figures dt { color: var(--soft); font-size: .85rem; }
      .figures dd { margin: 0; font-size: 1.75rem; line-height: 1.25; }
      .figures dd.below { font-size: .85rem; color: var(--soft); line-height: 1.4; }

      section { display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: .75rem 2.5rem; border-top: 1px solid var(--faint);
        margin-top: 2.25rem; padding-top: 1.25rem; }
      .margin { min-width: 0; }
      .margin p { color: var(--soft); font-size: .85rem; margin-top: .5rem; }
      .content > * + * { margin-top: 1.5rem; }
      article { margin-top: 3.5rem; border-top: 3px solid var(--ink); padding-top: 1.5rem; }
      article > h2 { font-size: 1.7rem; margin-bottom: .75rem; }

      .frame { overflow-x: auto; }
      .narrow table { width: auto; min-width: min(44rem, 100%); }
      table { border-collapse: collapse; width: 100%; font-size: .92rem; }
      caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
      th { font-weight: 400; text-align: left; }
      th, td { padding: .3rem 1rem .3rem 0; vertical-align: baseline; border-bottom: 1px solid var(--faint); }
      th:last-child, td:last-child { padding-right: 0; }
      thead th, thead td { color: var(--soft); font-size: .85em; vertical-align: bottom; border-bottom-color: var(--soft); }
      tbody .name { white-space: nowrap; }
      thead .name { overflow-wrap: normal; }
      .n { text-align: right; white-space: nowrap; }
      thead .n { white-space: normal; }
      .bars { width: 26%; min-width: 5rem; vertical-align: middle; }
      .chart .bars { width: 55%; }
      .chart { min-width: 0; max-width: 34rem; }
      .sum th, .sum td { font-weight: 600; border-top: 1px solid var(--soft); }
      .nil { color: var(--soft); }
      .again { color: var(--soft); }
      tr.rest td { color: var(--soft); border-bottom: 0; font-size: .95em; }
      .bar { display: block; width: 100%; height: .8rem; overflow: visible; }
      .bad { fill: var(--bad); color: var(--bad); } .good { fill: var(--good); color: var(--good); } .other { fill: var(--other); }
      .up { fill: var(--line); } .down { fill: var(--other); }
      .zero { stroke: var(--soft); stroke-width: 1; vector-effect: non-scaling-stroke; }

      figure { margin: 0; }
      .plots figure { display: flex; flex-direction: column; }
      .plots .plot { margin-top: auto; }
      .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1.5rem 2rem; }
      .plots figcaption { font-size: .9rem; padding-bottom: .15rem; }
      .plots figcaption span { color: var(--soft); }
      .pairs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(21rem, 100%), 1fr)); gap: 1.5rem 2.5rem; }
      .plot { display: block; width: 100%; max-width: 27rem; height: auto; overflow: visible; }
      .plot text { fill: var(--soft); font: 12.5px var(--sans); }
      .plot .note { fill: var(--ink); font-weight: 600; }
      .leader { stroke: var(--ink); stroke-width: 1; }
      .grid { stroke: var(--faint); stroke-width: 1; }
      .a { fill: var(--area); } .delta { fill: var(--line); fill-opacity: .25; stroke: var(--line); stroke-width: 1; }
      .between { fill: var(--between); }
      .b { fill: none; stroke: var(--line); stroke-width: 1.75; stroke-linejoin: round; }
      .now { stroke: var(--soft); stroke-width: 1.25; stroke-dasharray: 4 3; }
      .mark { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
      .dot { fill: var(--line); }
      .legend { font-size: .9rem; }
      .legend > span { display: inline-flex; align-items: baseline; gap: .5em; margin-right: 1.5em; }
      .key { flex: none; }

      .rule figcaption, .witness figcaption { padding-bottom: .35rem; }
      .rule figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; }
      .place { color: var(--soft); font-size: .85rem; }
      pre { margin: 0; padding: .6rem .8rem; background: var(--tint); overflow-wrap: anywhere; white-space: pre-wrap; line-height: 1.5; }
      pre span, pre del, pre ins { display: block; text-decoration: none; margin: 0 -.8rem; padding: 0 .8rem 0 2.2rem; text-indent: -1.4rem; }
      pre del { background: var(--bad-tint); color: var(--bad); } pre ins { background: var(--good-tint); color: var(--good); }
      pre .same { color: var(--soft); }
      .witness { border-top: 1px solid var(--faint); padding-top: .75rem; }
      .content > .witness:first-child { border-top: 0; padding-top: 0; }
      .witness figcaption span { color: var(--soft); }
      .witness figcaption > span { display: block; font-size: .9rem; }
      .asked { color: var(--soft); font-size: .88rem; margin-bottom: .6rem; }
      .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem 1.5rem; }
      .sides > div { min-width: 0; }
      .verdict { margin-bottom: .3rem; }
      details > summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
      details[open] > summary { margin-bottom: .75rem; }
      .facts { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: .3rem 1.5rem; margin: 0; font-size: .9rem; }
      .facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
      .hash { color: var(--soft); font-size: .78em; }

      @media (max-width: 60rem) {
        section { grid-template-columns: minmax(0, 1fr); }
        .margin { min-width: 0; }
      .margin p { max-width: 40em; margin-bottom: 0; }
      }
      @media (max-width: 40rem) {
        .go { display: none; }
        tbody .name { white-space: normal; }
        .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
        .facts dd { margin-bottom: .5rem; }
        .figures { grid-template-columns: 1fr 1fr; }
        .figures dd { font-size: 1.4rem; }
        th, td { padding-right: .6rem; }
      }
      @media print {
        html { font-size: 12px; background: #fff; }
        main { padding: 0; max-width: none; }
        section { break-before: auto; margin-top: 1.25rem; padding-top: .9rem; }
        h1, h2, h3, caption, .margin, figcaption, summary { break-after: avoid; }
        figure, tr, .figures, .chart, .alert, .facts dd { break-inside: avoid; }
        article { break-before: page; }
        thead { display: table-header-group; }
        .frame { overflow: visible; }
        .plots { grid-template-columns: 1fr 1fr; }
        .sides { grid-template-columns: 1fr 1fr; }
        details::details-content { content-visibility: visible; display: block; }
        summary { list-style: none; }
        .bar rect, .plot path, .plot circle, pre, pre del, pre ins, .alert, .key * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        @page { margin: 16mm 14mm; }
      }

      """)
}

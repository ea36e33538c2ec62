/// Runs the benchmarks: `payg-bench [--filter WORD] [--seconds N] [--json] [--rules FOLDER]`.
if CommandLine.arguments.dropFirst().first == Child.flag { Child.work(Array(CommandLine.arguments.dropFirst(2))) }
let options = Options(CommandLine.arguments.dropFirst())
var report = Report(options)
for benchmark in Benchmarks.all where options.selects(benchmark.name) {
  do {
    report.begin(benchmark)
    for reading in try benchmark.readings(options) { report.add(reading) }
  } catch {
    System.stop("\(benchmark.name): \(error)")
  }
}
report.finish()

/// The places of a layout in plain memory, so that the hot path touches no reference.
struct LedgerTables: @unchecked Sendable {
  let settings: UnsafeMutablePointer<LedgerLayout.Setting>
  let buckets: UnsafeMutablePointer<LedgerLayout.Bucket>
  let meters: UnsafeMutablePointer<LedgerLayout.Meter>
  let lasts: UnsafeMutablePointer<(slot: Int, movesCycle: Bool)>

  init(
    settings: [LedgerLayout.Setting], buckets: [LedgerLayout.Bucket], meters: [LedgerLayout.Meter],
    lasts: [(slot: Int, movesCycle: Bool)]
  ) {
    self.settings = LedgerTables.copy(settings)
    self.buckets = LedgerTables.copy(buckets)
    self.meters = LedgerTables.copy(meters)
    self.lasts = LedgerTables.copy(lasts)
  }

  private static func copy<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    for (index, element) in elements.enumerated() { (memory + index).initialize(to: element) }
    return memory
  }

  /// The elements are plain numbers, so there is nothing to deinitialize.
  func deallocate() {
    settings.deallocate()
    buckets.deallocate()
    meters.deallocate()
    lasts.deallocate()
  }
}

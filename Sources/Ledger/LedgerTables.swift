import Values

/// The places of a layout in plain memory, so that the hot path touches no reference: threads that share a layout would wait
/// for one another at its counts.
struct LedgerTables: @unchecked Sendable {
  let settings: UnsafeMutablePointer<LedgerLayout.Setting>
  let buckets: UnsafeMutablePointer<LedgerLayout.Bucket>
  let meters: UnsafeMutablePointer<LedgerLayout.Meter>
  let lasts: UnsafeMutablePointer<(slot: Int, movesCycle: Bool)>
  let accountWindows: UnsafeMutableBufferPointer<Window>
  let keyWindows: UnsafeMutableBufferPointer<Window>

  /// One kind of window, with the slots whose values begin anew when it ends.
  struct Window {
    let kind: WindowKind
    let startSlot: Int
    let endSlot: Int
    let epochSlot: Int
    let values: UnsafeMutableBufferPointer<(slot: Int, heldSlot: Int)>

    init(_ slots: LedgerLayout.WindowSlots) {
      kind = slots.kind
      startSlot = slots.startSlot
      endSlot = slots.endSlot
      epochSlot = slots.epochSlot
      values = .allocate(capacity: slots.values.count)
      _ = values.initialize(from: slots.values)
    }
  }

  init(
    settings: [LedgerLayout.Setting], buckets: [LedgerLayout.Bucket], meters: [LedgerLayout.Meter],
    lasts: [(slot: Int, movesCycle: Bool)], accountWindows: [LedgerLayout.WindowSlots],
    keyWindows: [LedgerLayout.WindowSlots]
  ) {
    self.settings = LedgerTables.copy(settings)
    self.buckets = LedgerTables.copy(buckets)
    self.meters = LedgerTables.copy(meters)
    self.lasts = LedgerTables.copy(lasts)
    self.accountWindows = .allocate(capacity: accountWindows.count)
    _ = self.accountWindows.initialize(from: accountWindows.map(Window.init))
    self.keyWindows = .allocate(capacity: keyWindows.count)
    _ = self.keyWindows.initialize(from: keyWindows.map(Window.init))
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
    for windows in [accountWindows, keyWindows] {
      for window in windows { window.values.deallocate() }
      windows.deallocate()
    }
  }
}

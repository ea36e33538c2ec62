/// A value of a setting or a field as a store keeps it: numbers in their type's unit, names as texts.
enum StoredValue: Sendable, Hashable {
  case none
  case integer(Int64)
  case text(String)
}

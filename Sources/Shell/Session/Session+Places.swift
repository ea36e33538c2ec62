import Store

extension Session {
  /// Begins where a command line says.
  public func look(asOf time: String?, under policy: String?) throws {
    if let time { coordinates.moment = try moment(time) }
    coordinates.policy = policy
  }

  /// Means an account from now on by lines that name none; nil: none.
  public func use(_ account: String?) throws {
    if let account { _ = try look(coordinates) { world in try world.account(account) } }
    coordinates.account = account
  }

  /// Leaves out no row from now on.
  public func showAll() { settings.mostRows = Session.mostRowsEver }

  /// Keeps something as long as the session lasts.
  public func keep(_ something: AnyObject) { kept.append(something) }
}

public import BuktiFormat

/// The code of the error that `body` throws; nil where it throws none.
public func code(_ body: () throws -> Void) -> ErrorCode? {
  do {
    try body()
    return nil
  } catch { return (error as? BuktiError)?.code }
}

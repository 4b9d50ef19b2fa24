/// The stable codes of errors and findings; `spec/registry.md` is their source and a test compares the two.
public enum ErrorCode: String, Sendable, CaseIterable {
  // Storage and system.
  case io = "io"
  case diskFull = "disk-full"
  case notFound = "not-found"
  case exists = "exists"
  case locked = "locked"
  case dead = "dead"
  case interrupted = "interrupted"
  case nameRefused = "name-refused"
  // DEFLATE bodies.
  case deflateInvalid = "deflate-invalid"
  case deflateTrailing = "deflate-trailing"
  case deflateLength = "deflate-length"
  // Keys and signatures.
  case keyPassword = "key-password"
  case keyInvalid = "key-invalid"
  case cryptoEngine = "crypto-engine"
}

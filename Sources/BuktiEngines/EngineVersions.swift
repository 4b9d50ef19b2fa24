import CBuktiCrypto
import CZlib

/// Which libraries do the arithmetic, for `--version` and reports.
public enum EngineVersions {
  /// A line for each library.
  public static var text: String {
    let crypto = unsafe String(cString: bukti_crypto_version())
    let zlib = unsafe zlibVersion().map { unsafe String(cString: $0) } ?? "unknown"
    return "\(crypto) (SHA-256, signatures)\nzlib \(zlib) (DEFLATE)"
  }
}

import CBuktiCrypto
import CBuktiDeflate
import CZlib

/// Which libraries do the arithmetic, for `--version` and reports.
public enum EngineVersions {
  /// A line for each library.
  public static var text: String {
    let crypto = unsafe String(cString: bukti_crypto_version())
    let zlib = unsafe zlibVersion().map { unsafe String(cString: $0) } ?? "unknown"
    let igzip = unsafe bukti_igzip_version().map { unsafe String(cString: $0) }
    let fast = igzip.map { "\nISA-L \($0) (fast compression)" } ?? ""
    return "\(crypto) (SHA-256, signatures)\nzlib \(zlib) (DEFLATE)\(fast)"
  }
}

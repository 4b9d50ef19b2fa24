package import BuktiFormat
internal import CBuktiSystem
internal import Glibc

extension BuktiError {
  static let dead = BuktiError(
    .dead, "an earlier write or sync failed; open the bundle again and let its end be examined")

  /// The error of a system call that returned `-errno`.
  static func system(_ result: Int, _ action: String, _ name: [UInt8]? = nil) -> BuktiError {
    let number = Int32(clamping: 0 - max(result, -4095))
    let code: ErrorCode =
      switch number {
      case ENOSPC, EDQUOT, EFBIG: .diskFull
      case ENOENT: .notFound
      case EEXIST: .exists
      case ENAMETOOLONG, ELOOP: .nameRefused
      default: .io
      }
    let reason = unsafe String(cString: bukti_error_text(number))
    let subject = name.map { " " + printable($0) } ?? ""
    return BuktiError(code, "\(action)\(subject): \(reason)", errno: number)
  }
}

/// The result of a shim, or the error it stands for.
@discardableResult
package func check<T: BinaryInteger>(
  _ result: T, _ action: String, _ name: [UInt8]? = nil
) throws(BuktiError) -> T {
  if result < 0 { throw .system(Int(truncatingIfNeeded: result), action, name) }
  return result
}

/// The path with its closing NUL, as C wants it.
/// - Throws: `name-refused` if it is empty or holds a NUL, where C would see another name.
package func cPath(_ path: [UInt8]) throws(BuktiError) -> [UInt8] {
  if path.isEmpty { throw BuktiError(.nameRefused, "a path must not be empty") }
  if path.contains(0) { throw BuktiError(.nameRefused, "a path must not hold a NUL byte") }
  return path + [0]
}

/// A name inside an error message: printable ASCII, all else as `\xNN`.
func printable(_ name: [UInt8]) -> String {
  var text = ""
  for byte in name {
    if byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\\") {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      let digits = String(byte, radix: 16, uppercase: true)
      text += digits.count < 2 ? "\\x0" + digits : "\\x" + digits
    }
  }
  return text
}

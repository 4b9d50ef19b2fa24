import Glibc

/// The bytes of a file, read without the code under test.
func contents(_ path: [UInt8]) -> [UInt8]? {
  guard let file = unsafe fopen(String(decoding: path, as: UTF8.self), "r") else { return nil }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  while true {
    let byte = unsafe fgetc(file)
    if byte < 0 { return bytes }
    bytes.append(UInt8(truncatingIfNeeded: byte))
  }
}

import BuktiFormat

/// The bytes of a hexadecimal text; spaces separate what is meant to be read apart.
func hex(_ text: String) -> [UInt8] {
  Hex.decode(text.utf8.filter { $0 != UInt8(ascii: " ") }) ?? []
}

/// A path in the repository, found from the place of this file.
func repositoryPath(_ path: String) -> String {
  let parts = #filePath.split(separator: "/").dropLast(3)
  return "/" + (parts + [Substring(path)]).joined(separator: "/")
}

extension SHA256Engine {
  /// The digest of an array, for expectations, whose macro cannot hold a span.
  func digest(_ bytes: [UInt8]) -> Hash { hash(bytes.span.raw) }
}

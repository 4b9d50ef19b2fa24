internal import BuktiFormat
internal import CBuktiSystem
internal import Glibc

/// One extended attribute of a file: name and value as the system gives them.
public struct ExtendedAttribute: Sendable, Equatable {
  public let name: [UInt8]
  public let value: [UInt8]

  public init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }
}

extension ExtendedAttribute {
  /// All attributes of an open file, in the order of their names' bytes.
  static func all(of file: FileDescriptor) throws(BuktiError) -> [ExtendedAttribute] {
    unsafe try all { buffer, size in
      unsafe bukti_flist_attributes(file.raw, buffer, size)
    } value: { name, buffer, size in
      unsafe bukti_fget_attribute(file.raw, name, buffer, size)
    }
  }

  /// All attributes of `name` in `directory`, of the link itself if it is one.
  static func all(
    of name: [UInt8], in directory: FileDescriptor
  ) throws(BuktiError) -> [ExtendedAttribute] {
    // There is no call that takes a directory and a name; /proc keeps the way from being redirected.
    let path = try cPath(Array("/proc/self/fd/\(directory.raw)/".utf8) + name)
    return unsafe try all { buffer, size in
      unsafe bukti_list_attributes(path, buffer, size)
    } value: { name, buffer, size in
      unsafe bukti_get_attribute(path, name, buffer, size)
    }
  }

  private typealias Fill = (UnsafeMutableRawPointer?, Int) -> Int64

  private static func all(
    list: Fill, value: ([UInt8], UnsafeMutableRawPointer?, Int) -> Int64
  ) throws(BuktiError) -> [ExtendedAttribute] {
    guard let names = unsafe try filled("list attributes", by: list) else { return [] }
    var attributes: [ExtendedAttribute] = []
    for part in names.split(separator: 0) {
      let name = Array(part)
      let bytes = unsafe try filled("read attribute") { unsafe value(name + [0], $0, $1) }
      // One that went away since the listing is not there.
      if let bytes { attributes.append(ExtendedAttribute(name: name, value: bytes)) }
    }
    return attributes.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  /// The bytes of a call that is asked for the size first; nil if there is nothing of the kind.
  private static func filled(_ action: String, by fill: Fill) throws(BuktiError) -> [UInt8]? {
    while true {
      let size = fill(nil, 0)
      if size == -Int64(EOPNOTSUPP) || size == -Int64(ENODATA) { return nil }
      try check(size, action)
      if size == 0 { return [] }
      var result: Int64 = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
        result = unsafe fill(buffer.baseAddress, buffer.count)
        count = Int(max(0, result))
      }
      if result == -Int64(ERANGE) { continue }  // It grew in between.
      if result == -Int64(ENODATA) { return nil }
      try check(result, action)
      return bytes
    }
  }
}

internal import BuktiFormat
internal import CBuktiSystem

/// The names in an open directory, without `.` and `..`, in the order of their bytes.
func sortedNames(in directory: FileDescriptor) throws(BuktiError) -> [[UInt8]] {
  var error: CInt = 0
  guard let listing = unsafe bukti_listing_open(directory.raw, &error) else {
    throw .system(Int(error), "list")
  }
  defer { unsafe bukti_listing_close(listing) }
  var names: [[UInt8]] = []
  while true {
    let name = unsafe bukti_listing_next(listing)
    let count = Int(try unsafe check(name.count, "list"))
    if count == 0 { break }
    names.append(unsafe Array(UnsafeBufferPointer(start: name.bytes, count: count)))
  }
  names.sort { $0.lexicographicallyPrecedes($1) }
  return names
}

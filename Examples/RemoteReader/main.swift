// remote-reader HOST PORT PATH ITEM
//
// Writes an item of a bundle that lies on a web server to the file "item", and says what that took of the server.
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Glibc

let arguments = CommandLine.arguments
guard arguments.count == 5, let port = UInt16(arguments[2]) else {
  print("usage: remote-reader HOST PORT PATH ITEM")
  exit(64)
}
do {
  let storage = try WebStorage(host: arguments[1], port: port, path: arguments[3])
  let reader = try BundleReader([storage], at: Int64(time(nil)))
  let item = try reader.open(reader.find(ItemSelector(Array(arguments[4].utf8))))
  let file = try FileStorage.create(at: Array("item".utf8))
  _ = try item.read(0..<item.size) { (piece) throws(BuktiError) in
    try piece.withUnsafeBytes { (bytes) throws(BuktiError) in try file.append([bytes]) }
  }
  let (requests, bytes) = storage.taken
  print("\(requests) requests, \(bytes) bytes of \(try storage.size())")
} catch {
  print(error)
  exit(1)
}

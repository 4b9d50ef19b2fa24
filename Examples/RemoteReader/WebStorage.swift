import BuktiFormat
import BuktiStore
import Glibc
import Synchronization

/// A volume behind a web server that knows ranges (RFC 9110, section 14): HTTP/1.1, IPv4, one connection a read.
///
/// It shows how little a storage has to do, and is no web client: no TLS, no redirects, no retries. Nothing that a
/// server sends is trusted; the seal proves every byte that a reader gives on.
final class WebStorage: ReadOnlyStorage {
  private let host: String
  private let port: UInt16
  private let path: String
  private let total: UInt64
  private let counts = Mutex((requests: 0, bytes: 0))

  init(host: String, port: UInt16, path: String) throws(BuktiError) {
    (self.host, self.port, self.path) = (host, port, path)
    let head = try Self.request("HEAD", host, port, path, range: nil).head
    guard let length = Self.field("content-length", in: head).flatMap({ UInt64($0) }) else {
      throw BuktiError(.io, "The server does not say how long \(path) is.")
    }
    total = length
  }

  /// Requests made and bytes received so far.
  var taken: (requests: Int, bytes: Int) { counts.withLock { $0 } }

  func size() throws(BuktiError) -> UInt64 { total }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    guard offset < total, buffer.count > 0 else { return 0 }
    let end = min(total, offset + UInt64(buffer.count))
    let (head, body) = try Self.request("GET", host, port, path, range: offset..<end)
    guard head.hasPrefix("HTTP/1.1 206") || head.hasPrefix("HTTP/1.0 206"),
      body.count == Int(end - offset)
    else { throw BuktiError(.io, "The server did not give bytes \(offset) to \(end - 1).") }
    buffer.copyBytes(from: body)
    counts.withLock { $0 = ($0.requests + 1, $0.bytes + body.count) }
    return body.count
  }

  private static func request(
    _ method: String, _ host: String, _ port: UInt16, _ path: String, range: Range<UInt64>?
  ) throws(BuktiError) -> (head: String, body: ArraySlice<UInt8>) {
    let socket = try connected(host, port)
    defer { close(socket) }
    var text = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
    if let range { text += "Range: bytes=\(range.lowerBound)-\(range.upperBound - 1)\r\n" }
    let bytes = Array((text + "\r\n").utf8)
    guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw BuktiError(.io, "The request could not be sent.", errno: errno)
    }
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &part, part.count, 0)
      if count < 0 { throw BuktiError(.io, "The answer broke off.", errno: errno) }
      if count == 0 { break }
      answer += part[..<count]
    }
    guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else {
      throw BuktiError(.io, "The answer has no end of its head.")
    }
    return (String(decoding: answer[..<end.lowerBound], as: UTF8.self), answer[end.upperBound...])
  }

  private static func connected(_ host: String, _ port: UInt16) throws(BuktiError) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
      throw BuktiError(.io, "\(host) is no IPv4 address.")
    }
    let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard made >= 0, result == 0 else {
      let error = BuktiError(.io, "\(host):\(port) does not answer.", errno: errno)
      if made >= 0 { close(made) }
      throw error
    }
    return made
  }

  private static func field(_ name: String, in head: String) -> String? {
    for line in head.split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == name {
        return String(parts[1].drop { $0 == " " })
      }
    }
    return nil
  }
}

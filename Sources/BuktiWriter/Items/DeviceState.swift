import BuktiFormat
import BuktiStore

/// What was known of a block device before it was read, to compare with afterwards.
struct DeviceState {
  private let uses: [DeviceUse]
  private let sectorsWritten: UInt64?
  private let geometry: DeviceGeometry
  private let identity: DeviceIdentity
  private let path: [UInt8]?

  /// Nil for a file.
  /// - Throws: `io` where the device or the kernel does not answer.
  init?(of file: SourceFile) throws(BuktiError) {
    guard let geometry = try file.device() else { return nil }
    self.geometry = geometry
    identity = file.identity ?? DeviceIdentity()
    uses = try file.uses()
    sectorsWritten = file.sectorsWritten
    path = file.path
  }

  /// Fills in what the operator left out.
  func describe(_ source: inout SourceDevice) {
    source.make = source.make ?? identity.make
    source.model = source.model ?? identity.model
    source.serial = source.serial ?? identity.serial
    source.firmware = source.firmware ?? identity.firmware
    source.size = geometry.size
    if geometry.logicalSector > 0 { source.sectorSize = UInt64(geometry.logicalSector) }
    if geometry.isReadOnly {
      source.writeBlocker = source.writeBlocker ?? "set read-only in the kernel"
    }
    source.mounted = uses.contains {
      if case .mount = $0.kind { true } else { false }
    }
    source.path = source.path ?? path
  }

  /// What the fields of an item have no place for, in words.
  var text: String {
    var text = "Device \(words(path ?? [])): \(geometry.size) bytes"
    text += ", sectors of \(geometry.logicalSector) bytes (physical \(geometry.physicalSector))"
    text += geometry.isReadOnly ? ", read-only" : ", not read-only"
    if let file = identity.backingFile { text += ", backed by \(words(file))" }
    text += uses.isEmpty ? "; not mounted." : "; in use: " + uses.map(words).joined(separator: "; ")
    if !uses.isEmpty { text += "." }
    if uses.contains(where: \.isWritable) {
      text += " It was read live: what was written meanwhile may be there in part."
    }
    return text
  }

  /// What happened to the device while it was read.
  func problems(after file: SourceFile) -> [String] {
    var problems: [String] = []
    let now = (try? file.uses()) ?? []
    let fresh = now.filter { $0.isWritable && !uses.contains($0) }
    if !fresh.isEmpty {
      problems.append(
        "it was taken into use while it was read: \(fresh.map(words).joined(separator: "; "))")
    }
    if let before = sectorsWritten, let after = file.sectorsWritten, after != before {
      let count = after &- before
      problems.append("\(count) sectors of 512 bytes were written to it while it was read")
    }
    if let size = (try? file.device())?.size, size != geometry.size {
      problems.append("its size changed from \(geometry.size) to \(size) bytes")
    }
    return problems
  }

  private func words(_ use: DeviceUse) -> String {
    let device = words(use.device)
    let access = use.isWritable ? "read-write" : "read-only"
    return switch use.kind {
    case .mount(let place, let type): "\(device) mounted at \(words(place)) (\(type), \(access))"
    case .swap: "\(device) as swap"
    case .claim: "\(device) held by the system, it does not say for what"
    }
  }

  private func words(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }
}

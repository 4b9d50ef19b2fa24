import BuktiFormat
import BuktiStore
import BuktiVerifier

/// The items that a copy is to lack, with what identifies them.
struct WithheldItems {
  private(set) var entries: [ItemEntry] = []
  /// Digests of any kind that their item records state.
  private(set) var digests: Set<[UInt8]> = []

  var ids: Set<UInt64> { Set(entries.map(\.id)) }

  /// Finds each item; a folder brings along what its session put into it, and an item its hard links.
  ///
  /// - Throws: `not-found`, `name-ambiguous`, the codes of frames and bodies, `io`.
  init(_ selectors: [RawPath], in reader: BundleReader) throws(BuktiError) {
    var chosen: [UInt64: ItemEntry] = [:]
    var folders: Set<Folder> = []
    for selector in selectors {
      let entry = try reader.find(ItemSelector(selector.bytes))
      chosen[entry.id] = entry
      guard entry.kind == .directory, let name = entry.name else { continue }
      folders.insert(Folder(session: entry.session, name: name[...]))
    }
    // Twice, and not kept: a bundle may hold millions of items.
    if !folders.isEmpty {
      try reader.forEachItem { (entry) throws(BuktiError) in
        if Folder.above(entry).contains(where: folders.contains) { chosen[entry.id] = entry }
      }
    }
    try reader.forEachItem { (entry) throws(BuktiError) in
      guard entry.kind == .file, entry.size == 0, chosen[entry.id] == nil,
        let target = try Self.item(entry, reader)?.sameAs, chosen[target] != nil
      else { return }
      chosen[entry.id] = entry
    }
    entries = chosen.values.sorted { $0.id < $1.id }
    for entry in entries {
      guard let found = try Self.item(entry, reader)?.digests else { continue }
      let known = [found.sha256.bytes, found.md5, found.sha1, found.sha512]
      digests.formUnion(known.compactMap(\.self))
    }
  }

  /// The item record's content; nil where it is withheld already.
  private static func item(
    _ entry: ItemEntry, _ reader: BundleReader
  ) throws(BuktiError) -> Item? {
    do throws(BuktiError) { return try reader.index.content(Item.self, of: entry.record) } catch {
      if error.code == .withheld { return nil }
      throw error
    }
  }
}

/// A folder as one session named it.
private struct Folder: Hashable {
  let session: Int
  let name: ArraySlice<UInt8>

  /// The folders that an item lies in.
  static func above(_ entry: ItemEntry) -> some Sequence<Folder> {
    let name = entry.name ?? []
    return name.indices.lazy.filter { name[$0] == UInt8(ascii: "/") }
      .map { Folder(session: entry.session, name: name[..<$0]) }
  }
}

/// Looks through the records of a copy for names and digests that it should not show.
final class Residue: BundleVisitor {
  private let names: Set<[UInt8]>
  private let words: [String]
  private let digests: Set<[UInt8]>
  /// Records that mention something, and what they are.
  private(set) var records: [(UInt64, String)] = []

  init(of items: WithheldItems, _ level: WithholdCommand.Level) {
    digests = items.digests
    names = level == .content ? [] : Set(items.entries.compactMap(\.name))
    words = names.compactMap { String(validating: $0, as: UTF8.self) }.filter { $0.count >= 4 }
  }

  func record(
    _ number: UInt64, type: RecordType, item: UInt64, _ body: RecordBody
  ) throws(BuktiError) {
    if isMentioned(in: body.content) { records.append((number, "\(type)")) }
  }

  private func isMentioned(in content: (any RecordContent)?) -> Bool {
    switch content {
    case let item as Item:
      return shows(item.digests) || names.contains(item.name) || shows(target: item.target)
    case let open as ItemOpen: return names.contains(open.name)
    case let list as Names:
      return list.rows.contains { names.contains($0.name) }
        || (list.restated ?? []).contains { $0.rows.contains { names.contains($0.name) } }
    case let note as Note: return shows([note.text, note.corrects?.value])
    case let event as Event:
      return shows([event.place, event.purpose, event.condition, event.storage])
    case let session as Session: return shows([session.why] + (session.options ?? []))
    case let decision as Withhold: return shows([decision.reason, decision.staysPublic])
    default: return false
    }
  }

  private func shows(_ found: Digests?) -> Bool {
    guard let found else { return false }
    return [found.sha256.bytes, found.md5, found.sha1, found.sha512].contains {
      $0.map { digests.contains($0) } ?? false
    }
  }

  /// A symbolic link names its target from where it lies: the last part says enough.
  private func shows(target: [UInt8]?) -> Bool {
    guard let target else { return false }
    let slash = UInt8(ascii: "/")
    let last = target.split(separator: slash).last
    return names.contains { $0.split(separator: slash).last == last }
  }

  private func shows(_ texts: [String?]) -> Bool {
    texts.contains { text in words.contains { text?.contains($0) ?? false } }
  }
}

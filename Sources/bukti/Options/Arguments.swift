public import ArgumentParser
public import BuktiFormat
public import BuktiVerifier
public import BuktiWriter

// What flags take, by the names of the registry.

extension ItemKind: ExpressibleByArgument {
  static let ofFiles: Set<ItemKind> = [.file, .disk, .partition, .memory, .capture, .document]

  public static var allValueStrings: [String] {
    allCases.filter(ofFiles.contains).map(\.description)
  }

  public init?(argument: String) {
    guard let kind = Self.allCases.first(where: { $0.description == argument }) else { return nil }
    self = kind
  }
}

extension FurtherDigest: ExpressibleByArgument {
  public static var allValueStrings: [String] { allCases.map(\.description) }

  public init?(argument: String) {
    guard let digest = Self.allCases.first(where: { $0.description == argument }) else {
      return nil
    }
    self = digest
  }
}

extension Compression: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "none": self = .none
    case "fast": self = .fast
    case "best": self = .best
    default: return nil
    }
  }
}

extension VerificationLevel: ExpressibleByArgument {}

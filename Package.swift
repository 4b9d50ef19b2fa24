// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target: language mode 6, no implicit imports, warnings are errors.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let cSettings: [CSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "bukti",
  products: [
    .executable(name: "bukti", targets: ["bukti"]),
    // Each with the targets whose types its interface speaks of.
    .library(
      name: "BuktiWriter", targets: ["BuktiWriter", "BuktiFormat", "BuktiTrust", "BuktiStore"]),
    .library(
      name: "BuktiVerifier", targets: ["BuktiVerifier", "BuktiFormat", "BuktiTrust", "BuktiStore"]),
    .library(
      name: "BuktiExtractor",
      targets: ["BuktiExtractor", "BuktiVerifier", "BuktiFormat", "BuktiTrust", "BuktiStore"]),
  ],
  traits: [
    .trait(
      name: "FastDeflate",
      description: "Compress with ISA-L, which must be installed; make switches it on where it is."),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // System libraries and the C that speaks to them.
    .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CQrencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .systemLibrary(name: "CPng", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .target(name: "CBuktiCrypto", dependencies: ["CLibcrypto"], cSettings: cSettings),
    .target(
      name: "CBuktiDeflate",
      cSettings: cSettings + [
        .define("BUKTI_FAST_DEFLATE", .when(traits: ["FastDeflate"]))
      ],
      linkerSettings: [.linkedLibrary("isal", .when(traits: ["FastDeflate"]))]),
    .target(name: "CBuktiSystem", cSettings: cSettings),
    .target(
      name: "CBuktiConsole", dependencies: ["CQrencode", "CPng"], cSettings: cSettings),

    // The library, from bytes upwards; CONTRIBUTING.md draws who may import whom.
    .target(
      name: "BuktiFormat", swiftSettings: settings + [.enableExperimentalFeature("Lifetimes")]),
    .target(
      name: "BuktiEngines",
      dependencies: ["BuktiFormat", "CBuktiCrypto", "CBuktiDeflate", "CZlib"],
      swiftSettings: settings),
    .target(
      name: "BuktiTrust", dependencies: ["BuktiFormat", "BuktiEngines", "CBuktiCrypto"],
      swiftSettings: settings),
    .target(
      name: "BuktiStore", dependencies: ["BuktiFormat", "CBuktiSystem"], swiftSettings: settings),
    .target(
      name: "BuktiWriter",
      dependencies: ["BuktiFormat", "BuktiEngines", "BuktiTrust", "BuktiStore"],
      swiftSettings: settings),
    .target(
      name: "BuktiVerifier",
      dependencies: ["BuktiFormat", "BuktiEngines", "BuktiTrust", "BuktiStore"],
      swiftSettings: settings),
    .target(
      name: "BuktiExtractor",
      dependencies: ["BuktiFormat", "BuktiEngines", "BuktiStore", "BuktiVerifier"],
      swiftSettings: settings),

    // The command, and what it alone may do: signals, terminal, environment. No product has it.
    .target(
      name: "BuktiConsole",
      dependencies: ["BuktiFormat", "BuktiStore", "CBuktiSystem", "CBuktiConsole"],
      swiftSettings: settings),
    .executableTarget(
      name: "bukti",
      dependencies: [
        "BuktiFormat", "BuktiEngines", "BuktiTrust", "BuktiStore", "BuktiWriter", "BuktiVerifier",
        "BuktiExtractor", "BuktiConsole",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Bundles built in memory, for tests of more than one target.
    .target(
      name: "BuktiFixtures", dependencies: ["BuktiFormat", "BuktiEngines", "BuktiStore"],
      path: "Tests/BuktiFixtures", swiftSettings: settings),

    // Long campaigns over whole bundles: a command for the long forms, a test target for samples of them.
    .target(
      name: "BuktiCampaigns",
      dependencies: [
        "BuktiFormat", "BuktiEngines", "BuktiTrust", "BuktiStore", "BuktiWriter", "BuktiVerifier",
        "CZlib", "BuktiFixtures",
      ],
      path: "Tests/Campaigns", swiftSettings: settings),
    .executableTarget(
      name: "bukti-campaign",
      dependencies: [
        "BuktiCampaigns", "BuktiFormat", "BuktiStore", "BuktiTrust", "BuktiVerifier",
      ],
      path: "Tests/CampaignTool",
      swiftSettings: settings),
    .testTarget(
      name: "CampaignTests", dependencies: ["BuktiCampaigns", "BuktiStore", "BuktiTrust"],
      swiftSettings: settings),

    // Readers and writers on many threads, for the thread sanitizer.
    .target(name: "CThreadTool", path: "Tests/CThreadTool", cSettings: cSettings),
    .executableTarget(
      name: "bukti-threads",
      dependencies: [
        "BuktiFormat", "BuktiEngines", "BuktiStore", "BuktiTrust", "BuktiWriter", "BuktiVerifier",
        "BuktiExtractor", "BuktiFixtures", "CThreadTool",
      ],
      path: "Tests/ThreadTool", swiftSettings: settings),

    // What Bukti is made of, measured alone, and experiments; for `make bench`.
    .target(
      name: "CBench", path: "Benchmarks/CBench",
      cSettings: cSettings + [
        .define("BUKTI_FAST_DEFLATE", .when(traits: ["FastDeflate"]))
      ],
      linkerSettings: [
        .linkedLibrary("isal", .when(traits: ["FastDeflate"])), .linkedLibrary("dl"),
      ]),
    .executableTarget(
      name: "bukti-bench",
      dependencies: [
        "BuktiFormat", "BuktiEngines", "BuktiStore", "BuktiTrust", "BuktiVerifier", "CBench",
      ],
      path: "Benchmarks/Micro", swiftSettings: settings),

    // Tests: one target per library target, every vector, and the command as its users see it.
    .testTarget(
      name: "BuktiFormatTests", dependencies: ["BuktiFormat", "BuktiEngines", "BuktiFixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "BuktiEnginesTests", dependencies: ["BuktiEngines", "BuktiFormat"],
      swiftSettings: settings),
    .testTarget(
      name: "BuktiTrustTests", dependencies: ["BuktiTrust", "BuktiEngines", "BuktiFormat"],
      swiftSettings: settings),
    .testTarget(
      name: "BuktiExtractorTests",
      dependencies: [
        "BuktiExtractor", "BuktiVerifier", "BuktiStore", "BuktiEngines", "BuktiFormat",
        "BuktiFixtures",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "BuktiStoreTests",
      dependencies: ["BuktiStore", "BuktiFormat", "BuktiEngines", "BuktiFixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "BuktiConsoleTests",
      dependencies: ["BuktiConsole", "BuktiStore", "BuktiFormat", "BuktiFixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "BuktiWriterTests",
      dependencies: [
        "BuktiCampaigns", "BuktiWriter", "BuktiVerifier", "BuktiStore", "BuktiTrust",
        "BuktiEngines", "BuktiFormat",
        "BuktiFixtures",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "BuktiVerifierTests",
      dependencies: [
        "BuktiVerifier", "BuktiStore", "BuktiTrust", "BuktiEngines", "BuktiFormat", "BuktiFixtures",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["BuktiVerifier", "BuktiStore", "BuktiTrust", "BuktiFormat"],
      swiftSettings: settings),
    .testTarget(name: "CommandTests", dependencies: ["bukti"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

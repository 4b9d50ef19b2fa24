// swift-tools-version: 6.2
import PackageDescription

// A package of its own, as a program that links Bukti has it; there the dependency is a URL and a version.
let package = Package(
  name: "examples",
  dependencies: [.package(name: "bukti", path: "..")],
  targets: [
    .executableTarget(
      name: "seal-and-verify",
      dependencies: [
        .product(name: "BuktiWriter", package: "bukti"),
        .product(name: "BuktiVerifier", package: "bukti"),
        .product(name: "BuktiExtractor", package: "bukti"),
      ],
      path: "SealAndVerify"),
    .executableTarget(
      name: "read-item", dependencies: [.product(name: "BuktiVerifier", package: "bukti")],
      path: "ReadItem"),
    .executableTarget(
      name: "remote-reader", dependencies: [.product(name: "BuktiVerifier", package: "bukti")],
      path: "RemoteReader"),
  ]
)

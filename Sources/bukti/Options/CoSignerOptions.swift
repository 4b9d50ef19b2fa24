import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiTrust

/// Others who sign each seal of a session besides the examiner: the session's policy then needs them all.
struct CoSignerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Identity of another person whose signature every seal of this session needs, beside yours. May be \
      repeated.
      """, valueName: "identity"))
  var with: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      "Their password, in the first line of a file; in the order of --with.", valueName: "file"))
  var withPasswordFile: [RawPath] = []

  /// - Parameter elsewhere: certificates whose keys are not here.
  func fingerprints(_ elsewhere: [Certificate] = []) throws(BuktiError) -> Set<Hash> {
    var all = Set(elsewhere.map(\.fingerprint))
    for path in with { all.insert(try IdentityFile(path: path).certificate().fingerprint) }
    return all
  }

  func validate() throws {
    guard withPasswordFile.isEmpty || withPasswordFile.count == with.count else {
      throw ValidationError("Give --with-password-file once for each --with, or not at all.")
    }
  }

  /// Asks each of them, after the examiner.
  func keys() throws(BuktiError) -> [LockedKey] {
    var keys: [LockedKey] = []
    for (place, path) in with.enumerated() {
      var password = PasswordOptions()
      password.passwordFile = place < withPasswordFile.count ? withPasswordFile[place] : nil
      password.passwordFd = nil
      let key = try IdentityFile(path: path).lockedKey(password)
      try key.open()
      keys.append(key)
    }
    return keys
  }
}

/// Signers whose keys are not here, as on a card in another machine.
struct ElsewhereOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Certificate of a signer whose key is not here. The session needs that signature and stays unsealed: \
      sign-request writes what is to be signed, import-signature takes what was. May be repeated.
      """, valueName: "certificate"))
  var signElsewhere: [RawPath] = []

  var isUsed: Bool { !signElsewhere.isEmpty }

  func certificates() throws(BuktiError) -> [Certificate] {
    var all: [Certificate] = []
    for path in signElsewhere {
      let certificate = try IdentityFile(path: path).certificate()
      guard certificate.hasListedKey else {
        throw BuktiError(
          .keyInvalid,
          "\(path.text): signatures of \(certificate.keyKind) keys do not count; take EC P-256 or RSA 3072."
        )
      }
      all.append(certificate)
    }
    return all
  }
}

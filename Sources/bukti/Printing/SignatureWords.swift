import BuktiFormat
import BuktiTrust
import BuktiVerifier

extension SignatureReport {
  /// Why a signature that somebody made elsewhere is not taken; nil where every signer of it is right.
  ///
  /// - Parameter what: what it should sign, in words.
  func complaint(over what: String) -> String? {
    if let refused { return refused.words }
    if signers.isEmpty { return "nobody signed it" }
    return signers.lazy.compactMap { $0.complaint(over: what) }.first
  }
}

extension SignerReport {
  fileprivate func complaint(over what: String) -> String? {
    if verdict == .valid { return nil }
    let telling: [SignatureDefect] = [.noSignedAttributes, .sha1, .md5, .shortRSA, .weakCurve]
    if let defect = telling.first(where: defects.contains) ?? defects.first { return defect.words }
    switch mathematics {
    case .contentDiffers: return "it signs something else than \(what)"
    case .signatureWrong: return "it does not fit the key of its certificate"
    case .notEvaluated(let why): return why.first?.words ?? "it cannot be evaluated"
    case .valid: return "it cannot be evaluated"
    }
  }
}

extension SignatureDefect {
  /// For the person who brought the signature.
  fileprivate var words: String {
    switch self {
    case .malformed:
      "it is no CMS signature in DER; openssl cms writes one with -outform DER and without -stream"
    case .attached: "it holds what it signs; sign without -nodetach"
    case .notData: "it signs another type of content than plain data"
    case .tooMany: "it has more bytes, signers or certificates than are evaluated"
    case .noSignedAttributes:
      "it has no signed attributes, so what it signs can be passed off as something else; sign without -noattr"
    case .badSignedAttributes: "its signed attributes are not those of CAdES, each once"
    case .noSigningCertificate:
      "it does not say by which certificate it was made (ESS signing-certificate-v2); sign with -cades"
    case .noCertificate: "its certificate does not come along; sign without -nocerts"
    case .otherIdentifier: "issuer and serial name another certificate than the signed attributes"
    case .md5: "it uses MD5"
    case .sha1: "it uses SHA-1; sign with -md sha256"
    case .shortRSA: "its RSA key has less than 2048 bits"
    case .weakCurve: "its curve is too small"
    case .unknownAlgorithm: "it uses an algorithm that is not evaluated"
    case .algorithmsDiffer: "its algorithms do not fit each other"
    case .timestampOnly: "its certificate is for time-stamps only"
    case .keyUsage: "its certificate is not for signatures"
    }
  }
}

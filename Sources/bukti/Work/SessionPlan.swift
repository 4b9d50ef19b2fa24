import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiWriter

/// What every session of the command says of itself.
struct SessionPlan {
  private let identity: IdentityFile?
  private let coSigners: CoSignerOptions
  let person: Person
  let session: Session
  let caseFile: CaseFile?

  /// - Parameters:
  ///   - identity: nil where the one who acts signs elsewhere.
  ///   - elsewhere: certificates of those who do; the first is that of who acts, if there is no identity.
  init(
    identity: RawPath?, person options: PersonOptions, coSigners: CoSignerOptions,
    elsewhere: [Certificate] = [], sources: SourceOptions? = nil, startsBranch: Bool = false
  ) throws(BuktiError) {
    let file = try CaseFile.read(options.caseFile)
    let identity = identity.map { IdentityFile(path: $0) }
    guard let certificate = try identity?.certificate() ?? elsewhere.first else {
      throw BuktiError(
        .usage, "Say whose session it is: --identity FILE, or --sign-elsewhere CERTIFICATE.")
    }
    let person = try options.person(file, certificate)
    let why = try options.reason(file)
    let machine = try BuktiStore.Host.current()
    let signers = try coSigners.fingerprints(elsewhere).union([certificate.fingerprint])
    var session = Session(
      who: person, why: why,
      host: BuktiFormat.Host(
        name: machine.name, system: "\(machine.system) \(machine.release) \(machine.machine)"),
      tool: Self.tool, time: Clock.now(),
      policy: Policy(
        certificates: signers.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) },
        needed: UInt64(signers.count)))
    session.authority = options.authority(file)
    session.options = sources?.recorded
    let further = Set(sources?.digest ?? []).sorted { $0.rawValue < $1.rawValue }
    session.digests = further.isEmpty ? nil : further
    if startsBranch { session.branch = BranchID(bytes: try SecureRandom.bytes(16)) }
    self.identity = identity
    self.coSigners = coSigners
    caseFile = file
    self.person = person
    self.session = session
  }

  /// Asked for last: everything that can be refused comes before a password, which is hard to type.
  func keys(_ password: PasswordOptions) throws(BuktiError) -> OpeningKeys {
    guard let identity else { return OpeningKeys(try coSigners.keys()) }
    let own = try identity.lockedKey(password)
    // Whoever mistyped hears of it before the next one is asked.
    if !coSigners.with.isEmpty { try own.open() }
    return OpeningKeys([own] + (try coSigners.keys()))
  }

  static let tool = Tool(name: "bukti", version: Version.number)
}

extension SourceOptions {
  /// The flags that shape what is taken, for the session record.
  fileprivate var recorded: [String]? {
    var flags = exclude.map { "--exclude \(String(decoding: $0.bytes, as: UTF8.self))" }
    if compress != .fast { flags.append("--compress \(compress)") }
    if let kind { flags.append("--kind \(kind)") }
    flags += reading.recorded
    return flags.isEmpty ? nil : flags
  }
}

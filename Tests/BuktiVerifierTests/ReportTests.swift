import BuktiFormat
import BuktiVerifier
import Testing

@testable import struct BuktiVerifier.Words

@Suite struct ReportTests {
  @Test func everyFindingHasWords() {
    let codes = ErrorCode.allCases.filter { $0.claim != nil }
    #expect(codes.filter { Words.table[$0] == nil }.map(\.rawValue) == [])
  }

  @Test func exitCodes() throws {
    let bytes = try vector("valid/minimal.bukti")
    let report = try verify(bytes)
    let usual: Set<Claim> = [.intact, .complete, .signedBy]
    #expect(report.exitCode(asked: usual) == 0)
    #expect(report.exitCode(asked: usual, requireWhole: true) == 1)
    #expect(report.exitCode(asked: usual.union([.existedBy])) == 2)
    #expect(try verify(Array(bytes.dropLast())).exitCode(asked: usual) == 1)
    #expect(try verify(bytes) { $0.pins = [] }.exitCode(asked: usual) == 2)
  }

  @Test func textSaysClaimsFirstAndWhatIsNotShown() throws {
    let report = try verify(vector("valid/item-name-bytes.bukti"))
    let text = report.text(width: 72)
    #expect(text == report.text(width: 72))
    #expect(text.contains("intact      HOLDS"))
    #expect(text.contains("existed-by  NOT ESTABLISHED"))
    #expect(text.contains("openssl cms -verify -cades -binary -purpose any"))
    #expect(text.contains("cannot be seen from the file alone"))
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7F) })
  }

  @Test func aRunOfZerosIsNoBomb() throws {
    let report = try verify(vector("valid/codec-zero-run-longest.bukti")) { $0.maxPlain = 1 << 20 }
    #expect(report.findings.contains { $0.code == .maxPlain })
    #expect(report.claims[.intact] == .notEstablished)
  }

  /// The parent line may have gone on after a branch left it, and says nothing of the branch then.
  @Test func aLaterReceiptOfAnotherBranchIsNoRollback() throws {
    let bytes = try vector("valid/minimal.bukti")
    let id = try verify(bytes).bundle.id
    let later = Checkpoint(bundleID: id, size: 99, root: .zero)
    let branched = Checkpoint(bundleID: id, branch: BranchID(1), size: 99, root: .zero)
    let report = try verify(bytes) { $0.receipts = [later, branched] }
    #expect(report.receipts.map(\.finding) == [.receiptRollback, .receiptBranch])
  }
}

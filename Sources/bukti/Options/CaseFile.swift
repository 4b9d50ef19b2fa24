import BuktiFormat
import FoundationEssentials

/// Case data in JSON, for agencies that fill it in once.
struct CaseFile: Decodable {
  struct Details: Decodable {
    var number: String
    var title: String?
    var agency: String?
  }
  struct Examiner: Decodable {
    var name: String
    var role: String?
    var agency: String?
    var badge: String?
  }
  struct Warrant: Decodable {
    var kind: String
    var number: String
    var scope: String?
    var issuer: String?
  }

  var `case`: Details?
  var examiner: Examiner?
  var why: String?
  var authority: Warrant?

  static func read(_ path: RawPath?) throws(BuktiError) -> CaseFile? {
    guard let path else { return nil }
    let bytes = try SmallFile.read(at: path)
    do { return try JSONDecoder().decode(CaseFile.self, from: Data(bytes)) } catch {
      throw BuktiError(
        .usage,
        """
        \(path.text) is not JSON of the form {"case": {"number", "title"}, "examiner": {"name", \
        "role", "agency", "badge"}, "why", "authority": {"kind", "number", "scope", "issuer"}}.
        """)
    }
  }
}

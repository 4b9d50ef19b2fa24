/// Ends the evidence: no item comes after it ([B-ORD-5]).
public struct Close: RecordContent {
  public static var type: RecordType { .close }

  public var reason: String
  public var by: Person
  public var time: Timestamp
  public var ext: CBORValue?

  public init(reason: String, by: Person, time: Timestamp, ext: CBORValue? = nil) {
    self.reason = reason
    self.by = by
    self.time = time
    self.ext = ext
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let reason = try map.take(1)?.text()
    let by = try map.take(2).map(Person.init(decoding:))
    let time = try map.take(3).map(Timestamp.init(decoding:))
    let ext = try map.ext()
    try map.end()
    guard let reason, let by, let time else { throw MapReader.missing }
    self.init(reason: reason, by: by, time: time, ext: ext)
  }

  public var cbor: CBORValue {
    .fields([1: reason.cbor, 2: by.cbor, 3: time.cbor, 255: ext])
  }
}

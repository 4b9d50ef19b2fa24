/// Adds to a record or corrects it; readers show both ([B-NTE-1]).
public struct Note: RecordContent {
  public static var type: RecordType { .note }

  public var text: String
  /// The number of the record it is about.
  public var about: UInt64?
  public var corrects: Correction?
  public var time: Timestamp?
  public var by: Person?
  public var ext: CBORValue?

  public init(
    text: String, about: UInt64? = nil, corrects: Correction? = nil, time: Timestamp? = nil,
    by: Person? = nil, ext: CBORValue? = nil
  ) {
    self.text = text
    self.about = about
    self.corrects = corrects
    self.time = time
    self.by = by
    self.ext = ext
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let text = try map.take(1)?.text()
    about = try map.take(2)?.number()
    corrects = try map.take(3).map(Correction.init(decoding:))
    time = try map.take(4).map(Timestamp.init(decoding:))
    by = try map.take(5).map(Person.init(decoding:))
    ext = try map.ext()
    try map.end()
    guard let text else { throw MapReader.missing }
    self.text = text
  }

  public var cbor: CBORValue {
    .fields([
      1: text.cbor, 2: about?.cbor, 3: corrects?.cbor, 4: time?.cbor, 5: by?.cbor, 255: ext,
    ])
  }
}

extension Note {
  /// What a field of the record should have said.
  public struct Correction: Sendable, Hashable {
    public var field: String
    public var value: String

    public init(field: String, value: String) {
      self.field = field
      self.value = value
    }

    public init(decoding value: CBORValue) throws(BuktiError) {
      var map = try MapReader(value)
      let field = try map.take(1)?.text()
      let text = try map.take(2)?.text()
      try map.end()
      guard let field, let text else { throw MapReader.missing }
      self.init(field: field, value: text)
    }

    public var cbor: CBORValue { .fields([1: field.cbor, 2: value.cbor]) }
  }
}

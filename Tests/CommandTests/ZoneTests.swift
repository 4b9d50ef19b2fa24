import Testing

/// Time zones that no record has room for.
@Suite struct ZoneTests {
  @Test(arguments: ["XXX-20", "XXX+18:01", "XXX-18", "XXX+3:30"])
  func aBundleIsIntactInAnyZone(zone: String) throws {
    let scene = try Scene()
    let outcome = try scene.run(
      """
      echo a > file; export TZ=\(zone)
      seal case.bukti file > /dev/null && bukti verify case.bukti --pin \(Scene.pin) > report || exit
      python3 $BUKTI_TOP/spec/verify/bukti-verify verify case.bukti --pin \(Scene.pin) > report
      """)
    #expect(outcome.exit == 0, "\(outcome)")
  }

  @Test(arguments: [("+18:00", 0), ("-18:00", 0), ("+18:01", 64), ("-18:59", 64), ("+19:00", 64)])
  func aStatedZoneHasAnEnd(zone: String, exit: Int) throws {
    let scene = try Scene()
    try scene.check("echo a > file; seal case.bukti file")
    let outcome = try scene.run(
      """
      bukti custody record case.bukti collected $session --why w --when 2026-01-31T09:30:00\(zone) || exit
      bukti verify case.bukti --pin \(Scene.pin) > report
      """)
    #expect(outcome.exit == exit, "\(outcome)")
  }
}

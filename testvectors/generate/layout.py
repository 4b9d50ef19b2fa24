"""The volumes of a bundle as a list of pieces each, to damage and to measure."""


class Piece:
    """Bytes of a volume: the frame of a record, or what a vector put there."""

    def __init__(self, data, record=None):
        self.data, self.record = bytes(data), record


class Layout:
    def __init__(self, bundle, withheld=frozenset()):
        self.bundle, self.withheld = bundle, withheld
        self.volumes = [[Piece(p)] for p in bundle.preambles]
        for record in bundle.records:
            out = record.number in withheld
            self.volumes[record.volume].append(Piece(record.frame(out), record))

    def files(self):
        return [b"".join(p.data for p in volume) for volume in self.volumes]

    def find(self, record):
        """(volume, index in the volume) of a record's first piece."""
        for v, volume in enumerate(self.volumes):
            for i, piece in enumerate(volume):
                if piece.record is record:
                    return v, i
        raise KeyError(record.number)

    def where(self, thing):
        """(volume, physical offset) of a record or piece."""
        for v, volume in enumerate(self.volumes):
            at = 0
            for piece in volume:
                if piece is thing or piece.record is not None and piece.record is thing:
                    return v, at
                at += len(piece.data)
        raise KeyError(thing)

    def insert_before(self, record, data):
        v, i = self.find(record)
        piece = Piece(data)
        self.volumes[v].insert(i, piece)
        return piece

    def remove(self, *records):
        for record in records:
            v, i = self.find(record)
            del self.volumes[v][i]

    def change(self, record, at, new):
        """Overwrites bytes of a record's frame; the piece stays the record's."""
        v, i = self.find(record)
        data = bytearray(self.volumes[v][i].data)
        at = at if at >= 0 else len(data) + at
        data[at:at + len(new)] = new
        self.volumes[v][i].data = bytes(data)

    def flip(self, record, at, mask=1):
        v, i = self.find(record)
        data = self.volumes[v][i].data
        self.change(record, at, bytes([data[at] ^ mask]))

    def append(self, data, volume=-1):
        piece = Piece(data)
        self.volumes[volume].append(piece)
        return piece

    def cut(self, record, keep):
        """Ends the record's volume after `keep` bytes of its frame."""
        v, i = self.find(record)
        piece = Piece(self.volumes[v][i].data[:keep])
        self.volumes[v][i:] = [piece]
        return piece

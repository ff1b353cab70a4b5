using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Gantry.Store.Sqlite;

/// <summary>How a change is a row of the table, and back. The flag numbers and the order of the checksum are the file format: add, never change.</summary>
internal static class Rows
{
    public const int Relaxed = 1;
    public const int EverRelaxed = 2;
    public const int Deletion = 4;

    /// <summary>Of the row c and, where it is kept, the row p it replaced.</summary>
    public const string Columns =
        "c.id, c.key, c.value, c.created, c.version, c.previous, c.written, c.expires, c.flags, c.checksum, " +
        "p.id, p.key, p.value, p.created, p.version, p.previous, p.written, p.expires, p.flags, p.checksum";

    private const int Width = 10;

    /// <summary>Binds a change to the ten parameters of an insert.</summary>
    public static void Bind(SqliteStatement insert, Change change)
    {
        Span<byte> buffer = stackalloc byte[512];
        var most = Encoding.UTF8.GetMaxByteCount(change.Key.Length);
        var key = most <= buffer.Length ? buffer[..Encoding.UTF8.GetBytes(change.Key, buffer)] : Encoding.UTF8.GetBytes(change.Key);
        var header = HeaderOf(change);
        var value = change.Current is { } current ? current.Value.Span : [];
        insert.Bind(1, header.Id).Bind(2, key).Bind(4, header.Created).Bind(5, header.Version).Bind(6, header.Previous).Bind(7, header.Written)
            .Bind(9, header.Flags).Bind(10, Checksum(header, key, value));
        _ = change.Current is null ? insert.BindNull(3) : insert.BindBlob(3, value);
        _ = header.Expires == 0 ? insert.BindNull(8) : insert.Bind(8, header.Expires);
    }

    /// <summary>Reads a change and what it replaced from the current row of a query of <see cref="Columns"/>.</summary>
    public static Change Read(SqliteStatement query)
    {
        var (header, key, value) = ReadOne(query, 0);
        var current = (header.Flags & Deletion) == 0 ? Version(header, key, value) : null;
        KeyValue? previous = null;
        if (!query.IsNull(Width))
        {
            var (before, _, bytes) = ReadOne(query, Width);
            // Only the version right before is "previous": one further back means that a version without history came between.
            var expected = current is null ? header.Version : header.Version - 1;
            previous = (before.Flags & Deletion) == 0 && before.Version == expected && before.Created == header.Created ? Version(before, key, bytes) : null;
        }
        return new Change
        {
            Key = key,
            Id = header.Id,
            Current = current,
            Previous = previous,
            PreviousId = header.Previous,
            CreateRevision = new Revision(header.Created),
            WrittenAt = DateTimeOffset.FromUnixTimeMilliseconds(header.Written),
        };
    }

    private static RowHeader HeaderOf(Change change) => new()
    {
        Id = change.Id,
        Created = change.CreateRevision.Value,
        Version = change.Current?.Version ?? change.Previous?.Version ?? 0,
        Previous = change.PreviousId,
        Written = change.WrittenAt.ToUnixTimeMilliseconds(),
        Expires = change.Current?.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0,
        Flags = change.Current is not { } current ? Deletion
            : (current.Durability == Durability.Relaxed ? Relaxed : 0) | (current.EverRelaxed ? EverRelaxed : 0),
    };

    private static (RowHeader Header, string Key, byte[] Value) ReadOne(SqliteStatement query, int first)
    {
        var header = new RowHeader
        {
            Id = query.Long(first),
            Created = query.Long(first + 3),
            Version = query.Long(first + 4),
            Previous = query.Long(first + 5),
            Written = query.Long(first + 6),
            Expires = query.Long(first + 7),
            Flags = (int)query.Long(first + 8),
        };
        var key = query.Blob(first + 1);
        var text = Encoding.UTF8.GetString(key);
        var value = query.Blob(first + 2).ToArray();
        // The key's bytes are asked for again: reading another column may have moved them.
        if (Checksum(header, query.Blob(first + 1), value) != query.Long(first + 9))
        {
            throw new StoreUnavailableException($"the row of {text} at revision {RowId.RevisionOf(header.Id)} is damaged: its checksum does not match");
        }
        return (header, text, value);
    }

    private static KeyValue Version(in RowHeader header, string key, byte[] value) => new()
    {
        Key = key,
        Value = value,
        Id = header.Id,
        CreateRevision = new Revision(header.Created),
        Version = header.Version,
        PreviousId = header.Previous,
        WrittenAt = DateTimeOffset.FromUnixTimeMilliseconds(header.Written),
        ExpiresAt = header.Expires == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(header.Expires),
        Durability = (header.Flags & Relaxed) != 0 ? Durability.Relaxed : Durability.Full,
        EverRelaxed = (header.Flags & EverRelaxed) != 0,
    };

    /// <summary>CRC-32C of everything in the row. SQLite checks the shape of its pages, not what is in them.</summary>
    private static long Checksum(in RowHeader header, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var sum = BitOperations.Crc32C(uint.MaxValue, (ulong)header.Id);
        sum = BitOperations.Crc32C(sum, (ulong)header.Created);
        sum = BitOperations.Crc32C(sum, (ulong)header.Version);
        sum = BitOperations.Crc32C(sum, (ulong)header.Previous);
        sum = BitOperations.Crc32C(sum, (ulong)header.Written);
        sum = BitOperations.Crc32C(sum, (ulong)header.Expires);
        sum = BitOperations.Crc32C(sum, (ulong)header.Flags);
        return Add(Add(sum, key), value);
    }

    private static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (var one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }
        return sum;
    }
}
